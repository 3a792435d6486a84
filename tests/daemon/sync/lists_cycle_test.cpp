// Lists through the whole cycle: over the real store, against two fakes.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/lists_report.h"
#include "mappings/lists/standing.h"
#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Names = std::set<std::string>;

WorldOptions with_list(const std::string& keys) {
    WorldOptions options;
    options.documents[1] = {
        "lists.yaml", "lists:\n  - pardot_list: Drip\n    member_when: Title = \"Buyer\"\n" + keys};
    return options;
}

class ListCycle : public testing::Test {
protected:
    explicit ListCycle(const std::string& keys = "") : world(with_list(keys)) {
        list = world.add_list("Drip");
    }

    /// People of these names, whose order is their number; everybody is settled afterwards.
    void add(const std::vector<std::pair<std::string, int>>& people) {
        for (const auto& [name, number] : people) {
            Fields fields;
            fields.set("Email", text(name + "@example.com"));
            fields.set("LastName", text(name));
            fields.set("Title", text("Buyer"));
            fields.set("Phone", text(std::to_string(number)));
            fields.set("HasOptedOutOfEmail", Value{false});
            contacts[name] = {"Contact", world.crm().add("Contact", std::move(fields))};
        }
        settle();
    }
    void settle() {
        world.clock.pass(120s);
        world.run_until_quiet();
    }
    void title(const std::string& name, const char* title) {
        world.crm().edit(contacts[name], "Title", text(title));
        world.clock.pass(120s);
    }
    std::string prospect(const std::string& name) {
        return world.with_email(Side::Marketing, name + "@example.com").key;
    }
    Names on() {
        Names names;
        for (const auto& [key, fields] : world.marketing().records("list-membership")) {
            for (const auto& [name, contact] : contacts) {
                if (fields.get("prospectId") == text(prospect(name))) names.insert(name);
            }
        }
        return names;
    }
    std::string membership(const std::string& name) {
        for (const auto& [key, fields] : world.marketing().records("list-membership")) {
            if (fields.get("prospectId") == text(prospect(name))) return key;
        }
        return {};
    }
    void put_on_by_hand(const std::string& name) {
        Fields fields;
        fields.set("listId", text(list));
        fields.set("prospectId", text(prospect(name)));
        fields.set("optedOut", Value{false});
        world.marketing().add("list-membership", std::move(fields));
    }
    /// Decisions of the next cycle, and what it wrote.
    std::pair<std::int64_t, std::int64_t> cycle() {
        world.clock.pass(120s);
        const auto report = world.run_cycle();
        return report ? std::pair{report->decisions, report->sent.done}
                      : std::pair<std::int64_t, std::int64_t>{-1, -1};
    }
    json ask(const std::string& who = "") {
        json body{{"list", "Drip"}};
        if (!who.empty()) body["who"] = who + "@example.com";
        auto answer = service::lists_report(world.org(), body);
        EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
        return answer ? *answer : json{};
    }
    std::string why(const std::string& who) {
        const json answer = ask(who);
        std::string all;
        for (const json& sentence : answer["people"][0]["why"])
            all += sentence.get<std::string>() + " ";
        return all;
    }

    World world;
    std::string list;
    std::map<std::string, RecordId> contacts;
};

TEST_F(ListCycle, TheDifferenceIsSentAndASecondCycleSendsNothing) {
    add({{"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}});
    ASSERT_EQ(on(), (Names{"one", "two", "three", "four"}));
    // Wanted {1, 2, 3}, present {2, 3, 4}.
    world.marketing().remove({"list-membership", membership("one")});
    title("four", "Clerk");
    settle();
    EXPECT_EQ(on(), (Names{"one", "two", "three"}));
    const auto writes = world.marketing().creates("list-membership");
    EXPECT_EQ(cycle(), (std::pair<std::int64_t, std::int64_t>{0, 0}));
    EXPECT_EQ(world.marketing().creates("list-membership"), writes);
}

TEST_F(ListCycle, SizesAreKeptByDayAndTheReportTellsHowFreshTheyAre) {
    add({{"one", 1}, {"two", 2}});
    json answer = ask();
    EXPECT_EQ(answer["size"], 2);
    EXPECT_EQ(answer["wanted"], 2);
    EXPECT_EQ(answer["pending"], 0);
    EXPECT_FALSE(answer["agreed_at"].get<std::string>().empty());
    const auto agreed = answer["agreed_at"].get<std::string>();
    const auto evaluated = answer["evaluated_at"].get<std::string>();
    cycle();
    answer = ask();
    EXPECT_GT(answer["agreed_at"].get<std::string>(), agreed) << "looked at, and still so";
    EXPECT_EQ(answer["evaluated_at"], evaluated) << "nobody was asked about";
    world.clock.pass(24h);
    title("two", "Clerk");
    settle();
    const auto days = world.store().list_sizes("acme", "Drip", 0, 99'999);
    ASSERT_TRUE(days);
    ASSERT_EQ(days->size(), 2U);
    EXPECT_EQ((*days)[0].size, 2);
    EXPECT_EQ((*days)[1].size, 1);
    EXPECT_EQ((*days)[1].left, 1);
    EXPECT_EQ((*days)[1].day, (*days)[0].day + 1);
}

TEST_F(ListCycle, SentencesSayWhichPartOfTheRuleIsFalse) {
    add({{"one", 1}});
    EXPECT_NE(why("one").find("The rule is true since 2018-"), std::string::npos) << why("one");
    title("one", "Clerk");
    settle();
    EXPECT_EQ(why("one"), "The rule is not true: Title = \"Buyer\" ");
    EXPECT_EQ(ask("one")["people"][0]["on_it"], false);
}

TEST_F(ListCycle, AMembershipThatAPersonLeftIsNamedAndLeftAlone) {
    add({{"one", 1}});
    world.marketing().edit({"list-membership", membership("one")}, "optedOut", Value{true});
    settle();
    title("one", "Clerk");
    settle();
    title("one", "Buyer");
    settle();
    EXPECT_EQ(why("one"), "The person left the list; that is never undone. ");
    EXPECT_EQ(ask()["size"], 0);
    EXPECT_EQ(ask()["left"], 1);
}

class CappedList : public ListCycle {
protected:
    CappedList() : ListCycle("    cap: 2\n    order: { highest: VALUE(Phone) }\n") {}
};

TEST_F(CappedList, WhoComesFirstJoinsAndTheRestWaits) {
    add({{"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}});
    EXPECT_EQ(on(), (Names{"four", "three"}));
    EXPECT_EQ(ask()["queued"], 2);
    EXPECT_NE(why("one").find("the list has 2 members at most"), std::string::npos) << why("one");
}

TEST_F(CappedList, WhoIsOnItStaysBeforeWhoComesLater) {
    add({{"one", 1}, {"two", 2}});
    ASSERT_EQ(on(), (Names{"one", "two"}));
    add({{"nine", 9}});
    EXPECT_EQ(on(), (Names{"one", "two"}));
    EXPECT_EQ(cycle(), (std::pair<std::int64_t, std::int64_t>{0, 0})) << "no flapping";
}

TEST_F(CappedList, OneChangeCostsOneDecisionMoreForWhoTakesThePlace) {
    std::vector<std::pair<std::string, int>> people;
    for (int i = 0; i < 60; ++i) people.emplace_back("p" + std::to_string(i), i);
    add(people);
    ASSERT_EQ(on(), (Names{"p59", "p58"}));
    title("p58", "Clerk");
    const auto [decisions, writes] = cycle();
    EXPECT_EQ(on(), (Names{"p59", "p57"}));
    // The one who leaves: found, sent (the title travels too), settled; the one who takes the
    // place: given it, sent, settled. Of sixty people.
    EXPECT_LE(decisions, 8);
    EXPECT_EQ(cycle().first, 0);
}

TEST_F(CappedList, NeverMoreThanTheCapWhileOneLeaves) {
    add({{"one", 1}, {"two", 2}, {"three", 3}});
    world.settings.brake["leave_list"] = {0, 0};
    title("three", "Clerk");
    for (int i = 0; i < 3; ++i) cycle();
    EXPECT_EQ(on(), (Names{"two", "three"})) << "the brake holds the removal, so nobody joins";
    EXPECT_NE(why("three").find("the brake holds"), std::string::npos) << why("three");
}

TEST_F(CappedList, ALowerCapTakesOffWhoComesLast) {
    add({{"one", 1}, {"two", 2}});
    auto documents = with_list("    cap: 1\n    order: { highest: VALUE(Phone) }\n").documents;
    world.change_documents(documents);
    settle();
    EXPECT_EQ(on(), Names{"two"});
    EXPECT_EQ(cycle(), (std::pair<std::int64_t, std::int64_t>{0, 0}));
}

TEST_F(CappedList, ARestartChangesNothing) {
    add({{"one", 1}, {"two", 2}, {"three", 3}});
    world.restart();
    settle();
    EXPECT_EQ(on(), (Names{"three", "two"}));
}

class GraceList : public ListCycle {
protected:
    GraceList() : ListCycle("    grace_hours: 48\n") {}
};

TEST_F(GraceList, MembersLeaveOnTheirOwnDayAndDaysWithNothingDueDecideNothing) {
    add({{"one", 1}, {"two", 2}});
    title("one", "Clerk");
    settle();
    EXPECT_EQ(on(), (Names{"one", "two"}));
    EXPECT_NE(why("one").find("the list's grace"), std::string::npos) << why("one");
    world.clock.pass(24h);
    EXPECT_EQ(cycle(), (std::pair<std::int64_t, std::int64_t>{0, 0}));
    world.clock.pass(24h);
    EXPECT_GT(cycle().first, 0);
    EXPECT_EQ(on(), Names{"two"});
    for (int day = 0; day < 30; ++day) {
        world.clock.pass(24h);
        EXPECT_EQ(cycle(), (std::pair<std::int64_t, std::int64_t>{0, 0})) << day;
    }
}

class HeldOutList : public ListCycle {
protected:
    HeldOutList() : ListCycle("    hold_out: { percent: 40 }\n") {}
};

TEST_F(HeldOutList, TheSamePeopleStayOffAfterARestartAndAYear) {
    std::vector<std::pair<std::string, int>> people;
    for (int i = 0; i < 30; ++i) people.emplace_back("p" + std::to_string(i), i);
    add(people);
    const Names before = on();
    EXPECT_LT(before.size(), 30U);
    for (const auto& [name, number] : people)
        EXPECT_EQ(before.contains(name), !lists::is_held_out("Drip", prospect(name), 40)) << name;
    EXPECT_EQ(ask()["held_out"], 30 - static_cast<int>(before.size()));
    world.restart();
    world.clock.pass(24h * 365);
    for (const auto& [name, number] : people) title(name, "Clerk");
    settle();
    EXPECT_TRUE(on().empty());
    for (const auto& [name, number] : people) title(name, "Buyer");
    settle();
    EXPECT_EQ(on(), before);
}

class SellersList : public ListCycle {
protected:
    SellersList() : ListCycle("    tags: seller\n    suppress_when: HasOptedOutOfEmail\n") {}
};

TEST_F(SellersList, WhoWasPutOnByHandStaysAlsoWhenSuppressed) {
    add({{"one", 1}});
    title("one", "Clerk");
    settle();
    ASSERT_TRUE(on().empty());
    put_on_by_hand("one");
    settle();
    EXPECT_EQ(on(), Names{"one"});
    world.crm().edit(contacts["one"], "HasOptedOutOfEmail", Value{true});
    settle();
    EXPECT_EQ(on(), Names{"one"});
    EXPECT_NE(why("one").find("by hand"), std::string::npos) << why("one");
    EXPECT_EQ(ask()["by_hand"], 1);
}

TEST_F(SellersList, WhoWasTakenOffByHandStaysOff) {
    add({{"one", 1}, {"two", 2}});
    world.marketing().remove({"list-membership", membership("one")});
    settle();
    EXPECT_EQ(on(), Names{"two"});
    EXPECT_NE(why("one").find("took the person off by hand"), std::string::npos) << why("one");
    world.restart();
    title("one", "Clerk");
    settle();
    title("one", "Buyer");
    settle();
    EXPECT_EQ(on(), Names{"two"});
    put_on_by_hand("one");
    settle();
    EXPECT_EQ(on(), (Names{"one", "two"}));
}

class CoverageOfDrips : public ListCycle {
protected:
    CoverageOfDrips() : ListCycle("    among: NOT(HasOptedOutOfEmail)\n") {}
};

TEST_F(CoverageOfDrips, NineHundredAndFortyOfAThousandAreNinetyFour) {
    for (int i = 0; i < 1010; ++i) {
        Fields fields;
        fields.set("Email", text("p" + std::to_string(i) + "@example.com"));
        fields.set("LastName", text("Doe"));
        fields.set("Title", text(i < 60 ? "Buyer" : "Clerk"));
        fields.set("HasOptedOutOfEmail", Value{i >= 1000});
        world.crm().add("Contact", std::move(fields));
    }
    for (int i = 0; i < 15; ++i) cycle();
    settle();
    const json answer = ask();
    EXPECT_EQ(answer["eligible"], 1000);
    EXPECT_EQ(answer["covered"], 940);
    EXPECT_DOUBLE_EQ(answer["coverage"].get<double>(), 0.94);
    EXPECT_EQ(answer["size"], 60);
    EXPECT_EQ(world.marketing().records("list-membership").size(), 60U);
}

TEST(UntrueParts, OfAndIsTheOneThatIsNotTrueHoweverDeep) {
    formula::Moment moment;
    const std::string text = "AND(1 = 1, AND(3 = 3, OR(1 = 2, 2 = 3), 4 = 4), 5 = 5)";
    class NoNames final : public formula::Scope {
    public:
        std::optional<formula::Binding> resolve(std::string_view) const override { return {}; }
        std::vector<std::string> names() const override { return {}; }
    };
    auto compiled = formula::Formula::compile(text, NoNames{});
    const auto* formula = std::get_if<formula::Formula>(&compiled);
    ASSERT_NE(formula, nullptr);
    EXPECT_EQ(service::untrue_parts(text, formula->explain({}, moment)),
              std::vector<std::string>{"OR(1 = 2, 2 = 3)"});
}

}  // namespace
}  // namespace duet::world
