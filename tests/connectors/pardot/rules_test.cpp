#include <nlohmann/json.hpp>

#include "connectors/pardot/catalog.h"
#include "connectors/pardot/errors.h"
#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

TEST(PardotConfig, NamesEveryWrongSettingAtOnce) {
    test::Bench bench;
    try {
        bench.make("pardot", {{"business_unit_id", "123"}, {"page_size", 2000}, {"pagesize", 1}});
        FAIL() << "the settings were accepted";
    } catch (const std::runtime_error& error) {
        const std::string message = error.what();
        for (const char* part : {"business_unit_id must be",
                                 "page_size must be a whole number "
                                 "from 1 to 1000",
                                 "pagesize is not a setting"}) {
            EXPECT_NE(message.find(part), std::string::npos) << part << "\n" << message;
        }
    }
}

TEST(PardotConfig, ReadsLagSixtySecondsUnlessSaidOtherwise) {
    test::Bench bench;
    bench.make("pardot");
    EXPECT_EQ(bench.connector->read_lag(), std::chrono::seconds{60});
    bench.make("pardot", {{"read_lag_seconds", 90}});
    EXPECT_EQ(bench.connector->read_lag(), std::chrono::seconds{90});
}

TEST(PardotConfig, PardotItselfIsNotReadAsIfItDidNotLag) {
    test::Bench bench;
    for (const char* host : {"https://pi.pardot.com", "https://pi.demo.pardot.com"}) {
        SCOPED_TRACE(host);
        bench.make("pardot", {{"base_url", host}, {"read_lag_seconds", 60}});
        try {
            bench.make("pardot", {{"base_url", host}, {"read_lag_seconds", 59}});
            FAIL() << "the setting was accepted";
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find("read_lag_seconds must be 60 or more"),
                      std::string::npos)
                << error.what();
        }
    }
    // A stand-in may answer at once.
    bench.make("pardot", {{"read_lag_seconds", 0}});
    EXPECT_EQ(bench.connector->read_lag(), std::chrono::seconds{0});
}

TEST(PardotErrors, TheTableIsInOrderAndHasNoCodeTwice) {
    const auto table = pardot::meanings();
    for (std::size_t i = 1; i < table.size(); ++i) EXPECT_LT(table[i - 1].code, table[i].code);
}

TEST(PardotErrors, TellTheCallerWhatToDoNext) {
    const auto kind = [](int status, const std::string& body, http::Effect effect) {
        return pardot::answer_error({status, {}, body}, effect, Instant{}).kind;
    };
    const auto code = [](int number) { return "{\"code\":" + std::to_string(number) + "}"; };
    using enum http::Effect;
    EXPECT_EQ(kind(429, code(66), Write), ErrorKind::Transient);
    EXPECT_EQ(kind(429, code(122), Read), ErrorKind::RateLimited);
    EXPECT_EQ(kind(400, code(9), Write), ErrorKind::Rejected);
    EXPECT_EQ(kind(400, code(9999), Write), ErrorKind::Rejected);
    EXPECT_EQ(kind(400, code(9999), Read), ErrorKind::Broken);
    EXPECT_EQ(kind(400, code(201), Read), ErrorKind::Broken);
    // Failed inside: the record may have been written before.
    EXPECT_EQ(kind(500, code(183), Write), ErrorKind::InDoubt);
    EXPECT_EQ(kind(500, code(183), Read), ErrorKind::Transient);
    EXPECT_EQ(kind(504, "<html>", Write), ErrorKind::InDoubt);
    EXPECT_EQ(kind(504, "<html>", Read), ErrorKind::Transient);
}

TEST(PardotCatalog, NamesWhatReferencesPointToAndWhatCanBeWritten) {
    const auto* facts = pardot::find_facts("Prospect");
    ASSERT_NE(facts, nullptr);
    const ObjectInfo prospect = pardot::standard_object(*facts);
    EXPECT_EQ(prospect.entity, EntityKind::Person);
    EXPECT_EQ(prospect.find("campaignId")->references, std::vector<std::string>{"campaign"});
    EXPECT_EQ(prospect.find("campaignId")->relationship, "campaign");
    EXPECT_TRUE(prospect.find("score")->updatable);
    EXPECT_FALSE(prospect.find("grade")->updatable);
    EXPECT_TRUE(prospect.find("email")->required);
    for (const auto& object : pardot::object_facts()) {
        for (const FieldInfo& field : pardot::standard_object(object).fields) {
            for (const std::string& target : field.references) {
                EXPECT_NE(pardot::find_facts(target), nullptr) << object.name << "." << field.name;
            }
        }
    }
}

TEST(Registry, KnowsEveryKindByItsName) {
    for (const ConnectorKind& kind : connector_kinds()) {
        EXPECT_EQ(find_connector_kind(kind.name), &kind);
    }
    EXPECT_NE(find_connector_kind("salesforce"), nullptr);
    EXPECT_NE(find_connector_kind("pardot"), nullptr);
    EXPECT_EQ(find_connector_kind("hubspot"), nullptr);
}

}  // namespace
}  // namespace duet
