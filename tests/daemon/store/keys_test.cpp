#include "daemon/store/keys.h"

#include <gtest/gtest.h>

namespace duet::store {
namespace {

struct Case {
    const char* given;
    const char* stored;
};

TEST(NormaliseKey, SpellsEqualKeysEqually) {
    const Case cases[] = {
        {"", ""},
        {"  \t ", ""},
        {"Ann@Example.com", "ann@example.com"},
        {" two  words ", "two  words"},
        // Both forms of an id meet, and keep the case that tells records apart.
        {"003xx000004TmiQAAS", "003xx000004TmiQ"},
        {"003xx000004TmiQ", "003xx000004TmiQ"},
        {"003xx000004TmiqAAC", "003xx000004Tmiq"},
        {"a0B500000012345", "a0B500000012345"},
        // 18 characters that are no id: a wrong checksum, a long number, words.
        {"003xx000004TmiQAAZ", "003xx000004tmiqaaz"},
        {"100000000000000001", "100000000000000001"},
        {"InternationalSales", "internationalsales"},
        {"Globextechnolog", "globextechnolog"},
        // Beyond ASCII: folding, not only lower case.
        {"STRASSE", "strasse"},
        {"Stra\xC3\x9F"
         "e",
         "strasse"},
        {"\xC2\xA0\xC3\x84nne\xE2\x80\x83", "\xC3\xA4nne"},
        {"\xCE\xA3\xCE\x91\xCE\xA3", "\xCF\x83\xCE\xB1\xCF\x83"},
        {"A\xFF", "a\xEF\xBF\xBD"},
    };
    for (const auto& [given, stored] : cases) {
        EXPECT_EQ(normalise_key(std::string_view(given)), stored) << given;
    }
}

TEST(NormaliseKey, SpellsNumbersAndBlanksAsPeopleDo) {
    EXPECT_EQ(normalise_key(Value{}), "");
    EXPECT_EQ(normalise_key(*decode("n42")), "42");
    EXPECT_EQ(normalise_key(*decode("d2018-01-02")), "2018-01-02");
    EXPECT_EQ(normalise_key(text(" X ")), "x");
}

TEST(NormaliseKey, IsSettledAfterOneStep) {
    for (const char* given : {"003xx000004TmiQAAS", "\xC4\xB0stanbul", "\xEF\xAC\x80", " A B "}) {
        const std::string once = normalise_key(std::string_view(given));
        EXPECT_EQ(normalise_key(std::string_view(once)), once) << given;
    }
}

}  // namespace
}  // namespace duet::store
