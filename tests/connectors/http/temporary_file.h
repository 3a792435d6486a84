#pragma once

#include <string>
#include <string_view>

namespace duet::http {

/// A file of its own in the system's temporary folder, removed at the end.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string_view content);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Replaces the content; the modification time differs afterwards.
    void rewrite(std::string_view content) const;

private:
    std::string path_;
};

}  // namespace duet::http
