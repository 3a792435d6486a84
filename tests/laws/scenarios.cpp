#include "tests/laws/scenarios.h"

#include "tests/laws/scenario_steps.h"

namespace duet::world {
namespace {

using std::chrono::days;

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

Scenario full_compare() {
    return {"FullCompareFindsWhatNobodyTold", without_overlap,
            [](World& world) {
                settle(world);
                world.add_contact(kBob);
                world.run_until_quiet();
                world.crm().edits_silently(contact(world), "Phone", text("5550100"));
                world.crm().purge(contact(world, kBob));
                world.settings.compare_within = 1s;
                world.clock.pass(world.settings.compare_every);
            },
            [] {
                return std::vector<Step>{
                    one_cycle, one_cycle, one_cycle, [](World& world) -> Status {
                        EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
                        return Done{};
                    }};
            }};
}

WorldOptions with_scope() {
    WorldOptions options;
    options.documents[0].text +=
        "scope: OR(ISBLANK(Department), Department <> \"Outside\")\nscope_grace_days: 7\n";
    return options;
}

Scenario leaves_the_scope() {
    return {"LeavesTheScopeAndComesBack", with_scope,
            [](World& world) {
                settle(world);
                edit_crm(world, "Phone", text("1"));
                world.run_until_quiet();
                edit_crm(world, "Department", text("Outside"));
            },
            [] {
                return std::vector<Step>{one_cycle,
                                         people([](World& world) { world.clock.pass(days{8}); }),
                                         one_cycle, people([](World& world) {
                                             edit_crm(world, "Phone", Value{});
                                             edit_crm(world, "Department", text("Inside"));
                                         }),
                                         calm_down};
            }};
}

/// Each page of a first load takes a minute.
Status slow_cycle(World& world) {
    world.org().on_progress = [&world](const sync::Progress& progress) {
        if (progress.backfill) world.clock.pass(60s);
    };
    return one_cycle(world);
}

Scenario slow_first_load() {
    return {"FirstLoadInSlices", plain,
            [](World& world) {
                settle(world);
                for (const char* name : {"One", "Two", "Three", "Four"}) {
                    Fields fields;
                    fields.set("Name", text(name));
                    world.crm().add("Account", std::move(fields));
                }
                world.run_until_quiet();
                EXPECT_TRUE(world.store().set_object_state(kOrg, kCrm, "Account", {}));
                edit_crm(world, "Phone", text("5550100"));
                world.settings.page_size = 1;
                world.settings.first_load_slice = 60s;
            },
            [] {
                return std::vector<Step>{slow_cycle, slow_cycle, slow_cycle, calm_down};
            }};
}

}  // namespace

const std::vector<Scenario>& scenarios() {
    static const std::vector<Scenario> all = [] {
        auto made = first_half();
        for (Scenario& scenario : second_half()) made.push_back(std::move(scenario));
        for (Scenario (*const scenario)() : {full_compare, leaves_the_scope, slow_first_load,
                                             places_on_a_list, customers_are_compared})
            made.push_back(scenario());
        for (Scenario& scenario : scenarios_of_people()) made.push_back(std::move(scenario));
        return made;
    }();
    return all;
}

}  // namespace duet::world
