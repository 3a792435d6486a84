#include "mappings/formula/template.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

using Errors = std::vector<CompileError>;

/// The text, or "error: ..." with every reason.
std::string rendered(std::string_view text, const TestScope& scope = {},
                     const Moment& moment = {}) {
    auto compiled = Template::compile(text, scope);
    if (const auto* errors = std::get_if<Errors>(&compiled)) {
        std::string all = "error:";
        for (const CompileError& error : *errors)
            all += " " + std::to_string(error.offset) + " " + error.message;
        return all;
    }
    const auto& made = std::get<Template>(compiled);
    std::vector<Value> values;
    std::vector<const Value*> inputs;
    for (const std::string& path : made.fields()) values.push_back(scope.value(path));
    for (const Value& value : values) inputs.push_back(&value);
    auto result = made.render(inputs, moment);
    if (const auto* error = std::get_if<EvalError>(&result)) return "error: " + error->message;
    return std::get<std::string>(result);
}

TEST(Template, AgreesWithEveryConformanceRow) {
    std::ifstream file(std::string(DUET_SOURCE_DIR) + "/tests/conformance/formula/templates.jsonl");
    ASSERT_TRUE(file);
    int rows = 0;
    for (std::string line; std::getline(file, line); ++rows) {
        const auto row = nlohmann::json::parse(line);
        SCOPED_TRACE(row.at("id").get<std::string>());
        Moment moment;
        const std::string locale = row.value("locale", "en_US");
        moment.locale = locale.c_str();
        if (row.contains("timezone")) moment.zone_offset = std::chrono::hours{-8};  // in winter
        const std::string text = row.at("template");
        const std::string got = rendered(text, {}, moment);
        if (row.contains("error")) {
            const bool compiles =
                std::holds_alternative<Template>(Template::compile(text, TestScope()));
            EXPECT_TRUE(got.starts_with("error:")) << text << "\n  got " << got;
            EXPECT_EQ(compiles, row["error"].at("category") == "evaluation") << text;
        } else {
            EXPECT_EQ(got, row.at("expected").get<std::string>()) << text;
        }
    }
    EXPECT_EQ(rows, 59);
}

TEST(Template, WritesFieldsAsPeopleDo) {
    TestScope scope;
    scope.field("Name", FieldType::Text, text("Acme"))
        .field("Amount", FieldType::Currency, Decimal::parse("1250.50").value())
        .field("Probability", FieldType::Percent, Decimal{50})
        .field("IsWon", FieldType::Boolean, Value{true})
        .field("CloseDate", FieldType::Date, parse_date("2018-03-09").value())
        .field("At", FieldType::Time, parse_time("13:05:00").value())
        .field("Empty", FieldType::Text);
    EXPECT_EQ(rendered("{!Name}: {!Amount}, {!Probability}, {!IsWon}, {!CloseDate}, {!At}.", scope),
              "Acme: 1250.5, 50%, true, 3/9/2018, 1:05 PM.");
    EXPECT_EQ(rendered("[{!Empty}] {!name & \"!\"} {!Probability * 2}", scope), "[] Acme! 1");
    EXPECT_EQ(rendered("no field at all, {not one} and }{ neither", scope),
              "no field at all, {not one} and }{ neither");
    EXPECT_EQ(rendered(""), "");
}

TEST(Template, ADateHasNoZoneAndAnInstantHasThatOfTheDocument) {
    TestScope scope;
    scope.field("Day", FieldType::Date, parse_date("2018-03-09").value())
        .field("Time", FieldType::DateTime, parse_instant("2018-03-09T02:00:00Z").value())
        .field("Old", FieldType::Date, parse_date("1500-03-01").value());
    Moment moment;
    moment.zone_offset = std::chrono::hours{-8};
    EXPECT_EQ(rendered("{!Day} {!Time}", scope, moment), "3/9/2018 3/8/2018, 6:00 PM");
    EXPECT_EQ(rendered("{!Old}", scope), "3/1/1500");
    moment.locale = "de_DE";
    EXPECT_EQ(rendered("{!Day} {!Time}", scope, moment), "09.03.2018 08.03.2018, 18:00");
}

TEST(Template, BracesInsideTextsAndCommentsDoNotEndAMergeField) {
    EXPECT_EQ(rendered("<{!\"a}b\" /* } */ & 'c\\'}' }>"), "<a}bc'}>");
    EXPECT_EQ(rendered("{!\"{!\"}Name}"), "{!Name}");
}

TEST(Template, SaysWhereAnExpressionIsWrong) {
    const TestScope scope = TestScope().field("Name", FieldType::Text);
    const auto errors_in = [&](std::string_view text) {
        auto made = Template::compile(text, scope);
        const auto* errors = std::get_if<Errors>(&made);
        return errors == nullptr ? Errors{} : *errors;
    };
    const auto unknown = errors_in("Dear {!Name}, {!Nme} and {!1 +}");
    ASSERT_EQ(unknown.size(), 2u);
    EXPECT_EQ(unknown[0].offset, 16u);
    EXPECT_EQ(unknown[0].length, 3u);
    EXPECT_NE(unknown[0].message.find("Did you mean \"Name\"?"), std::string::npos)
        << unknown[0].message;
    EXPECT_GE(unknown[1].offset, 27u);
    for (const char* open : {"x {!Name", "x {!\"Name}", "x {! /* } */", "x {!"}) {
        const auto errors = errors_in(open);
        ASSERT_EQ(errors.size(), 1u) << open;
        EXPECT_EQ(errors[0].offset, 2u) << open;
    }
    EXPECT_EQ(errors_in("{!}").size(), 1u);
    EXPECT_EQ(errors_in(std::string(100'001, 'x')).size(), 1u);
    std::string many;
    for (int i = 0; i < 201; ++i) many += "{!Name}";
    EXPECT_EQ(errors_in(many).size(), 1u);
}

TEST(Template, ReadsEachFieldOnceAndFailsWithTheReason) {
    TestScope scope;
    scope.field("A", FieldType::Number, Decimal{1}).field("B", FieldType::Number, Decimal{0});
    auto made = Template::compile("{!A} {!a + B} {!B}", scope);
    EXPECT_EQ(std::get<Template>(made).fields(), (std::vector<std::string>{"A", "B"}));
    EXPECT_EQ(rendered("{!A} {!a + B} {!B}", scope), "1 1 0");
    const std::string failed = rendered("so {!A / B}", scope);
    EXPECT_NE(failed.find("at character 4"), std::string::npos) << failed;
    EXPECT_NE(failed.find("divisor is zero"), std::string::npos) << failed;
    EXPECT_TRUE(std::holds_alternative<EvalError>(std::get<Template>(made).render({}, Moment{})));
}

TEST(Template, FormatWritesMessagesAsJavaDoes) {
    EXPECT_EQ(rendered("{!FORMAT(\"It''s '{0}' {0}, {1} {7}\", 1234.5, TRUE)}"),
              "It's {0} 1,234.5, true {7}");
    EXPECT_EQ(rendered("{!FORMAT(\"{0,number,integer} {0,number,percent} {0,number,#.00}\", 0.5)}"),
              "0 50% .50");
    EXPECT_EQ(rendered("{!FORMAT(\"{0,date,long} {0,date,yyyy} {0,time,short}\", "
                       "DATETIMEVALUE(\"2018-03-09 13:05:00\"))}"),
              "March 9, 2018 2018 1:05 PM");
    for (const char* wrong : {"{0,number}", "{0,date}", "{0,choice}", "{x}", "{", "{0,date,yyyy"}) {
        const std::string got =
            rendered("{!FORMAT(\"" + std::string(wrong) + "\", \"not a number\")}");
        EXPECT_TRUE(got.starts_with("error: ")) << wrong << " gave " << got;
    }
}

}  // namespace
}  // namespace duet::formula
