#include "mappings/decimal.h"

#include <cmath>
#include <random>

namespace duet {
namespace {

Decimal dec(const char* text) {
    const auto value = Decimal::parse(text);
    if (!value) ADD_FAILURE() << "not a decimal: " << text;
    return value.value_or(Decimal{});
}

std::string shown(const std::optional<Decimal>& value) {
    return value ? value->to_string() : "none";
}

constexpr const char* kLargest = "99999999999999999999999999999999999999";  // 38 digits

TEST(DecimalParse, ReadsSignPointAndExponent) {
    EXPECT_EQ(dec("-12.50").to_string(), "-12.5");
    EXPECT_EQ(dec("+.5").to_string(), "0.5");
    EXPECT_EQ(dec("1e5").to_string(), "100000");
    EXPECT_EQ(dec("125E-2").to_string(), "1.25");
    EXPECT_EQ(dec("-0").to_string(), "0");
    EXPECT_EQ(dec("0.000").to_string(), "0");
    EXPECT_EQ(dec(kLargest).to_string(), kLargest);
    EXPECT_EQ(dec("1.00000000000000000000000000000000000000000000").to_string(), "1");
    EXPECT_EQ(dec("1e39").to_string(), "1" + std::string(39, '0'));
    EXPECT_EQ(dec("1e-39").to_string(), "0." + std::string(38, '0') + "1");
    EXPECT_EQ(dec("-12e300").to_string(), "-12" + std::string(300, '0'));
    EXPECT_EQ(dec(("5" + std::string(200, '0') + ".00").c_str()), dec("5e200"));
}

TEST(DecimalParse, RefusesWhatIsNoNumberOrTooLong) {
    for (const char* text :
         {"", "-", ".", "1.2.3", "1e", "e5", " 1", "1 ", "0x1", "1,5", "nan", "1e+-2", "1e500",
          "1e-500", "999999999999999999999999999999999999999", "1e99999999999"}) {
        EXPECT_EQ(shown(Decimal::parse(text)), "none") << text;
    }
}

TEST(DecimalArithmetic, IsExact) {
    EXPECT_EQ(shown(Decimal::add(dec("0.1"), dec("0.2"))), "0.3");
    EXPECT_EQ(shown(Decimal::subtract(dec("1"), dec("0.9"))), "0.1");
    EXPECT_EQ(shown(Decimal::subtract(dec("0.9"), dec("1"))), "-0.1");
    EXPECT_EQ(shown(Decimal::multiply(dec("-1.10"), dec("1.10"))), "-1.21");
    EXPECT_EQ(shown(Decimal::multiply(dec("12345678901234567890"), dec("98765432109876543"))),
              "1219326311370217949644871231852004270");
    EXPECT_EQ(shown(Decimal::multiply(dec("1e-30"), dec("1e10"))), "0.00000000000000000001");
}

TEST(DecimalArithmetic, FailsInsteadOfWrapping) {
    EXPECT_EQ(shown(Decimal::add(dec(kLargest), dec("0.1"))), "none");
    EXPECT_EQ(shown(Decimal::add(dec("1e38"), 1)), "none");
    EXPECT_EQ(shown(Decimal::add(dec("1e60"), 1)), "none");
    EXPECT_EQ(shown(Decimal::multiply(dec(kLargest), dec("1.1"))), "none");
    EXPECT_EQ(shown(Decimal::multiply(dec("1e300"), dec("1e300"))), "none");
    EXPECT_EQ(shown(Decimal::multiply(dec("1e-300"), dec("1e-300"))), "none");
    EXPECT_EQ(shown(Decimal::divide(dec("1e300"), dec("1e-300"))), "none");
    EXPECT_EQ(shown(Decimal::add_rounded(dec("1e60"), 1)), "none");
    EXPECT_EQ(shown(Decimal::add_rounded(dec(kLargest), dec("1e60"))), "none");
    EXPECT_EQ(shown(Decimal::multiply_rounded(dec(kLargest), dec(kLargest))), "none");
}

TEST(DecimalArithmetic, LargeAndSmallNumbersKeepEveryDigit) {
    EXPECT_EQ(Decimal::add(dec(kLargest), 1), dec("1e38"));
    EXPECT_EQ(Decimal::multiply(dec("1e20"), dec("1e20")), dec("1e40"));
    EXPECT_EQ(Decimal::multiply(dec("1e-20"), dec("-1e-20")), dec("-1e-40"));
    EXPECT_EQ(Decimal::divide(dec("1e37"), dec("0.01")), dec("1e39"));
    EXPECT_EQ(Decimal::subtract(dec("3e50"), dec("1e49")), dec("29e49"));
    EXPECT_EQ(Decimal::subtract(dec("7e300"), dec("7e300")), Decimal{});
    EXPECT_EQ(Decimal::add(dec("7e300"), 0), dec("7e300"));
    EXPECT_TRUE(dec("7e300").is_whole());
    EXPECT_FALSE(dec("7e-300").is_whole());
    EXPECT_EQ(dec("7e-300").to_int64(), 0);
    EXPECT_FALSE(dec("7e300").to_int64());
    EXPECT_EQ(dec("7e-300").rounded(2), Decimal{});
    EXPECT_EQ(dec("7e300").rounded(2), dec("7e300"));
    EXPECT_EQ(dec("7.26e300").rounded(-299), dec("7.3e300"));
}

TEST(DecimalRemainder, IsExactAtAnySize) {
    EXPECT_EQ(shown(Decimal::remainder(dec("-7.5"), 2)), "-1.5");
    EXPECT_EQ(shown(Decimal::remainder(dec("7"), dec("-0.3"))), "0.1");
    EXPECT_EQ(shown(Decimal::remainder(dec("1e300"), 7)), "1");
    EXPECT_EQ(shown(Decimal::remainder(dec("1e300"), dec("1e-300"))), "0");
    EXPECT_EQ(shown(Decimal::remainder(dec("0.5"), dec("1e300"))), "0.5");
    EXPECT_EQ(shown(Decimal::remainder(dec(kLargest), 10)), "9");
    EXPECT_EQ(shown(Decimal::remainder(dec("5"), dec(kLargest))), "5");
    EXPECT_EQ(shown(Decimal::remainder(1, 0)), "none");
}

TEST(DecimalArithmetic, RoundsOnRequest) {
    const Decimal third = *Decimal::divide(1, 3);
    EXPECT_EQ(shown(Decimal::add_rounded(third, 1000)), "1000.3333333333333333333333333333333333");
    EXPECT_EQ(shown(Decimal::multiply_rounded(third, third)),
              "0.11111111111111111111111111111111111111");
    EXPECT_EQ(shown(Decimal::multiply_rounded(dec("1e-300"), dec("1e-300"))), "0");
    EXPECT_EQ(shown(Decimal::add_rounded(dec(kLargest), dec("0.5"))), "1" + std::string(38, '0'));
    EXPECT_EQ(shown(Decimal::add_rounded(dec(kLargest), dec("0.4"))), kLargest);
    const Decimal large = dec("10000000000000000000000000000000000002");
    const Decimal up = dec("10000000000000000000000000000000000003");
    EXPECT_EQ(Decimal::add_rounded(large, dec("0.5")), up);
    EXPECT_EQ(Decimal::add_rounded(large, dec("0.49999999999999999999999999999999999999")), large);
    EXPECT_EQ(Decimal::add_rounded(up, dec("-0.50000000000000000000000000000000000001")), large);
    // A digit far below the last that stays leaves no trace.
    const Decimal little = dec("1e-90");
    EXPECT_EQ(Decimal::add_rounded(large, little), large);
    EXPECT_EQ(Decimal::add_rounded(dec("1e-20"), dec("4e-90")), dec("1e-20"));
    EXPECT_EQ(Decimal::add_rounded(1, little.negated()), 1);
}

TEST(DecimalDivide, RoundsHalfAwayFromZeroToTheDigitsThatFit) {
    EXPECT_EQ(shown(Decimal::divide(1, 4)), "0.25");
    EXPECT_EQ(shown(Decimal::divide(2, 3)), "0.66666666666666666666666666666666666667");
    EXPECT_EQ(shown(Decimal::divide(dec("2e-50"), dec("3e-50"))),
              "0.66666666666666666666666666666666666667");
    EXPECT_EQ(shown(Decimal::divide(dec("2e-10"), 3)),
              "0.000000000066666666666666666666666666666666666667");
    EXPECT_EQ(Decimal::divide(dec("2e300"), 3), dec("66666666666666666666666666666666666667e262"));
    EXPECT_EQ(shown(Decimal::divide(-2, 3)), "-0.66666666666666666666666666666666666667");
    EXPECT_EQ(shown(Decimal::divide(100, 3)), "33.333333333333333333333333333333333333");
    EXPECT_EQ(shown(Decimal::divide(1, *Decimal::divide(10, 3))), "0.3");
    EXPECT_EQ(shown(Decimal::divide(dec(kLargest), dec(kLargest))), "1");
    EXPECT_EQ(shown(Decimal::divide(dec(kLargest), 1)), kLargest);
    EXPECT_EQ(shown(Decimal::divide(0, 7)), "0");
    EXPECT_EQ(shown(Decimal::divide(1, 0)), "none");
    EXPECT_EQ(shown(Decimal::divide(1, dec("0.000"))), "none");
}

TEST(DecimalRounded, GoesHalfAwayFromZeroOnBothSides) {
    EXPECT_EQ(shown(dec("2.5").rounded(0)), "3");
    EXPECT_EQ(shown(dec("-2.5").rounded(0)), "-3");
    EXPECT_EQ(shown(dec("2.4999999999999999999999999999999999").rounded(0)), "2");
    EXPECT_EQ(shown(dec("1250").rounded(-2)), "1300");
    EXPECT_EQ(shown(dec("1250").rounded(-40)), "0");
    EXPECT_EQ(shown(dec("0.00000000000000000000000000000000000005").rounded(37)),
              "0.0000000000000000000000000000000000001");
    EXPECT_EQ(dec(kLargest).rounded(-1), dec("1e38"));
    EXPECT_EQ(shown(dec("2.999").truncated(2)), "2.99");
    EXPECT_EQ(shown(dec("-2.999").truncated(0)), "-2");
    EXPECT_EQ(shown(dec("1299").truncated(-2)), "1200");
}

TEST(DecimalCompare, LooksAtValuesOnly) {
    EXPECT_EQ(dec("1.10"), Decimal::raw(110, 2));
    EXPECT_EQ(Decimal::raw(0, 5), Decimal{});
    EXPECT_LT(dec("-1"), dec("0.5"));
    EXPECT_LT(dec("-1.01"), dec("-1"));
    EXPECT_GT(dec(kLargest), dec("0.00000000000000000000000000000000000001"));
    EXPECT_GT(dec("1e300"), dec(kLargest));
    EXPECT_LT(dec("-1e300"), dec("1e-300"));
    EXPECT_LT(dec("1e-300"), dec("1"));
    EXPECT_LT(dec("-1"), dec("-1e-300"));
    EXPECT_GT(dec("1e-300"), dec("0"));
    EXPECT_LT(dec("-1e300"), dec("0"));
}

TEST(DecimalConvert, CutsToWholeNumbersAndRefusesOverflow) {
    EXPECT_EQ(dec("-9223372036854775808.9").to_int64(), INT64_MIN);
    EXPECT_EQ(dec("9223372036854775807").to_int64(), INT64_MAX);
    EXPECT_FALSE(dec("9223372036854775808").to_int64());
    EXPECT_TRUE(Decimal::raw(500, 2).is_whole());
    EXPECT_FALSE(dec("5.01").is_whole());
    EXPECT_DOUBLE_EQ(dec("-0.1").to_double(), -0.1);
    EXPECT_EQ(shown(Decimal::from_double(0.1)), "0.1");
    EXPECT_EQ(Decimal::from_double(1e-50), dec("1e-50"));
    EXPECT_EQ(Decimal::from_double(1.7976931348623157e308), dec("1.7976931348623157e308"));
    EXPECT_EQ(Decimal::from_double(5e-324), dec("5e-324"));
    EXPECT_DOUBLE_EQ(dec("-2.5e300").to_double(), -2.5e300);
    EXPECT_EQ(dec("1e-390").to_double(), 0);
    EXPECT_FALSE(std::isfinite(dec("-1e390").to_double()));
    EXPECT_EQ(shown(Decimal::from_double(-1.0 / 0.0)), "none");
}

/// Sums against the same sums made digit by digit.
TEST(DecimalProperty, TenThousandCentsAddUpExactly) {
    std::optional<Decimal> total = Decimal{};
    for (int i = 0; i < 10'000; ++i) total = Decimal::add(*total, dec("0.01"));
    EXPECT_EQ(shown(total), "100");
}

TEST(DecimalProperty, SumsOfFarApartNumbersAreExactOrNothing) {
    std::mt19937_64 random(11);
    std::size_t sums = 0;
    for (int round = 0; round < 20'000; ++round) {
        const auto any = [&] {
            const auto size = static_cast<std::int64_t>(random() % 1'000'000'000'000) + 1;
            return Decimal::raw((random() & 1) != 0 ? size : -size,
                                static_cast<int>(random() % 120) - 60);
        };
        const Decimal a = any(), b = any();
        const auto total = Decimal::add(a, b);
        EXPECT_EQ(total, Decimal::add(b, a));
        EXPECT_EQ(a<b, b> a);
        const auto rounded = Decimal::add_rounded(a, b);
        if (total) {
            ++sums;
            EXPECT_EQ(total, rounded);
            EXPECT_EQ(Decimal::subtract(*total, b), a);
        } else if (rounded) {
            const auto off = Decimal::add_rounded(*rounded, b.negated());
            ASSERT_TRUE(off);
            EXPECT_LT(std::fabs(off->to_double() / a.to_double() - 1),
                      1e-6 + 1e-30 * std::fabs(b.to_double() / a.to_double()));
        }
        EXPECT_EQ(Decimal::parse(a.to_string()), a);
    }
    EXPECT_GT(sums, 2'000u);
}

TEST(DecimalProperty, DivisionIsWithinHalfAUnitOfTheLastDigit) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 20'000; ++round) {
        const auto any = [&] {
            const int digits = static_cast<int>(random() % 18);
            auto size = static_cast<std::int64_t>(random() % 1'000'000'000'000'000'000);
            for (int i = digits; i < 18; ++i) size /= 10;
            return Decimal::raw((random() & 1) != 0 ? size : -size,
                                static_cast<int>(random() % 12));
        };
        const Decimal a = any(), b = any();
        const auto quotient = Decimal::divide(a, b);
        ASSERT_EQ(quotient.has_value(), !b.is_zero());
        if (!quotient) continue;
        const auto back = Decimal::multiply_rounded(*quotient, b);
        ASSERT_TRUE(back);
        EXPECT_EQ(shown(back->rounded(12)), shown(a.rounded(12)))
            << a.to_string() << "/" << b.to_string();
        EXPECT_EQ(Decimal::parse(a.to_string()), a);
        EXPECT_EQ(Decimal::subtract(*Decimal::add(a, b), b), a);
        EXPECT_EQ(a < b, Decimal::subtract(a, b)->is_negative());
    }
}

}  // namespace
}  // namespace duet
