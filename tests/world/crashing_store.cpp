#include "tests/world/crashing_store.h"

#include "tests/world/fake_side.h"

namespace duet::world {

void CrashingStore::count_step() {
    ++steps_;
    if (steps_left_ > 0 && --steps_left_ == 0) throw Crash{};
}

Result<store::Store::Transaction> CrashingStore::begin() {
    auto begun = inner_.begin();
    if (!begun) return begun;
    transaction_.emplace(*std::move(begun));
    return Transaction{*this};
}

Status CrashingStore::commit_now() {
    auto done = transaction_->commit();
    transaction_.reset();
    if (done) count_step();
    return done;
}

void CrashingStore::rollback() noexcept { transaction_.reset(); }

}  // namespace duet::world
