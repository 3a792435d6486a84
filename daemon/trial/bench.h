#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/sync/org.h"
#include "daemon/sync/planner.h"
#include "daemon/trial/situation.h"
#include "mappings/seams.h"

namespace duet::trial {

/// One moment for ever.
class StandingClock final : public Clock {
public:
    explicit StandingClock(Instant now) : now_(now) {}
    [[nodiscard]] Instant now() const override { return now_; }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return {}; }

private:
    Instant now_;
};

/// Nothing that is planned depends on chance.
class NoChance final : public Random {
public:
    [[nodiscard]] std::uint64_t next() override { return 0; }
};

/// A situation in a store of its own, in memory: records are stored as a pull stores them, and
/// given their entities by the match rules. What is planned is what a daemon would plan.
class Bench {
public:
    /// `model` must outlive the bench.
    static Result<std::unique_ptr<Bench>> make(const sync::Model& model,
                                               const Situation& situation);

    [[nodiscard]] sync::Org& org() noexcept { return org_; }
    /// The entity of a given record; nothing when no document describes its object.
    Result<std::optional<store::EntityId>> entity_of(std::size_t record);
    /// Plans the entity of a given record; nothing when no document describes its object.
    Result<std::optional<sync::EntityPlan>> plan(std::size_t record);

private:
    Bench(const sync::Model& model, const Situation& situation,
          std::unique_ptr<store::Store> store);
    Status lay_out();
    Status remember();
    Status give_seats();

    const Situation& situation_;
    std::unique_ptr<store::Store> store_;
    StandingClock clock_;
    NoChance random_;
    sync::Org org_;
};

/// A record of a situation as a pull of `object` would store it: the fields that the documents
/// read, those that are not given blank (and flags false).
[[nodiscard]] store::SeenRow as_pulled(const GivenRecord& given, const sync::ObjectModel& object);

}  // namespace duet::trial
