#include "tests/laws/scenario_steps.h"

#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/person.h"

namespace duet::world {

WorldOptions plain() { return {}; }

WorldOptions without_overlap() {
    WorldOptions options;
    options.adjust = [](SideOptions& crm, SideOptions& marketing) {
        crm.overlap = marketing.overlap = 0;
    };
    return options;
}

void add_lists(World& world) {
    world.add_list("Buyers");
    world.add_list("Spring");
}

void settle(World& world) {
    add_lists(world);
    world.add_contact(kAda, "Lovelace");
    world.run_until_quiet();
}

RecordId contact(World& world, const char* email) { return world.with_email(kCrm, email); }

RecordId prospect(World& world) { return world.with_email(kMarketing, kAda); }

void edit_crm(World& world, const char* field, Value value) {
    world.crm().edit(contact(world), field, std::move(value));
    world.clock.pass(60s);
}

void edit_marketing(World& world, const char* field, Value value) {
    world.marketing().edit(prospect(world), field, std::move(value));
    world.clock.pass(60s);
}

Step people(std::function<void(World&)> act) {
    return [act = std::move(act), is_done = false](World& world) mutable -> Status {
        if (!std::exchange(is_done, true)) act(world);
        return Done{};
    };
}

Status calm_down(World& world) {
    constexpr int kMostCycles = 6;
    for (int i = 0; i < kMostCycles; ++i) {
        if (auto done = one_cycle(world); !done) return done;
        auto writes = world.store().in_flight(kOrg);
        if (!writes) return std::move(writes).error();
        auto dirty = world.store().dirty_count(kOrg);
        if (!dirty) return std::move(dirty).error();
        if (writes->empty() && *dirty == 0) return Done{};
    }
    return Done{};
}

/// Everything that people can ask; what is asked changes nothing.
Status ask(World& world) {
    sync::Org& org = world.org();
    if (auto status = told(service::status_of(org)); !status) return status;
    if (auto explained = told(service::explain(org, kAda, {})); !explained) return explained;
    auto cycles = world.store().cycles(kOrg, 100);
    if (!cycles) return std::move(cycles).error();
    for (const store::CycleRow& row : *cycles) {
        if (auto history = told(service::history(org, row.id)); !history) return history;
    }
    const std::pair<const char*, nlohmann::json> requests[] = {
        {"undo", {{"since", "2018-01-01T00:00:00Z"}}},
        {"undo", {{"field", "phone"}}},
        {"pins", {{"who", kAda}}},
        {"pins", nlohmann::json::object()},
        {"export", {{"who", kAda}}},
        {"erase", {{"receipts", true}}}};
    for (const auto& [command, body] : requests) {
        if (auto answer = told(service::answer_person_request(org, command, body, {})); !answer)
            return answer;
    }
    return sync::plan_only(org, [](const sync::EntityPlan&) {}, {});
}

Status one_cycle(World& world) {
    sync::Cycle cycle(world.org(), "test");
    auto report = cycle.run({});
    world.clock.pass(report ? 90s : 5s);
    if (!report) return std::move(report).error();
    EXPECT_EQ(imbalance(report->counts), "");
    return Done{};
}

}  // namespace duet::world
