#include <nlohmann/json.hpp>

#include "mappings/catalog.h"
#include "mappings/record.h"
#include "mappings/value.h"

namespace duet {
namespace {

using std::chrono::milliseconds;

TEST(Value, EncodingKeepsTypeAndContent) {
    const Value values[] = {Value{},
                            Value{true},
                            Value{false},
                            Value{*Decimal::parse("-12.50")},
                            text("null"),
                            text("007"),
                            Value{*parse_date("2016-02-29")},
                            Value{*parse_instant("2018-01-02T03:04:05.678Z")},
                            Value{TimeOfDay{milliseconds{1}}}};
    for (const Value& value : values) {
        SCOPED_TRACE(encode(value));
        const auto back = decode(encode(value));
        ASSERT_TRUE(back.has_value());
        EXPECT_EQ(*back, value);
    }
}

TEST(Value, AnEmptyTextIsBlank) { EXPECT_TRUE(is_blank(text(""))); }

TEST(Value, DatesThatTheCalendarLacksAreRefused) {
    EXPECT_FALSE(parse_date("2017-02-29"));
    EXPECT_FALSE(parse_date("2017-13-01"));
    EXPECT_FALSE(parse_date("2017-1-01"));
    EXPECT_FALSE(parse_date("2017-01-01 "));
}

TEST(Value, InstantsAreReadInEveryOffsetTheVendorsPrint) {
    const auto expected = parse_instant("2025-05-16T18:27:08.000Z");
    ASSERT_TRUE(expected);
    EXPECT_EQ(parse_instant("2025-05-16T11:27:08-07:00"), expected);
    EXPECT_EQ(parse_instant("2025-05-16T18:27:08.000+0000"), expected);
    EXPECT_EQ(parse_instant("2025-05-16T18:27:08.000999Z"), expected);
    EXPECT_FALSE(parse_instant("2025-05-16T18:27:08"));
}

TEST(Fields, AreOrderedByNameAndSurviveEncoding) {
    Fields fields;
    fields.set("b", text("2"));
    fields.set("a", Value{true});
    fields.set("b", text("3"));
    EXPECT_EQ(fields.size(), 2u);
    EXPECT_EQ(fields.begin()->first, "a");
    const auto back = decode_fields(encode(fields));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, fields);
}

TEST(Fields, OfAnyTextsSurviveEncodingAsJson) {
    const std::string texts[] = {"plain",
                                 "a \"quoted\" word",
                                 "back\\slash",
                                 "two\nlines\tand \x01",
                                 "\\",
                                 "ends with a quote\"",
                                 "\u017di\u017eek \U0001F600",
                                 "\x7f",
                                 "{\"a\":[1,2]}"};
    Fields fields;
    int number = 0;
    for (const std::string& value : texts) {
        fields.set("f" + std::to_string(number++), text(value));
        fields.set(value, Value{true});
    }
    fields.set("blank", Value{});
    const std::string json = encode(fields);
    EXPECT_TRUE(nlohmann::json::accept(json)) << json;
    const auto back = decode_fields(json);
    ASSERT_TRUE(back) << json;
    EXPECT_EQ(*back, fields);
    EXPECT_EQ(encode(*back), json);
}

TEST(Fields, WithBrokenUtf8AreKeptReadable) {
    Fields fields;
    fields.set("a", text("caf\xe9"));
    const std::string json = encode(fields);
    EXPECT_EQ(json, "{\"a\":\"scaf\xef\xbf\xbd\"}");
    EXPECT_TRUE(decode_fields(json));
}

TEST(Fields, AreReadAroundBlanksAndRefusedWhenCutOff) {
    const std::string whole = R"({"a":"s1","b\u0041":"sx\"y"})";
    const auto fields = decode_fields(" {\n \"a\" : \"s1\" , \"b\\u0041\":\"sx\\\"y\" } ");
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->get("bA"), text("x\"y"));
    ASSERT_TRUE(decode_fields(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decode_fields(std::string_view(whole).substr(0, size))) << size;
    for (const char* wrong : {"[]", "{} x", R"({"a":1})", R"({"a":"s1",})", R"({"a":"s1"}})",
                              R"({"a":"?1"})", R"({"a" "s1"})", "{\"a\":\"s\n\"}", "null"})
        EXPECT_FALSE(decode_fields(wrong)) << wrong;
    EXPECT_TRUE(decode_fields("{}")->empty());
}

TEST(Names, AreSuggestedWhenNear) {
    EXPECT_EQ(nearest_name("Acount", {"Account", "Amount"}), "Account");
    EXPECT_EQ(nearest_name("Titel", {"Trail", "Title"}), "Title");
    EXPECT_EQ(nearest_name("Zzz", {"Account"}), "");
}

}  // namespace
}  // namespace duet
