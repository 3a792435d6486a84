#include "daemon/store/lock_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "daemon/store/errors.h"

namespace duet::store {
namespace {

std::string read_owner(int descriptor) {
    char text[32];
    const ssize_t size = ::pread(descriptor, text, sizeof text, 0);
    std::string owner;
    for (ssize_t i = 0; i < size && text[i] >= '0' && text[i] <= '9'; ++i) owner += text[i];
    return owner;
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
    LockFile lock;
    lock.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock.descriptor_ < 0) {
        return is_no_room(errno) ? no_room(path) : cannot_open(path, std::strerror(errno));
    }
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cannot_open(path, std::strerror(errno));
        const std::string owner = read_owner(lock.descriptor_);
        return Error{ErrorKind::Broken,
                     "The state file is in use by " +
                         (owner.empty() ? "another process" : "process " + owner) + " (lock file " +
                         path + "). Ask the running daemon with `duet status`, or stop it first.",
                     "DUET-4002",
                     {},
                     {}};
    }
    lock.was_left_ = !read_owner(lock.descriptor_).empty();
    const std::string owner = std::to_string(::getpid()) + "\n";
    // Written over the old one, which stays where a full disk takes no new one: it tells of an
    // unclean stop.
    const auto size = static_cast<ssize_t>(owner.size());
    if (::pwrite(lock.descriptor_, owner.data(), owner.size(), 0) != size ||
        ::ftruncate(lock.descriptor_, size) != 0) {
        return is_no_room(errno) ? no_room(path) : cannot_open(path, std::strerror(errno));
    }
    return lock;
}

LockFile::LockFile(LockFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), was_left_(other.was_left_) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(was_left_, other.was_left_);
    return *this;
}

LockFile::~LockFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void LockFile::release() noexcept {
    if (descriptor_ < 0) return;
    // A mark that stays behind costs the next start a check, nothing more.
    if (::ftruncate(descriptor_, 0) != 0) was_left_ = true;
    ::close(std::exchange(descriptor_, -1));
}

}  // namespace duet::store
