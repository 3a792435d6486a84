// Over twelve canonical scenarios, the n-th exchange with a vendor fails, for every n and in each
// of three ways: in the end both sides are as if nothing had failed. How many are tried is how many
// a run without a fault counts.
#include <algorithm>
#include <functional>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "connectors/sandbox/faults.h"
#include "tests/wire/operations.h"
#include "tests/world/vendor_world.h"

namespace duet::wire {
namespace {

using nlohmann::json;
using world::Break;
using world::VendorWorld;

constexpr Side kCrm = Side::Crm;
constexpr Side kMarketing = Side::Marketing;

/// What people do to the persons of one run, whose addresses begin with its own tag, and how the
/// two sides must look once it is settled.
struct Scenario {
    const char* name;
    std::function<void(VendorWorld&, const std::string& tag)> before;  // settled before `act`
    std::function<void(VendorWorld&, const std::string& tag)> act;
    std::function<void(VendorWorld&, const std::string& tag)> expect;
};

std::string ada(const std::string& tag) { return tag + "ada@example.com"; }
std::string bob(const std::string& tag, int i = 0) {
    return tag + "bob" + std::to_string(i) + "@example.com";
}

void nobody(VendorWorld&, const std::string&) {}
void contact(VendorWorld& world, const std::string& tag) {
    world.add_contact(ada(tag), "Lovelace");
}
void lead(VendorWorld& world, const std::string& tag) {
    world.people().add("Lead",
                       {{"Email", ada(tag)}, {"LastName", "Lovelace"}, {"Company", "Acme"}});
}
void buyer(VendorWorld& world, const std::string& tag) {
    world.people().add("Contact",
                       {{"Email", ada(tag)}, {"LastName", "Lovelace"}, {"Title", "Buyer"}});
}

void edit(VendorWorld& world, Side side, const std::string& tag, const json& fields) {
    world.people().edit(world.with_email(side, ada(tag)), fields);
}

void expect_both(VendorWorld& world, const std::string& tag, const char* crm, const char* marketing,
                 const std::string& value) {
    EXPECT_EQ(world.value(kCrm, ada(tag), crm), value);
    EXPECT_EQ(world.value(kMarketing, ada(tag), marketing), value);
}

int memberships(VendorWorld& world, const std::string& tag) {
    const RecordId prospect = world.with_email(kMarketing, ada(tag));
    return static_cast<int>(
        world.people().keys_with("list-membership", "prospectId", prospect.key).size());
}

const std::vector<Scenario> kScenarios{
    {"a contact is added", nobody, contact,
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "LastName", "lastName", "Lovelace");
     }},
    {"a prospect is added", nobody,
     [](VendorWorld& world, const std::string& tag) { world.add_prospect(ada(tag), "Lovelace"); },
     [](VendorWorld& world, const std::string& tag) {
         EXPECT_EQ(world.with_email(kCrm, ada(tag)).object, "Lead");
         expect_both(world, tag, "LastName", "lastName", "Lovelace");
     }},
    {"a contact is edited", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"Phone", "1"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Phone", "phone", "1");
     }},
    {"a prospect is edited", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kMarketing, tag, {{"phone", "2"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Phone", "phone", "2");
     }},
    {"a value is cleared", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"Phone", "1"}});
         edit(world, kCrm, tag, {{"Phone", nullptr}, {"FirstName", "Ada"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Phone", "phone", "");
         expect_both(world, tag, "FirstName", "firstName", "Ada");
     }},
    {"both sides edit different fields", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"FirstName", "Ada"}});
         edit(world, kMarketing, tag, {{"lastName", "King"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "FirstName", "firstName", "Ada");
         expect_both(world, tag, "LastName", "lastName", "King");
     }},
    {"both sides edit one field", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"FirstName", "Ada"}});
         edit(world, kMarketing, tag, {{"firstName", "Augusta"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "FirstName", "firstName", "Ada");
     }},
    {"a person opts out in the CRM", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"HasOptedOutOfEmail", true}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "HasOptedOutOfEmail", "optedOut", "1");
     }},
    {"a buyer opts out in marketing", buyer,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kMarketing, tag, {{"optedOut", true}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "HasOptedOutOfEmail", "optedOut", "1");
         EXPECT_EQ(memberships(world, tag), 0);
     }},
    {"somebody becomes a buyer", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"Title", "Chief Buyer"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Duet_Stage__c", "duet_stage__c", "BUYER");
         EXPECT_EQ(memberships(world, tag), 1);
     }},
    {"a lead is converted", lead,
     [](VendorWorld& world, const std::string& tag) {
         world.people().convert(world.with_email(kCrm, ada(tag)).key);
         edit(world, kCrm, tag, {{"Phone", "3"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         EXPECT_EQ(world.with_email(kCrm, ada(tag)).object, "Contact");
         expect_both(world, tag, "Phone", "phone", "3");
     }},
    {"several people are added on each side", nobody,
     [](VendorWorld& world, const std::string& tag) {
         for (int i = 0; i < 4; ++i) {
             if (i % 2 == 0) world.add_contact(bob(tag, i), "Bee");
             if (i % 2 == 1) world.add_prospect(bob(tag, i), "Bee");
         }
     },
     [](VendorWorld& world, const std::string& tag) {
         for (int i = 0; i < 4; ++i) {
             EXPECT_EQ(world.value(kCrm, bob(tag, i), "LastName"), "Bee");
             EXPECT_EQ(world.value(kMarketing, bob(tag, i), "lastName"), "Bee");
         }
     }},
};

class EveryExchange : public testing::TestWithParam<std::size_t> {
protected:
    EveryExchange() {
        world.add_list("Buyers");
        world.run_until_quiet();
    }

    /// One run with the n-th exchange broken like that, 0 for none; how many exchanges it made.
    std::int64_t run(const Scenario& scenario, std::int64_t n, Break how) {
        const std::string tag = "r" + std::to_string(++runs) + ".";
        scenario.before(world, tag);
        world.run_until_quiet();
        scenario.act(world, tag);
        const std::int64_t before = world.transport().exchanges();
        world.transport().breaks(n, how);
        world.run_until_quiet();
        const std::int64_t made = world.transport().exchanges() - before;
        scenario.expect(world, tag);
        EXPECT_EQ(world.planned_writes(), 0u);
        return made;
    }

    VendorWorld world;
    int runs = 0;
};

TEST_P(EveryExchange, MayFailAndBothSidesEndAsIfItHadNot) {
    const Scenario& scenario = kScenarios[GetParam()];
    SCOPED_TRACE(scenario.name);
    run(scenario, 0, Break::NotSent);  // what is asked for once is behind it
    const std::int64_t counted = run(scenario, 0, Break::NotSent);
    for (const Break how : {Break::NotSent, Break::RequestLost, Break::AnswerLost}) {
        for (std::int64_t n = 1; n <= counted; ++n) {
            SCOPED_TRACE(testing::Message() << "exchange " << n << " of " << counted
                                            << " breaks, way " << static_cast<int>(how));
            run(scenario, n, how);
            EXPECT_TRUE(world.transport().broke());
            if (HasFailure()) return;
        }
    }
    EXPECT_EQ(run(scenario, counted + 1, Break::AnswerLost), counted) << "one was not tried";
    EXPECT_FALSE(world.transport().broke());
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EveryExchange,
                         testing::Range(std::size_t{0}, kScenarios.size()), [](const auto& one) {
                             std::string name = kScenarios[one.param].name;
                             std::replace(name.begin(), name.end(), ' ', '_');
                             return name;
                         });

// --- the operations that are cut are all there are ----------------------------------------------

/// Notes what passes.
class Listening final : public http::Transport {
public:
    Listening(sandbox::Apis& apis, const Clock& clock) : inner_(apis, clock) {}
    Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
        sandbox::ApiRequest asked;
        asked.method = request.method;
        const std::string target = request.url.substr(request.url.find('/', 8));
        asked.path = target.substr(0, target.find('?'));
        operations.insert(sandbox::operation_of(asked));
        return inner_.send(request, stop);
    }
    std::set<std::string> operations;

private:
    world::SandboxTransport inner_;
};

TEST(CutOperations, AreAllThatTheScenariosUse) {
    std::set<std::string> known;
    for (const WriteOperation& write : write_operations()) known.insert(write.operation);
    for (const ReadOperation& read : read_operations()) known.insert(read.operation);
    sandbox::Apis apis(world::vendor_options());
    world::WorldClock* clock = nullptr;
    struct Follow final : Clock {
        world::WorldClock** followed = nullptr;
        Instant now() const override { return (*followed)->now(); }
        std::chrono::steady_clock::time_point steady() const override {
            return (*followed)->steady();
        }
    } follow;
    follow.followed = &clock;
    Listening listening(apis, follow);
    for (const bool in_bulk : {false, true}) {
        world::VendorWorldOptions options;
        options.apis = &apis;
        options.transport = &listening;
        options.first_reads_in_bulk = in_bulk;
        VendorWorld world(options);
        clock = &world.clock;
        if (in_bulk) world.clock.pass(std::chrono::hours{24 * 365});
        if (!in_bulk) world.add_list("Buyers");
        for (std::size_t i = 0; i < kScenarios.size(); ++i) {
            const std::string tag = (in_bulk ? "b" : "a") + std::to_string(i) + ".";
            kScenarios[i].before(world, tag);
            world.run_until_quiet();
            kScenarios[i].act(world, tag);
            world.run_until_quiet();
        }
    }
    EXPECT_GE(listening.operations.size(), 12u);
    for (const std::string& operation : listening.operations) {
        const bool is_known =
            known.contains(operation) ||
            (operation.starts_with("pardot.") && operation.ends_with(".query"));  // one form
        EXPECT_TRUE(is_known) << operation << " is used and never cut";
    }
}

}  // namespace
}  // namespace duet::wire
