#include "mappings/document/schema.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "mappings/document/shapes.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

const std::string kSchemaFile = std::string(DUET_SOURCE_DIR) + "/mappings/document/schema.json";

TEST(Schema, ThatShipsIsWrittenFromTheTables) {
    const std::string wanted = schema(kNames);
    if (std::getenv("DUET_WRITE_SCHEMA") != nullptr) std::ofstream(kSchemaFile) << wanted;
    std::ifstream file(kSchemaFile);
    const std::string shipped(std::istreambuf_iterator<char>(file), {});
    EXPECT_TRUE(shipped == wanted) << "write it anew: see mappings/document/shapes.h";
}

TEST(Schema, SaysWhatEveryKeyIsFor) {
    for (const Shape& shape : make_grammar(kNames)) {
        EXPECT_FALSE(shape.title.empty()) << shape.name;
        for (const Key& key : shape.keys) {
            SCOPED_TRACE(shape.name + "." + key.name);
            EXPECT_FALSE(key.title.empty());
            EXPECT_FALSE(key.description.empty());
            EXPECT_GT(key.examples.size(), std::string("[]").size());
        }
    }
}

TEST(Schema, NamesTheSidesOfAnotherPair) {
    const std::string text = schema({"salesforce", "csv"});
    EXPECT_NE(text.find("\"to_csv\""), std::string::npos);
    EXPECT_NE(text.find("\"csv_list\""), std::string::npos);
    EXPECT_EQ(text.find('$' + std::string("crm")), std::string::npos);
    EXPECT_EQ(text.find("\"to_pardot\""), std::string::npos);
}

}  // namespace
}  // namespace duet::document
