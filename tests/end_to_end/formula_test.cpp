// `duet formula` as a person types it.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/world/processes.h"
#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

Finished formula(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "formula");
    return run_program(duet_program(), arguments);
}

TEST(FormulaCommand, EvaluatesOnFieldsThatAreSet) {
    const Finished sum = formula({"Amount * 0.1 + 0.2", "--set", "Amount=1"});
    EXPECT_EQ(sum.code, 0) << sum.error;
    EXPECT_EQ(sum.out, "0.3\n");
    EXPECT_EQ(formula({"Name & \"!\"", "--set", "Name=Ada"}).out, "\"Ada!\"\n");
    EXPECT_EQ(formula({"Won - DATE(2018, 1, 1)", "--set", "Won=2018-03-01"}).out, "59\n");
    EXPECT_EQ(formula({"LEN(Code)", "--set", "Code='12'"}).out, "2\n");
    EXPECT_EQ(formula({"Rate", "--set", "Rate=50", "--type", "Rate=percent"}).out, "0.5\n");
    EXPECT_EQ(formula({"IF(Flag, 1, 2)", "--set", "Flag=true"}).out, "1\n");
    EXPECT_EQ(formula({"Amount + 1", "--set", "Amount=", "--type", "Amount=number"}).out, "null\n");
    EXPECT_EQ(
        formula({"Amount + 1", "--set", "Amount=", "--type", "Amount=number", "--blanks", "zero"})
            .out,
        "1\n");
}

TEST(FormulaCommand, ReadsARecordAsTheVendorWritesIt) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/deal.json";
    write_text(path, R"({"attributes": {"type": "Opportunity", "url": "/x"},
        "Amount": 12345678901234567890.125, "CloseDate": "2018-03-31", "IsWon": true,
        "StageName": "Closed Won", "NextStep": null, "Owner": null,
        "Account": {"attributes": {"type": "Account"}, "Name": "Acme", "Regions__c": ["a", "b"]},
        "Contacts": {"records": [{"Amount": 7}]}})");
    const auto on_record = [&](const std::string& text) {
        const Finished done = formula({text, "--record", path});
        return done.code == 0 ? done.out : done.error;
    };
    EXPECT_EQ(on_record("Amount"), "12345678901234567890.125\n");
    EXPECT_EQ(on_record("Account.Name & TEXT(CloseDate)"), "\"Acme2018-03-31\"\n");
    EXPECT_EQ(on_record("AND(IsWon, ISBLANK(NextStep), ISBLANK(Owner.Name))"), "true\n");
    EXPECT_EQ(on_record("INCLUDES(Account.Regions__c, \"b\")"), "true\n");
    EXPECT_EQ(formula({"Amount", "--record", path, "--set", "Amount=5"}).out, "5\n");
}

TEST(FormulaCommand, ReadsARecordAsAVectorDescribesIt) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/record.json";
    write_text(path, R"({"mode": "nullAsZero", "inputs": [
        {"name": "Rate", "type": "percent", "value": "25"},
        {"name": "Blank", "type": "number", "value": null},
        {"name": "Stage", "type": "picklist", "value": "Won", "options": ["Won", "Lost"]}]})");
    EXPECT_EQ(formula({"Rate + Blank", "--record", path}).out, "0.25\n");
    EXPECT_EQ(formula({"Rate + Blank", "--record", path, "--blanks", "blank"}).out, "null\n");
    EXPECT_EQ(formula({"ISPICKVAL(Stage, \"Won\")", "--record", path}).out, "true\n");
    const Finished wrong = formula({"ISPICKVAL(Stage, \"Wun\")", "--record", path});
    EXPECT_EQ(wrong.code, 1);
    EXPECT_NE(wrong.error.find("Won"), std::string::npos) << wrong.error;
}

TEST(FormulaCommand, TimeIsWhatItIsToldToBe) {
    EXPECT_EQ(formula({"TODAY()", "--today", "2018-01-02"}).out, "2018-01-02\n");
    EXPECT_EQ(
        formula({"TODAY()", "--now", "2018-01-02T23:30:00Z", "--time-zone", "Europe/Berlin"}).out,
        "2018-01-03\n");
    EXPECT_EQ(formula({"NOW()", "--today", "2018-07-02", "--time-zone", "Europe/Berlin"}).out,
              "2018-07-01T22:00:00.000Z\n");
    EXPECT_EQ(formula({"FORMAT(D)", "--set", "D=2018-03-01", "--locale", "de_DE"}).out,
              "\"01.03.2018\"\n");
    const json next = json::parse(
        formula({"TODAY() > D", "--today", "2018-01-02", "--set", "D=2018-02-01", "--json"}).out);
    EXPECT_EQ(next["value"], false);
    EXPECT_EQ(next["type"], "boolean");
    EXPECT_EQ(next["next_change"], "2018-02-02T00:00:00.000Z");
    EXPECT_EQ(next["fields"], json::array({"D"}));
}

TEST(FormulaCommand, ShowsWhereAFormulaIsWrong) {
    const Finished wrong =
        formula({"IF(Amount > 1,\n  \"\u00e9\" & Nme, 2)", "--set", "Amount=5", "--set", "Name=a"});
    EXPECT_EQ(wrong.code, 1);
    EXPECT_EQ(wrong.out, "");
    EXPECT_NE(wrong.error.find("formula:2:9: error: "), std::string::npos) << wrong.error;
    EXPECT_NE(wrong.error.find("    2 |   \"\u00e9\" & Nme, 2)\n      |         ^~~\n"),
              std::string::npos)
        << wrong.error;
    EXPECT_NE(wrong.error.find("\"Name\""), std::string::npos) << wrong.error;

    const Finished list = formula({"Nme + 1", "--set", "Name=a", "--json"});
    EXPECT_EQ(list.code, 1);
    const json errors = json::parse(list.out)["errors"];
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0]["column"], 1);
    EXPECT_EQ(errors[0]["length"], 3);
}

TEST(FormulaCommand, ShowsWhereAnEvaluationFailed) {
    const Finished failed = formula({"1 + 2 / Zero", "--set", "Zero=0"});
    EXPECT_EQ(failed.code, 1);
    EXPECT_NE(failed.error.find("formula:1:7: error: "), std::string::npos) << failed.error;
    EXPECT_NE(failed.error.find("the divisor is zero"), std::string::npos) << failed.error;
}

TEST(FormulaCommand, ExplainsEveryPart) {
    const Finished explained = formula({"IF(Amount > 1000, \"big\", LEFT(Name, 2))", "--set",
                                        "Amount=10", "--set", "Name=Acme", "--explain"});
    EXPECT_EQ(explained.code, 0) << explained.error;
    EXPECT_EQ(explained.out,
              "IF          = \"Ac\"\n"
              "  >         = false\n"
              "    Amount  = 10\n"
              "    1000    = 1000\n"
              "  \"big\"     not needed\n"
              "  LEFT      = \"Ac\"\n"
              "    Name    = \"Acme\"\n"
              "    2       = 2\n");
    const json parts = json::parse(formula({"1 + 2", "--explain", "--json"}).out)["parts"];
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(parts[0]["value"], "3");
    EXPECT_EQ(parts[2]["depth"], 1);
}

TEST(FormulaCommand, RunsAFileOfKnownResults) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/vectors.jsonl";
    const auto row = [](const std::string& id, const std::string& text, const std::string& rest) {
        return R"({"id":")" + id + R"(","source":"mine","mode":"nullAsBlank","returnType":"any",)" +
               R"("inputs":[{"name":"A","type":"number","value":"2"}],"formula":")" + text + "\"," +
               rest + "}\n";
    };
    const std::string good = row("good", "A + 1", R"("expectedType":"number","expected":"3")");
    write_text(path, good + "\n" +
                         row("zone", "DATEVALUE(DATETIMEVALUE('2018-07-01 22:30:00'))",
                             R"("expectedType":"date","expected":"2018-07-02",)"
                             R"("timezone":"Asia/Tokyo")"));
    const Finished all = formula({"--vectors", path});
    EXPECT_EQ(all.code, 0) << all.out << all.error;
    EXPECT_EQ(all.out, "2 vectors: 2 passed, 0 failed, 0 skipped\n");

    write_text(path, good + row("bad", "A", R"("expectedType":"number","expected":"3")") +
                         row("odd", "A", R"("expectedType":"number","expected":"3","quirk":"x")") +
                         row("unknown", "NOSUCH(A)", R"("expectedType":"number","expected":"3")") +
                         "no vector\n");
    const Finished some = formula({"--vectors", path});
    EXPECT_EQ(some.code, 1);
    EXPECT_NE(some.out.find("failed bad\n  formula   A\n  expected  3\n  got       2\n"),
              std::string::npos)
        << some.out;
    EXPECT_NE(some.out.find("failed line 5\n"), std::string::npos) << some.out;
    EXPECT_NE(some.out.find("5 vectors: 1 passed, 2 failed, 1 skipped; of the disputed ones 0 as "
                            "expected, 1 not\n"),
              std::string::npos)
        << some.out;
    const json counts = json::parse(formula({"--vectors", path, "--json"}).out);
    EXPECT_EQ(counts["passed"], 1);
    EXPECT_EQ(counts["failed"], 2);
    EXPECT_EQ(counts["skipped"], 1);
    EXPECT_EQ(counts["failures"][0],
              json({{"id", "bad"}, {"formula", "A"}, {"expected", "3"}, {"got", "2"}}));
    EXPECT_EQ(counts["skips"][0]["id"], "unknown");
}

TEST(FormulaCommand, WhatCannotBeReadIsSixtyFour) {
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"1", "--vectors", "x"},
        {"1", "--record", "/nonexistent"},
        {"1", "--set", "Amount"},
        {"1", "--set", "Amount=x", "--type", "Amount=number"},
        {"1", "--type", "Amount=money"},
        {"1", "--today", "tomorrow"},
        {"1", "--now", "2018-01-02"},
        {"1", "--time-zone", "Nowhere/Land"},
        {"1", "--blanks", "maybe"},
        {"--vectors", "/nonexistent"},
        {"--vectors", "/dev/null"},
    };
    for (const auto& arguments : wrong) {
        const Finished done = formula(arguments);
        EXPECT_EQ(done.code, 64) << testing::PrintToString(arguments) << done.out;
        EXPECT_NE(done.error, "") << testing::PrintToString(arguments);
    }
}

}  // namespace
}  // namespace duet::world
