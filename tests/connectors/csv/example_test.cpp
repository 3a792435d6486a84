#include <filesystem>
#include <fstream>
#include <iterator>
#include <variant>

#include <gtest/gtest.h>

#include "mappings/document/load.h"
#include "tests/connectors/csv/csv_help.h"

namespace duet {
namespace {

const std::string kExample = std::string(DUET_SOURCE_DIR) + "/connectors/csv/example";

FieldInfo field(const char* name, FieldType type = FieldType::Text) {
    FieldInfo made;
    made.name = made.label = name;
    made.type = type;
    return made;
}

/// As much of Salesforce as the example's document asks for.
Catalog salesforce() {
    ObjectInfo contact;
    contact.name = "Contact";
    contact.entity = EntityKind::Person;
    for (const char* name : {"FirstName", "LastName", "Email", "Phone"}) {
        contact.fields.push_back(field(name));
    }
    contact.fields.push_back(field("HasOptedOutOfEmail", FieldType::Boolean));
    FieldInfo account_id = field("AccountId", FieldType::Id);
    account_id.references = {"Account"};
    account_id.relationship = "Account";
    contact.fields.push_back(account_id);
    contact.fields.push_back(field("Id", FieldType::Id));
    ObjectInfo account;
    account.name = "Account";
    account.entity = EntityKind::Account;
    account.fields = {field("Id", FieldType::Id), field("NumberOfEmployees", FieldType::Number)};
    return Catalog{{contact, account}};
}

struct CsvExample : testing::Test {
    CsvExample() {
        std::filesystem::copy(kExample + "/data", bench.folder.path(),
                              std::filesystem::copy_options::recursive);
    }
    test::CsvBench bench;
};

TEST_F(CsvExample, ItsRowsAreRead) {
    Cursor cursor;
    EXPECT_EQ(bench.drain(cursor), (std::vector<std::string>{"1", "2", "-3"}));
}

TEST_F(CsvExample, ItsDocumentFitsItsFolder) {
    const auto catalog = bench.connector->discover({});
    ASSERT_TRUE(catalog) << catalog.error().message;
    std::ifstream in(kExample + "/mappings/people.yaml");
    const std::vector<document::Source> sources{
        {"people.yaml", {std::istreambuf_iterator<char>(in), {}}}};
    const PerSide<Catalog> catalogs{salesforce(), *catalog};
    const auto loaded = document::load(sources, {"salesforce", "csv"}, &catalogs);
    if (const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded)) {
        for (const auto& finding : *findings) ADD_FAILURE() << document::render(finding);
        return;
    }
    const auto needs = document::needs(std::get<document::Documents>(loaded), catalogs);
    std::vector<Selection> of_csv;
    for (const auto& need : needs) {
        if (need.side == Side::Marketing) of_csv.push_back({need.object, need.fields});
    }
    ASSERT_FALSE(of_csv.empty());
    const Status status = bench.connector->check(of_csv, {});
    EXPECT_TRUE(status) << status.error().message;
}

}  // namespace
}  // namespace duet
