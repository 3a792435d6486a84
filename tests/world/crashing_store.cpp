#include "tests/world/crashing_store.h"

#include <utility>

#include "daemon/store/errors.h"
#include "tests/world/fake_side.h"

namespace duet::world {
namespace {

constexpr const char* kPath = "the state of this test";
constexpr int kFull = 13;              // SQLITE_FULL
constexpr int kFsync = 10 | (4 << 8);  // SQLITE_IOERR_FSYNC

}  // namespace

std::optional<Error> CrashingStore::refusal(std::string_view function) {
    const auto known = calls_.find(function);
    if (known == calls_.end()) {
        calls_.emplace(function, 1);
    } else {
        ++known->second;
    }
    ++number_;
    hides_ = false;
    if (dead_) return dead_;
    if (poison_) return poison_;
    if (calls_left_ == 0 || --calls_left_ > 0) return std::nullopt;
    failed_ = function;
    // What can be durable happens first; hidden() then reports the failure.
    const bool is_durable = function == "commit" || !transaction_;
    if (fault_ == StoreFault::DoneThenFailed && is_durable) {
        hides_ = true;
        return std::nullopt;
    }
    const bool is_full = fault_ == StoreFault::NoRoom;
    const Error error = store::sqlite_error(kPath, is_full ? kFull : kFsync, "");
    if (!is_full) dead_ = error;
    if (transaction_) poison_ = error;
    return error;
}

std::optional<Error> CrashingStore::hidden() {
    if (!std::exchange(hides_, false)) return std::nullopt;
    dead_ = store::sqlite_error(kPath, kFsync, "");
    return dead_;
}

void CrashingStore::count_step() {
    ++steps_;
    if (notes_durable_calls_) durable_calls_.push_back(number_);
    if (steps_left_ > 0 && --steps_left_ == 0) throw Crash{};
}

Result<store::Store::Transaction> CrashingStore::begin() {
    return reading("begin", [&]() -> Result<Transaction> {
        auto begun = inner_.begin();
        if (!begun) return begun;
        transaction_.emplace(*std::move(begun));
        return Transaction{*this};
    });
}

Status CrashingStore::commit_now() {
    if (auto error = refusal("commit")) {
        rollback();
        return *std::move(error);
    }
    auto done = transaction_->commit();
    rollback();
    if (!done) return done;
    if (auto error = hidden()) return *std::move(error);
    count_step();
    return done;
}

void CrashingStore::rollback() noexcept {
    transaction_.reset();
    poison_.reset();
}

}  // namespace duet::world
