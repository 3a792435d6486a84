#include "tests/laws/scenarios.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/person.h"

namespace duet::world {
namespace {

constexpr const char* kOrg = "acme";
constexpr const char* kAda = "ada@example.com";
constexpr const char* kBob = "bob@example.com";

constexpr const char* kTasks = R"(tasks:
  - name: hot
    when: AND(Prospect.score >= 100, LastName = "Lovelace")
    rearm_when: Prospect.score <= 80
    close_when: Prospect.score < 50
    subject: Call {!LastName}
    due_in_days: 1
)";

constexpr const char* kRouting = R"(routing:
  - name: leads
    at_create: act
    rules:
      - name: turns
        round_robin: [{ user: ann@example.com, weight: 2 }, bo@example.com]
  - name: hot_leads
    trigger: Prospect.score >= 100
    rules:
      - { name: mine, round_robin: [{ user: bo@example.com, capacity: 1 }] }
)";

constexpr const char* kValidations = R"(validations:
  - name: phone_is_digits
    error_when: AND(NOT(ISBLANK(Phone)), NOT(REGEX(Phone, "[0-9]+")))
    message: "The phone {!Phone} is not a number."
)";

WorldOptions plain() { return {}; }

WorldOptions with_actions() {
    WorldOptions options;
    options.documents.push_back({"tasks.yaml", kTasks});
    options.documents.push_back({"routing.yaml", kRouting});
    return options;
}

WorldOptions with_validations() {
    WorldOptions options;
    options.documents[0].text += kValidations;
    return options;
}

WorldOptions without_creates() {
    WorldOptions options;
    auto& people = options.documents[0].text;
    people.erase(people.find("create:"));
    return options;
}

void add_lists(World& world) {
    world.add_list("Buyers");
    world.add_list("Spring");
}

/// Ada is known on both sides and settled.
void settle(World& world) {
    add_lists(world);
    world.add_contact(kAda, "Lovelace");
    world.run_until_quiet();
}

void add_users(World& world) {
    for (const char* name : {"ann", "bo"}) {
        Fields fields;
        fields.set("Name", text(name));
        fields.set("Email", text(std::string(name) + "@example.com"));
        fields.set("IsActive", Value{true});
        world.crm().add("User", std::move(fields));
    }
}

void score(World& world, const char* email, int points) {
    world.marketing().edit(world.with_email(kMarketing, email), "score", Value{Decimal{points}});
    world.clock.pass(120s);
}

RecordId contact(World& world, const char* email = kAda) { return world.with_email(kCrm, email); }
RecordId prospect(World& world) { return world.with_email(kMarketing, kAda); }

void edit_crm(World& world, const char* field, Value value) {
    world.crm().edit(contact(world), field, std::move(value));
    world.clock.pass(60s);
}

void edit_marketing(World& world, const char* field, Value value) {
    world.marketing().edit(prospect(world), field, std::move(value));
    world.clock.pass(60s);
}

/// What people do between two cycles; it cannot fail, and is done once.
Step people(std::function<void(World&)> act) {
    return [act = std::move(act), is_done = false](World& world) mutable -> Status {
        if (!std::exchange(is_done, true)) act(world);
        return Done{};
    };
}

/// Cycles until nothing is in flight or dirty: what people do next, they do to what they see.
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

/// What the daemon does when it starts, and when its documents are others than before.
Status start(World& world) {
    auto& store = world.store();
    if (auto opened = store.open_org(kOrg); !opened) return opened;
    if (auto set = store.set_mode(kOrg, store::Mode::Apply); !set) return set;
    auto known = store.fact(kOrg, "documents_version");
    if (!known) return std::move(known).error();
    const std::string& version = world.org().model.documents().version;
    if (*known != version) {
        if (auto marked = store.mark_all_dirty(kOrg, "the documents changed"); !marked)
            return marked;
        if (auto set = store.set_fact(kOrg, "documents_version", version); !set) return set;
    }
    auto doubted = store.doubt_all(kOrg);
    if (!doubted) return std::move(doubted).error();
    return Done{};
}

template <class T>
Status told(const Result<T>& answer) {
    if (!answer) return answer.error();
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

/// Whoever allowed it looks whether it was done: of a write that was lost nobody can tell it from a
/// new opt-out, and so it is allowed anew.
Status let_ada_back_in(World& world) {
    if (world.crm().value(contact(world), "HasOptedOutOfEmail") != World::yes() &&
        world.marketing().value(prospect(world), "optedOut") != World::yes()) {
        return Done{};
    }
    return told(service::allow_back_in(world.org(), kAda, "HasOptedOutOfEmail",
                                       {"ada", "she wrote to us on 2 January"}));
}

Status release_brake(World& world) {
    auto held = world.store().held(kOrg);
    if (!held) return std::move(held).error();
    for (store::Held& row : *held) {
        row.released = true;
        if (auto put = world.store().put_held(kOrg, row); !put) return put;
    }
    return Done{};
}

std::vector<Scenario> first_half() {
    return {
        {"FirstLoad", plain,
         [](World& world) {
             add_lists(world);
             world.add_contact(kAda, "Lovelace");
             world.add_contact(kBob);
             world.add_prospect("eve@example.com");
             world.add_prospect(kBob);
             world.clock.pass(120s);  // a prospect that cannot be read yet would be made again
         },
         [] {
             return std::vector<Step>{one_cycle, one_cycle};
         }},
        {"UpdateToMarketing", plain,
         [](World& world) {
             settle(world);
             edit_crm(world, "Phone", text("5550100"));
         },
         [] { return std::vector<Step>{one_cycle}; }},
        {"UpdateToTheCrm", plain,
         [](World& world) {
             settle(world);
             edit_marketing(world, "jobTitle", text("Chief Buyer"));
         },
         [] { return std::vector<Step>{one_cycle}; }},
        {"CreateOnBothSides", plain,
         [](World& world) {
             settle(world);
             world.add_contact("new-contact@example.com");
             world.add_prospect("new-prospect@example.com");
             world.clock.pass(120s);
         },
         [] { return std::vector<Step>{one_cycle}; }},
        {"Conflict", plain,
         [](World& world) {
             settle(world);
             world.crm().edit(contact(world), "LastName", text("King"));
             edit_marketing(world, "lastName", text("Byron"));
         },
         [] { return std::vector<Step>{one_cycle}; }},
        {"OptOutAndBackIn", plain,
         [](World& world) {
             settle(world);
             edit_marketing(world, "optedOut", World::yes());
         },
         [] {
             return std::vector<Step>{one_cycle, let_ada_back_in, calm_down, let_ada_back_in,
                                      calm_down};
         }},
        {"Deletion", plain,
         [](World& world) {
             settle(world);
             world.add_contact(kBob);
             world.run_until_quiet();
             world.crm().remove(contact(world));
             world.marketing().remove(world.with_email(kMarketing, kBob));
             world.clock.pass(60s);
         },
         [] { return std::vector<Step>{one_cycle}; }},
    };
}

std::vector<Scenario> second_half() {
    return {
        {"MergeAndConversion", with_actions,
         [](World& world) {
             settle(world);
             score(world, kAda, 90);
             world.run_until_quiet();
             const RecordId twin{"Contact", world.add_contact("twin@example.com")};
             world.add_prospect("lead@example.com");
             world.run_until_quiet();
             world.crm().merge(twin, contact(world));
             world.crm().convert(contact(world, "lead@example.com").key);
             world.clock.pass(60s);
         },
         [] {
             return std::vector<Step>{one_cycle, one_cycle};
         }},
        {"MembershipComesAndGoes", plain,
         [](World& world) {
             settle(world);
             edit_crm(world, "Title", text("Chief Buyer"));
         },
         [] {
             return std::vector<Step>{
                 calm_down, people([](World& world) { edit_crm(world, "Title", text("Seller")); }),
                 one_cycle};
         }},
        {"TasksAndRouting", with_actions,
         [](World& world) {
             add_users(world);
             settle(world);
             world.add_prospect("lead@example.com");
             score(world, kAda, 90);
             world.run_until_quiet();
             score(world, kAda, 120);
             score(world, "lead@example.com", 120);
         },
         [] {
             return std::vector<Step>{
                 calm_down, people([](World& world) { score(world, kAda, 10); }), one_cycle};
         }},
        {"ValidationHoldsAndLetsGo", with_validations,
         [](World& world) {
             settle(world);
             edit_crm(world, "Phone", text("ask Ada"));
         },
         [] {
             return std::vector<Step>{calm_down, ask, people([](World& world) {
                                          edit_crm(world, "Phone", text("5550199"));
                                      }),
                                      one_cycle};
         }},
        {"RefusedAndTriedAgain", plain,
         [](World& world) {
             settle(world);
             world.marketing().rejects_field("phone", "INVALID");
             edit_crm(world, "Phone", text("5550100"));
         },
         [] {
             return std::vector<Step>{calm_down, people([](World& world) {
                                          world.marketing().accepts_all();
                                          world.clock.pass(std::chrono::hours{26});
                                      }),
                                      one_cycle};
         }},
        {"RestartWithWritesInDoubt", plain,
         [](World& world) {
             settle(world);
             edit_crm(world, "Phone", text("5550100"));
             world.add_contact(kBob);
             world.clock.pass(60s);
             world.marketing().crashes_after_next_write();
             world.run_cycle();
             world.marketing().loses_next_answer();
         },
         [] {
             return std::vector<Step>{start, one_cycle, one_cycle, one_cycle};
         }},
        {"OtherDocuments", plain,
         [](World& world) {
             settle(world);
             edit_crm(world, "Title", text("Seller"));
             world.run_until_quiet();
             auto documents = acme_documents();
             auto& lists = documents[1].text;
             lists.replace(lists.find("Buyer\")"), 7, "Seller\")");
             world.change_documents(std::move(documents));
         },
         [] {
             return std::vector<Step>{start, one_cycle};
         }},
        {"BrakeHoldsAndIsReleased", plain,
         [](World& world) {
             settle(world);
             edit_crm(world, "Phone", text("5550100"));
             world.run_until_quiet();
             world.settings.brake["blank"] = {0, 0};
             world.restart();
             edit_crm(world, "Phone", Value{});
         },
         [] {
             // A release is for one cycle: who sees it held again releases it again.
             return std::vector<Step>{one_cycle, ask,           release_brake, calm_down,
                                      ask,       release_brake, calm_down};
         }},
        {"TwoTurnOutToBeOne", without_creates,
         [](World& world) {
             add_lists(world);
             world.add_contact(kAda, "Lovelace");
             const std::string alone = world.add_prospect(kBob);
             world.run_until_quiet();
             world.marketing().edit({"prospect", alone}, "email", text(kAda));
             world.clock.pass(120s);
         },
         [] {
             return std::vector<Step>{one_cycle, one_cycle};
         }},
        {"SharedAddress", plain,
         [](World& world) {
             settle(world);
             world.add_contact("twin@example.com");
             const std::string other = world.add_contact("second@example.com");
             world.crm().edit({"Contact", other}, "Email", text("twin@example.com"));
             world.clock.pass(60s);
         },
         [] {
             return std::vector<Step>{
                 calm_down, ask, people([](World& world) {
                     for (const auto& [key, fields] : world.crm().records("Contact")) {
                         if (fields.get("Email") != text("twin@example.com")) continue;
                         world.crm().edit({"Contact", key}, "Email", text("alone@example.com"));
                         break;
                     }
                     world.clock.pass(60s);
                 }),
                 one_cycle};
         }},
    };
}

}  // namespace

const std::vector<Scenario>& scenarios() {
    static const std::vector<Scenario> all = [] {
        auto made = first_half();
        for (Scenario& scenario : second_half()) made.push_back(std::move(scenario));
        return made;
    }();
    return all;
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
