#include "connectors/sandbox/csv.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace duet::sandbox {
namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::vector<std::vector<CsvCell>> rows_of(std::string_view text, char delimiter = ',') {
    CsvReader reader(text, delimiter);
    std::vector<std::vector<CsvCell>> rows;
    std::vector<CsvCell> row;
    while (reader.next(row)) rows.push_back(row);
    return rows;
}

TEST(CsvReader, ReadsEveryHostileFileAsItsTwinInJsonSays) {
    const std::filesystem::path folder = std::string(DUET_SOURCE_DIR) + "/tests/payloads/csv";
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".csv") continue;
        SCOPED_TRACE(entry.path().filename().string());
        ++files;
        const std::string text = read(entry.path());
        auto rows = rows_of(text);
        ASSERT_FALSE(rows.empty());
        nlohmann::json found = nlohmann::json::array();
        for (std::size_t i = 1; i < rows.size(); ++i) {
            nlohmann::json record;
            ASSERT_EQ(rows[i].size(), rows[0].size());
            for (std::size_t k = 0; k < rows[i].size(); ++k)
                record[rows[0][k].text] = rows[i][k].text;
            found.push_back(record);
        }
        auto twin = entry.path();
        EXPECT_EQ(found, nlohmann::json::parse(read(twin.replace_extension(".json"))));
    }
    EXPECT_EQ(files, 11);
}

TEST(CsvReader, KnowsAnEmptyQuotedCellFromAnEmptyOne) {
    const auto rows = rows_of("a,b\r\n\"\",\r\n");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_TRUE(rows[1][0].quoted);
    EXPECT_FALSE(rows[1][1].quoted);
}

TEST(CsvReader, RefusesAQuoteThatIsNeverClosedAndNamesItsLine) {
    try {
        rows_of("a,b\n1,\"x\n2,3\n");
        FAIL() << "no error";
    } catch (const CsvError& error) {
        EXPECT_EQ(std::string(error.what()), "line 2: a quote is never closed");
    }
}

TEST(CsvReader, RefusesTextAfterAClosingQuote) { EXPECT_THROW(rows_of("\"a\"b,c\n"), CsvError); }

TEST(CsvReader, TakesOtherDelimiters) {
    const auto rows = rows_of("a;b,c\n", ';');
    ASSERT_EQ(rows[0].size(), 2U);
    EXPECT_EQ(rows[0][1].text, "b,c");
}

}  // namespace
}  // namespace duet::sandbox
