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
    EXPECT_EQ(convert(Value{Decimal{2822}}, &target), text("2822"));
}

TEST(Convert, ATextThatLooksLikeSomethingElseStaysAsItIs) {
    const FieldInfo target = field(FieldType::Text, 255);
    for (const char* word : {"NA", "null", "None", "NaN", "0.0", "1e5", "007"}) {
        EXPECT_EQ(convert(text(word), &target), text(word));
    }
}

TEST(Convert, ALongTextIsCutBetweenCharacters) {
    const FieldInfo target = field(FieldType::Text, 3);
    EXPECT_EQ(convert(text("äöüß"), &target), text("äöü"));
}

TEST(Convert, WhatTheTypeCannotSayIsNotGuessed) {
    const FieldInfo number = field(FieldType::Number);
    const FieldInfo flag = field(FieldType::Boolean);
    const FieldInfo day = field(FieldType::Date);
    EXPECT_FALSE(convert(text("many"), &number));
    EXPECT_FALSE(convert(text("perhaps"), &flag));
    EXPECT_FALSE(convert(text("2017-02-30"), &day));
}

TEST(Convert, BlankStaysBlankInEveryType) {
    const FieldInfo flag = field(FieldType::Boolean);
    EXPECT_EQ(convert(Value{}, &flag), Value{});
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
