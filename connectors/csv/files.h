#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mappings/result.h"

namespace duet::csv {

/// Tells one state of a file from another.
struct FileMark {
    /// "size-mtime-inode". Empty while the file is fresh: the steps of a file system's clock are
    /// coarse (2 s on FAT), so a further edit of equal size might leave these as they are.
    std::string stat;
    std::string digest;  // SHA-256 of the content, the first 32 hexadecimal digits
    bool operator==(const FileMark&) const = default;
};

struct Snapshot {
    std::string content;
    FileMark mark;
};

/// The whole file, as it was at one moment. Transient when it changes while it is read; Broken
/// DUET-3131 when it is no regular file or larger than 256 MiB, what one table may take of memory.
[[nodiscard]] Result<Snapshot> take_snapshot(const std::string& path);

/// True when the file holds what `mark` was taken of; false too when it cannot be read.
[[nodiscard]] bool still_holds(const std::string& path, const FileMark& mark);

/// New content for a file, which readers see whole or not at all. The content lies on disk beside
/// the file, as ".people.csv.duet-tmp", until it is renamed over it; a process that dies in between
/// leaves the old file as it was, and the next replacement takes the leftover's place.
class Replacement {
public:
    enum class Outcome : std::uint8_t {
        Replaced,
        Overtaken,  // another program changed the file; it was left alone
    };

    /// Writes and syncs `content`, with the mode and, where allowed, the owner of `path`. A
    /// symbolic link at `path` is followed.
    [[nodiscard]] static Result<Replacement> prepare(const std::string& path,
                                                     std::string_view content);
    Replacement(Replacement&& other) noexcept;
    Replacement& operator=(Replacement&&) = delete;
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;
    ~Replacement();

    /// Renames the content over the file if that still holds what `read` was taken of. InDoubt
    /// when the rename happened but could not be synced.
    [[nodiscard]] Result<Outcome> commit(const FileMark& read);

private:
    Replacement(std::string path, std::string temporary);

    std::string path_;
    std::string temporary_;  // empty: nothing left to remove
};

}  // namespace duet::csv
