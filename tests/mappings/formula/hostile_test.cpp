// Texts that break programs go through formulas and merge texts whole, or are refused with a
// reason.
#include "tests/world/hostile.h"

#include <charconv>

#include "mappings/formula/template.h"
#include "tests/mappings/formula/support.h"

namespace duet::formula {
namespace {

/// Formulas over T and N, compiled once.
class Bench {
public:
    Bench() { scope_.field("T", FieldType::Text).field("N", FieldType::Number); }

    /// Nothing: it failed, with a reason that does not show the text.
    std::optional<Value> run(const std::string& formula, const std::string& t, int n = 0) {
        auto known = formulas_.find(formula);
        if (known == formulas_.end())
            known = formulas_.emplace(formula, compiled(formula, scope_)).first;
        scope_.set("T", text(t));
        scope_.set("N", Decimal{n});
        auto result = known->second.evaluate(scope_.inputs(known->second), Moment{});
        if (const auto* error = std::get_if<EvalError>(&result)) {
            EXPECT_FALSE(error->message.empty());
            if (t.size() > 12) {
                EXPECT_EQ(error->message.find(t), std::string::npos) << "a field's value is told";
            }
            return std::nullopt;
        }
        if (const auto* said = std::get_if<std::string>(&std::get<Value>(result))) {
            EXPECT_TRUE(hostile::is_utf8(*said)) << formula << " of " << t;
        }
        return std::get<Value>(std::move(result));
    }

private:
    TestScope scope_;
    std::map<std::string, Formula> formulas_;
};

TEST(HostileTexts, ComeThroughTextFunctionsUnchanged) {
    Bench bench;
    const auto all = hostile::texts();
    ASSERT_GT(all.size(), 900u);
    for (const std::string& t : all) {
        SCOPED_TRACE(t);
        for (const char* same :
             {"T", "T & \"\"", "\"\" & T", "LEFT(T, LEN(T))", "RIGHT(T, LEN(T))",
              "MID(T, 1, LEN(T))", "REVERSE(REVERSE(T))", "LPAD(T, LEN(T))", "RPAD(T, LEN(T))",
              "SUBSTITUTE(T, T, T)", "BLANKVALUE(T, \"other\")", "IF(T = T, T, \"other\")",
              "CASE(T, \"no such text\", \"other\", T)",
              "MID(RPAD(T, LEN(T) + 3, \"ab\"), 1, LEN(T))",
              "RIGHT(LPAD(T, LEN(T) + 3, \"ab\"), LEN(T))", "SUBSTITUTE(\"x\", \"x\", T)"}) {
            EXPECT_EQ(bench.run(same, t), text(t)) << same;
        }
        for (const char* always :
             {"FIND(T, T) = 1", "CONTAINS(T, T)", "BEGINS(T, T)", "NOT(ISBLANK(T))",
              "TRIM(TRIM(T)) = TRIM(T)", "LEN(T & T) = 2 * LEN(T)", "LEN(REVERSE(T)) = LEN(T)"}) {
            EXPECT_EQ(bench.run(always, t), Value{true}) << always;
        }
        EXPECT_EQ(bench.run("LEN(T)", t),
                  Value{Decimal{static_cast<std::int64_t>(hostile::utf16_units(t))}});
    }
}

TEST(HostileTexts, AreCutBetweenCharactersOnly) {
    Bench bench;
    for (const std::string& t : hostile::strings()) {
        const auto units = static_cast<int>(hostile::utf16_units(t));
        for (int n = 1; n < units && n < 40; ++n) {
            SCOPED_TRACE(testing::Message() << t << " at " << n);
            // A character of two units that the cut would halve stays whole on one side.
            const auto left = bench.run("LEFT(T, N)", t, n);
            ASSERT_TRUE(left);
            const std::string start = is_blank(*left) ? "" : *as_text(*left);
            EXPECT_TRUE(t.starts_with(start));
            EXPECT_LE(hostile::utf16_units(start), static_cast<std::size_t>(n));
            EXPECT_GE(hostile::utf16_units(start) + 1, static_cast<std::size_t>(n));
            EXPECT_EQ(
                bench.run("LEFT(T, LEN(LEFT(T, N))) & MID(T, LEN(LEFT(T, N)) + 1, LEN(T))", t, n),
                text(t));
        }
    }
}

/// What URLENCODE wrote, read back.
std::string url_decoded(const std::string& encoded) {
    std::string out;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        if (encoded[i] == '+') {
            out += ' ';
        } else if (encoded[i] == '%') {
            int byte = 0;
            std::from_chars(&encoded[i + 1], &encoded[i + 1] + 2, byte, 16);
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += encoded[i];
        }
    }
    return out;
}

TEST(HostileTexts, AreDefusedByTheEncoders) {
    Bench bench;
    for (const std::string& t : hostile::strings()) {
        SCOPED_TRACE(t);
        const auto html = bench.run("HTMLENCODE(T)", t);
        ASSERT_TRUE(html);
        for (const char c : {'<', '>', '"', '\''}) {
            // Line separators become markup of ours.
            if (t.find("\u2028") != std::string::npos || t.find("\u2029") != std::string::npos)
                continue;
            EXPECT_EQ(as_text(*html)->find(c), std::string::npos);
        }
        const auto script = bench.run("JSENCODE(T)", t);
        ASSERT_TRUE(script);
        for (std::size_t i = 0; i < as_text(*script)->size(); ++i) {
            const char c = (*as_text(*script))[i];
            if (c == '\\') {
                ++i;
            } else {
                EXPECT_TRUE(c != '"' && c != '\'' && c != '\n' && c != '\r');
            }
        }
        const auto url = bench.run("URLENCODE(T)", t);
        ASSERT_TRUE(url);
        EXPECT_EQ(url_decoded(*as_text(*url)), t);
    }
}

TEST(HostileTexts, EndInAValueOrAReasonInEveryFunction) {
    Bench bench;
    const char* const formulas[] = {"UPPER(T)",
                                    "LOWER(T)",
                                    "UPPER(T, \"tr\")",
                                    "LOWER(\"I\", T)",
                                    "INITCAP(T)",
                                    "ASCII(T)",
                                    "VALUE(T)",
                                    "ISNUMBER(T)",
                                    "DATEVALUE(T)",
                                    "DATETIMEVALUE(T)",
                                    "TIMEVALUE(T)",
                                    "CASESAFEID(T)",
                                    "REGEX(T, \".*\")",
                                    "REGEX(\"text\", T)",
                                    "REGEX(T, T)",
                                    "FORMAT(T)",
                                    "FORMAT(T, 1, TRUE)",
                                    "FORMAT(\"{0}\", T)",
                                    "FORMAT(1234.5, T)",
                                    "FORMAT(DATE(2018, 1, 2), T)",
                                    "FORMATCURRENCY(T, 1.5)",
                                    "HYPERLINK(T, T, T)",
                                    "IMAGE(T, T)",
                                    "SUBSTITUTE(T, LEFT(T, 1), T)",
                                    "T < \"m\"",
                                    "T = NULL"};
    for (const std::string& t : hostile::texts()) {
        for (const char* formula : formulas) (void)bench.run(formula, t);
    }
    EXPECT_EQ(bench.run("FORMAT(\"{0}\", T)", "\u0660'{0}'"), text("\u0660'{0}'"))
        << "an argument is no pattern";
}

TEST(HostileTexts, AsFormulasCompileOrSayWhere) {
    const TestScope scope;
    for (const std::string& t : hostile::texts()) {
        for (const std::string& formula : {t, "T = " + t, "\"" + t + "\"", "LEN(" + t + ")"}) {
            auto made = Formula::compile(formula, scope);
            const auto* errors = std::get_if<std::vector<CompileError>>(&made);
            if (errors == nullptr) continue;
            ASSERT_FALSE(errors->empty()) << formula;
            EXPECT_LE(errors->front().offset, formula.size()) << formula;
        }
    }
}

TEST(HostileTexts, StandInMergeTextsAsTheyAre) {
    TestScope scope;
    scope.field("T", FieldType::Text);
    auto hole = Template::compile("<{!T}>", scope);
    int plain = 0;
    for (const std::string& t : hostile::texts()) {
        const Value value = text(t);
        const Value* const inputs[] = {&value};
        const auto inside = std::get<Template>(hole).render(inputs, Moment{});
        EXPECT_EQ(std::get<std::string>(inside), "<" + t + ">");
        const auto around = Template::compile(t, scope);
        if (t.find("{!") != std::string::npos) continue;
        ++plain;
        ASSERT_TRUE(std::holds_alternative<Template>(around)) << t;
        EXPECT_EQ(std::get<std::string>(std::get<Template>(around).render({}, Moment{})), t);
    }
    EXPECT_GT(plain, 900);
}

TEST(HostileDates, AreReadAsTheCalendarHasThem) {
    Bench bench;
    int read = 0;
    for (const hostile::DateText& date : hostile::dates()) {
        SCOPED_TRACE(date.text + ", " + date.why);
        if (date.is_instant || date.text.empty()) continue;
        ++read;
        // As the product's engine has it, white space around a text is no part of it, and zeros in
        // front may be missing: 23-01-05 is a day of the year 23.
        const bool valid = date.valid || date.why == "trailing space" ||
                           date.why == "no leading zeros" || date.why == "two-digit year";
        EXPECT_EQ(bench.run("DATEVALUE(T)", date.text).has_value(), valid);
        if (date.valid) {
            EXPECT_EQ(bench.run("TEXT(DATEVALUE(T))", date.text), text(date.text));
        }
    }
    EXPECT_GT(read, 60);
}

}  // namespace
}  // namespace duet::formula
