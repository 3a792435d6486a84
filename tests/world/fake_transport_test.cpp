#include "tests/world/fake_transport.h"

#include <gtest/gtest.h>

namespace duet::world {
namespace {

http::Request get(std::string url) {
    http::Request request;
    request.url = std::move(url);
    return request;
}

TEST(FakeTransport, AnswersInTheOrderOfTheScriptThenAlways) {
    FakeTransport transport;
    transport.on("GET", "https://org.test/").replies(200, "one").fails(ErrorKind::InDoubt);
    transport.on("GET", "https://org.test/").always_replies(503);

    const auto first = transport.send(get("https://org.test/a"), {});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->body, "one");
    const auto second = transport.send(get("https://org.test/b"), {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::InDoubt);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(transport.send(get("https://org.test/c"), {})->status, 503);
    EXPECT_EQ(transport.requests().size(), 4u);
    EXPECT_EQ(transport.unused(), 0u);
}

TEST(FakeTransport, PrefersTheLongestPrefixOfTheSameMethod) {
    FakeTransport transport;
    transport.on("GET", "https://org.test/").replies(200, "short");
    transport.on("GET", "https://org.test/long/").replies(200, "long");
    transport.on("POST", "https://org.test/long/path").replies(201, "other method");

    EXPECT_EQ(transport.send(get("https://org.test/long/path"), {})->body, "long");
    EXPECT_EQ(transport.send(get("https://org.test/long/path"), {})->body, "short");
    EXPECT_EQ(transport.unused(), 1u);
}

TEST(FakeTransport, CountsWhatNobodyExpected) {
    FakeTransport transport;
    const auto answer = transport.send(get("https://org.test/x"), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Broken);
    EXPECT_EQ(transport.unexpected(), std::vector<std::string>{"GET https://org.test/x"});
}

TEST(FakeTransport, HonoursTheCapAndAStop) {
    FakeTransport transport;
    transport.on("GET", "https://org.test/").replies(200, std::string(11, 'x')).replies(200);
    auto request = get("https://org.test/");
    request.max_answer_bytes = 10;
    EXPECT_EQ(transport.send(request, {}).error().kind, ErrorKind::Broken);

    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(transport.send(request, stop.get_token()).error().kind, ErrorKind::Transient);
    EXPECT_EQ(transport.unused(), 1u);
}

TEST(FakeTransport, FindsHeadersWithoutCase) {
    const http::Headers headers{{"X-One", "1"}, {"x-one", "2"}};
    EXPECT_EQ(find_header(headers, "x-ONE"), "1");
    EXPECT_EQ(find_header(headers, "x-two"), std::nullopt);
}

}  // namespace
}  // namespace duet::world
