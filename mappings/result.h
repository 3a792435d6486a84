#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace duet {

/// What the caller should do next, not where the fault arose.
enum class ErrorKind {
    Transient,        // try again later: nothing was sent, a 5xx, a lock on a row
    RateLimited,      // stop calling this system until retry_after
    Unauthenticated,  // refresh the token once, then stop and say so
    Rejected,         // this record will never be accepted as it is: quarantine
    InDoubt,          // the write may or may not have happened: look before repeating
    Broken,           // our state or the remote contract is not what we assume: stop the job
};

/// The kind's name as logs and the store spell it: "transient", "rate_limited", ...
[[nodiscard]] const char* to_string(ErrorKind kind) noexcept;

/// Why something did not happen. Carries no secret and no field value of a person.
struct Error {
    ErrorKind kind{ErrorKind::Broken};
    std::string message;      // one sentence for a person
    std::string code;         // ours, stable: "DUET-1042", a row of mappings/messages.h
    std::string remote_code;  // the remote's own, unchanged ("UNABLE_TO_LOCK_ROW", "122")
    std::optional<std::chrono::seconds> retry_after{};
};

/// What is asked for cannot be done as it is asked.
[[nodiscard]] Error rejected(std::string code, std::string message);

/// A value or an Error. Spelled like std::expected, which C++20 does not have.
template <class T>
class [[nodiscard]] Result {
    static_assert(!std::is_same_v<T, bool>, "if (result) would ask the wrong question");

public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const noexcept { return state_.index() == 0; }
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace duet
