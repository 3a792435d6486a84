#include "tests/connectors/sandbox/pardot/pardot_client.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connectors/sandbox/apis.h"

namespace duet::sandbox::testing {

namespace {

std::string converse(std::uint16_t port, const std::string& request) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        throw std::runtime_error("cannot connect to the sandbox");
    }
    for (std::size_t sent = 0; sent < request.size();) {
        const ssize_t n = ::send(socket, request.data() + sent, request.size() - sent, 0);
        if (n <= 0) break;
        sent += static_cast<std::size_t>(n);
    }
    std::string answer;
    char buffer[65536];
    for (ssize_t n = 0; (n = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(socket);
    return answer;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return text;
}

}  // namespace

nlohmann::json Reply::json() const { return nlohmann::json::parse(body); }

int Reply::code() const {
    const auto parsed = nlohmann::json::parse(body, nullptr, false);
    return parsed.is_object() ? parsed.value("code", 0) : 0;
}

std::string Reply::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
}

Reply send_http(std::uint16_t port, const std::string& method, const std::string& target,
                const std::string& body, const RequestHeaders& headers) {
    std::string request = method + " " + target +
                          " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                          "\r\nConnection: close\r\n";
    for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
    if (!body.empty() || method == "POST" || method == "PATCH") {
        request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    const std::string answer = converse(port, request + "\r\n" + body);
    const std::size_t end = answer.find("\r\n\r\n");
    if (end == std::string::npos) throw std::runtime_error("no answer from the sandbox");
    Reply reply;
    reply.body = answer.substr(end + 4);
    std::istringstream lines(answer.substr(0, end));
    std::string line;
    std::getline(lines, line);
    reply.status = std::stoi(line.substr(9, 3));
    while (std::getline(lines, line)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos) {
            reply.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
        }
    }
    return reply;
}

SandboxOptions PardotServer::standing_clock() {
    SandboxOptions options;
    options.seed_folder = std::string{DUET_TEST_DATA} + "/seed";
    options.clock_start = "2018-01-02T09:00:00Z";
    options.clock_running = false;
    return options;
}

PardotServer::PardotServer(SandboxOptions options) : sandbox_(options) {
    sandbox_.apis().with_state([this](SandboxState& state) {
        token_ = state.open_session("005SB0000000001YAA", "duet-sandbox-client").token;
    });
}

RequestHeaders PardotServer::headers() const {
    return {{"Authorization", "Bearer " + token_},
            {"Pardot-Business-Unit-Id", "0UvSB0000000001AAA"},
            {"Content-Type", "application/json"}};
}

Reply PardotServer::call(const std::string& method, const std::string& path,
                         const std::string& body) {
    return raw(method, "/api/v5/objects/" + path, body, headers());
}

Reply PardotServer::raw(const std::string& method, const std::string& target,
                        const std::string& body, const RequestHeaders& given) {
    return send_http(sandbox_.port(), method, target, body, given);
}

std::vector<int> PardotServer::ids(const std::string& path) {
    std::vector<int> found;
    std::string target = "/api/v5/objects/" + path;
    while (!target.empty()) {
        const Reply reply = raw("GET", target, "", headers());
        if (reply.status != 200) throw std::runtime_error(target + ": " + reply.body);
        const auto page = reply.json();
        for (const auto& row : page.at("values")) found.push_back(row.at("id").get<int>());
        const auto& next = page.at("nextPageUrl");
        if (next.is_null()) break;
        target = next.get<std::string>().substr(sandbox_.url().size());
    }
    return found;
}

void PardotServer::set(const std::string& name, const std::string& value) {
    const nlohmann::json body{{"pardot." + name, value}};
    const Reply reply = raw("POST", "/sandbox/settings", body.dump(), {});
    if (reply.status != 200) throw std::runtime_error(reply.body);
}

void PardotServer::advance(std::chrono::seconds by) {
    sandbox_.apis().with_state([by](SandboxState& state) { state.clock.advance(by); });
}

}  // namespace duet::sandbox::testing
