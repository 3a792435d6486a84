#include "connectors/csv/sheet.h"

#include <fstream>
#include <iterator>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace duet::csv {
namespace {

std::string file_text(const std::string& name) {
    std::ifstream in(std::string(DUET_TEST_DATA) + "/spectrum/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string with_crlf(const std::string& text) {
    std::string made;
    for (const char c : text) made += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return made;
}

/// Rows as the collection writes them: a list of objects.
nlohmann::json as_json(const Sheet& sheet) {
    nlohmann::json rows = nlohmann::json::array();
    for (const Row& row : sheet.rows) {
        nlohmann::json& object = rows.emplace_back(nlohmann::json::object());
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            object[sheet.header.cells[i].text] = row.cells[i].text;
        }
    }
    return rows;
}

class CsvSpectrum : public testing::TestWithParam<const char*> {};

TEST_P(CsvSpectrum, IsReadAsItsAuthorExpects) {
    const std::string name = GetParam();
    const std::string csv = file_text(name + ".csv");
    ASSERT_FALSE(csv.empty());
    const auto sheet = parse_sheet(csv, "file.csv");
    ASSERT_TRUE(sheet) << sheet.error().message;
    EXPECT_EQ(as_json(*sheet), nlohmann::json::parse(file_text(name + ".json")));
}

TEST_P(CsvSpectrum, IsReadWithCarriageReturnsToo) {
    const std::string name = GetParam();
    const std::string csv = with_crlf(file_text(name + ".csv"));
    const auto sheet = parse_sheet(csv, "file.csv");
    ASSERT_TRUE(sheet) << sheet.error().message;
    nlohmann::json expected = nlohmann::json::parse(file_text(name + ".json"));
    for (auto& row : expected) {
        for (auto& value : row) value = with_crlf(value.get<std::string>());
    }
    EXPECT_EQ(as_json(*sheet), expected);
    EXPECT_EQ(sheet->line_end, "\r\n");
}

INSTANTIATE_TEST_SUITE_P(Files, CsvSpectrum,
                         testing::Values("comma_in_quotes", "empty", "escaped_quotes", "json",
                                         "newlines", "quotes_and_newlines", "simple", "utf8"),
                         [](const auto& one) { return std::string(one.param); });

struct Broken {
    std::string name;
    std::string csv;
    std::string message;
};

class CsvSheetFault : public testing::TestWithParam<Broken> {};

TEST_P(CsvSheetFault, NamesItsPlace) {
    const auto sheet = parse_sheet(GetParam().csv, "file.csv");
    ASSERT_FALSE(sheet);
    EXPECT_EQ(sheet.error().message, GetParam().message);
    EXPECT_EQ(sheet.error().code, "DUET-3130");
    EXPECT_EQ(sheet.error().kind, ErrorKind::Broken);
}

using namespace std::string_literals;

INSTANTIATE_TEST_SUITE_P(
    Files, CsvSheetFault,
    testing::Values(
        Broken{"Empty", "", "file.csv:1:1: the file is empty; a header is missing."},
        Broken{"MarkOnly", "\xEF\xBB\xBF", "file.csv:1:1: the file is empty; a header is missing."},
        Broken{"OpenQuote", "a,b\n1,\"2\n3,4\n",
               "file.csv:2:3: a quote is opened here and never closed."},
        Broken{"TextAfterQuote", "a,b\n1,\"2\"x\n",
               "file.csv:2:6: text after the closing quote of a value."},
        Broken{"QuoteInside", "a,b\n1,2\"3\n",
               "file.csv:2:4: a quote inside a value that does not begin with one."},
        Broken{"LoneReturn", "a,b\r1,2\r", "file.csv:1:4: a carriage return without a line feed."},
        Broken{"TooFew", "a,b\n\"x\ny\",2\n3\n",
               "file.csv:4:1: the row has 1 values, but the header names 2."},
        Broken{"TooMany", "a,b\n1,2,3\n",
               "file.csv:2:5: the row has 3 values, but the header names 2."},
        Broken{"Latin1", "a,b\n1,\xE9t\xE9\n",
               "file.csv:2:3: not UTF-8; save the file with that encoding."},
        Broken{"Overlong", "a,b\n\xC0\xAF,1\n",
               "file.csv:2:1: not UTF-8; save the file with that encoding."},
        Broken{"Surrogate", "a,b\n\xED\xA0\x80,1\n",
               "file.csv:2:1: not UTF-8; save the file with that encoding."},
        Broken{"CutCharacter", "a,b\n1,\xE2\x82",
               "file.csv:2:3: not UTF-8; save the file with that encoding."},
        Broken{"Utf16",
               "\xFF\xFE"
               "a\0,\0"s,
               "file.csv:1:1: not UTF-8; save the file with that encoding."},
        Broken{"Nul", "a,b\n1,x\0y\n"s, "file.csv:2:4: a NUL byte; the file must be UTF-8 text."},
        Broken{"CharactersAreCounted", "a,b\n\xC3\xA9\xC3\xA9,2\"\n",
               "file.csv:2:5: a quote inside a value that does not begin with one."}),
    [](const auto& one) { return one.param.name; });

TEST(CsvSheet, SkipsAByteOrderMarkAndEmptyLines) {
    const auto sheet = parse_sheet(
        "\xEF\xBB\xBF"
        "a,b\n\n1,2\n\r\n3,4",
        "file.csv");
    ASSERT_TRUE(sheet) << sheet.error().message;
    EXPECT_EQ(sheet->header.cells.front().text, "a");
    ASSERT_EQ(sheet->rows.size(), 2U);
    EXPECT_EQ(sheet->rows[1].cells[1].text, "4");
}

// Whatever characters a row is made of, the same row comes back.
TEST(CsvSheetProperty, WhatIsRenderedIsReadBack) {
    static const std::string kParts[] = {
        ",", "\"", "\r\n", "\n", " ", "a", "\xC3\xA9", "\xF0\x9F\x98\x80", "\r", ";", "=1+1", "\t"};
    for (unsigned seed = 1; seed <= 500; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937 random(seed);
        std::vector<std::string> values;
        std::string csv = "a,b,c\n";
        for (int i = 0; i < 3; ++i) {
            std::string& value = values.emplace_back();
            for (auto parts = random() % 6; parts > 0; --parts) {
                value += kParts[random() % std::size(kParts)];
            }
            if (i > 0) csv += ',';
            append_cell(csv, value);
        }
        const auto sheet = parse_sheet(csv + "\n", "file.csv");
        ASSERT_TRUE(sheet) << sheet.error().message;
        ASSERT_EQ(sheet->rows.size(), 1U);
        for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sheet->rows[0].cells[i].text, values[i]);
    }
}

TEST(CsvSheet, AnotherDelimiterIsReadLikeTheComma) {
    const auto sheet = parse_sheet("a;b\n1,5;\"x;\"\"y\"\n;\n", "file.csv", ';');
    ASSERT_TRUE(sheet) << sheet.error().message;
    ASSERT_EQ(sheet->rows.size(), 2U);
    EXPECT_EQ(sheet->rows[0].cells[0].text, "1,5");
    EXPECT_EQ(sheet->rows[0].cells[1].text, "x;\"y");
    EXPECT_EQ(sheet->rows[0].cells[1].offset, 8U);
    EXPECT_EQ(parse_header("a,b\tc\n", "file.csv", '\t')->cells.size(), 2U);
    const auto wrong = parse_sheet("a;b\n\"1\",2\n", "file.csv", ';');
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().message, "file.csv:2:4: text after the closing quote of a value.");
}

// Any cut of a file and any stray byte end in rows or in a reason.
TEST(CsvSheetProperty, DamageNeverCrashes) {
    const std::string whole = "a,b\r\n\"x,\"\"y\",1\r\n\xC3\xA9,\"2\n3\"\r\n";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        for (int byte = 0; byte < 256; byte += 3) {
            const std::string damaged = whole.substr(0, size) + static_cast<char>(byte);
            const auto sheet = parse_sheet(damaged, "file.csv");
            if (!sheet) {
                EXPECT_EQ(sheet.error().message.find("file.csv:"), 0U);
            }
        }
    }
}

}  // namespace
}  // namespace duet::csv
