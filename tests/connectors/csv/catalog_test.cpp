#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/connectors/csv/csv_help.h"

namespace duet {
namespace {

using test::CsvBench;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(CsvConfig, NamesEveryWrongSettingAtOnce) {
    try {
        CsvBench bench({{"folder", "data"},
                        {"stamp_field", "ID"},
                        {"overlap_seconds", -1},
                        {"keyfield", "id"}});
        FAIL() << "the settings were accepted";
    } catch (const std::runtime_error& error) {
        const std::string message = error.what();
        for (const char* part :
             {"csv.folder must be an absolute path", "csv.stamp_field names the same column",
              "csv.overlap_seconds must be",
              "csv.keyfield is not a setting; did you mean key_field"}) {
            EXPECT_TRUE(contains(message, part)) << part << "\n" << message;
        }
    }
}

TEST(CsvCatalog, DescribesEveryFileOfTheFolder) {
    CsvBench bench;
    bench.folder.write("accounts.csv", "id,name,updated_at\n");
    bench.folder.write("people.csv", "id,email,account_id,updated_at,deleted\n");
    bench.folder.write("people.schema.json", R"({
        "label": "People", "entity": "person",
        "fields": {"email": {"label": "E-mail", "unique": true, "required": true},
                   "account_id": {"references": ["accounts"], "relationship": "account"}}})");
    bench.folder.write(".hidden.csv", "x");
    bench.folder.write("notes.txt", "x");
    const auto catalog = bench.connector->discover({});
    ASSERT_TRUE(catalog) << catalog.error().message;
    ASSERT_EQ(catalog->objects.size(), 2U);
    EXPECT_EQ(catalog->objects[0].name, "accounts");
    EXPECT_FALSE(catalog->objects[0].deletable);
    const ObjectInfo& people = catalog->objects[1];
    EXPECT_EQ(people.label, "People");
    EXPECT_EQ(people.entity, EntityKind::Person);
    EXPECT_TRUE(people.deletable);
    EXPECT_EQ(people.find("id")->type, FieldType::Id);
    EXPECT_TRUE(people.find("id")->creatable);
    EXPECT_FALSE(people.find("id")->updatable);
    EXPECT_TRUE(people.find("email")->unique_key);
    EXPECT_TRUE(people.find("email")->required);
    EXPECT_EQ(people.find("email")->label, "E-mail");
    EXPECT_EQ(people.find("account_id")->references, std::vector<std::string>{"accounts"});
    EXPECT_EQ(people.find("account_id")->relationship, "account");
    EXPECT_EQ(people.find("updated_at")->type, FieldType::DateTime);
    EXPECT_FALSE(people.find("updated_at")->creatable);
    EXPECT_EQ(people.find("deleted")->type, FieldType::Boolean);
    EXPECT_FALSE(people.find("deleted")->updatable);
}

TEST(CsvCatalog, NamesEveryFaultOfASchema) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    bench.folder.write("people.schema.json", R"({"entity": "persons", "colour": 1,
        "fields": {"email": {"type": "mail", "unique": "yes"}, "emial": {}}})");
    const auto catalog = bench.connector->discover({});
    ASSERT_FALSE(catalog);
    for (const char* part :
         {"people.schema.json.entity must be one of", "people.schema.json.colour is not a setting",
          "fields.email.type must be one of text, number", "fields.email.unique must be true",
          "fields.emial is no column of people.csv"}) {
        EXPECT_TRUE(contains(catalog.error().message, part)) << catalog.error().message;
    }
    bench.folder.write("people.schema.json", "{\n  \"entity\": person\n}");
    EXPECT_EQ(bench.connector->discover({}).error().message,
              "people.schema.json:2:13: this is no JSON.");
    bench.folder.write("people.schema.json",
                       R"({"fields": {"email": {"references": ["accounts"]}}})");
    EXPECT_TRUE(contains(bench.connector->discover({}).error().message,
                         "the file accounts.csv, to which people.email refers"));
}

TEST(CsvCatalog, NamesTheFaultsOfAHeader) {
    CsvBench bench;
    bench.folder.write("people.csv", "key,Email,email,,when\n");
    EXPECT_EQ(bench.connector->discover({}).error().message,
              "people.csv:1:11: the column \"email\" is there twice; "
              "people.csv:1:17: the column has no name; "
              "people.csv:1:1: the key column \"id\" is missing; "
              "people.csv:1:1: the stamp column \"updated_at\" is missing.");
}

TEST(CsvCatalog, TheColumnsOfDuetCanHaveOtherNames) {
    CsvBench bench({{"key_field", "Key"}, {"stamp_field", "when"}, {"deleted_field", "gone"}});
    bench.folder.write("people.csv", "key,email,when,gone\nk,a@x.test,2018-01-01T10:00:00Z,true\n");
    Cursor cursor;
    EXPECT_EQ(bench.drain(cursor), std::vector<std::string>{"-k"});
}

TEST(CsvCatalog, TwoNamesThatDifferInCaseAreRefused) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    bench.folder.write("People.csv", test::kPeople);
    const auto catalog = bench.connector->discover({});
    ASSERT_FALSE(catalog);
    EXPECT_TRUE(contains(catalog.error().message, "People.csv and people.csv differ only in case"));
}

TEST(CsvCheck, NamesMissingFilesAndColumnsAtOnce) {
    CsvBench bench;
    bench.folder.write("people.csv", test::kPeople);
    const std::vector<Selection> good{{"people", {"email", "ID"}}};
    EXPECT_TRUE(bench.connector->check(good, {}));
    const std::vector<Selection> bad{{"people", {"emal", "zzz"}}, {"acounts", {"name"}}};
    const auto status = bench.connector->check(bad, {});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, "DUET-3114");
    for (const char* part : {"the file acounts.csv", "the column people.emal (did you mean email?)",
                             "the column people.zzz"}) {
        EXPECT_TRUE(contains(status.error().message, part)) << status.error().message;
    }
}

TEST(CsvCheck, NamesAMissingFolder) {
    CsvBench bench(nlohmann::json{{"folder", "/nonexistent/duet"}});
    const auto status = bench.connector->discover({});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "Cannot list /nonexistent/duet: No such file or directory.");
}

TEST(CsvConnector, CostsNothingAndLagsNever) {
    CsvBench bench;
    EXPECT_EQ(bench.connector->name(), "csv");
    EXPECT_EQ(bench.connector->read_lag().count(), 0);
    EXPECT_FALSE(bench.connector->budget().limit_per_day.has_value());
    EXPECT_GT(bench.connector->batch_size("people", WriteKind::Update), 1U);
}

}  // namespace
}  // namespace duet
