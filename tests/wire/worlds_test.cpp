// People edit both sides while vendors fail and the daemon dies, as a seed says, with the real
// connectors between the sandbox's own handlers and the real cycle. Then everything is healed, and
// both sides must tell the story that people told. DUET_WORLD_SEEDS sets how many seeds are run,
// DUET_WORLD_SEED runs one.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/world/vendor_world.h"

namespace duet::wire {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using world::kCrm;
using world::kMarketing;
using world::VendorRow;
using world::VendorWorld;

/// A field that both sides hold, under its two names.
struct Pair {
    const char* crm;
    const char* marketing;
    bool blank_travels;
};
constexpr Pair kPairs[] = {{"FirstName", "firstName", false},
                           {"LastName", "lastName", false},
                           {"Phone", "phone", true},
                           {"Title", "jobTitle", false}};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : std::strtoull(set, nullptr, 10);
}

/// What people did, told by address: it knows nothing of rules, records or merges.
class Ledger {
public:
    void typed(Side side, const std::string& email, std::size_t pair, const std::string& value) {
        Story& story = stories_[{email, pair}];
        story.values.insert(value);
        story.sides.insert(side);
        story.last = value;
    }
    /// Whether somebody typed that value for that field, on whichever side.
    [[nodiscard]] bool was_typed(const std::string& email, std::size_t pair,
                                 const std::string& value) const {
        const auto found = stories_.find({email, pair});
        return found != stories_.end() && found->second.values.contains(value);
    }
    /// The last value of a field that people of one side alone have ever typed.
    [[nodiscard]] std::optional<std::string> undisputed(const std::string& email,
                                                        std::size_t pair) const {
        const auto found = stories_.find({email, pair});
        if (found == stories_.end() || found->second.sides.size() != 1) return std::nullopt;
        return found->second.last;
    }
    /// The address is used anew by another record: what was typed before says nothing of it.
    void forget_who_typed(const std::string& email) {
        for (auto& [key, story] : stories_) {
            if (key.first == email) story.sides = {kCrm, kMarketing};
        }
    }

private:
    struct Story {
        std::set<std::string> values;
        std::set<Side> sides;
        std::string last;
    };
    std::map<std::pair<std::string, std::size_t>, Story> stories_;
};

/// One run of one seed.
class Simulation {
public:
    explicit Simulation(std::uint64_t seed) : dice_(seed), world_(options(seed)) {
        world_.random = world::SeededRandom(seed);
        world_.settings.page_size = 2 + dice_.below(9);
    }

    void run() {
        world_.add_list("Buyers");
        for (int i = 0; i < 8; ++i) {
            const std::string email = "p" + std::to_string(i) + "@example.com";
            if (i < 4 || dice_.one_in(2)) add(kCrm, email);
            if (i >= 4 || dice_.one_in(2)) add(kMarketing, email);
        }
        world_.clock.pass(120s);
        const std::size_t steps = 20 + dice_.below(20);
        for (std::size_t i = 0; i < steps; ++i) {
            if (dice_.one_in(4)) {
                cycle();
            } else {
                live();
            }
            world_.clock.pass(std::chrono::seconds{dice_.below(40)});
        }
        world_.clock.pass(1h);
        world_.run_until_quiet();
        check();
    }

private:
    static world::VendorWorldOptions options(std::uint64_t seed) {
        world::VendorWorldOptions options;
        options.pardot_lag = std::chrono::seconds{(seed % 3) * 30};
        options.first_reads_in_bulk = seed % 4 == 0;
        return options;
    }

    // --- what people do ------------------------------------------------------------------------

    void add(Side side, const std::string& email) {
        ledger_.forget_who_typed(email);
        if (side == kCrm) {
            world_.add_contact(email, "Doe");
            ledger_.typed(kCrm, email, 1, "Doe");
        } else {
            world_.add_prospect(email, "Poe");
            ledger_.typed(kMarketing, email, 1, "Poe");
        }
    }

    struct Person {
        RecordId id;
        std::string email;
    };

    std::vector<Person> people_of(Side side) {
        std::vector<Person> all;
        const auto take = [&](const char* object, const char* email) {
            for (const auto& [key, row] : world_.people().rows(object, {email})) {
                all.push_back({{object, key}, row.at(email)});
            }
        };
        if (side == kCrm) {
            take("Contact", "Email");
            take("Lead", "Email");
        } else {
            take("prospect", "email");
        }
        return all;
    }

    bool is_on(Side side, const std::string& email) {
        const auto all = people_of(side);
        return std::any_of(all.begin(), all.end(),
                           [&](const Person& person) { return person.email == email; });
    }

    /// Each side has addresses of its own for whom it adds later, and nobody adds a person whom
    /// Duet may just be making there: a contact and a lead made at one moment would be two people,
    /// whatever Duet does.
    void add_somebody(Side side) {
        const std::size_t number = dice_.below(4) + (side == kCrm ? 0 : 4);
        const std::string email = "p" + std::to_string(number) + "@example.com";
        if (!is_on(kCrm, email) && !is_on(kMarketing, email)) add(side, email);
    }

    void live() {
        const Side side = dice_.one_in(2) ? kCrm : kMarketing;
        if (dice_.one_in(6)) return add_somebody(side);
        const auto all = people_of(side);
        if (all.empty()) return;
        const Person person = all[dice_.below(all.size())];
        if (dice_.one_in(25)) {
            // What was typed into it is gone with it.
            ledger_.forget_who_typed(person.email);
            return world_.people().remove(person.id);
        }
        if (dice_.one_in(12)) return opt_out(side, person);
        if (person.id.object == "Lead" && dice_.one_in(6)) {
            world_.people().convert(person.id.key);
            return;
        }
        edit(side, person);
    }

    void edit(Side side, const Person& person) {
        static const std::vector<std::string> kValues{"Ada", "Chief Buyer", "5550100", "x", "Eve"};
        const std::size_t index = dice_.below(std::size(kPairs));
        const Pair& pair = kPairs[index];
        const bool may_be_blank = std::string_view(pair.crm) != "LastName";
        const std::string value =
            may_be_blank && dice_.one_in(5) ? "" : kValues[dice_.below(kValues.size())];
        // As if its transaction had been open that long: it becomes visible behind later rows.
        const bool late = dice_.one_in(6);
        if (late) world_.people().control("clock", {{"stamps_behind_seconds", 45}});
        world_.people().edit(person.id, {{side == kCrm ? pair.crm : pair.marketing,
                                          value.empty() ? json(nullptr) : json(value)}});
        if (late) world_.people().control("clock", {{"stamps_behind_seconds", 0}});
        ledger_.typed(side, person.email, index, value);
    }

    void opt_out(Side side, const Person& person) {
        world_.people().edit(person.id, {{side == kCrm ? "HasOptedOutOfEmail" : "optedOut", true}});
        out_.insert({side, person.id});
    }

    // --- what goes wrong -----------------------------------------------------------------------

    /// A cycle, often with a vendor that fails or a daemon that dies in it.
    void cycle() {
        const bool disturbed = dice_.one_in(2);
        if (disturbed) disturb();
        world_.run_cycle();
        if (!disturbed) return;
        world_.people().clear_faults();
        world_.store().crashes_after(0);
        world_.transport().breaks(0, world::Break::NotSent);
        world_.people().control("limits", {{"salesforce_calls", 0}, {"pardot_calls", 0}});
    }

    void disturb() {
        const bool crm = dice_.one_in(2);
        const std::string path = crm ? "/services/data" : "/api/v5";
        const auto fault = [&](json order) {
            order["path"] = path;
            order["skip"] = dice_.below(6);
            world_.people().control("faults", order);
        };
        switch (dice_.below(9)) {
            case 0:
                return world_.store().crashes_after(static_cast<std::int64_t>(1 + dice_.below(40)));
            case 1:
                return fault({{"drop_after", true}, {"method", crm ? "PATCH" : "POST"}});
            case 2:
                return fault({{"drop_before", true}, {"times", 1 + dice_.below(3)}});
            case 3:
                return fault(
                    {{"error", dice_.one_in(2) ? 503 : 502}, {"times", 1 + dice_.below(4)}});
            case 4:
                if (!crm) return fault({{"error", dice_.one_in(2) ? 66 : 84}});
                return fault({{"rows", {0}}, {"method", "PATCH"}});
            case 5:
                return world_.people().control(
                    "limits", {{crm ? "salesforce_calls" : "pardot_calls", 10'000'000}});
            case 6:
                return fault({{"expire_tokens", true}});
            case 7:
                return fault({{"cut_at", dice_.below(300)}});
            default:
                return world_.transport().breaks(static_cast<std::int64_t>(1 + dice_.below(20)),
                                                 static_cast<world::Break>(dice_.below(3)));
        }
    }

    // --- the judge -----------------------------------------------------------------------------

    static std::vector<std::string> fields_of(Side side) {
        std::vector<std::string> names;
        for (const Pair& pair : kPairs) names.push_back(side == kCrm ? pair.crm : pair.marketing);
        names.push_back(side == kCrm ? "Email" : "email");
        names.push_back(side == kCrm ? "Duet_Stage__c" : "duet_stage__c");
        names.push_back(side == kCrm ? "HasOptedOutOfEmail" : "optedOut");
        return names;
    }

    /// The live people of a side by address; several with one address are a failure.
    std::map<std::string, VendorRow> by_email(Side side) {
        std::map<std::string, VendorRow> found;
        const auto take = [&](const char* object, const char* email) {
            for (const auto& [key, row] : world_.people().rows(object, fields_of(side))) {
                EXPECT_TRUE(found.emplace(row.at(email), row).second)
                    << row.at(email) << " is there twice";
            }
        };
        if (side == kCrm) {
            take("Contact", "Email");
            take("Lead", "Email");
        } else {
            take("prospect", "email");
        }
        return found;
    }

    void check() {
        const auto crm = by_email(kCrm);
        const auto marketing = by_email(kMarketing);
        for (const auto& [email, row] : crm) {
            check_typed(kCrm, email, row);
            if (const auto other = marketing.find(email); other != marketing.end()) {
                check_pair(email, row, other->second);
            }
        }
        for (const auto& [email, row] : marketing) check_typed(kMarketing, email, row);
        check_opt_outs();
        check_memberships();
        EXPECT_EQ(world_.planned_writes(), 0u);
        const std::int64_t before = world_.transport().writes();
        world_.run_cycle();
        EXPECT_EQ(world_.transport().writes(), before) << "a settled world is written to";
    }

    /// No value is there that nobody typed for that field of that person.
    void check_typed(Side side, const std::string& email, const VendorRow& row) {
        for (std::size_t i = 0; i < std::size(kPairs); ++i) {
            const char* field = side == kCrm ? kPairs[i].crm : kPairs[i].marketing;
            const std::string& value = row.at(field);
            EXPECT_TRUE(value.empty() || ledger_.was_typed(email, i, value))
                << email << " " << field << " holds " << value;
        }
    }

    void check_pair(const std::string& email, const VendorRow& crm, const VendorRow& marketing) {
        for (std::size_t i = 0; i < std::size(kPairs); ++i) {
            const Pair& pair = kPairs[i];
            const std::string& left = crm.at(pair.crm);
            const std::string& right = marketing.at(pair.marketing);
            // Where a blank does not travel, a cleared value stays on the other side.
            if (pair.blank_travels || (!left.empty() && !right.empty())) {
                EXPECT_EQ(left, right) << email << " " << pair.crm;
            }
            const auto last = ledger_.undisputed(email, i);
            if (last && !last->empty()) {
                EXPECT_EQ(left, *last) << email << " " << pair.crm;
                EXPECT_EQ(right, *last) << email << " " << pair.marketing;
            }
        }
        EXPECT_EQ(crm.at("Duet_Stage__c"), marketing.at("duet_stage__c")) << email;
        EXPECT_EQ(crm.at("HasOptedOutOfEmail"), marketing.at("optedOut")) << email;
    }

    void check_opt_outs() {
        for (const auto& [side, id] : out_) {
            const char* field = side == kCrm ? "HasOptedOutOfEmail" : "optedOut";
            const auto rows = world_.people().rows(id.object, {field});
            const auto found = rows.find(id.key);
            if (found == rows.end()) continue;
            EXPECT_EQ(found->second.at(field), "1") << id.object << " " << id.key;
        }
    }

    void check_memberships() {
        std::set<std::string> pairs;
        for (const auto& [key, row] :
             world_.people().rows("list-membership", {"listId", "prospectId"})) {
            const std::string pair = row.at("listId") + "/" + row.at("prospectId");
            EXPECT_TRUE(pairs.insert(pair).second) << pair << " is a member twice";
        }
    }

    world::SeededRandom dice_;
    VendorWorld world_;
    Ledger ledger_;
    std::set<std::pair<Side, RecordId>> out_;
};

TEST(VendorSimulation, OverRealConnectorsBothSidesTellTheStoryThatPeopleTold) {
    const std::uint64_t one = from_environment("DUET_WORLD_SEED", 0);
    const std::uint64_t count = from_environment("DUET_WORLD_SEEDS", 200);
    for (std::uint64_t seed = one != 0 ? one : 1; seed <= (one != 0 ? one : count); ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Simulation(seed).run();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace duet::wire
