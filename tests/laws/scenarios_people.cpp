// What people ask of Duet and tell it. Whoever was not answered asks again, and so each step looks
// first whether what it asks for was done.
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/lifecycle_report.h"
#include "daemon/service/match.h"
#include "daemon/service/person.h"
#include "daemon/service/quarantine.h"
#include "daemon/sync/upkeep.h"
#include "tests/laws/scenario_steps.h"
#include "tests/world/lifecycle_documents.h"

namespace duet::world {
namespace {

using nlohmann::json;
using std::chrono::days;

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

// --- the review queue -----------------------------------------------------------------------

Status ask_for_doubts(World& world) {
    auto list = service::match(world.org(), {{"action", "list"}});
    if (!list) return std::move(list).error();
    for (const json& review : (*list)["reviews"]) {
        auto shown = service::match(world.org(), {{"action", "show"}, {"id", review["id"]}});
        if (!shown) return std::move(shown).error();
    }
    return told(service::match(world.org(), {{"action", "report"}}));
}

/// Ada's prospect belongs with the last of those that it may belong with.
Status choose_the_last(World& world) {
    auto review = world.store().review_of(kOrg, {kMarketing, prospect(world)});
    if (!review) return std::move(review).error();
    if (!*review) return Done{};
    return told(service::match(world.org(), {{"action", "choose"},
                                             {"id", (*review)->id},
                                             {"record", (*review)->candidates.back().id.key},
                                             {"by", "bob"},
                                             {"because", "asked her"}}));
}

Status take_the_word_back(World& world) {
    const RecordId ada = prospect(world);
    auto choice = world.store().choice_of(kOrg, {kMarketing, ada});
    if (!choice) return std::move(choice).error();
    if (!*choice) return Done{};
    return told(service::match(world.org(), {{"action", "forget"},
                                             {"record", ada.key},
                                             {"by", "bob"},
                                             {"because", "it was another Ada"}}));
}

Scenario doubt() {
    return {"DoubtIsDecidedByAPerson", plain,
            [](World& world) {
                add_lists(world);
                world.add_contact(kAda);
                world.add_contact(kAda);
                world.add_prospect(kAda);
                world.clock.pass(120s);
            },
            [] {
                return std::vector<Step>{one_cycle, ask_for_doubts, choose_the_last,
                                         take_the_word_back, calm_down};
            }};
}

Scenario undeleted() {
    return {"TheOldOneComesBack", plain,
            [](World& world) {
                settle(world);
                const RecordId old = contact(world);
                world.crm().remove(old);
                world.run_until_quiet();
                world.add_contact(kAda, "Lovelace");
                world.run_until_quiet();
                world.crm().undelete(old);
                world.clock.pass(60s);
            },
            [] {
                return std::vector<Step>{one_cycle, ask_for_doubts};
            }};
}

// --- undo -----------------------------------------------------------------------------------

Status undo_the_phone(World& world) {
    constexpr int kMostUndos = 5;
    for (int i = 0; i < kMostUndos; ++i) {
        if (world.marketing().value(prospect(world), "phone") == text("1")) return Done{};
        auto rows = world.store().audit_of_field(kOrg, "phone", 1);
        if (!rows) return std::move(rows).error();
        auto undone = service::answer_person_request(world.org(), "undo",
                                                     {{"cycle", rows->front().cycle},
                                                      {"field", "phone"},
                                                      {"record", kAda},
                                                      {"dry_run", false},
                                                      {"by", "bob"}},
                                                     {});
        if (!undone) return std::move(undone).error();
        // What is in doubt is not undone before a cycle has looked.
        if ((*undone)["writes"].empty()) {
            if (auto done = one_cycle(world); !done) return done;
        }
    }
    ADD_FAILURE() << "it is never undone";
    return Done{};
}

Status expect_it_stays_undone(World& world) {
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("1"));
    EXPECT_EQ(world.value(kCrm, kAda, "Phone"), text("2"));
    return ask(world);
}

Status release_the_pin(World& world) {
    auto released =
        service::answer_person_request(world.org(), "release_pins", {{"who", kAda}}, {});
    if (released || released.error().code == "DUET-5034") return Done{};
    return std::move(released).error();
}

Scenario undo() {
    return {"UndoneAndPinnedAndReleased", plain,
            [](World& world) {
                settle(world);
                for (const char* phone : {"1", "2"}) {
                    edit_crm(world, "Phone", text(phone));
                    world.run_until_quiet();
                }
            },
            [] {
                return std::vector<Step>{undo_the_phone, calm_down, expect_it_stays_undone,
                                         release_the_pin, calm_down};
            }};
}

// --- erasing --------------------------------------------------------------------------------

/// Who was erased is known no more; a file that could not be written anew is told as a warning.
Status erase_ada(World& world) {
    auto erased = service::answer_person_request(
        world.org(), "erase", {{"who", kAda}, {"dry_run", false}, {"by", "officer"}}, {});
    if (!erased && erased.error().code == "DUET-6010") return Done{};
    if (!erased) return std::move(erased).error();
    if ((*erased)["bytes_gone"] == true) return Done{};
    const auto warning = (*erased)["warning"].get<std::string>();
    const bool is_full = warning.starts_with("No room");
    return Error{ErrorKind::Broken, warning, is_full ? "DUET-4006" : "DUET-4007", "", {}};
}

Status readmit_ada(World& world) {
    auto readmitted = service::answer_person_request(world.org(), "erase",
                                                     {{"who", kAda}, {"readmit", true}}, {});
    if (readmitted || readmitted.error().code == "DUET-6010") return Done{};
    return std::move(readmitted).error();
}

Status keep_up(World& world) { return told(sync::keep_up(world.org())); }

Status expect_nothing_is_left_of_ada(World& world) {
    auto erasures = world.store().erasures(kOrg);
    if (!erasures) return std::move(erasures).error();
    EXPECT_EQ(erasures->size(), 1U);
    auto due = world.store().fact(kOrg, "scrub_due");
    if (!due) return std::move(due).error();
    EXPECT_EQ(*due, "");
    auto seen = world.store().seen(kOrg, kCrm, contact(world));
    if (!seen) return std::move(seen).error();
    EXPECT_FALSE(*seen);
    return Done{};
}

Status expect_ada_is_on_her_list_once(World& world) {
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1U);
    EXPECT_EQ(world.marketing().creates("list-membership"), 1);
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    return Done{};
}

Scenario erasing() {
    return {"ErasedAndReadmitted", without_overlap,
            [](World& world) {
                settle(world);
                edit_crm(world, "Title", text("Chief Buyer"));
                world.run_until_quiet();
            },
            [] {
                return std::vector<Step>{
                    erase_ada,
                    people([](World& world) { edit_crm(world, "Phone", text("5550100")); }),
                    one_cycle,
                    keep_up,
                    expect_nothing_is_left_of_ada,
                    readmit_ada,
                    calm_down,
                    expect_ada_is_on_her_list_once};
            }};
}

Status expect_old_cycles_are_forgotten(World& world) {
    auto cycles = world.store().cycles(kOrg, 1000);
    if (!cycles) return std::move(cycles).error();
    for (const store::CycleRow& row : *cycles) EXPECT_GE(row.started, world.clock.now() - days{2});
    return Done{};
}

Scenario retention() {
    return {"OldHistoryIsForgotten", plain,
            [](World& world) {
                settle(world);
                edit_crm(world, "Phone", text("5550100"));
                world.run_until_quiet();
                world.settings.keep_audit = world.settings.keep_cycles = days{1};
                world.clock.pass(days{3});
            },
            [] {
                return std::vector<Step>{one_cycle, keep_up, expect_old_cycles_are_forgotten};
            }};
}

// --- what was put aside ---------------------------------------------------------------------

Status ask_for_what_is_aside(World& world) {
    auto causes = service::quarantine(world.org(), {{"action", "list"}, {"by_cause", true}});
    if (!causes) return std::move(causes).error();
    for (const json& cause : (*causes)["causes"]) {
        auto rows =
            service::quarantine(world.org(), {{"action", "list"}, {"cause", cause["cause"]}});
        if (!rows) return std::move(rows).error();
    }
    return told(service::quarantine(world.org(), {{"action", "list"}}));
}

Status decide(World& world, const char* action) {
    auto rows = world.store().quarantine(kOrg, 1);
    if (!rows) return std::move(rows).error();
    EXPECT_FALSE(rows->empty());
    if (rows->empty()) return Done{};
    return told(service::quarantine(
        world.org(), {{"action", action}, {"cause", rows->front().cause}, {"by", "bob"}}));
}

Status drop(World& world) { return decide(world, "drop"); }
Status retry(World& world) { return decide(world, "retry"); }

Scenario put_aside() {
    return {"DroppedAndTriedAgain", plain,
            [](World& world) {
                settle(world);
                world.marketing().rejects_field("phone", "154");
                edit_crm(world, "Phone", text("5550100"));
            },
            [] {
                return std::vector<Step>{
                    calm_down,
                    ask_for_what_is_aside,
                    drop,
                    one_cycle,
                    ask_for_what_is_aside,
                    people([](World& world) { world.marketing().accepts_all(); }),
                    retry,
                    one_cycle};
            }};
}

// --- where people stand -------------------------------------------------------------------------

constexpr const char* kLifecycle = R"(lifecycle:
  stages:
    - { name: Cold, rank: 1 }
    - { name: Warm, rank: 2 }
  events:
    - { name: met, object: [Lead, Contact], at: CreatedDate }
  conditions:
    - { name: fits, when: Prospect.score >= 100 }
  transitions:
    - { on: met, from: new, to: Cold, elsewhere: ignore }
    - { on: fits, from: Cold, to: Warm }
  account: { customer: Warm }
)";

constexpr const char* kStaged = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { name: stage, salesforce: Duet_Stage__c, pardot: duet_stage__c, direction: both, value: Duet.Stage }
)";

WorldOptions with_lifecycle() {
    WorldOptions options;
    options.documents = {{"people.yaml", kStaged},
                         {"accounts.yaml", kLifecycleAccounts},
                         {"lifecycle.yaml", kLifecycle}};
    options.adjust_catalogs = add_lifecycle_objects;
    return options;
}

Status ask_where_people_stand(World& world) {
    return told(service::lifecycle_report(world.org(), json::object()));
}

std::string add_account(World& world, const char* name) {
    Fields account;
    account.set("Name", text(name));
    return world.crm().add("Account", std::move(account));
}

/// Four people move, and by them four accounts that are decided behind them, their rows read
/// together; a fifth account is decided with the people.
Scenario stages() {
    return {"StagesFollowFromWhatHappened", with_lifecycle,
            [](World& world) {
                const std::vector<std::string> people{kAda, kBob, kEve, "dan@example.com"};
                const std::string alone = add_account(world, "Alone");
                for (const std::string& email : people) {
                    Fields person;
                    person.set("Email", text(email));
                    person.set("LastName", text("Lovelace"));
                    person.set(
                        "CreatedDate",
                        Value{std::chrono::floor<std::chrono::milliseconds>(world.clock.now())});
                    world.crm().add("Contact", std::move(person));
                    world.add_prospect(email);
                }
                world.clock.pass(120s);
                world.run_until_quiet();
                for (const std::string& email : people) {
                    const std::string account = add_account(world, email.c_str());
                    world.crm().edit(world.with_email(kCrm, email), "AccountId", text(account));
                }
                world.clock.pass(120s);
                world.run_until_quiet();
                world.crm().edit({"Account", alone}, "Duet_Stage__c", text("Hot"));
                for (const std::string& email : people)
                    world.marketing().edit(world.with_email(kMarketing, email), "score",
                                           Value{Decimal{120}});
                world.clock.pass(120s);
            },
            [] {
                return std::vector<Step>{calm_down, ask_where_people_stand};
            }};
}

std::vector<Scenario> of_consent_and_brake() {
    return {
        {"OptOutAndBackIn", plain,
         [](World& world) {
             settle(world);
             edit_marketing(world, "optedOut", World::yes());
         },
         [] {
             return std::vector<Step>{one_cycle, let_ada_back_in, calm_down, let_ada_back_in,
                                      calm_down};
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
    };
}

}  // namespace

std::vector<Scenario> scenarios_of_people() {
    auto made = of_consent_and_brake();
    for (Scenario (*const scenario)() :
         {doubt, undeleted, undo, erasing, retention, put_aside, stages})
        made.push_back(scenario());
    return made;
}

}  // namespace duet::world
