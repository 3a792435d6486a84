#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <string>

#include <nlohmann/json.hpp>

#include "daemon/admin/server.h"
#include "mappings/result.h"

namespace duet::service {

/// Hands requests from the socket's threads to the deciding thread and back. `status` is answered
/// at once from the last published snapshot; everything else waits its turn, at most 16 at a time.
class Requests {
public:
    using Handle = std::function<Result<nlohmann::json>(const std::string& command,
                                                        const nlohmann::json& body)>;

    /// From any thread: blocks until the deciding thread has answered. The body gets who asks as
    /// "peer": {uid, user}; what a client wrote there itself is dropped.
    admin::Answer ask(const std::string& command, const std::string& body,
                      const admin::Peer& peer = {});

    /// The deciding thread: answers what waits.
    void serve(const Handle& handle);
    /// The deciding thread: until a request or wake() comes, at most `longest`.
    void wait(std::chrono::milliseconds longest);
    void publish(nlohmann::json status);
    /// No request is taken any more; those that wait are refused.
    void close();

    void wake();

private:
    struct Waiting {
        std::string command;
        nlohmann::json body;
        std::promise<admin::Answer> answer;
    };
    static constexpr std::size_t kMostWaiting = 16;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> waiting_;  // guarded by mutex_
    std::string status_ = "{}";    // guarded by mutex_
    bool woken_ = false;           // guarded by mutex_
    bool closed_ = false;          // guarded by mutex_
};

}  // namespace duet::service
