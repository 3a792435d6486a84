#include "tests/connectors/http/socket_helpers.h"

#include <algorithm>
#include <cctype>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace duet::http {

using world::SocketServer;

TransportSettings test_settings() {
    TransportSettings settings;
    settings.user_agent = "duet-test/1";
    return settings;
}

std::unique_ptr<Transport> make_test_transport() { return make_transport(test_settings()); }

Request get(std::string url) {
    Request request;
    request.url = std::move(url);
    request.deadline = std::chrono::seconds{5};
    return request;
}

Request post(std::string url, std::string body) {
    Request request = get(std::move(url));
    request.method = "POST";
    request.body = std::move(body);
    request.repeatable = false;
    return request;
}

SocketServer::Script answer_all(std::string answer) {
    return [answer = std::move(answer)](SocketServer::Session& session) {
        while (!session.read_request().empty()) session.send(answer);
    };
}

SocketServer::Script never_answer() {
    return [](SocketServer::Session& session) {
        session.read_request();
        session.wait_for_close();
    };
}

std::string only_request(const SocketServer& server) {
    const auto requests = server.requests();
    EXPECT_EQ(requests.size(), 1u);
    return requests.empty() ? std::string{} : requests.front();
}

std::string header_of(std::string_view request, std::string_view lower_name) {
    std::string lower(request);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto line = lower.find("\r\n" + std::string(lower_name) + ":");
    if (line == std::string::npos) return {};
    const auto begin = request.find_first_not_of(' ', line + 2 + lower_name.size() + 1);
    return std::string(request.substr(begin, request.find("\r\n", begin) - begin));
}

std::uint16_t closed_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length), 0);
    close(socket);
    return ntohs(address.sin_port);
}

void wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (!condition()) {
        ASSERT_LT(std::chrono::steady_clock::now(), end) << "it never came true";
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
}

long peak_memory_kib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

std::chrono::milliseconds time_of(const std::function<void()>& action) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 begin);
}

}  // namespace duet::http
