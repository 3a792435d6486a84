#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kHeader =
    "id,crm_id,email,first_name,last_name,phone,account_id,employees,opted_out,updated_at,"
    "deleted\n";

/// An org whose marketing side is a folder of CSV files, by the documents of the connector's
/// example.
class CsvTest : public testing::Test {
protected:
    CsvTest() : folder_(files_.path() + "/data") {
        write_small_seed(files_.path() + "/seed", "acme");
        const std::string example = std::string(DUET_SOURCE_DIR) + "/connectors/csv/example";
        std::filesystem::copy(example + "/data", folder_);
        write_text(folder_ + "/people.csv",
                   std::string(kHeader) +
                       "1,,contact1@acme.example,Cora1,Contact acme,,,,false,"
                       "2018-01-01T10:00:00Z,false\n"
                       "2,,contact2@acme.example,Cora2,Contact acme,,,,false,"
                       "2018-01-01T10:00:00Z,false\n");
        org_.documents = example + "/mappings";
        org_.marketing = fmt::format("      connector: csv\n      folder: {}\n", folder_);
    }

    /// The line of people.csv that holds `text`.
    std::string line_with(const std::string& text) const {
        const std::string all = read_text(folder_ + "/people.csv");
        const auto at = all.find(text);
        if (at == std::string::npos) return "";
        const auto from = all.rfind('\n', at) + 1;
        return all.substr(from, all.find('\n', at) - from);
    }

    TemporaryFolder files_;
    std::string folder_;
    RehearsalOrg org_;
};

TEST_F(CsvTest, ChangesTravelBetweenSalesforceAndAFolderBothWays) {
    Rehearsal world(files_.path() + "/seed", org_);
    world.daemon.start();
    world.daemon.sync_until_quiet();
    EXPECT_NE(line_with("contact1@acme.example").find("555-0101"), std::string::npos);
    for (int i = 3; i <= 12; ++i)
        EXPECT_NE(line_with(fmt::format("contact{}@acme.example", i)), "") << i;

    const std::string later = "2018-01-02T09:30:00Z";
    world.vendors.must("POST", "/sandbox/clock", {{"now", later}});
    world.daemon.ask("clock", {{"now", later}});
    const auto contacts =
        world.vendors.query("SELECT Id FROM Contact WHERE Email = 'contact1@acme.example'");
    ASSERT_EQ(contacts.size(), 1U);
    world.vendors.must(
        "PATCH",
        "/services/data/v62.0/sobjects/Contact/" + contacts.front()["Id"].get<std::string>(),
        {{"FirstName", "Corinna"}});
    // A person edits the other one's phone in the file, and raises the stamp as the page asks.
    std::string all = read_text(folder_ + "/people.csv");
    const std::string before = line_with("contact2@acme.example");
    std::string after = before;
    const auto phone = after.find("555-0102");
    ASSERT_NE(phone, std::string::npos) << before;
    after.replace(phone, 8, "555-8888");
    const auto stamp = after.find("2018-01-02T09:");
    ASSERT_NE(stamp, std::string::npos) << before;
    after.replace(stamp, after.find(',', stamp) - stamp, later);
    write_text(folder_ + "/people.csv", all.replace(all.find(before), before.size(), after));

    world.daemon.sync_until_quiet();
    EXPECT_NE(line_with("contact1@acme.example").find("Corinna"), std::string::npos);
    const auto changed =
        world.vendors.query("SELECT Phone FROM Contact WHERE Email = 'contact2@acme.example'");
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_EQ(changed.front()["Phone"], "555-8888");
}

}  // namespace
}  // namespace duet::world
