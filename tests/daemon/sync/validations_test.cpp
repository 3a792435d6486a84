// What a broken validation holds back in a running org, what it lets through, and when it lets go.
#include <chrono>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/print.h"
#include "daemon/service/answers.h"
#include "tests/world/hostile.h"
#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

std::vector<document::Source> documents_with(const std::string& validations) {
    auto documents = acme_documents();
    documents[0].text += "validations:\n" + validations;
    return documents;
}

/// Ada stands in Salesforce and is settled; the validations were there from the start.
struct Org {
    explicit Org(const std::string& validations) : world(options(validations)) {
        world.add_list("Buyers");
        world.add_list("Spring");
        contact = {"Contact", world.add_contact(kAda, "Lovelace")};
        world.run_until_quiet();
    }
    static WorldOptions options(const std::string& validations) {
        WorldOptions made;
        made.documents = documents_with(validations);
        return made;
    }
    void edit(const char* field, const char* value) {
        world.crm().edit(contact, field, text(value));
        world.run_until_quiet();
    }
    Value there(const char* field) { return world.value(Side::Marketing, kAda, field); }
    store::Entity ada() { return world.entity_of(Side::Crm, contact); }
    std::int64_t count(const char* rule, const char* outcome) {
        auto counts = world.store().broken_counts("acme");
        return counts ? (*counts)[rule][outcome] : -1;
    }

    World world;
    RecordId contact;
};

constexpr const char* kPhoneIsDigits =
    "  - name: phone_is_digits\n"
    "    error_when: AND(NOT(ISBLANK(Phone)), NOT(REGEX(Phone, \"[0-9]+\")))\n"
    "    message: \"The phone {!Phone} of {!LastName} is not a number.\"\n";

TEST(Validations, HoldTheWholeRecordUntilItIsMended) {
    Org org(kPhoneIsDigits);
    org.edit("Phone", "5550100");
    EXPECT_EQ(org.there("phone"), text("5550100"));
    org.world.crm().edit(org.contact, "Title", text("Countess"));
    org.edit("Phone", "ask Ada");
    EXPECT_EQ(org.there("phone"), text("5550100"));
    EXPECT_EQ(org.there("jobTitle"), Value{}) << "nothing of the record travels";
    EXPECT_EQ(org.ada().state, "quarantined");
    EXPECT_EQ(org.ada().reason, "The phone ask Ada of Lovelace is not a number.");
    EXPECT_EQ(org.count("phone_is_digits", "held"), 1);

    org.edit("Phone", "5550199");
    EXPECT_EQ(org.there("phone"), text("5550199"));
    EXPECT_EQ(org.there("jobTitle"), text("Countess"));
    EXPECT_EQ(org.ada().state, "clean");
    EXPECT_EQ(org.count("phone_is_digits", "held"), 0);
}

TEST(Validations, HoldOnlyTheirFieldsWhenTheRuleSaysSo) {
    Org org(std::string(kPhoneIsDigits) + "    fields: Phone\n    hold: fields\n");
    org.world.crm().edit(org.contact, "Title", text("Countess"));
    org.edit("Phone", "ask Ada");
    EXPECT_EQ(org.there("jobTitle"), text("Countess")) << "the rest travels";
    EXPECT_EQ(org.there("phone"), Value{});
    EXPECT_EQ(org.ada().state, "quarantined");
    EXPECT_NE(org.ada().reason.find("held back: Phone"), std::string::npos) << org.ada().reason;

    // The other side's own value is held back too: it must not overwrite what is to be mended.
    org.world.marketing().edit(org.world.with_email(Side::Marketing, kAda), "phone",
                               text("5550122"));
    org.world.run_until_quiet();
    EXPECT_EQ(org.world.value(Side::Crm, kAda, "Phone"), text("ask Ada"));

    org.edit("Phone", "5550199");
    EXPECT_EQ(org.there("phone"), org.world.value(Side::Crm, kAda, "Phone"));
    EXPECT_EQ(org.ada().state, "clean");
}

TEST(Validations, ACreateWaitsForItsKeyAndGoesWithoutOtherHeldFields) {
    WorldOptions options;
    options.documents = documents_with(
        "  - name: email_has_no_plus\n"
        "    error_when: CONTAINS(Email, \"+\")\n"
        "    message: No plus.\n"
        "    fields: [Email]\n"
        "    hold: fields\n" +
        std::string(kPhoneIsDigits) + "    fields: [Phone]\n    hold: fields\n");
    World world(std::move(options));
    const RecordId plus{"Contact", world.add_contact("ada+1@example.com")};
    const RecordId phone{"Contact", world.add_contact("grace@example.com")};
    world.crm().edit(phone, "Phone", text("none"));
    world.crm().edit(phone, "FirstName", text("Grace"));
    world.run_until_quiet();
    ASSERT_EQ(world.marketing().records("prospect").size(), 1u);
    EXPECT_EQ(world.value(Side::Marketing, "grace@example.com", "firstName"), text("Grace"));
    EXPECT_EQ(world.value(Side::Marketing, "grace@example.com", "phone"), Value{});
    EXPECT_EQ(world.entity_of(Side::Crm, plus).state, "quarantined");
    world.crm().edit(plus, "Email", text(kAda));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 2u);
}

TEST(Validations, LetGoWhenTheDocumentChanges) {
    Org org(kPhoneIsDigits);
    org.edit("Phone", "ask Ada");
    EXPECT_EQ(org.there("phone"), Value{});
    auto mended = std::string(kPhoneIsDigits);
    mended.replace(mended.find("[0-9]+"), 6, ".+");
    org.world.change_documents(documents_with(mended));
    org.world.run_until_quiet();
    EXPECT_EQ(org.there("phone"), text("ask Ada"));
    EXPECT_EQ(org.count("phone_is_digits", "held"), 0);
    // And take hold again of what nobody touched.
    org.world.change_documents(documents_with(kPhoneIsDigits));
    org.world.run_until_quiet();
    EXPECT_EQ(org.ada().state, "quarantined");
}

TEST(Validations, TakeHoldAndLetGoOnTheirDayWithNoNewData) {
    using std::chrono::January;
    Org org(
        "  - name: embargo\n"
        "    error_when: AND(TODAY() >= DATE(2018, 1, 10), TODAY() < DATE(2018, 1, 20))\n"
        "    message: \"Nothing before the 20th; today is {!TODAY()}.\"\n");
    EXPECT_EQ(org.ada().state, "clean");
    org.world.clock.set_day(2018y / January / 10);
    org.world.run_until_quiet();
    EXPECT_EQ(org.ada().state, "quarantined");
    EXPECT_EQ(org.ada().reason, "Nothing before the 20th; today is 1/10/2018.");
    org.edit("Phone", "5550100");
    EXPECT_EQ(org.there("phone"), Value{});
    org.world.clock.set_day(2018y / January / 20);
    org.world.run_until_quiet();
    EXPECT_EQ(org.there("phone"), text("5550100"));
    EXPECT_EQ(org.ada().state, "clean");
}

TEST(Validations, LetAnOptOutThroughWhateverIsHeld) {
    for (const char* hold : {"record", "fields"}) {
        SCOPED_TRACE(hold);
        Org org(std::string(kPhoneIsDigits) +
                "    fields: [Phone, HasOptedOutOfEmail]\n    hold: " + hold + "\n");
        org.edit("Phone", "ask Ada");
        EXPECT_EQ(org.ada().state, "quarantined");
        org.world.crm().edit(org.contact, "HasOptedOutOfEmail", World::yes());
        org.world.run_until_quiet();
        EXPECT_EQ(org.there("optedOut"), World::yes());
        EXPECT_EQ(org.there("phone"), Value{});
        EXPECT_EQ(org.ada().state, "quarantined");
    }
}

constexpr const char* kThree =
    "  - name: title_is_a_number\n"
    "    error_when: VALUE(Title) < 0\n"
    "    message: no\n"
    "  - name: has_department\n"
    "    error_when: ISBLANK(Department)\n"
    "    message: \"{!LastName} has no department.\"\n"
    "    severity: warn\n"
    "    fields: Department\n"
    "  - name: known_number\n"
    "    object: { pardot: prospect }\n"
    "    error_when: phone = \"0\"\n"
    "    message: \"{!phone} is no phone.\"\n"
    "    fields: phone\n"
    "    hold: fields\n";

TEST(Validations, AreCountedByRuleAndByWhatCameOfThem) {
    Org org(kThree);
    org.edit("Title", "one");
    EXPECT_EQ(org.count("title_is_a_number", "failed"), 1) << "a rule that fails holds, apart";
    EXPECT_EQ(org.count("title_is_a_number", "held"), 0);
    EXPECT_EQ(org.count("has_department", "warned"), 1);
    EXPECT_EQ(org.ada().state, "quarantined");
    org.edit("Title", "1");
    org.world.marketing().edit(org.world.with_email(Side::Marketing, kAda), "phone", text("0"));
    org.world.run_until_quiet();
    EXPECT_EQ(org.count("title_is_a_number", "failed"), 0);
    EXPECT_EQ(org.count("known_number", "held"), 1) << "rules may look at the other side's record";
    EXPECT_EQ(org.world.value(Side::Crm, kAda, "Phone"), Value{});

    const auto status = service::status_of(org.world.org());
    ASSERT_TRUE(status);
    const auto& rules = status->at("validations");
    EXPECT_EQ(rules.size(), 3u) << "a rule that nothing breaks is shown with its zeros";
    EXPECT_EQ(rules["has_department"]["warned"], 1);
    EXPECT_EQ(rules["has_department"]["severity"], "warn");
    EXPECT_EQ(rules["known_number"]["held"], 1);
    EXPECT_EQ(rules["title_is_a_number"]["failed"], 0);
    const std::string shown = cli::print_status({{"orgs", nlohmann::json::array({*status})}});
    EXPECT_NE(shown.find("validation   has_department: 1 warned about\n"), std::string::npos);
    EXPECT_NE(shown.find("validation   known_number: 1 held back\n"), std::string::npos);
    EXPECT_NE(shown.find("validation   title_is_a_number: none\n"), std::string::npos) << shown;
}

TEST(Validations, AreExplainedInASentenceWithTheirMessage) {
    Org org(kThree);
    org.world.marketing().edit(org.world.with_email(Side::Marketing, kAda), "phone", text("0"));
    org.world.run_until_quiet();
    const auto explained = service::explain(org.world.org(), kAda, {});
    ASSERT_TRUE(explained);
    const std::string shown = cli::print_explanation(*explained);
    EXPECT_NE(shown.find("Validation \"has_department\" warns about Department: Lovelace has no "
                         "department.\n"),
              std::string::npos)
        << shown;
    EXPECT_NE(shown.find("Validation \"known_number\" holds phone back until that is mended: 0 is "
                         "no phone.\n"),
              std::string::npos)
        << shown;
    EXPECT_NE(shown.find("held back by the validation known_number"), std::string::npos)
        << "the field rule says why it writes nothing\n"
        << shown;
    org.edit("Title", "one");
    const auto failed = service::explain(org.world.org(), kAda, {});
    ASSERT_TRUE(failed);
    EXPECT_NE(cli::print_explanation(*failed).find(
                  "Validation \"title_is_a_number\" holds the whole record back until that is "
                  "mended: the validation itself failed:"),
              std::string::npos);
}

TEST(Validations, MessagesCarryHostileTextsToPeopleUnchanged) {
    WorldOptions options;
    options.documents =
        documents_with("  - { name: nobody, error_when: \"TRUE\", message: \"<{!LastName}>\" }\n");
    World world(std::move(options));
    std::map<std::string, std::string> names;  // by the record's key
    int number = 0;
    for (const std::string& name : hostile::texts()) {
        if (name.size() > 300) continue;
        names[world.add_contact("p" + std::to_string(++number) + "@example.com", name)] = name;
    }
    ASSERT_GT(names.size(), 900u);
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("prospect").empty());
    for (const auto& [key, name] : names) {
        EXPECT_EQ(world.entity_of(Side::Crm, {"Contact", key}).reason, "<" + name + ">");
    }
    // What a program reads of them is what stands there, too.
    const auto& [key, name] = *names.rbegin();
    const auto explained = service::explain(world.org(), key, {});
    ASSERT_TRUE(explained);
    const auto read = nlohmann::json::parse(explained->dump());
    EXPECT_EQ(read["entities"][0]["validations"][0]["message"], "<" + name + ">");
}

TEST(Validations, WarningsAndMessagesStayOutOfReports) {
    Org org(std::string(kPhoneIsDigits) + "    fields: Phone\n    hold: fields\n");
    org.world.crm().edit(org.contact, "Phone", text("ask Ada"));
    const auto report = org.world.run_cycle();
    ASSERT_TRUE(report);
    for (const std::string& warning : report->warnings) {
        EXPECT_EQ(warning.find("ask Ada"), std::string::npos) << "a person's value: " << warning;
    }
}

}  // namespace
}  // namespace duet::world
