#include "connectors/csv/files.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors/csv/errors.h"

namespace duet::csv {
namespace {

namespace fs = std::filesystem;

constexpr off_t kFileBytesMax = off_t{256} << 20U;
constexpr std::chrono::seconds kFreshFor{3};  // the coarsest file system steps by 2 s
constexpr int kReadsMax = 3;

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

std::chrono::nanoseconds modified_at(const struct stat& status) {
    return std::chrono::seconds{status.st_mtim.tv_sec} +
           std::chrono::nanoseconds{status.st_mtim.tv_nsec};
}

std::string stat_text(const struct stat& status) {
    return std::to_string(status.st_size) + "-" + std::to_string(modified_at(status).count()) +
           "-" + std::to_string(status.st_ino);
}

/// The kernel stamps files by its own clock, so that one is compared with, never business time.
bool is_fresh(const struct stat& status) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return modified_at(status) > now - kFreshFor;
}

std::string digest_of(std::string_view content) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    if (EVP_Digest(content.data(), content.size(), bytes.data(), &size, EVP_sha256(), nullptr) !=
        1) {
        return {};
    }
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < 16; ++i) {
        text += kDigits[bytes[i] >> 4U];
        text += kDigits[bytes[i] & 0x0FU];
    }
    return text;
}

/// Reads to the end; nothing on an error, with errno set.
std::optional<std::string> read_all(int file, std::size_t expected) {
    std::string content(expected + 1, '\0');
    std::size_t used = 0;
    while (true) {
        const ssize_t got = ::read(file, content.data() + used, content.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        if (got == 0) break;
        used += static_cast<std::size_t>(got);
        if (used > static_cast<std::size_t>(kFileBytesMax)) break;
        if (used == content.size()) content.resize(used * 2);
    }
    content.resize(used);
    return content;
}

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t sent = ::write(file, content.data(), content.size());
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// One try; nothing when the file changed while it was read.
Result<std::optional<Snapshot>> try_snapshot(const std::string& path) {
    // Without O_NONBLOCK a pipe of that name would be waited for.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat before {};
    if (file.number() < 0 || ::fstat(file.number(), &before) != 0) {
        return file_error("open", path, errno);
    }
    if (!S_ISREG(before.st_mode)) return file_error("read", path, EISDIR);
    if (before.st_size > kFileBytesMax) return file_error("read", path, EFBIG);
    auto content = read_all(file.number(), static_cast<std::size_t>(before.st_size));
    struct stat after {};
    if (!content || ::fstat(file.number(), &after) != 0) return file_error("read", path, errno);
    if (stat_text(before) != stat_text(after)) return std::optional<Snapshot>{};
    Snapshot snapshot;
    snapshot.mark.digest = digest_of(*content);
    if (!is_fresh(after)) snapshot.mark.stat = stat_text(after);
    snapshot.content = std::move(*content);
    return std::optional<Snapshot>{std::move(snapshot)};
}

/// Syncs the folder, which makes a rename last.
bool sync_folder(const std::string& path) {
    const std::string folder = fs::path(path).parent_path().string();
    const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return file.number() >= 0 && ::fsync(file.number()) == 0;
}

}  // namespace

Result<Snapshot> take_snapshot(const std::string& path) {
    for (int reads = 0; reads < kReadsMax; ++reads) {
        auto snapshot = try_snapshot(path);
        if (!snapshot) return std::move(snapshot).error();
        if (*snapshot) return std::move(**snapshot);
    }
    return file_error("read", path, EBUSY);
}

bool still_holds(const std::string& path, const FileMark& mark) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return false;
    if (!mark.stat.empty() && stat_text(status) == mark.stat) return true;
    const auto snapshot = take_snapshot(path);
    return snapshot && snapshot->mark.digest == mark.digest;
}

Replacement::Replacement(std::string path, std::string temporary)
    : path_(std::move(path)), temporary_(std::move(temporary)) {}

Replacement::Replacement(Replacement&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

Replacement::~Replacement() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<Replacement> Replacement::prepare(const std::string& path, std::string_view content) {
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    struct stat original {};
    if (failed) return file_error("open", path, failed.value());
    if (::stat(real.c_str(), &original) != 0) return file_error("open", path, errno);
    const std::string temporary =
        (real.parent_path() / ("." + real.filename().string() + ".duet-tmp")).string();
    // O_EXCL after the unlink: a link that somebody planted there is never written through.
    ::unlink(temporary.c_str());
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.number() < 0) return file_error("write beside", path, errno);
    Replacement made(real.string(), temporary);
    // Only root may give a file away; for others the group at least is kept where they may.
    const bool owned = ::fchown(file.number(), original.st_uid, original.st_gid) == 0 ||
                       ::fchown(file.number(), static_cast<uid_t>(-1), original.st_gid) == 0;
    // A group that could not be kept must not inherit what the old group was allowed.
    const mode_t mode = original.st_mode & (owned ? 0777U : 0707U);
    if (::fchmod(file.number(), mode) != 0 || !write_all(file.number(), content) ||
        ::fsync(file.number()) != 0) {
        return file_error("write beside", path, errno);
    }
    return made;
}

Result<Replacement::Outcome> Replacement::commit(const FileMark& read) {
    if (!still_holds(path_, read)) return Outcome::Overtaken;
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return file_error("replace", path_, errno);
    }
    temporary_.clear();
    if (sync_folder(path_)) return Outcome::Replaced;
    Error error = file_error("sync the folder of", path_, errno);
    error.kind = ErrorKind::InDoubt;
    return error;
}

}  // namespace duet::csv
