#pragma once

#include <string>

#include "mappings/result.h"

namespace duet::store {

/// Keeps every other process off the state file, for as long as it lives: an exclusive flock on
/// a file beside it, which holds the owner's process id in decimal.
///
/// The id stays in the file when the owner dies, and is removed by release(): what a taker finds
/// there tells it that the last owner did not stop cleanly. The file itself is never removed, as
/// a second process could then lock a file that has no name any more.
class LockFile {
public:
    /// Fails with DUET-4002, naming the owner, when another process holds the lock, and with
    /// DUET-4001 when the file cannot be made.
    [[nodiscard]] static Result<LockFile> take(const std::string& path);

    LockFile() = default;
    LockFile(LockFile&& other) noexcept;
    LockFile& operator=(LockFile&& other) noexcept;
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;
    ~LockFile();

    /// The last owner ended without release().
    [[nodiscard]] bool was_left() const noexcept { return was_left_; }
    /// Removes the process id and lets go: the state file was closed cleanly.
    void release() noexcept;

private:
    int descriptor_ = -1;
    bool was_left_ = false;
};

}  // namespace duet::store
