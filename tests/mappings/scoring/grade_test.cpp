#include "mappings/scoring/grade.h"

#include <vector>

namespace duet::scoring {
namespace {

std::vector<Criterion> profile(int matched, int not_matched, int unknown = 0, int thirds = 2) {
    std::vector<Criterion> criteria;
    for (int i = 0; i < matched; ++i) criteria.push_back({thirds, Match::Matched});
    for (int i = 0; i < not_matched; ++i) criteria.push_back({thirds, Match::NotMatched});
    for (int i = 0; i < unknown; ++i) criteria.push_back({thirds, Match::Unknown});
    return criteria;
}

TEST(Grade, TheDefaultProfileOfFiveCriteria) {
    EXPECT_EQ(grade_of(profile(4, 0, 1)), Grade::AMinus);
    EXPECT_EQ(grade_of(profile(3, 1, 1)), Grade::CPlus);
    EXPECT_EQ(grade_of({}), Grade::D);
    EXPECT_EQ(grade_of(profile(0, 0, 5)), Grade::D);
    EXPECT_EQ(grade_of(profile(5, 0)), Grade::APlus);
}

TEST(Grade, TenSingleStepsLeadFromDToTheTop) {
    EXPECT_EQ(grade_of(profile(10, 0, 0, 1)), Grade::APlus);
    EXPECT_EQ(grade_of(profile(9, 0, 0, 1)), Grade::A);
    EXPECT_EQ(grade_of(profile(20, 0, 0, 3)), Grade::APlus);
    EXPECT_EQ(grade_of(profile(0, 20, 0, 3)), Grade::F);
    // Only the sum counts, not what would have been passed on the way.
    EXPECT_EQ(grade_of(profile(4, 4, 0, 3)), Grade::D);
}

TEST(Grade, NamesAndOrder) {
    for (int i = 1; i <= 13; ++i) {
        const auto grade = static_cast<Grade>(i);
        EXPECT_EQ(parse_grade(to_string(grade)), grade);
    }
    EXPECT_EQ(parse_grade("B\xE2\x88\x92"), Grade::BMinus);
    EXPECT_EQ(to_string(Grade::AMinus), "A-");
    for (const char* wrong : {"", "E", "F-", "a", "A++", "A +"}) EXPECT_FALSE(parse_grade(wrong));
    EXPECT_GT(Grade::AMinus, Grade::BPlus);
    EXPECT_GT(Grade::DMinus, Grade::F);
}

}  // namespace
}  // namespace duet::scoring
