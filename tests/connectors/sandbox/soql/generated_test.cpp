#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/connectors/sandbox/soql/generator.h"

namespace duet::sandbox::soql {
namespace {

constexpr std::size_t kRows = 60;
constexpr int kQueries = 300;

template <class T>
Cell cell(const std::optional<T>& value) {
    return value ? Cell{*value} : Cell{};
}

void store(World& world, const std::vector<Company>& companies, const std::vector<Person>& people) {
    for (const Company& company : companies) {
        world.insert(
            "Account",
            {{"Id", company.id}, {"IsDeleted", std::int64_t{0}}, {"Name", cell(company.name)}});
    }
    for (const Person& person : people) {
        std::string topics;
        for (const std::string& topic : person.topics)
            topics += (topics.empty() ? "" : ";") + topic;
        world.insert("Contact", {{"Id", person.id},
                                 {"IsDeleted", std::int64_t{person.deleted ? 1 : 0}},
                                 {"LastName", cell(person.name)},
                                 {"Email", cell(person.email)},
                                 {"Visits__c", cell(person.visits)},
                                 {"Score__c", cell(person.score)},
                                 {"Birthdate", cell(person.birthdate)},
                                 {"CreatedDate", cell(person.created)},
                                 {"HasOptedOutOfEmail", std::int64_t{person.opted_out ? 1 : 0}},
                                 {"Topics__c", topics.empty() ? Cell{} : Cell{topics}},
                                 {"AccountId",
                                  person.account ? Cell{companies[*person.account].id} : Cell{}}});
    }
}

// The translation through SQLite gives the very rows, in the very order, of a plain filter.
TEST(SoqlGenerated, QueriesEqualAPlainFilter) {
    constexpr unsigned kSeed = 20180314;
    SCOPED_TRACE(testing::Message() << "seed " << kSeed);
    Generator generator(kSeed);
    std::vector<Company> companies;
    const std::vector<std::optional<std::string>> company_names = {"Ada", "ÉVA", std::nullopt,
                                                                   "bo"};
    for (int i = 0; i < 4; ++i) {
        companies.push_back({test_id("001", i), company_names[static_cast<std::size_t>(i)]});
    }
    std::vector<Person> people;
    for (std::size_t i = 0; i < kRows; ++i) {
        people.push_back(generator.person(static_cast<int>(i), companies.size()));
    }
    World world;
    store(world, companies, people);

    int some_rows = 0;
    for (int query = 0; query < kQueries; ++query) {
        const Generated condition = generator.condition(3, companies);
        std::vector<std::pair<std::string, Compare>> keys;
        for (std::size_t count = generator.below(3); count > 0; --count) {
            keys.push_back(generator.order_by());
        }
        std::string soql = "SELECT Id FROM Contact WHERE " + condition.soql + " ORDER BY ";
        for (const auto& [text, compare] : keys) soql += text + ", ";
        soql += "Id";
        const bool all_rows = generator.chance(20);
        const std::size_t limit = generator.chance(30) ? generator.below(8) : kRows;
        const std::size_t offset = generator.chance(20) ? generator.below(5) : 0;
        if (limit != kRows) soql += " LIMIT " + std::to_string(limit);
        if (offset != 0) soql += " OFFSET " + std::to_string(offset);

        std::vector<Person> found;
        for (const Person& person : people) {
            if ((all_rows || !person.deleted) && condition.test(person)) found.push_back(person);
        }
        // `people` is in the order of ids, and the sort keeps it among equals.
        std::stable_sort(found.begin(), found.end(), [&](const Person& a, const Person& b) {
            for (const auto& [text, compare] : keys) {
                if (const int order = compare(a, b); order != 0) return order < 0;
            }
            return false;
        });
        std::vector<std::string> expected;
        for (std::size_t i = offset; i < found.size() && expected.size() < limit; ++i) {
            expected.push_back(found[i].id);
        }
        const auto answer = world.ask(soql, all_rows);
        ASSERT_EQ(answer.message, "") << soql;
        ASSERT_EQ(answer.rows, expected) << soql << "\n" << answer.translation.sql;
        ASSERT_EQ(answer.count, static_cast<std::int64_t>(expected.size())) << soql;
        if (!expected.empty() && expected.size() < kRows) ++some_rows;
    }
    EXPECT_GT(some_rows, kQueries / 3) << "the generator asks trivial questions";
}

}  // namespace
}  // namespace duet::sandbox::soql
