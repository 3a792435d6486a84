#include <algorithm>

#include <nlohmann/json.hpp>

#include "connectors/salesforce/catalog.h"
#include "connectors/salesforce/errors.h"
#include "mappings/messages.h"
#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

using nlohmann::json;
using test::Bench;

TEST(SalesforceConfig, NamesEveryWrongSettingAtOnce) {
    Bench bench;
    try {
        bench.make("salesforce", {{"login_url", "http://login.test"},
                                  {"overlap_secnds", 5},
                                  {"api_version", "12.0"},
                                  {"auth", {{"flow", "jwt_bearer"}, {"client_id", "c"}}}});
        FAIL() << "the settings were accepted";
    } catch (const std::runtime_error& error) {
        const std::string message = error.what();
        for (const char* part :
             {"login_url must begin with https",
              "overlap_secnds is not a setting; did you mean "
              "overlap_seconds?",
              "api_version", "auth.username is missing", "auth.key_file is missing"}) {
            EXPECT_NE(message.find(part), std::string::npos) << part << "\n" << message;
        }
    }
}

TEST(SalesforceCatalog, ReadsARecordedDescribe) {
    auto object =
        salesforce::object_from_describe(test::payload("salesforce/describe_contact.json"));
    ASSERT_TRUE(object) << object.error().message;
    EXPECT_EQ(object->name, "Contact");
    EXPECT_EQ(object->entity, EntityKind::Person);
    EXPECT_EQ(object->find("MailingAddress"), nullptr);
    ASSERT_NE(object->find("AccountId"), nullptr);
    EXPECT_EQ(object->find("AccountId")->references, std::vector<std::string>{"Account"});
    EXPECT_EQ(object->find("AccountId")->relationship, "Account");
    EXPECT_TRUE(object->find("LastName")->required);
    EXPECT_EQ(object->find("LastName")->length, 80);
    EXPECT_EQ(object->find("Birthdate")->type, FieldType::Date);
    EXPECT_EQ(object->find("SystemModstamp")->type, FieldType::DateTime);
    EXPECT_FALSE(object->find("LeadSource")->options.empty());
}

TEST(SalesforceErrors, TheTableIsInOrderAndHasNoCodeTwice) {
    const auto table = salesforce::meanings();
    for (std::size_t i = 1; i < table.size(); ++i) EXPECT_LT(table[i - 1].code, table[i].code);
}

TEST(SalesforceErrors, AGatewayThatFailsLeavesAWriteInDoubtAndAReadTransient) {
    const http::Response gateway{504, {}, "<html>"};
    EXPECT_EQ(salesforce::answer_error(gateway, http::Effect::Write).kind, ErrorKind::InDoubt);
    EXPECT_EQ(salesforce::answer_error(gateway, http::Effect::Read).kind, ErrorKind::Transient);
    const http::Response own{500, {}, R"([{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}])"};
    EXPECT_EQ(salesforce::answer_error(own, http::Effect::Write).kind, ErrorKind::Transient);
}

TEST(SalesforceErrors, ATriggerThatMetALockIsTransient) {
    EXPECT_EQ(salesforce::row_error("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                                    "X: caused by: UNABLE_TO_LOCK_ROW, record", {})
                  .kind,
              ErrorKind::Transient);
    EXPECT_EQ(salesforce::row_error("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "X", {}).kind,
              ErrorKind::Rejected);
}

TEST(SalesforceErrors, EveryMessageCodeHasItsRow) {
    for (const char* code :
         {"DUET-3101", "DUET-3102", "DUET-3103", "DUET-3104", "DUET-3105", "DUET-3110", "DUET-3111",
          "DUET-3112", "DUET-3113", "DUET-3114", "DUET-3115", "DUET-3116", "DUET-3117", "DUET-3118",
          "DUET-3120", "DUET-3121", "DUET-3122"}) {
        EXPECT_NE(find_message(code), nullptr) << code;
    }
}

class SalesforceSession : public testing::Test {
protected:
    world::FakeTransport::Rule& on(std::string_view method, std::string_view path) {
        return bench.transport.on(method, std::string(test::kSalesforce) + std::string(path));
    }
    Bench bench;
};

TEST_F(SalesforceSession, ARefusedTokenIsRenewedOnceAndTheReadReplayed) {
    bench.make("salesforce");
    on("GET", "/limits")
        .replies(401, test::payload("salesforce/expired_session.json"))
        .replies(200, "{}");
    EXPECT_TRUE(bench.connector->check({}, {}));
    EXPECT_EQ(bench.sign_ins(), 2u);
    EXPECT_EQ(bench.connector->budget().calls_made, 2);
}

TEST_F(SalesforceSession, ASecondRefusalIsUnauthenticatedAndNoLoop) {
    bench.make("salesforce");
    on("GET", "/limits").always_replies(401, test::payload("salesforce/expired_session.json"));
    const auto status = bench.connector->check({}, {});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::Unauthenticated);
    EXPECT_EQ(bench.sign_ins(), 2u);
}

TEST_F(SalesforceSession, TheTokenIsNotSentToAHostThatNobodyTrusts) {
    bench.make("salesforce", {{"allowed_hosts", json::array({"other.test"})}});
    const auto status = bench.connector->check({}, {});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, "DUET-3105");
    EXPECT_EQ(bench.transport.requests().size(), 1u);
}

}  // namespace
}  // namespace duet
