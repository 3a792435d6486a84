#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/cli/trials.h"
#include "mappings/document/load.h"

namespace duet::trial {
namespace {

namespace fs = std::filesystem;

const fs::path kPresets = fs::path(DUET_SOURCE_DIR) / "mappings/presets";

std::vector<std::string> files(bool tests) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(kPresets)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".yaml") && name.ends_with(".test.yaml") == tests &&
            name != "fields.test.yaml") {
            found.push_back(fs::relative(entry.path(), kPresets).string());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// The parts of the folder quality in documents of their own, as their first lines tell an admin
/// to use them.
class WithParts {
public:
    WithParts() {
        std::string path = (fs::temp_directory_path() / "duet-parts-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder_ = path;
        fs::create_directory(folder_ / "quality");
        for (const auto& entry : fs::directory_iterator(kPresets / "quality")) {
            const bool is_test = entry.path().string().ends_with(".test.yaml");
            fs::copy_file(entry.path(),
                          (is_test ? folder_ : folder_ / "quality") / entry.path().filename());
        }
        std::ofstream(folder_ / "opportunities.yaml")
            << "entity: opportunity\nmatch: [crm_id]\n"
               "include: [quality/opportunities.yaml, quality/currencies.yaml]\n";
        std::ofstream(folder_ / "people.yaml")
            << "entity: person\nmatch: [crm_id]\ninclude: quality/people.yaml\nfields:\n"
               "  - { salesforce: Email, pardot: email }\n"
               "  - { salesforce: LastName, pardot: lastName }\n";
    }
    WithParts(const WithParts&) = delete;
    WithParts& operator=(const WithParts&) = delete;
    ~WithParts() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        return (folder_ / name).string();
    }

private:
    fs::path folder_;
};

std::string all_of(const TestReport& report) {
    std::string all;
    for (const auto& finding : report.findings) all += document::render(finding);
    for (const Failure& failure : report.failures) all += render(failure);
    return all;
}

/// Each test document of the documents that ship is a test of its own.
class ShippedDocuments : public testing::TestWithParam<std::string> {};

TEST_P(ShippedDocuments, DoWhatTheirTestsSay) {
    const WithParts parts;
    const fs::path shipped = kPresets / GetParam();
    const bool is_part = shipped.parent_path().filename() == "quality";
    const auto run =
        cli::run_tests_at({is_part ? parts.file(shipped.filename().string()) : shipped.string()});
    if (const auto* findings = std::get_if<cli::Findings>(&run)) {
        for (const auto& finding : *findings) ADD_FAILURE() << document::render(finding);
        return;
    }
    const auto& report = std::get<TestReport>(run);
    EXPECT_GT(report.tests.size(), 0U);
    EXPECT_EQ(all_of(report), "");
}

INSTANTIATE_TEST_SUITE_P(Presets, ShippedDocuments, testing::ValuesIn(files(true)),
                         [](const auto& tested) {
                             std::string name = tested.param.substr(0, tested.param.find(".test."));
                             std::replace_if(
                                 name.begin(), name.end(), [](char c) { return !std::isalnum(c); },
                                 '_');
                             return name;
                         });

TEST(ShippedDocumentsAsAWhole, EachHasATestDocumentBesideIt) {
    const auto documents = files(false);
    ASSERT_GE(documents.size(), 6U);
    for (const std::string& document : documents) {
        const fs::path test = kPresets / (document.substr(0, document.size() - 5) + ".test.yaml");
        EXPECT_TRUE(fs::exists(test)) << document;
    }
}

/// Files of the sets that the whole set leaves to those who want them.
const std::set<std::string> kNotInTheWhole{
    "practices/routing.yaml",   // sales/routing.yaml gives every lead an owner
    "practices/scoring.yaml",   // sales/scoring.yaml knows more
    "sales/close_dates.yaml",   // deals lapse, which practices/tasks.yaml tells
    "quality/currencies.yaml",  // for orgs with several currencies
};

TEST(WholeSet, IsMadeOfEveryFileOfTheSets) {
    auto read = cli::read_sources_at({kPresets.string()});
    ASSERT_TRUE(std::holds_alternative<std::vector<document::Source>>(read));
    const auto& sources = std::get<std::vector<document::Source>>(read);
    std::set<std::string> whole;
    for (const document::Source& source : sources) {
        whole.insert(fs::path(source.file).lexically_relative(kPresets).string());
    }
    for (const std::string& file : files(false)) {
        if (file.starts_with("default/")) continue;
        EXPECT_EQ(whole.contains(file), !kNotInTheWhole.contains(file)) << file;
    }
    const auto loaded = document::load(sources, {"salesforce", "pardot"}, nullptr);
    if (const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded)) {
        for (const auto& finding : *findings) ADD_FAILURE() << document::render(finding);
        return;
    }
    const auto& documents = std::get<document::Documents>(loaded);
    EXPECT_EQ(documents.entities.size(), 4U);
    EXPECT_FALSE(documents.lists.empty() || documents.tasks.empty() || documents.routings.empty() ||
                 documents.timers.empty() || documents.attributions.empty());
    EXPECT_TRUE(documents.queue && documents.scoring && documents.behaviour && documents.rfm &&
                documents.hygiene && documents.shares);
}

/// Score 80, and a grade that passes: who is ready for sales is each company's own rule.
std::string stage_of_eighty_where_the_level_is(const std::string& level) {
    auto documents = std::get<std::vector<document::Source>>(
        cli::read_sources_at({(kPresets / "default").string()}));
    bool is_changed = false;
    for (document::Source& source : documents) {
        const std::string written = "Prospect.score >= 100";
        const auto at = source.text.find(written);
        if (at == std::string::npos) continue;
        source.text.replace(at, written.size(), "Prospect.score >= " + level);
        is_changed = true;
    }
    EXPECT_TRUE(is_changed);
    auto tests = std::get<std::vector<document::Source>>(
        cli::read_sources_at({(kPresets / "default/fields.test.yaml").string()}));
    const auto expect = [](const std::string& stage) {
        return "  - name: is " + stage +
               "\n    given: { salesforce: { Contact: [{ Id: ada, LastName: Ahl, Email: "
               "ada@acme.example }] }, pardot: { prospect: [{ id: 1, email: ada@acme.example, "
               "lastName: Ahl, salesforceContactId: ada, score: 80, grade: B }] } }\n"
               "    expect: [{ of: ada, stage: " +
               stage + " }]\n";
    };
    tests.push_back({"level.test.yaml",
                     "today: 2025-09-01\ntests:\n" + expect("MQL") + expect("KNOWN"), false});
    const auto report =
        run_tests(documents, tests, {"salesforce", "pardot"}, cli::standard_catalogs());
    for (const auto& finding : report.findings) ADD_FAILURE() << document::render(finding);
    EXPECT_EQ(report.tests.size(), 2U);
    EXPECT_EQ(report.failed(), 1U) << "one of the two";
    if (report.failures.empty()) return {};
    return render(report.failures.front()).find("is MQL") == std::string::npos ? "MQL" : "KNOWN";
}

TEST(CompanyRules, AScoreOfEightyIsQualifiedWhereTheLevelIsSeventyFiveAndNotWhereItIsAHundred) {
    EXPECT_EQ(stage_of_eighty_where_the_level_is("75"), "MQL");
    EXPECT_EQ(stage_of_eighty_where_the_level_is("100"), "KNOWN");
}

/// Runs the default documents with one text changed; the number of tests that then fail, or -1
/// when the documents are refused.
int failures_when(const std::string& file, const std::string& from, const std::string& to) {
    const fs::path folder = kPresets / "default";
    auto read = cli::read_sources_at({folder.string()});
    auto documents = std::get<std::vector<document::Source>>(std::move(read));
    bool is_changed = false;
    for (document::Source& source : documents) {
        if (fs::path(source.file).filename() != file) continue;
        const auto at = source.text.find(from);
        if (at == std::string::npos) continue;
        source.text.replace(at, from.size(), to);
        is_changed = true;
    }
    EXPECT_TRUE(is_changed) << file << " does not hold " << from;
    std::vector<std::string> paths;
    for (const std::string& path : files(true)) paths.push_back((kPresets / path).string());
    paths.push_back((folder / "fields.test.yaml").string());
    std::erase_if(paths, [&](const auto& path) { return fs::path(path).parent_path() != folder; });
    auto tests = std::get<std::vector<document::Source>>(cli::read_sources_at(paths));
    const auto report =
        run_tests(documents, tests, {"salesforce", "pardot"}, cli::standard_catalogs());
    for (const auto& finding : report.findings) ADD_FAILURE() << document::render(finding);
    return report.findings.empty() ? static_cast<int>(report.failed()) : -1;
}

/// A rule of the default set that means something else.
struct Change {
    const char* file;
    const char* from;
    const char* to;
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.file; }

const Change kChanges[] = {
    {"people.yaml", "match: [crm_id, email]", "match: [email, crm_id]"},
    {"people.yaml", "  - salesforce: FirstName\n    pardot: firstName\n    winner: salesforce",
     "  - salesforce: FirstName\n    pardot: firstName\n    winner: pardot"},
    {"people.yaml", "winner: most_recent\n    otherwise: pardot", "winner: salesforce"},
    {"people.yaml", "winner: most_recent", "winner: most_recent\n    blank: propagate"},
    {"people.yaml",
     "  - salesforce: HasOptedOutOfEmail\n    pardot: optedOut\n    consent: strictest",
     "  - salesforce: HasOptedOutOfEmail\n    pardot: optedOut"},
    {"people.yaml", "  - salesforce: DoNotCall\n    pardot: isDoNotCall\n    consent: strictest",
     "  - salesforce: DoNotCall\n    pardot: isDoNotCall"},
    {"people.yaml", "value: Duet.Stage", "value: UPPER(Duet.Stage) & \".\""},
    {"people.yaml", "where: Opportunity.IsWon\n    function: MAX\n    field: Opportunity.CloseDate",
     "function: MAX\n    field: Opportunity.CloseDate"},
    {"people.yaml", "where: Opportunity.IsWon\n    function: COUNT", "function: COUNT"},
    {"people.yaml", "where: type = 1\n", "where: type = 2\n"},
    {"people.yaml", "OR(type = 1, type = 2,", "OR(type = 11, type = 2,"},
    {"people.yaml", "where: AND(IsClosed,", "where: AND(NOT(IsClosed),"},
    {"people.yaml", "NOT(ISBLANK(Email)), NOT(HasOptedOutOfEmail)", "NOT(ISBLANK(Email)), TRUE"},
    {"people.yaml", "NOT(Prospect.isEmailHardBounced)", "TRUE"},
    {"people.yaml", "NOT(ISBLANK(Prospect.company))", "TRUE"},
    {"accounts.yaml", "    where: NOT(IsClosed)\n", ""},
    {"campaigns.yaml", "match: [crm_id, name]", "match: [crm_id]"},
    {"campaigns.yaml", "pardot: id", "pardot: name"},
    {"opportunities.yaml", "model: last", "model: first"},
    {"opportunities.yaml", "when: IsWon", "when: NOT(IsWon)"},
    {"opportunities.yaml", "window_days: 365", "window_days: 30"},
    {"opportunities.yaml", "until: CloseDate", "until: CloseDate + 7"},
    {"opportunities.yaml", "type = 4", "type = 6"},
    {"opportunities.yaml", "        where: HasResponded\n", ""},
    {"opportunities.yaml", "AND(IsWon, OR(", "AND(TRUE, OR("},
    {"opportunities.yaml", "Contract_End__c <= Contract_Start__c",
     "Contract_End__c < Contract_Start__c"},
    {"lists.yaml", "ADDMONTHS(Rollup.Last_Won_Date, 3)", "ADDMONTHS(Rollup.Last_Won_Date, 4)"},
    {"lists.yaml", "+ 90)", "+ 91)"},
    {"lists.yaml", "Rollup.Open_Opportunities > 0,", "FALSE,"},
    {"lists.yaml", "Prospect.isDoNotEmail,", "FALSE,"},
    {"lists.yaml", "Rollup.Contract_End - 120", "Rollup.Contract_End - 121"},
    {"lists.yaml", "TODAY() <= Rollup.Contract_End)", "TODAY() < Rollup.Contract_End)"},
    {"lifecycle.yaml", "rank: 70", "rank: 50"},
    {"lifecycle.yaml", "rank: 40", "rank: 25"},
    {"lifecycle.yaml", "Prospect.score >= 100", "Prospect.score > 100"},
    {"lifecycle.yaml", "BEGINS(Prospect.grade, \"B\")", "BEGINS(Prospect.grade, \"C\")"},
    {"lifecycle.yaml", "Rollup.Meetings > 0", "FALSE"},
    {"lifecycle.yaml", "Rollup.Campaign_Responses > 0", "FALSE"},
};

class ShippedRule : public ::testing::TestWithParam<Change> {};

TEST_P(ShippedRule, ThatMeansSomethingElseFailsATest) {
    EXPECT_GT(failures_when(GetParam().file, GetParam().from, GetParam().to), 0)
        << GetParam().from << " -> " << GetParam().to;
}

INSTANTIATE_TEST_SUITE_P(Each, ShippedRule, ::testing::ValuesIn(kChanges));

TEST(ShippedRules, AChangeThatMeansNothingFailsNoTest) {
    EXPECT_EQ(failures_when("people.yaml", "entity: person", "entity:  person"), 0);
}

}  // namespace
}  // namespace duet::trial
