#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace duet::service {

/// What systemd is told (Type=notify), without ever waiting for it: a service manager that reads
/// nothing must not stop the thread that decides. Any thread may call it.
class Notifier {
public:
    /// To the socket that the environment names (NOTIFY_SOCKET); with none nothing is sent.
    Notifier();
    /// To the socket at `address`; "@name" is an abstract one. Empty: nothing is sent.
    explicit Notifier(std::string address);
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    /// Sends "READY=1" and the like; what cannot be sent now is sent before the next message.
    void say(std::string message);
    /// Sends what may be lost: signs of life and status lines.
    void mention(std::string_view message);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace duet::service
