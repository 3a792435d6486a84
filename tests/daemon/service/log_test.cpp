#include "daemon/service/log.h"

#include <string>

#include <gtest/gtest.h>

namespace duet::log {
namespace {

bool holds(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

TEST(Redact, LeavesAnOrdinaryLineAsItIs) {
    const std::string line =
        "Cycle done. org=acme object=Contact pulled=412 id=003xx000004TmiQAAS key=duet-17 "
        "time=2018-01-02T09:00:00Z url=https://acme.my.salesforce.com/services/data/v59.0";
    EXPECT_EQ(redact(line), line);
}

TEST(Redact, StrikesOutBearerTokens) {
    EXPECT_EQ(redact("Authorization: Bearer abc.DEF-123~x/+=="), "Authorization: Bearer [struck]");
    EXPECT_EQ(redact("authorization: bearer abcdefgh"), "authorization: bearer [struck]");
    EXPECT_EQ(redact("OAuth abcdefghij rest"), "OAuth [struck] rest");
}

TEST(Redact, StrikesOutJsonWebTokens) {
    const std::string clean = redact("sent eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl now");
    EXPECT_EQ(clean, "sent [struck] now");
    EXPECT_EQ(redact("half eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0"), "half [struck]");
}

TEST(Redact, StrikesOutSessionIds) {
    EXPECT_EQ(redact("id 00D5g000004ABCD!AQEAQNz1.abc_DEF used"), "id [struck] used");
    EXPECT_EQ(redact("00D5g000004ABCDEAU!AQEAQNz1"), "[struck]");
    EXPECT_EQ(redact("org 00D5g000004ABCDEAU"), "org 00D5g000004ABCDEAU");
}

TEST(Redact, StrikesOutSecretsInFormsAndJson) {
    EXPECT_EQ(redact("grant_type=x&client_secret=s3cr3t&client_id=app"),
              "grant_type=x&client_secret=[struck]&client_id=app");
    EXPECT_EQ(redact(R"({"access_token":"abc","password" : "p w"})"),
              R"({"access_token":"[struck]","password" : "[struck] w"})");
    for (const char* key : {"refresh_token", "assertion", "session_id", "sid", "Password"}) {
        const std::string clean = redact(std::string(key) + "=top!secret");
        EXPECT_EQ(clean, std::string(key) + "=[struck]");
    }
}

TEST(Redact, StrikesOutWhoAnAddressBelongsTo) {
    EXPECT_EQ(redact("who=ada.lovelace+news@example.co.uk failed"),
              "who=[struck]@example.co.uk failed");
    EXPECT_EQ(redact("<ada@example.com>,bob@example.org"),
              "<[struck]@example.com>,[struck]@example.org");
}

TEST(Redact, StrikesOutAddressesBeyondAscii) {
    EXPECT_FALSE(holds(redact("to jörg.müller@example.com"), "j"));
    EXPECT_FALSE(holds(redact("to anna@bücher.example"), "anna"));
    EXPECT_FALSE(holds(redact("email=anna%40example.com"), "anna"));
}

TEST(Redact, WritesControlCharactersAsText) {
    EXPECT_EQ(redact("a\nb\tc\x7f" + std::string(1, '\0') + "\x1b[31m"),
              "a\\x0ab\\x09c\\x7f\\x00\\x1b[31m");
    EXPECT_EQ(redact("Zürich"), "Zürich");
}

TEST(Redact, KeepsWhatIsNoValidText) {
    EXPECT_EQ(redact("\xff\xfe x"), "\xff\xfe x");
    EXPECT_FALSE(holds(redact("\xff password=hunter2"), "hunter2"));
}

class LogLine : public testing::Test {
protected:
    void TearDown() override { start("error"); }

    /// What reaches stderr when `say` logs.
    template <class Say>
    std::string printed(const char* level, Say say) {
        ::unsetenv("JOURNAL_STREAM");
        testing::internal::CaptureStderr();
        start(level);
        say();
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(LogLine, IsASentenceWithKeysAndQuotesValuesThatNeedIt) {
    const std::string line = printed("info", [] {
        info("Cycle done.", {{"org", "acme"}, {"why", "two words"}, {"none", ""}, {"q", "a\"b"}});
    });
    EXPECT_TRUE(holds(line, R"(Cycle done. org=acme why="two words" none="" q="a\"b")")) << line;
    EXPECT_TRUE(holds(line, "info")) << line;
}

TEST_F(LogLine, IsOneLineWhateverAValueHolds) {
    const std::string line = printed("info", [] {
        info("Refused.", {{"message", "first\nsecond error: ada@example.com"}});
    });
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    EXPECT_FALSE(holds(line, "ada")) << line;
}

TEST_F(LogLine, IsLeftOutBelowTheLevel) {
    const std::string lines = printed("warn", [] {
        debug("one");
        info("two");
        warn("three");
        error("four");
        set_level("error");
        warn("five");
    });
    EXPECT_FALSE(holds(lines, "one") || holds(lines, "two") || holds(lines, "five")) << lines;
    EXPECT_TRUE(holds(lines, "three") && holds(lines, "four")) << lines;
}

}  // namespace
}  // namespace duet::log
