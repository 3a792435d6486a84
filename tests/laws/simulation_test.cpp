// People edit both sides while vendors fail and the daemon dies, as a seed says; then everything
// is healed, and the two sides must tell the same story. DUET_SIMULATION_SEEDS sets how many seeds
// are run, DUET_SIMULATION_SEED runs one.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "tests/laws/laws.h"

namespace duet::world {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : std::strtoull(set, nullptr, 10);
}

/// One run of one seed.
class Simulation {
public:
    explicit Simulation(std::uint64_t seed) : dice_(seed), world_(options(seed)) {
        world_.random = SeededRandom(seed);
        world_.settings.page_size = 1 + dice_.below(7);
        if (seed % 3 != 0) return;
        // A full compare runs all the time: where all is in order it must change nothing.
        world_.settings.compare_every = std::chrono::minutes{5};
        world_.settings.compare_within = std::chrono::seconds{10};
    }

    void run() {
        world_.add_list("Buyers");
        world_.add_list("Spring");
        for (int i = 0; i < 8; ++i) {
            const std::string email = "p" + std::to_string(i) + "@example.com";
            if (i < 4 || dice_.one_in(2)) world_.add_contact(email, "Doe");
            if (i >= 4 || dice_.one_in(2)) world_.add_prospect(email, "Poe");
        }
        world_.clock.pass(120s);
        const std::size_t steps = 20 + dice_.below(40);
        for (std::size_t i = 0; i < steps; ++i) {
            if (dice_.one_in(4)) {
                if (dice_.one_in(3)) disturb();
                world_.run_cycle();
            } else {
                live();
            }
            world_.clock.pass(std::chrono::seconds{dice_.below(40)});
        }
        for (const Side side : kSides) world_.side(side).heals();
        world_.store().crashes_after(0);
        world_.clock.pass(std::chrono::hours{1});
        world_.run_until_quiet();
        check();
    }

private:
    static WorldOptions options(std::uint64_t seed) {
        WorldOptions options;
        options.store_in_file = seed % 10 == 0;
        options.marketing_lag = std::chrono::seconds{(seed % 3) * 30};
        return options;
    }

    /// Each side has addresses of its own for whom it adds later: were both to add one person at
    /// the same moment, a vendor without upserts would have two, whatever Duet does. For the same
    /// reason nobody adds a person here whom Duet may just be making here from the other side.
    std::string some_email(Side side) {
        return "p" + std::to_string(dice_.below(4) + (side == kCrm ? 0 : 4)) + "@example.com";
    }

    /// A live record of the side; an empty key when it has none.
    RecordId some_record(Side side) {
        std::vector<RecordId> all;
        for (const char* object : {"Contact", "Lead", "prospect"}) {
            for (const auto& [key, fields] : world_.side(side).records(object))
                all.push_back({object, key});
        }
        return all.empty() ? RecordId{} : all[dice_.below(all.size())];
    }

    bool is_taken(Side side, const std::string& email) {
        for (const char* object : {"Contact", "Lead", "prospect"}) {
            for (const auto& [key, fields] : world_.side(side).records(object)) {
                const char* field = side == kCrm ? "Email" : "email";
                if (fields.get(field) == text(email)) return true;
            }
        }
        return false;
    }

    bool may_be_in_the_making(Side side, const std::string& email) {
        const Side other = side == kCrm ? kMarketing : kCrm;
        if (!is_taken(other, email)) return false;
        auto& store = world_.store();
        const auto entity =
            store.entity_of(world_.org().name, other, world_.with_email(other, email));
        if (!entity || !*entity) return true;
        const auto links = store.links(world_.org().name, **entity);
        return !links || std::none_of(links->begin(), links->end(),
                                      [&](const store::Link& link) { return link.side == side; });
    }

    /// What people do: they add, edit, opt out, delete and convert.
    void live() {
        const Side side = dice_.one_in(2) ? kCrm : kMarketing;
        if (dice_.one_in(5)) {
            // One person a side and address; the ambiguous have a test of their own.
            const std::string email = some_email(side);
            if (is_taken(side, email) || may_be_in_the_making(side, email)) return;
            if (side == kCrm) {
                world_.add_contact(email);
            } else {
                world_.add_prospect(email);
            }
            return;
        }
        const RecordId id = some_record(side);
        if (id.key.empty()) return;
        if (dice_.one_in(25)) return world_.side(side).remove(id);
        if (dice_.one_in(12)) return opt_out(side, id);
        if (id.object == "Lead" && dice_.one_in(6)) {
            world_.crm().convert(id.key);
            return;
        }
        edit(side, id);
    }

    void edit(Side side, const RecordId& id) {
        static const PerSide<std::vector<std::string>> kFields{
            {"FirstName", "LastName", "Phone", "Title", "Department"},
            {"firstName", "lastName", "phone", "jobTitle", "department"}};
        static const std::vector<std::string> kValues{"Ada", "Chief Buyer", "5550100", "x", "Eve"};
        const auto& fields = kFields[side];
        const std::string& field = fields[dice_.below(fields.size())];
        const bool may_be_blank = field != "LastName" && field != "lastName";
        if (dice_.one_in(6)) world_.side(side).hides_next_change_for(90s);
        world_.side(side).edit(
            id, field,
            may_be_blank && dice_.one_in(5) ? Value{} : text(kValues[dice_.below(kValues.size())]));
    }

    void opt_out(Side side, const RecordId& id) {
        world_.side(side).edit(id, side == kCrm ? "HasOptedOutOfEmail" : "optedOut", World::yes());
        out_.insert({side, id});
    }

    void disturb() {
        FakeSide& side = world_.side(dice_.one_in(2) ? kCrm : kMarketing);
        switch (dice_.below(8)) {
            case 0:
                return world_.store().crashes_after(static_cast<std::int64_t>(1 + dice_.below(30)));
            case 1:
                return side.crashes_after_next_write();
            case 2:
                return side.loses_next_answer();
            case 3:
                return side.loses_next_request();
            case 4:
                return side.cuts_page();
            case 5:
                return side.fails_next(static_cast<int>(1 + dice_.below(4)), ErrorKind::Transient);
            case 6:
                return side.goes_down(dice_.one_in(2));
            default:
                return side.rejects_field(dice_.one_in(2) ? "phone" : "Phone", "INVALID");
        }
    }

    void check() {
        check_people();
        check_opt_outs();
        check_settled();
    }

    /// Who is on both sides is told alike, where the rules say so.
    void check_people() {
        for (const auto& [key, prospect] : world_.marketing().records("prospect")) {
            const std::string email = display(prospect.get("email"));
            std::vector<Fields> there;
            for (const char* object : {"Contact", "Lead"}) {
                for (const auto& [id, fields] : world_.crm().records(object)) {
                    if (fields.get("Email") == text(email)) there.push_back(fields);
                }
            }
            EXPECT_LE(there.size(), 1u) << email << " is twice on the CRM side";
            if (there.size() != 1) continue;
            const Fields& person = there.front();
            const auto expect_equal = [&](const char* crm, const char* marketing) {
                EXPECT_EQ(display(person.get(crm)), display(prospect.get(marketing)))
                    << email << " " << crm;
            };
            // Where a blank does not travel, a cleared value stays on the other side.
            const auto expect_equal_values = [&](const char* crm, const char* marketing) {
                if (!is_blank(person.get(crm)) && !is_blank(prospect.get(marketing)))
                    expect_equal(crm, marketing);
            };
            expect_equal("Phone", "phone");
            expect_equal("Duet_Stage__c", "duet_stage__c");
            EXPECT_EQ(person.get("HasOptedOutOfEmail") == World::yes(),
                      prospect.get("optedOut") == World::yes())
                << email;
            expect_equal_values("FirstName", "firstName");
            expect_equal_values("LastName", "lastName");
            expect_equal_values("Title", "jobTitle");
        }
        std::set<std::string> emails;
        for (const auto& [key, prospect] : world_.marketing().records("prospect"))
            EXPECT_TRUE(emails.insert(display(prospect.get("email"))).second)
                << display(prospect.get("email")) << " is twice on the marketing side";
        std::set<std::string> memberships;
        for (const auto& [key, row] : world_.marketing().records("list-membership")) {
            const std::string pair =
                display(row.get("listId")) + "/" + display(row.get("prospectId"));
            EXPECT_TRUE(memberships.insert(pair).second) << pair << " is a member twice";
        }
    }

    void check_opt_outs() {
        for (const auto& [side, id] : out_) {
            const char* field = side == kCrm ? "HasOptedOutOfEmail" : "optedOut";
            const Fields* record = world_.side(side).find_record(id);
            if (record == nullptr) continue;
            EXPECT_EQ(record->get(field), World::yes()) << id.object << " " << id.key;
        }
    }

    void check_settled() {
        const auto before = world_.crm().writes().size() + world_.marketing().writes().size();
        world_.run_cycle();
        EXPECT_EQ(world_.crm().writes().size() + world_.marketing().writes().size(), before);
    }

    SeededRandom dice_;
    World world_;
    std::set<std::pair<Side, RecordId>> out_;
};

TEST(Simulation, WhateverHappensBothSidesTellTheSameStoryInTheEnd) {
    const std::uint64_t one = from_environment("DUET_SIMULATION_SEED", 0);
    const std::uint64_t count = from_environment("DUET_SIMULATION_SEEDS", 200);
    for (std::uint64_t seed = one != 0 ? one : 1; seed <= (one != 0 ? one : count); ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Simulation(seed).run();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace duet::world
