// Whatever stands in a field comes back from the file as it was.
#include "tests/world/hostile.h"

#include <gtest/gtest.h>

#include "connectors/csv/sheet.h"
#include "tests/connectors/csv/csv_help.h"

namespace duet {
namespace {

using test::CsvBench;
using test::fields_of;

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

/// What the connector reads of the one person.
Value read_back(CsvBench& bench) {
    const std::string key = "1";
    const auto read = bench.connector->read({"people", {"email"}}, {&key, 1}, {});
    if (!read || read->size() != 1) return text("cannot be read");
    return read->front().record.fields.get("email");
}

TEST(CsvHostileTexts, AreWrittenAndReadBackByteForByte) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    for (const std::string& one : hostile::texts()) {
        SCOPED_TRACE(one);
        const auto done = bench.write(test::update("1", fields_of({{"email", text(one)}})));
        ASSERT_EQ(bool(done), !has_nul(one))
            << "a text file cannot hold a NUL, any other byte it can";
        if (done) {
            EXPECT_EQ(read_back(bench), text(one));
        } else {
            EXPECT_NE(done.error().message.find("NUL"), std::string::npos) << done.error().message;
        }
    }
    EXPECT_NE(bench.folder.read("people.csv").find("2,bob@example.com,2018-01-01T11:00:00Z"),
              std::string::npos)
        << "the neighbour's row is as it was";
}

TEST(CsvHostileTexts, InAFileOfAllOfThemEachIsRead) {
    std::string file = "id,email,updated_at\n";
    auto all = hostile::texts();
    std::erase_if(all, has_nul);
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::string quoted;
        for (const char c : all[i]) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        file += std::to_string(i) + ",\"" + quoted + "\",2018-01-01T10:00:00Z\n";
    }
    CsvBench bench;
    bench.folder.write("people.csv", file);
    std::size_t read = 0;
    Cursor cursor;
    for (bool last = false; !last;) {
        const ChangePage page = bench.page(cursor);
        for (const Change& change : page.changes) {
            const auto index = static_cast<std::size_t>(std::stoul(change.record.id.key));
            EXPECT_EQ(change.record.fields.get("email"), text(all.at(index)));
            ++read;
        }
        cursor = page.next;
        last = page.last;
    }
    EXPECT_EQ(read, all.size());
}

TEST(CsvHostileTexts, AsWholeFilesAreReadOrRefusedWithAReason) {
    for (const std::string& one : hostile::texts()) {
        for (const std::string& file : {one, "id,email\n" + one, one + "\n1,2\n"}) {
            const auto sheet = csv::parse_sheet(file, "people.csv");
            EXPECT_TRUE(sheet || !sheet.error().message.empty());
        }
    }
}

}  // namespace
}  // namespace duet
