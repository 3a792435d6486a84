// Rows of campaign influence while people change deals, roles and touches, vendors fail and the
// daemon dies, as a seed says. What the rows must be is worked out a second time, from what the
// CRM holds. DUET_INFLUENCE_SEEDS sets how many seeds are run, DUET_INFLUENCE_SEED runs one.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/world/influence_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPeople = 5;
constexpr std::size_t kCampaigns = 4;
constexpr std::size_t kDeals = 4;
constexpr std::size_t kSteps = 40;
constexpr double kCent = 0.01;
constexpr const char* kDocument = R"(entity: opportunity
objects: { salesforce: Opportunity, pardot: opportunity }
match: [crm_id]
fields: []
attribution:
  - name: Ours
    model: linear
    when: IsWon
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: CloseDate
    influence_model: Ours_Model
    touches:
      - object: CampaignMember
        where: HasResponded
        time: CreatedDate
        campaign: CampaignId
)";

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : std::strtoull(set, nullptr, 10);
}

WorldOptions options() {
    WorldOptions options;
    options.adjust_catalogs = add_influence_objects;
    options.documents = acme_documents();
    options.documents.push_back({"opportunities.yaml", kDocument});
    return options;
}

class Story {
public:
    explicit Story(std::uint64_t seed) : world_(options()), dice_(seed * 0x9e3779b97f4a7c15U + 1) {
        world_.settings.brake["create"] = {100'000, 1};
        world_.settings.brake["delete"] = {100'000, 1};
        model_ = add("CampaignInfluenceModel",
                     {{"DeveloperName", text("Ours_Model")}, {"ModelType", text("Custom")}});
        for (std::size_t i = 0; i < kPeople; ++i)
            people_.push_back(world_.add_contact("p" + std::to_string(i) + "@example.com"));
        for (std::size_t i = 0; i < kCampaigns; ++i)
            campaigns_.push_back(add("Campaign", {{"Name", text("C" + std::to_string(i))}}));
        for (std::size_t i = 0; i < kDeals; ++i) deals_.push_back(add_deal());
        for (std::size_t i = 0; i < 2 * kDeals; ++i) add_role();
        for (std::size_t i = 0; i < 3 * kPeople; ++i) add_touch();
        watch();
    }

    void tell() {
        world_.run_until_quiet();
        judge();
        for (std::size_t step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
            for (std::size_t i = dice_.below(3); i > 0; --i) happens();
            if (dice_.one_in(2)) fails();
            world_.run_cycle();
            if (dice_.one_in(3)) world_.crm().goes_down(false);
            if (step == kSteps / 2) rest();
        }
        rest();
    }

private:
    std::string add(const std::string& object, const std::map<std::string, Value>& values) {
        Fields fields;
        for (const auto& [name, value] : values) fields.set(name, value);
        return world_.crm().add(object, std::move(fields));
    }
    std::string add_deal() {
        return add("Opportunity", {{"Name", text("Deal")},
                                   {"IsWon", Value{dice_.below(4) != 0}},
                                   {"IsClosed", Value{true}},
                                   {"CreatedDate", Value{*parse_instant("2017-09-01T08:00:00Z")}},
                                   {"CloseDate", Value{some_close()}}});
    }
    Date some_close() { return *parse_date(dice_.one_in(2) ? "2017-10-10" : "2017-12-01"); }
    void add_role() {
        add("OpportunityContactRole",
            {{"OpportunityId", text(some(deals_))}, {"ContactId", text(some(people_))}});
    }
    void add_touch() {
        const auto day = std::chrono::days{dice_.below(30)};
        const std::string& campaign = some(campaigns_);
        const std::string& person = some(people_);
        if (is_member(campaign, person)) return;
        add("CampaignMember",
            {{"CampaignId", text(campaign)},
             {"ContactId", text(person)},
             {"HasResponded", Value{!dice_.one_in(4)}},
             {"CreatedDate", Value{*parse_instant("2017-10-01T12:00:00Z") + day}}});
    }
    /// The CRM lets nobody be a member of one campaign twice.
    bool is_member(const std::string& campaign, const std::string& person) {
        const auto members = world_.crm().records("CampaignMember");
        return std::any_of(members.begin(), members.end(), [&](const auto& member) {
            return member.second.get("CampaignId") == text(campaign) &&
                   member.second.get("ContactId") == text(person);
        });
    }
    const std::string& some(const std::vector<std::string>& of) {
        return of[dice_.below(of.size())];
    }
    /// A live record of the object; nothing when there is none.
    std::optional<RecordId> some_record(const char* object) {
        const auto records = world_.crm().records(object);
        if (records.empty()) return std::nullopt;
        auto at = records.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(dice_.below(records.size())));
        return RecordId{object, at->first};
    }

    void happens() {
        FakeSide& crm = world_.crm();
        switch (dice_.below(10)) {
            case 0:
                return add_role();
            case 1:
                if (const auto role = some_record("OpportunityContactRole")) crm.remove(*role);
                return;
            case 2:
                return add_touch();
            case 3:
                if (const auto touch = some_record("CampaignMember")) crm.remove(*touch);
                return;
            case 4:
                if (const auto touch = some_record("CampaignMember"))
                    crm.edit(*touch, "HasResponded", Value{dice_.one_in(2)});
                return;
            case 5:
                if (const auto touch = some_record("CampaignMember")) {
                    const std::string& campaign = some(campaigns_);
                    if (!is_member(campaign, display(crm.value(*touch, "ContactId"))))
                        crm.edit(*touch, "CampaignId", text(campaign));
                }
                return;
            case 6:
                return crm.edit({"Opportunity", some(deals_)}, "IsWon", Value{!dice_.one_in(3)});
            case 7:
                return crm.edit({"Opportunity", some(deals_)}, "CloseDate", Value{some_close()});
            case 8:
                if (const auto row = some_record("CampaignInfluence"))
                    crm.edit(*row, "Influence", Value{Decimal{static_cast<std::int64_t>(7)}});
                return;
            default:
                if (const auto row = some_record("CampaignInfluence")) crm.remove(*row);
        }
    }

    void fails() {
        FakeSide& crm = world_.crm();
        switch (dice_.below(8)) {
            case 0:
                return world_.store().crashes_after(static_cast<int>(1 + dice_.below(40)));
            case 1:
                return crm.crashes_after_next_write();
            case 2:
                return crm.loses_next_answer();
            case 3:
                return crm.loses_next_request();
            case 4:
                return crm.refuses_next_write(ErrorKind::Transient, "UNABLE_TO_LOCK_ROW");
            case 5:
                return crm.refuses_next_write(ErrorKind::Rejected, "VALIDATION");
            case 6:
                return crm.cuts_page();
            default:
                crm.goes_down(true);
        }
    }

    /// No write makes a second row of a key that Duet was told of.
    void watch() {
        SideWatch watch;
        watch.on_write = [this](const Write& write, const RecordId& id) {
            if (write.kind != WriteKind::Create || id.object != "CampaignInfluence") return;
            for (const auto& [key, row] : world_.crm().records("CampaignInfluence")) {
                const RecordId before{"CampaignInfluence", key};
                const Change* told = world_.crm().told(before);
                if (key == id.key || told == nullptr || told->kind != ChangeKind::Upserted)
                    continue;
                EXPECT_NE(key_of(row), key_of(write.fields)) << "a second row of one key";
            }
        };
        world_.crm().watch(std::move(watch));
    }
    using Key = std::tuple<std::string, std::string, std::string>;  // deal, campaign, person
    static Key key_of(const Fields& row) {
        return {display(row.get("OpportunityId")), display(row.get("CampaignId")),
                display(row.get("ContactId"))};
    }

    void rest() {
        world_.crm().heals();
        world_.crm().goes_down(false);
        world_.crm().accepts_all();
        world_.store().crashes_after(0);
        world_.clock.pass(1h);
        world_.run_until_quiet();
        world_.clock.pass(25h);
        world_.run_until_quiet();
        judge();
    }

    /// Touches of a deal's people up to its end, each with an equal share of the whole.
    std::map<Key, double> expected(const std::string& deal, const Fields& fields) {
        std::map<Key, double> shares;
        if (fields.get("IsWon") != Value{true}) return shares;
        std::set<std::string> people;
        for (const auto& [key, role] : world_.crm().records("OpportunityContactRole")) {
            if (role.get("OpportunityId") == text(deal))
                people.insert(display(role.get("ContactId")));
        }
        const auto end = DateTime{std::get<Date>(fields.get("CloseDate"))} + std::chrono::days{1};
        double touches = 0;
        for (const auto& [key, touch] : world_.crm().records("CampaignMember")) {
            const std::string person = display(touch.get("ContactId"));
            const bool counts = touch.get("HasResponded") == Value{true} &&
                                people.contains(person) &&
                                std::get<DateTime>(touch.get("CreatedDate")) < end;
            if (!counts) continue;
            ++touches;
            ++shares[{deal, display(touch.get("CampaignId")), person}];
        }
        for (auto& [key, share] : shares) share *= 100 / touches;
        return shares;
    }

    void judge() {
        std::map<Key, double> wanted;
        for (const auto& [deal, fields] : world_.crm().records("Opportunity"))
            wanted.merge(expected(deal, fields));
        std::map<Key, double> rows;
        std::map<std::string, double> sums;
        for (const auto& [key, row] : world_.crm().records("CampaignInfluence")) {
            EXPECT_FALSE(rows.contains(key_of(row))) << "two rows of one key";
            const double percent = std::get<Decimal>(row.get("Influence")).to_double();
            rows[key_of(row)] = percent;
            sums[std::get<0>(key_of(row))] += percent;
        }
        EXPECT_EQ(rows.size(), wanted.size());
        for (const auto& [key, percent] : wanted) {
            ASSERT_TRUE(rows.contains(key)) << "a share has no row";
            EXPECT_LE(std::abs(rows[key] - percent), kCent + 1e-9);
        }
        for (const auto& [deal, sum] : sums) EXPECT_NEAR(sum, 100, 1e-9) << deal;
    }

    World world_;
    SeededRandom dice_;
    std::string model_;
    std::vector<std::string> people_;
    std::vector<std::string> campaigns_;
    std::vector<std::string> deals_;
};

TEST(InfluenceSeeds, WhateverHappensRowsEndAsTheTouchesSay) {
    const std::uint64_t one = from_environment("DUET_INFLUENCE_SEED", 0);
    const std::uint64_t last = one != 0 ? one : from_environment("DUET_INFLUENCE_SEEDS", 40);
    for (std::uint64_t seed = one != 0 ? one : 1; seed <= last; ++seed) {
        SCOPED_TRACE("DUET_INFLUENCE_SEED=" + std::to_string(seed));
        Story(seed).tell();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace duet::world
