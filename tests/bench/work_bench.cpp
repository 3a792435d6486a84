// What `duet queue` and `duet answers` take on a large org of which few wait for somebody: the real
// store in a file, filled as a first load leaves it. Prints a table; no figure fails anything.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/work_report.h"
#include "tests/bench/bench_help.h"
#include "tests/world/lifecycle_world.h"

namespace duet::bench {
namespace {

using namespace std::chrono_literals;
using store::EntityId;
using world::World;

constexpr const char* kOrg = "acme";
constexpr std::size_t kWaiting = 200;  // people who filled a form lately

constexpr const char* kWork = R"(timers:
  - name: Answer
    starts: [{ kind: form, object: { pardot: visitor-activity }, where: type = 4, time: createdAt, within_minutes: 1440 }]
    answers: [{ object: Task, where: IsClosed, time: CreatedDate }]
queue:
  reasons:
    - { name: wants an answer, when: 'OR(Timer.Answer = "RUNNING", Timer.Answer = "BREACHED")' }
  breached_when: Timer.Answer = "BREACHED"
  due: Timer.Answer_Due
  score: Prospect.score
  owner: OwnerId
)";

world::WorldOptions options() {
    world::WorldOptions options;
    options.store_in_file = true;
    options.documents = {{"people.yaml",
                          "entity: person\nmatch: [crm_id, email]\nfields:\n"
                          "  - { salesforce: Email, pardot: email, winner: salesforce }\n"},
                         {"work.yaml", kWork}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        world::add_lifecycle_objects(catalogs);
        for (ObjectInfo& known : catalogs.crm.objects) {
            if (known.name == "Task")
                known.fields.push_back(world::made_field("CreatedDate", FieldType::DateTime));
        }
    };
    return options;
}

void put(World& world, Side side, std::string object, std::string key, Fields fields,
         const std::vector<std::string>& references) {
    store::SeenRow row;
    row.side = side;
    row.record.id = {std::move(object), std::move(key)};
    row.record.fields = std::move(fields);
    good(world.store().put_seen(kOrg, row, references, {}));
}

/// One person on both sides, with a visit or a form.
EntityId add_person(World& world, std::size_t number, bool waits, DateTime now) {
    const std::string contact = fmt::format("003{:012}AAA", number);
    const std::string prospect = std::to_string(number + 1);
    const Value email = text(fmt::format("p{}@example.com", number));
    Fields of_contact;
    of_contact.set("Email", email);
    of_contact.set("OwnerId", text("005000000000001AAA"));
    put(world, Side::Crm, "Contact", contact, std::move(of_contact), {"OwnerId"});
    Fields of_prospect;
    of_prospect.set("email", email);
    of_prospect.set("score", Value{Decimal{static_cast<long>(number % 100)}});
    put(world, Side::Marketing, "prospect", prospect, std::move(of_prospect), {});
    Fields visit;
    visit.set("prospectId", text(prospect));
    visit.set("type", Value{Decimal{waits ? 4 : 2}});
    visit.set("createdAt", Value{now - 1h});
    put(world, Side::Marketing, "visitor-activity", prospect, std::move(visit), {"prospectId"});
    const EntityId id = good(world.store().add_entity(kOrg, EntityKind::Person));
    good(world.store().link(kOrg, id, Side::Crm, {"Contact", contact}));
    good(world.store().link(kOrg, id, Side::Marketing, {"prospect", prospect}));
    return id;
}

template <class Ask>
void measure(std::size_t people, const char* what, Ask&& ask) {
    const auto began = std::chrono::steady_clock::now();
    const std::string told = ask();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    fmt::print("| {} | {} | {:.3f} | {} |\n", people, what, took.count(), told);
    std::fflush(stdout);
}

void run(std::size_t people) {
    World world(options());
    const DateTime now = std::chrono::floor<std::chrono::milliseconds>(world.clock.now());
    std::vector<EntityId> waiting;
    {
        auto transaction = good(world.store().begin());
        for (std::size_t i = 0; i < people; ++i) {
            const bool waits = i % (people / kWaiting) == 0;
            const EntityId id = add_person(world, i, waits, now);
            if (waits) waiting.push_back(id);
        }
        good(transaction.commit());
    }
    const auto queue = [&] {
        const auto told = good(service::queue_report(world.org(), nlohmann::json::object()));
        return fmt::format("{} in it", told["people"].get<std::size_t>());
    };
    good(world.store().mark_all_dirty(kOrg, "bench"));
    measure(people, "queue, everybody to be decided", queue);
    // As a cycle leaves it.
    {
        auto transaction = good(world.store().begin());
        store::EntityId after = 0;
        for (auto ids = good(world.store().dirty(kOrg, after, 1000)); !ids.empty();
             ids = good(world.store().dirty(kOrg, after, 1000))) {
            for (const EntityId id : ids) good(world.store().clear_dirty(kOrg, id));
            after = ids.back();
        }
        for (const EntityId id : waiting) {
            store::Edge edge;
            edge.rule = edge.target = "queue";
            edge.phase = "pending";
            edge.was_true = true;
            good(world.store().save_edge(kOrg, id, edge));
        }
        good(transaction.commit());
    }
    measure(people, "queue", queue);
    measure(people, "answers", [&] {
        const auto told = good(service::answers_report(world.org(), nlohmann::json::object()));
        return fmt::format("{} running", told["timers"][0]["RUNNING"].get<long>());
    });
}

}  // namespace
}  // namespace duet::bench

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    for (int i = 1; i < argc; ++i) {
        const long people = std::atol(argv[i]);
        if (people < static_cast<long>(duet::bench::kWaiting)) {
            std::cerr << "usage: duet_work_bench [people...]   (200 and more; default: 10000 "
                         "100000)\n";
            return 64;
        }
        sizes.push_back(static_cast<std::size_t>(people));
    }
    if (sizes.empty()) sizes = {10'000, 100'000};
    fmt::print("| people | | seconds | |\n|---|---|---|---|\n");
    for (const std::size_t people : sizes) duet::bench::run(people);
    return 0;
}
