#include "connectors/http/secret.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

namespace duet::http {
namespace {

constexpr std::size_t kSecretBytesMax = 64u << 10;
constexpr std::string_view kCredentials = "/run/credentials/";

Error refused(std::string message) {
    return Error{ErrorKind::Broken, std::move(message), "DUET-3102", {}, {}};
}

/// A file descriptor that closes itself.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

Status check_access(const std::string& path, const struct stat& info) {
    if (!S_ISREG(info.st_mode)) return refused("The secret " + path + " is not a plain file.");
    if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
        return refused("The secret file " + path +
                       " belongs to another user; give it to the user that runs Duet: chown.");
    }
    const bool credential = path.starts_with(kCredentials) && info.st_uid == 0;
    const mode_t forbidden = credential ? S_IRWXO : S_IRWXG | S_IRWXO;
    if ((info.st_mode & forbidden) != 0) {
        return refused("The secret file " + path +
                       " can be read by other users; mend it with: chmod 600 " + path);
    }
    return Done{};
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

void wipe(std::string& text) noexcept {
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

Secret::Secret(std::string&& text) : text_(text) { http::wipe(text); }

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        text_ = std::move(other.text_);
        other.wipe();
    }
    return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() noexcept {
    // A short string lives inside the object, and a move leaves its bytes there: wipe them all.
    text_.resize(text_.capacity());
    http::wipe(text_);
}

Result<Secret> read_secret_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (file.get() < 0) {
        return refused("The secret file " + path + " cannot be opened: " + std::strerror(errno) +
                       ".");
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return refused("The secret file " + path + " is odd.");
    if (auto allowed = check_access(path, info); !allowed) return std::move(allowed).error();
    std::string text(kSecretBytesMax + 1, '\0');
    std::size_t size = 0;
    for (;;) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refused("The secret file " + path + " cannot be read.");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
        if (size > kSecretBytesMax) {
            wipe(text);
            return refused("The secret file " + path + " is larger than 64 KiB.");
        }
    }
    if (size > 0 && text[size - 1] == '\n') --size;
    if (size > 0 && text[size - 1] == '\r') --size;
    if (size == 0) return refused("The secret file " + path + " is empty.");
    std::string exact(text, 0, size);
    wipe(text);
    return Secret(std::move(exact));
}

Status replace_secret_file(const std::string& path, const Secret& secret) {
    const std::string fresh = path + ".new";
    const auto failed = [&path](const char* step) {
        return refused("The rotated refresh token could not be stored in " + path + " (" + step +
                       ": " + std::strerror(errno) + "); Duet needs to write there.");
    };
    if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return failed("unlink");
    {
        const File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file.get() < 0) return failed("open");
        if (!write_all(file.get(), secret.reveal())) return failed("write");
        if (::fsync(file.get()) != 0) return failed("fsync");
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0) return failed("rename");
    const auto slash = path.find_last_of('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) return failed("fsync of the folder");
    return Done{};
}

}  // namespace duet::http
