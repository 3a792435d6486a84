#include <gtest/gtest.h>

#include "connectors/sandbox/soql_sql.h"

namespace duet::sandbox::soql {
namespace {

TEST(SoqlText, ComparesWithoutCaseBeyondAscii) {
    EXPECT_EQ(compare_folded("École ЖУК", "éCOLE жук"), 0);
    EXPECT_LT(compare_folded("a", "B"), 0);
    EXPECT_GT(compare_folded("ab", "A"), 0);
    EXPECT_NE(compare_folded("e", "é"), 0);
}

TEST(SoqlText, LikeKnowsWildcardsAndEscapes) {
    EXPECT_TRUE(like_folded("Éclair", "é_L%"));
    EXPECT_TRUE(like_folded("", "%"));
    EXPECT_FALSE(like_folded("", "_"));
    EXPECT_TRUE(like_folded("abcabd", "%ab_"));
    EXPECT_FALSE(like_folded("abc", "ab"));
    EXPECT_TRUE(like_folded("50%", R"(50\%)"));
    EXPECT_FALSE(like_folded("500", R"(50\%)"));
    EXPECT_TRUE(like_folded(R"(a\b)", R"(a\\b)"));
    EXPECT_FALSE(like_folded("axb", R"(a\_b)"));
}

TEST(SoqlText, IncludesWantsEveryPart) {
    EXPECT_TRUE(includes_folded("Red;Green;Blue", "blue;RED"));
    EXPECT_FALSE(includes_folded("Red;Green", "Red;Blue"));
    EXPECT_FALSE(includes_folded("Redder", "Red"));
}

TEST(SoqlIds, FifteenCharactersGetTheirChecksum) {
    EXPECT_EQ(normalize_id("a0BA0000000L2ZC"), "a0BA0000000L2ZCMA0");
    EXPECT_EQ(normalize_id("70130000001tcyI"), "70130000001tcyIAAQ");
    EXPECT_EQ(normalize_id("012000000000000"), "012000000000000AAA");
}

TEST(SoqlIds, EighteenCharactersSurviveLostCase) {
    EXPECT_EQ(normalize_id("001sb00000pqrstyak"), "001SB00000pQrStYAK");
    EXPECT_EQ(normalize_id("001SB00000pQrStYAK"), "001SB00000pQrStYAK");
    EXPECT_EQ(normalize_id("12345"), "");
    EXPECT_EQ(normalize_id("001SB00000pQr-t"), "");
}

}  // namespace
}  // namespace duet::sandbox::soql
