#include "tests/connectors/sandbox/salesforce/org.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace duet::sandbox::test {

using nlohmann::json;

namespace {

std::string first_member(const json& body, const char* name) {
    const json& error = body.is_array() && !body.empty() ? body.front() : body;
    return error.is_object() ? error.value(name, "") : std::string{};
}

}  // namespace

std::string Answer::code() const { return first_member(json, "errorCode"); }
std::string Answer::message() const { return first_member(json, "message"); }

std::string encoded(const std::string& text) { return url_encode(text); }

SandboxOptions Org::options_at_rest() {
    SandboxOptions options;
    options.seed_folder = std::string(DUET_TEST_DATA) + "/seed";
    options.clock_start = "2018-01-02T03:04:05.000Z";
    options.clock_running = false;
    return options;
}

std::vector<std::string> elements(const Answer& answer, const std::string& name) {
    std::vector<std::string> found;
    const std::string& xml = answer.raw.body;
    for (std::size_t at = xml.find('<' + name); at != std::string::npos;
         at = xml.find('<' + name, at + 1)) {
        const std::size_t end = xml.find('>', at);
        const std::size_t after = at + 1 + name.size();
        if (xml[after] != '>' && xml[after] != ' ' && xml[after] != '/') continue;
        found.push_back(xml[end - 1] == '/' ? ""
                                            : xml.substr(end + 1, xml.find("</", end) - end - 1));
    }
    return found;
}

std::string element(const Answer& answer, const std::string& name) {
    const auto found = elements(answer, name);
    return found.empty() ? std::string{} : found.front();
}

Org::Org(SandboxOptions options) {
    sandbox = std::make_unique<Sandbox>(options);
    client = std::make_unique<world::RawHttpClient>(sandbox->port());
    sign_in();
}

void Org::sign_in() {
    token.clear();
    const auto answer = call("POST", "/services/oauth2/token",
                             "grant_type=client_credentials&client_id=duet-sandbox-client"
                             "&client_secret=duet-sandbox-secret",
                             {{"Content-Type", "application/x-www-form-urlencoded"}});
    if (answer.status != 200) throw std::runtime_error("no token: " + answer.raw.body);
    token = answer.json["access_token"];
}

Answer Org::call(const std::string& method, const std::string& path, const std::string& body,
                 world::RawHttpClient::Headers headers) {
    if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
    Answer answer;
    answer.raw = client->send(method, path, headers, body);
    answer.status = answer.raw.status;
    answer.json = json::parse(answer.raw.body, nullptr, false);
    if (answer.json.is_discarded()) answer.json = nullptr;
    return answer;
}

Answer Org::get(const std::string& path, const world::RawHttpClient::Headers& headers) {
    return call("GET", "/services/data/v" + version + path, "", headers);
}

Answer Org::post(const std::string& path, const json& body) {
    return call("POST", "/services/data/v" + version + path, body.dump(),
                {{"Content-Type", "application/json"}});
}

Answer Org::patch(const std::string& path, const json& body,
                  const world::RawHttpClient::Headers& headers) {
    auto all = headers;
    all.emplace_back("Content-Type", "application/json");
    return call("PATCH", "/services/data/v" + version + path, body.dump(), all);
}

Answer Org::remove(const std::string& path) {
    return call("DELETE", "/services/data/v" + version + path);
}

Answer Org::soap(const std::string& operation, const std::string& headers) {
    const std::string message =
        R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope)"
        R"( xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
        R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
        R"(<soapenv:Header xmlns="urn:partner.soap.sforce.com"><SessionHeader><sessionId>)" +
        token + "</sessionId></SessionHeader>" + headers +
        R"(</soapenv:Header><soapenv:Body xmlns="urn:partner.soap.sforce.com">)" + operation +
        "</soapenv:Body></soapenv:Envelope>";
    return call("POST", "/services/Soap/u/" + version, message,
                {{"Content-Type", "text/xml"}, {"SOAPAction", "\"\""}});
}

Answer Org::query(const std::string& soql) { return get("/query?q=" + encoded(soql)); }

json Org::row(const std::string& object, const std::string& id) {
    return get("/sobjects/" + object + "/" + id).json;
}

json Org::field(const std::string& object, const std::string& id, const std::string& name) {
    return get("/sobjects/" + object + "/" + id + "?fields=" + name).json[name];
}

std::string Org::create(const std::string& object, const json& fields) {
    const Answer answer = post("/sobjects/" + object, fields);
    EXPECT_EQ(answer.status, 201) << answer.raw.body;
    return answer.status == 201 ? answer.json["id"].get<std::string>() : std::string{};
}

void Org::set_clock(const std::string& now) {
    EXPECT_EQ(call("POST", "/sandbox/clock", json{{"now", now}}.dump()).status, 200);
}

}  // namespace duet::sandbox::test
