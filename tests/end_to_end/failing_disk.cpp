// Preloaded into duetd: its own pwrite64(), fdatasync() and fsync() stand before those of libc, and
// one of them fails when the test says so. What is not the state file passes unseen.
#include "tests/end_to_end/failing_disk.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

using duet::world::DiskWork;
using duet::world::FailingDisk;

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

FailingDisk* shared() {
    static FailingDisk* const disk = [] {
        const char* path = std::getenv(duet::world::kFailingDiskVariable);
        const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
        if (file < 0) return static_cast<FailingDisk*>(nullptr);
        void* bytes =
            ::mmap(nullptr, sizeof(FailingDisk), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ::close(file);
        return bytes == MAP_FAILED ? nullptr : static_cast<FailingDisk*>(bytes);
    }();
    return disk;
}

bool is_state_file(int descriptor) {
    char link[64];
    char path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t size = ::readlink(link, path, sizeof path - 1);
    if (size < 0) return false;
    path[size] = '\0';
    return std::strstr(path, duet::world::kFailingDiskFile) != nullptr;
}

/// Counts the call; true: it is the one that fails.
bool fails(DiskWork work, int descriptor) {
    const int before = errno;
    FailingDisk* disk = shared();
    const bool counts = disk != nullptr && is_state_file(descriptor);
    errno = before;
    if (!counts) return false;
    auto& counter = disk->of(work);
    if (++counter.calls != counter.fail_at) return false;
    ++counter.failed;
    errno = EIO;
    return true;
}

}  // namespace

extern "C" {

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    if (fails(DiskWork::Write, descriptor)) return -1;
    return real(descriptor, bytes, size, offset);
}

int fdatasync(int descriptor) {
    static const auto real = next<int (*)(int)>("fdatasync");
    if (fails(DiskWork::Sync, descriptor)) return -1;
    return real(descriptor);
}

int fsync(int descriptor) {
    static const auto real = next<int (*)(int)>("fsync");
    if (fails(DiskWork::Sync, descriptor)) return -1;
    return real(descriptor);
}

}  // extern "C"
