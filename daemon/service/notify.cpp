#include "daemon/service/notify.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace duet::service {
namespace {

constexpr std::size_t kMostKept = 16;  // READY, RELOADING and STOPPING: three in practice

std::string from_environment() {
    const char* address = std::getenv("NOTIFY_SOCKET");
    return address == nullptr ? "" : address;
}

}  // namespace

struct Notifier::State {
    std::mutex mutex;
    int descriptor = -1;
    sockaddr_un address{};
    socklen_t size = 0;
    std::deque<std::string> kept;  // guarded by mutex

    /// False: the socket is full, try again later. Any other fault is nobody's to mend.
    bool send(std::string_view message) const {
        const ssize_t sent =
            ::sendto(descriptor, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                     reinterpret_cast<const sockaddr*>(&address), size);
        return sent >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS);
    }

    bool send_kept() {
        while (!kept.empty()) {
            if (!send(kept.front())) return false;
            kept.pop_front();
        }
        return true;
    }
};

Notifier::Notifier() : Notifier(from_environment()) {}

Notifier::Notifier(std::string address) : state_(std::make_unique<State>()) {
    const bool is_known = address.starts_with('/') || address.starts_with('@');
    if (!is_known || address.size() >= sizeof state_->address.sun_path) return;
    state_->address.sun_family = AF_UNIX;
    std::memcpy(state_->address.sun_path, address.data(), address.size());
    if (address.front() == '@') state_->address.sun_path[0] = '\0';
    state_->size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size() +
                                          (address.front() == '@' ? 0 : 1));
    state_->descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

Notifier::~Notifier() {
    if (state_->descriptor >= 0) ::close(state_->descriptor);
}

void Notifier::say(std::string message) {
    if (state_->descriptor < 0) return;
    const std::lock_guard lock(state_->mutex);
    state_->kept.push_back(std::move(message));
    if (state_->kept.size() > kMostKept) state_->kept.pop_front();
    state_->send_kept();
}

void Notifier::mention(std::string_view message) {
    if (state_->descriptor < 0) return;
    const std::lock_guard lock(state_->mutex);
    if (state_->send_kept()) state_->send(message);
}

}  // namespace duet::service
