#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gtest/gtest.h>

namespace duet::formula {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// C++ without its comments, texts and includes, which may say what they like.
std::string code_of(std::string_view source) {
    std::string code;
    for (std::size_t i = 0; i < source.size();) {
        const std::string_view rest = source.substr(i);
        if (rest.starts_with("//") || rest.starts_with("#include")) {
            i = std::min(source.find('\n', i), source.size());
        } else if (rest.starts_with("/*")) {
            i = std::min(source.find("*/", i), source.size() - 2) + 2;
        } else if (const char quote = rest.front();
                   quote == '"' || (quote == '\'' && (i == 0 || !std::isalnum(source[i - 1])))) {
            for (++i; i < source.size() && source[i] != quote; ++i) i += source[i] == '\\' ? 1 : 0;
            ++i;
            code += ' ';
        } else {
            code += source[i++];
        }
    }
    return code;
}

/// The words that only binary floating point needs.
std::set<std::string> binary_words(const std::string& code) {
    static const std::regex kWords(
        R"re(\b(double|float|to_double|from_double|stod|stof|strtod|atof|HUGE_VAL)\b)re"
        R"re(|\bstd::(exp|log|log10|log2|sqrt|sin|cos|tan|asin|acos|atan|atan2|pow|floor|ceil)\()re"
        R"re(|\bstd::(round|trunc|fabs|fmod|fmin|fmax|isfinite|isnan|lround|llround)\()re"
        R"re(|[^\w.]\d+\.\d*[fFlL]?\b|[^\w.]\d+[eE][+-]?\d+)re");
    std::set<std::string> found;
    for (std::sregex_iterator at(code.begin(), code.end(), kWords), end; at != end; ++at) {
        found.insert(at->str());
    }
    return found;
}

const fs::path kMappings = fs::path(DUET_SOURCE_DIR) / "mappings";

TEST(FormulaSources, BinaryFloatingPointStandsOnlyInTheNamedFunctions) {
    const std::set<std::string> allowed = {"decimal.h",
                                           "decimal_binary.cpp",
                                           "formula/binary.h",
                                           "formula/binary.cpp",
                                           "document/attributions.cpp",
                                           "document/behaviour.cpp",
                                           "document/lifecycle.h",
                                           "document/lifecycle_sources.cpp",
                                           "document/rfm.cpp",
                                           "document/scoring.cpp",
                                           "lists/lists.cpp",
                                           "lists/standing.cpp",
                                           "lists/standing.h"};
    // Probabilities, scores, medians, shares and who comes first: figures over many facts.
    const auto is_statistics = [](const std::string& name) {
        return name.starts_with("attribution/") || name.starts_with("scoring/") ||
               name.starts_with("lifecycle/") || name.starts_with("timers/") ||
               name.starts_with("behaviour/") || name.starts_with("queue/");
    };
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(kMappings)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".cpp" && extension != ".h") continue;
        const std::string name = fs::relative(entry.path(), kMappings).generic_string();
        if (allowed.count(name) != 0 || is_statistics(name)) continue;
        ++files;
        for (const std::string& word : binary_words(code_of(read(entry.path())))) {
            ADD_FAILURE() << name << " uses binary floating point: " << word;
        }
    }
    EXPECT_GT(files, 50u);
}

/// What the allowed files define, so that nothing else hides there.
std::set<std::string> functions_in(const char* file, const char* pattern) {
    const std::string code = code_of(read(kMappings / file));
    const std::regex functions(pattern);
    std::set<std::string> names;
    for (std::sregex_iterator at(code.begin(), code.end(), functions), end; at != end; ++at) {
        names.insert((*at)[1].str());
    }
    return names;
}

TEST(FormulaSources, TheNamedFunctionsAreThese) {
    EXPECT_EQ(functions_in("formula/binary.cpp", R"re(Fault (\w+)\(Call& call\) \{)re"),
              (std::set<std::string>{"acos", "asin", "atan", "atan2", "cos", "distance", "exp",
                                     "ln", "log", "sin", "sqrt", "tan"}));
    EXPECT_EQ(functions_in("decimal_binary.cpp", R"re(Decimal::(\w+)\([^;]*\{)re"),
              (std::set<std::string>{"from_double", "to_double"}));
    EXPECT_EQ(functions_in("decimal.h", R"re(\b(\w*double\w*)\()re"),
              (std::set<std::string>{"from_double", "to_double"}));
    EXPECT_EQ(functions_in("formula/binary.h", R"re(Decimal> (\w+)\()re"),
              (std::set<std::string>{"binary_power"}));
}

TEST(FormulaSources, TheSearchFindsWhatItLooksFor) {
    EXPECT_TRUE(
        binary_words(code_of("// double\n/* 1.5 */ \"pow(1.5)\" '1' x.y; 10'000; 0xFF")).empty());
    for (const char* code :
         {"double x;", "auto x = 1.5;", "f(2e3)", "std::pow(a, b)", "(float)x", "a.to_double()"}) {
        EXPECT_FALSE(binary_words(code_of(code)).empty()) << code;
    }
}

}  // namespace
}  // namespace duet::formula
