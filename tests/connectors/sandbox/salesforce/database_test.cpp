#include "connectors/sandbox/database.h"

#include <gtest/gtest.h>

#include "connectors/sandbox/gzip.h"
#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/record_id.h"

namespace duet::sandbox {
namespace {

TEST(SandboxDatabase, ANestedStepThatFailsLeavesTheOuterOneWhole) {
    Database database(":memory:");
    database.exec("CREATE TABLE t(a)");
    Transaction outer(database);
    database.prepare("INSERT INTO t VALUES(?1)").bind(1, 1).run();
    {
        Transaction inner(database);
        database.prepare("INSERT INTO t VALUES(?1)").bind(1, 2).run();
    }
    outer.commit();
    auto rows = database.prepare("SELECT a FROM t");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.integer(0), 1);
    EXPECT_FALSE(rows.step());
}

TEST(SandboxDatabase, TheSameStatementMayRunInsideItself) {
    Database database(":memory:");
    database.exec("CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)");
    int pairs = 0;
    auto outer = database.prepare("SELECT a FROM t");
    while (outer.step()) {
        auto inner = database.prepare("SELECT a FROM t");
        while (inner.step()) ++pairs;
    }
    EXPECT_EQ(pairs, 4);
}

TEST(SandboxDatabase, ABrokenConstraintIsToldApartFromABrokenStatement) {
    Database database(":memory:");
    database.exec("CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES(1)");
    try {
        database.prepare("INSERT INTO t VALUES(1)").run();
        FAIL() << "no error";
    } catch (const DatabaseError& error) {
        EXPECT_TRUE(error.constraint());
    }
    EXPECT_THROW(database.exec("SELEKT"), DatabaseError);
}

TEST(SandboxGzip, UnpacksWhatItPackedAndRefusesBombs) {
    const std::string text(5'000'000, 'a');
    const std::string packed = gzip(text);
    EXPECT_LT(packed.size(), 100'000U);
    EXPECT_EQ(gunzip(packed, text.size()), text);
    EXPECT_FALSE(gunzip(packed, text.size() / 2).has_value());
    EXPECT_FALSE(gunzip("not gzip", 100).has_value());
}

TEST(RecordId, ChecksumsAreTheRecordedOnes) {
    EXPECT_EQ(id18("a0BA0000000L2ZC"), "a0BA0000000L2ZCMA0");
    EXPECT_EQ(id18("70130000001tcyI"), "70130000001tcyIAAQ");
    EXPECT_EQ(id18("00QSB00000A1b2c"), "00QSB00000A1b2c2AB");
    EXPECT_EQ(id18("001SB00000pQrStYAK"), "001SB00000pQrStYAK");
    EXPECT_EQ(id18("short"), "");
    EXPECT_EQ(id18("001SB00000pQrS'YAK"), "");
    EXPECT_EQ(make_id("003", 62).substr(0, 15), "003SB0000000010");
}

TEST(HttpMessage, ReadsFormsAndMultipartBodies) {
    const auto form = parse_form("a=1+2&b=%2B&c");
    ASSERT_EQ(form.size(), 3U);
    EXPECT_EQ(form[0].second, "1 2");
    EXPECT_EQ(form[1].second, "+");
    const auto parts =
        parse_multipart("multipart/form-data; boundary=\"xx\"",
                        "--xx\r\nContent-Disposition: form-data; name=\"job\"\r\n\r\n{}\r\n"
                        "--xx\r\nContent-Disposition: form-data; name=\"content\"; "
                        "filename=\"a\"\r\n\r\na\nb\r\n--xx--\r\n");
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0], (std::pair<std::string, std::string>{"job", "{}"}));
    EXPECT_EQ(parts[1].second, "a\nb");
}

}  // namespace
}  // namespace duet::sandbox
