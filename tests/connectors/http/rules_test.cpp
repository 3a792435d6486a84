#include <gtest/gtest.h>
#include <zlib.h>

#include "connectors/http/errors.h"
#include "connectors/http/gzip.h"
#include "connectors/http/request_rules.h"
#include "connectors/http/transport.h"
#include "connectors/http/url.h"
#include "mappings/messages.h"
#include "tests/connectors/http/packed.h"

namespace duet::http {
namespace {

TEST(HttpUrl, TakesTheUrlApart) {
    const auto url = parse_url("https://Login.Example.COM:8443/services/data?q=a%20b");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->tls);
    EXPECT_EQ(url->host, "login.example.com");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->target, "/services/data?q=a%20b");
    EXPECT_EQ(url->origin(), "https://login.example.com:8443");
    EXPECT_EQ(parse_url("https://a.example")->origin(), "https://a.example");
    EXPECT_EQ(parse_url("https://a.example:443/")->origin(), "https://a.example");
    EXPECT_EQ(parse_url("https://a.example?x=1")->target, "/?x=1");
    EXPECT_EQ(parse_url("https://a.example/x?")->target, "/x");
    EXPECT_EQ(parse_url("https://a.example/x?a=?")->target, "/x?a=?");
    EXPECT_EQ(parse_url("http://[::1]:80/x")->bare_host(), "::1");
}

TEST(HttpUrl, RefusesWhatCouldBeReadTwoWays) {
    for (const char* text : {"",
                             "a.example/",
                             "ftp://a.example/",
                             "https://",
                             "https:///x",
                             "https://a.example:0/",
                             "https://a.example:65536/",
                             "https://a.example:99999/",
                             "https://a.example:/",
                             "https://a.example:8 0/",
                             "https://user@a.example/",
                             "https://user:pw@a.example/",
                             "https://a.example/x y",
                             "https://a.example/\r\nX: y",
                             "https://a.example/#part",
                             "https://a.example/%",
                             "https://a.example/%4",
                             "https://a.example/%zz",
                             "https://a.example\\@b.example/",
                             "https://[::1/",
                             "https://[::1]x/",
                             "https://.a/",
                             "https://\xC3\xA9.example/",
                             "https://a.example/\xC3\xA9"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
    EXPECT_TRUE(parse_url("https://a.example:65535/"));
    EXPECT_TRUE(parse_url("https://a.example:1/"));
}

TEST(HttpUrl, AllowsPlainHttpToLoopbackSpellingsOnly) {
    for (const char* text : {"http://127.0.0.1/", "http://127.0.0.1:8080/x", "http://localhost/",
                             "https://any.example/"}) {
        EXPECT_FALSE(find_fault(*parse_url(text))) << text;
    }
    for (const char* text :
         {"http://127.evil.example/", "http://127.0.0.1.evil.example/", "http://127.0.0.2/",
          "http://localhost.evil.example/", "http://a.example/", "http://0.0.0.0/",
          "http://2130706433/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"}) {
        EXPECT_TRUE(find_fault(*parse_url(text))) << text;
    }
}

TEST(HttpRequestRules, RefusesHeadersThatSteerTheConnection) {
    for (const char* name : {"Host", "host", "EXPECT", "Connection", "Content-Length",
                             "Transfer-Encoding", "Accept-Encoding", "bad name", "", "a:b"}) {
        Request request;
        request.headers = {{name, "x"}};
        EXPECT_TRUE(find_fault(request)) << name;
    }
    Request request;
    request.headers = {{"Authorization", "Bearer x"}, {"Content-Type", "application/json"}};
    EXPECT_FALSE(find_fault(request));
    request.headers = {{"X", "a\r\nHost: b"}};
    EXPECT_TRUE(find_fault(request));
    request.headers.clear();
    for (const char* method : {"", "GET /x", "G\r\nET", "CONNECT"}) {
        request.method = method;
        EXPECT_TRUE(find_fault(request)) << method;
    }
}

TEST(HttpRequestRules, NoProxyCoversHostsAndTheirSubdomains) {
    EXPECT_TRUE(bypasses_proxy("a.example", {"b.example", "A.Example"}));
    EXPECT_TRUE(bypasses_proxy("x.a.example", {"a.example"}));
    EXPECT_TRUE(bypasses_proxy("x.a.example", {".a.example"}));
    EXPECT_TRUE(bypasses_proxy("x.example", {"*"}));
    EXPECT_FALSE(bypasses_proxy("xa.example", {"a.example"}));
    EXPECT_FALSE(bypasses_proxy("a.example", {"", ".", "x.a.example"}));
}

TEST(HttpGzip, UnpacksOneMemberAndSeveral) {
    std::string plain;
    EXPECT_EQ(inflate_gzip(pack("hello"), 5, plain), Inflated::Whole);
    EXPECT_EQ(plain, "hello");
    EXPECT_EQ(inflate_gzip(pack("hel") + pack("") + pack("lo"), 5, plain), Inflated::Whole);
    EXPECT_EQ(plain, "hello");
    std::string big(3'000'000, 'x');
    for (std::size_t i = 0; i < big.size(); i += 7) big[i] = static_cast<char>('a' + i % 26);
    EXPECT_EQ(inflate_gzip(pack(big), big.size(), plain), Inflated::Whole);
    EXPECT_EQ(plain, big);
}

TEST(HttpGzip, StopsAtTheCapAndSeesDamage) {
    std::string plain;
    EXPECT_EQ(inflate_gzip(pack("hello"), 4, plain), Inflated::TooLarge);
    EXPECT_TRUE(plain.empty());
    EXPECT_EQ(inflate_gzip(pack("hello") + pack("x"), 5, plain), Inflated::TooLarge);
    const std::string packed = pack("hello, this is a text");
    for (std::size_t cut = 0; cut < packed.size(); ++cut) {
        EXPECT_EQ(inflate_gzip(packed.substr(0, cut), 100, plain), Inflated::Truncated) << cut;
    }
    std::string damaged = packed;
    damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // checksum
    EXPECT_EQ(inflate_gzip(damaged, 100, plain), Inflated::Corrupt);
    EXPECT_EQ(inflate_gzip(packed + "rest", 100, plain), Inflated::Corrupt);
    EXPECT_EQ(inflate_gzip("<html>", 100, plain), Inflated::Corrupt);
}

TEST(HttpErrors, OnlyTextsFromBeforeTheHeaderLeftAreNotSent) {
    EXPECT_EQ(reach_of("Failed to connect to any resolved endpoint"), Reach::NotSent);
    EXPECT_EQ(reach_of("Error in SSL handshake"), Reach::NotSent);
    EXPECT_EQ(reach_of("Error resolving address"), Reach::NotSent);
    EXPECT_EQ(reach_of("Failed to write request headers"), Reach::NotSent);
    for (const char* text :
         {"Failed to write request body", "Failed to read HTTP status line",
          "cannot rewind input stream for connection re-establishment",
          "Failed to read response body", "Retrieving message chunk header",
          "Invalid chunked response header", "Request canceled by user.",
          "Invalid HTTP status line", "Operation canceled", "", "a text that nobody has seen"}) {
        EXPECT_EQ(reach_of(text), Reach::Unknown) << text;
    }
}

TEST(HttpErrors, EachHasARowInTheTableOfMessages) {
    for (const Error& error :
         {not_sent("w", "r"), in_doubt("w", "r"), tls_refused("w", "r"), answer_too_large("w", "r"),
          no_time_left("w", "r"), bad_request("r"), odd_encoding("w", "r")}) {
        EXPECT_NE(find_message(error.code), nullptr) << error.code;
    }
    EXPECT_EQ(not_sent("w", "r").kind, ErrorKind::Transient);
    EXPECT_EQ(in_doubt("w", "r").kind, ErrorKind::InDoubt);
    EXPECT_EQ(answer_too_large("w", "r").kind, ErrorKind::Broken);
}

TEST(HttpEncoding, LeavesOnlyUnreservedCharactersBare) {
    EXPECT_EQ(
        encode_query_value("SELECT Id FROM Contact WHERE Name = 'O\\'Neil & Söhne' AND a>1%"),
        "SELECT%20Id%20FROM%20Contact%20WHERE%20Name%20%3D%20%27O%5C%27Neil%20%26%20S%C3%B6hne"
        "%27%20AND%20a%3E1%25");
    EXPECT_EQ(encode_query_value("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(encode_query_value("+/#?:,@\n"), "%2B%2F%23%3F%3A%2C%40%0A");
}

TEST(HttpResponse, FindsHeadersWithoutCase) {
    Response response;
    response.headers = {{"Sforce-Limit-Info", "api-usage=1/2"}, {"X", "y"}};
    ASSERT_NE(response.header("sforce-limit-info"), nullptr);
    EXPECT_EQ(*response.header("SFORCE-LIMIT-INFO"), "api-usage=1/2");
    EXPECT_EQ(response.header("sforce-limit"), nullptr);
}

}  // namespace
}  // namespace duet::http
