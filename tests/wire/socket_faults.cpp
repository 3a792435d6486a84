#include "tests/wire/socket_faults.h"

#include <cerrno>
#include <mutex>
#include <set>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace duet::wire::sockets {
namespace {

struct Watch {
    std::mutex mutex;
    std::uint16_t port = 0;  // guarded by mutex, as all below
    std::set<int> sockets;
    int calls = 0;
    int break_at = 0;
    bool broke = false;
};

Watch& the_watch() {
    static Watch watch;
    return watch;
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_watched(int socket) {
    Watch& watch = the_watch();
    const std::lock_guard lock(watch.mutex);
    return watch.sockets.contains(socket);
}

/// Counts a call; true: it is the one that fails.
bool count() {
    Watch& watch = the_watch();
    const std::lock_guard lock(watch.mutex);
    if (++watch.calls != watch.break_at) return false;
    watch.broke = true;
    return true;
}

/// The peer has gone: what failed once fails from now on.
ssize_t gone(int socket) {
    ::shutdown(socket, SHUT_RDWR);
    errno = ECONNRESET;
    return -1;
}

/// What a receive that got `got` bytes comes to.
ssize_t received(int socket, ssize_t got) { return got > 0 && count() ? gone(socket) : got; }

}  // namespace

void watch(std::uint16_t port) {
    Watch& watch = the_watch();
    const std::lock_guard lock(watch.mutex);
    watch.port = port;
    watch.sockets.clear();
    watch.calls = watch.break_at = 0;
    watch.broke = false;
}

void breaks(int n) {
    Watch& watch = the_watch();
    const std::lock_guard lock(watch.mutex);
    watch.calls = 0;
    watch.break_at = n;
    watch.broke = false;
}

void ends_all() {
    Watch& watch = the_watch();
    const std::lock_guard lock(watch.mutex);
    for (const int socket : watch.sockets) ::shutdown(socket, SHUT_RDWR);
}

bool broke() {
    Watch& watch = the_watch();
    const std::lock_guard lock(watch.mutex);
    return watch.broke;
}

int calls() {
    Watch& watch = the_watch();
    const std::lock_guard lock(watch.mutex);
    return watch.calls;
}

}  // namespace duet::wire::sockets

namespace sockets = duet::wire::sockets;

extern "C" {

int connect(int socket, const sockaddr* address, socklen_t size) {
    static const auto real = sockets::next<int (*)(int, const sockaddr*, socklen_t)>("connect");
    if (address->sa_family == AF_INET) {
        sockets::Watch& watch = sockets::the_watch();
        const std::uint16_t port = ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
        bool is_ours = false;
        {
            const std::lock_guard lock(watch.mutex);
            is_ours = port != 0 && port == watch.port;
            if (is_ours) watch.sockets.insert(socket);
        }
        if (is_ours && sockets::count()) {
            errno = ECONNREFUSED;
            return -1;
        }
    }
    return real(socket, address, size);
}

int close(int descriptor) {
    static const auto real = sockets::next<int (*)(int)>("close");
    sockets::Watch& watch = sockets::the_watch();
    {
        const std::lock_guard lock(watch.mutex);
        watch.sockets.erase(descriptor);
    }
    return real(descriptor);
}

ssize_t send(int socket, const void* bytes, size_t size, int flags) {
    static const auto real = sockets::next<ssize_t (*)(int, const void*, size_t, int)>("send");
    if (sockets::is_watched(socket) && sockets::count()) return sockets::gone(socket);
    return real(socket, bytes, size, flags);
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    static const auto real = sockets::next<ssize_t (*)(int, const msghdr*, int)>("sendmsg");
    if (sockets::is_watched(socket) && sockets::count()) return sockets::gone(socket);
    return real(socket, message, flags);
}

ssize_t recv(int socket, void* bytes, size_t size, int flags) {
    static const auto real = sockets::next<ssize_t (*)(int, void*, size_t, int)>("recv");
    const ssize_t got = real(socket, bytes, size, flags);
    const bool looks_only = (flags & MSG_PEEK) != 0;
    return looks_only || !sockets::is_watched(socket) ? got : sockets::received(socket, got);
}

ssize_t recvmsg(int socket, msghdr* message, int flags) {
    static const auto real = sockets::next<ssize_t (*)(int, msghdr*, int)>("recvmsg");
    const ssize_t got = real(socket, message, flags);
    return sockets::is_watched(socket) ? sockets::received(socket, got) : got;
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
    static const auto real = sockets::next<ssize_t (*)(int, const iovec*, int)>("writev");
    if (sockets::is_watched(descriptor) && sockets::count()) return sockets::gone(descriptor);
    return real(descriptor, parts, count);
}

ssize_t readv(int descriptor, const iovec* parts, int count) {
    static const auto real = sockets::next<ssize_t (*)(int, const iovec*, int)>("readv");
    const ssize_t got = real(descriptor, parts, count);
    return sockets::is_watched(descriptor) ? sockets::received(descriptor, got) : got;
}

}  // extern "C"
