#include "mappings/merge/convert.h"

namespace duet::merge {
namespace {

FieldInfo field(FieldType type, int length = 0) {
    FieldInfo info;
    info.type = type;
    info.length = length;
    return info;
}

TEST(Convert, ANumberBecomesTextForATextField) {
    const FieldInfo target = field(FieldType::Text, 255);
    EXPECT_EQ(convert(Value{Decimal{2822}}, &target).value, text("2822"));
}

TEST(Convert, ATextThatLooksLikeSomethingElseStaysAsItIs) {
    const FieldInfo target = field(FieldType::Text, 255);
    for (const char* word : {"NA", "null", "None", "NaN", "0.0", "1e5", "007"}) {
        EXPECT_EQ(convert(text(word), &target).value, text(word));
    }
}

TEST(Convert, ALongTextIsCutBetweenCharacters) {
    const FieldInfo target = field(FieldType::Text, 3);
    const Converted cut = convert(text("äöüß"), &target);
    EXPECT_EQ(cut.value, text("äöü"));
    EXPECT_EQ(cut.fault, Fault::TooLong);
    // A character of two units does not fit in the last one.
    EXPECT_EQ(convert(text("ab\xF0\x9F\x98\x80"), &target).value, text("ab"));
}

TEST(Convert, WhatTheTypeCannotSayIsNotGuessed) {
    const FieldInfo number = field(FieldType::Number);
    const FieldInfo flag = field(FieldType::Boolean);
    const FieldInfo day = field(FieldType::Date);
    EXPECT_EQ(convert(text("many"), &number).fault, Fault::Unparsable);
    EXPECT_EQ(convert(text("perhaps"), &flag).fault, Fault::Unparsable);
    EXPECT_EQ(convert(text("2017-02-30"), &day).fault, Fault::Unparsable);
    EXPECT_FALSE(convert(text("2017-02-30"), &day).value);
}

TEST(Convert, BlankStaysBlankInEveryType) {
    const FieldInfo flag = field(FieldType::Boolean);
    EXPECT_EQ(convert(Value{}, &flag).value, Value{});
}

TEST(Convert, ANumberOfTooManyDigitsIsRefusedNotRounded) {
    FieldInfo number = field(FieldType::Number);
    number.precision = 5;
    number.scale = 2;
    EXPECT_EQ(convert(text("999.994"), &number).value, Value{*Decimal::parse("999.99")});
    EXPECT_EQ(convert(text("999.995"), &number).fault, Fault::Unparsable);
    EXPECT_EQ(convert(text("-1000"), &number).fault, Fault::Unparsable);
}

TEST(Convert, ADayIsItsFirstInstantAndAnInstantItsUtcDay) {
    const FieldInfo day = field(FieldType::Date);
    const FieldInfo instant = field(FieldType::DateTime);
    const FieldInfo time = field(FieldType::Time);
    EXPECT_EQ(convert(text("2018-01-02"), &instant).value,
              Value{*parse_instant("2018-01-02T00:00:00Z")});
    EXPECT_EQ(convert(text("2018-01-02T23:30:00-05:00"), &day).value,
              Value{*parse_date("2018-01-03")});
    EXPECT_EQ(convert(text("03:04:05"), &time).value, Value{*parse_time("03:04:05")});
}

TEST(Convert, ARestrictedPicklistRefusesWhatItDoesNotHave) {
    FieldInfo list = field(FieldType::Picklist);
    list.options = {"Hot", "Cold"};
    EXPECT_EQ(convert(text("hot"), &list).fault, Fault::None);
    list.restricted = true;
    EXPECT_EQ(convert(text("hot"), &list).fault, Fault::UnknownOption);
    EXPECT_EQ(convert(text("hot"), &list).value, text("hot"));
    EXPECT_EQ(convert(text("Hot"), &list).fault, Fault::None);
    list.type = FieldType::MultiPicklist;
    EXPECT_EQ(convert(text("Cold; Hot"), &list).fault, Fault::None);
    EXPECT_EQ(convert(text("Cold;Warm"), &list).fault, Fault::UnknownOption);
}

TEST(Convert, OuterSpaceStaysUnlessTheTextWouldNotFit) {
    const FieldInfo target = field(FieldType::Text, 4);
    EXPECT_EQ(convert(text(" ab "), &target).value, text(" ab "));
    EXPECT_EQ(convert(text("  abcd "), &target).value, text("abcd"));
    EXPECT_EQ(convert(text(" \t"), &target).value, Value{});
}

TEST(Same, AddressesDifferInMoreThanCase) {
    EXPECT_TRUE(same_address(text("\xC3\x84nne@Example.COM"), text(" \xC3\xA4nne@example.com")));
    EXPECT_FALSE(same_address(text("ann@example.com"), text("anne@example.com")));
}

TEST(Same, ListsAreSets) {
    EXPECT_TRUE(same_options(text("a;b;a"), text("b; a")));
    EXPECT_FALSE(same_options(text("a;b"), text("a")));
    EXPECT_TRUE(same_options(text(""), Value{}));
}

TEST(Same, IgnoresOuterSpaceAndTreatsBlankAsFalse) {
    EXPECT_TRUE(same(text(" Acme "), text("Acme")));
    EXPECT_TRUE(same(text("  "), Value{}));
    EXPECT_TRUE(same(Value{false}, Value{}));
    EXPECT_FALSE(same(Value{true}, Value{}));
    EXPECT_FALSE(same(text("acme"), text("Acme")));
    EXPECT_FALSE(same(Value{Decimal{0}}, Value{}));
}

}  // namespace
}  // namespace duet::merge
