#include "daemon/service/requests.h"

#include <utility>

namespace duet::service {
namespace {

using nlohmann::json;

std::string text_of(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

admin::Answer refusal(int status, const char* code, const char* message) {
    const char* kind = to_string(status == 503 ? ErrorKind::Transient : ErrorKind::Rejected);
    return {status, text_of({{"code", code}, {"message", message}, {"kind", kind}})};
}

}  // namespace

admin::Answer Requests::ask(const std::string& command, const std::string& body,
                            const admin::Peer& peer) {
    auto parsed = body.empty() ? json::object() : json::parse(body, nullptr, false);
    if (!parsed.is_object())
        return refusal(400, "DUET-6006", "The request's body must be a JSON object.");
    parsed.erase("peer");
    if (peer.uid >= 0) parsed["peer"] = {{"uid", peer.uid}, {"user", peer.user}};
    std::future<admin::Answer> answer;
    {
        const std::lock_guard lock(mutex_);
        if (command == "status") return {200, status_};
        if (closed_) return refusal(503, "DUET-6007", "The daemon is stopping.");
        if (waiting_.size() >= kMostWaiting)
            return refusal(503, "DUET-6008", "Too many requests wait already; try again.");
        waiting_.push_back({command, std::move(parsed), {}});
        answer = waiting_.back().answer.get_future();
    }
    changed_.notify_all();
    return answer.get();
}

void Requests::serve(const Handle& handle) {
    while (true) {
        Waiting next;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty()) return;
            next = std::move(waiting_.front());
            waiting_.pop_front();
        }
        auto result = handle(next.command, next.body);
        if (result) {
            next.answer.set_value({200, text_of(*result)});
        } else {
            const Error& error = result.error();
            next.answer.set_value({error.kind == ErrorKind::Rejected ? 400 : 500,
                                   text_of({{"code", error.code},
                                            {"message", error.message},
                                            {"kind", to_string(error.kind)}})});
        }
    }
}

void Requests::wait(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, longest, [this] { return woken_ || !waiting_.empty(); });
    woken_ = false;
}

void Requests::publish(json status) {
    const std::lock_guard lock(mutex_);
    status_ = text_of(status);
}

void Requests::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (Waiting& waiting : waiting_)
        waiting.answer.set_value(refusal(503, "DUET-6007", "The daemon is stopping."));
    waiting_.clear();
}

void Requests::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

}  // namespace duet::service
