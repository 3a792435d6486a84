#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "mappings/formula/unicode.h"
#include "mappings/merge/say.h"
#include "mappings/text.h"
#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {
namespace {

using nlohmann::json;

const std::string kFolder = std::string(DUET_SOURCE_DIR) + "/tests/payloads/evil/";

std::vector<std::string> strings() {
    std::ifstream file(kFolder + "blns.json");
    return json::parse(file).get<std::vector<std::string>>();
}

std::vector<json> lines(const std::string& name) {
    std::ifstream file(kFolder + name);
    std::vector<json> all;
    for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
    return all;
}

/// Texts that hardly any list has.
std::vector<std::string> all_texts() {
    auto all = strings();
    EXPECT_EQ(all.size(), 515U);
    for (const json& line : lines("isemail.jsonl")) all.push_back(line["address"]);
    EXPECT_EQ(all.size(), 679U);
    all.push_back(std::string("a\0b", 3));
    all.push_back("\xff\xfe\xc3");  // no UTF-8 at all
    all.push_back(std::string(131'072, 'x'));
    all.push_back("a\r\nb,\"c\";d");
    return all;
}

// Loss or change of a value is what a sync may never do on its own.
TEST(Hostile, EveryTextTravelsUnchanged) {
    const FieldInfo target = field(FieldType::Text);
    document::FieldRule rule;
    rule.name = "f";
    document::FieldRule mapped = rule;
    mapped.map.marketing = {{"Web", "online"}};
    mapped.unmapped = document::Policy::Pass;
    for (const std::string& word : all_texts()) {
        SCOPED_TRACE(word.substr(0, 80));
        if (trimmed(word).empty()) {
            EXPECT_EQ(convert(text(word), &target).value, Value{}) << "both vendors store none";
            continue;
        }
        EXPECT_EQ(convert(text(word), &target).value, text(word));
        EXPECT_EQ(say(mapped, text(word), Side::Marketing, nullptr, &target).value, text(word));
        EXPECT_EQ(decode(encode(text(word))), text(word));
        EXPECT_TRUE(same(text(word), text(" " + word)));
        FieldState state;
        state.crm = text(word);
        state.crm_field = state.marketing_field = &target;
        const auto decided = merge_field(rule, state);
        ASSERT_TRUE(decided.to_marketing);
        EXPECT_EQ(*decided.to_marketing, text(word));
        state.marketing = *decided.to_marketing;
        EXPECT_TRUE(merge_field(rule, state).agree);
    }
}

TEST(Hostile, ACutTextIsTheBeginningOfTheTextAndFits) {
    for (const std::string& word : strings()) {
        for (const int length : {1, 2, 7, 40}) {
            SCOPED_TRACE(word + ", " + std::to_string(length));
            const FieldInfo target = field(FieldType::Text, length);
            const Converted cut = convert(text(word), &target);
            ASSERT_TRUE(cut.value);
            const std::string shown = display(*cut.value);
            EXPECT_LE(formula::utf16_length(shown), static_cast<std::size_t>(length));
            EXPECT_NE(word.find(shown), std::string::npos);
            const bool is_whole = trimmed(shown) == trimmed(word);
            EXPECT_EQ(cut.fault == Fault::TooLong, !is_whole);
            // What is cut is cut between characters, so it is still UTF-8.
            EXPECT_NO_THROW((void)json(shown).dump());
        }
    }
}

TEST(Hostile, NoTextIsTakenForANumberADateOrATruthThatItIsNot) {
    const auto fails = [](const char* word, FieldType type) {
        const FieldInfo target = field(type);
        return convert(text(word), &target).fault == Fault::Unparsable;
    };
    for (const char* word : {"NaN", "Infinity", "0x10", "1,000", "1/0", "undefined", "null", "--1"})
        EXPECT_TRUE(fails(word, FieldType::Number)) << word;
    for (const char* word : {"yes", "on", "2", "TRUEE", "nil"})
        EXPECT_TRUE(fails(word, FieldType::Boolean)) << word;
    for (const std::string& word : all_texts()) {
        for (const FieldType type :
             {FieldType::Number, FieldType::Boolean, FieldType::Date, FieldType::DateTime,
              FieldType::Time, FieldType::Picklist, FieldType::MultiPicklist, FieldType::Id}) {
            const FieldInfo target = field(type);
            const Converted converted = convert(text(word), &target);
            EXPECT_EQ(converted.value.has_value(), converted.fault != Fault::Unparsable);
            if (converted.value) {
                EXPECT_EQ(decode(encode(*converted.value)), *converted.value);
            }
        }
    }
}

TEST(Hostile, AddressesCompareWithoutCaseAndKeepIt) {
    for (const json& line : lines("isemail.jsonl")) {
        const std::string address = line["address"];
        if (address.empty()) continue;
        SCOPED_TRACE(address);
        std::string upper = address;
        for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        EXPECT_TRUE(same_address(text(address), text(upper)));
        EXPECT_FALSE(same_address(text(address), text(address + "x")));
    }
}

TEST(Hostile, OnlyDaysAndInstantsThatExistAreRead) {
    const FieldInfo day = field(FieldType::Date);
    const FieldInfo instant = field(FieldType::DateTime);
    int seen = 0;
    for (const json& line : lines("dates.jsonl")) {
        const std::string word = line["text"];
        SCOPED_TRACE(word);
        ++seen;
        const bool is_day = line["kind"] == "date";
        const Converted converted = convert(text(word), is_day ? &day : &instant);
        // Outer space is no part of a value, and a blank is no wrong date.
        const bool is_valid = line["valid"].get<bool>() || word == "2023-01-05 " || word.empty();
        // Year 10000 in UTC, which neither vendor can hold.
        const bool is_too_late = word == "9999-12-31T23:59:59.999-12:00";
        EXPECT_EQ(converted.fault == Fault::None, is_valid && !is_too_late);
        if (converted.fault != Fault::None) {
            EXPECT_FALSE(converted.value);
        } else if (line.contains("iso") && line["iso"].is_string()) {
            EXPECT_EQ(display(*converted.value), line["iso"].get<std::string>());
        } else if (!word.empty()) {
            EXPECT_EQ(display(*converted.value), std::string(trimmed(word)));
        }
    }
    EXPECT_EQ(seen, 85);
}

}  // namespace
}  // namespace duet::merge
