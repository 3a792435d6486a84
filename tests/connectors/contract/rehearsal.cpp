#include "tests/connectors/contract/rehearsal.h"

#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace duet::test {
namespace {

using nlohmann::json;

constexpr std::size_t kPagesMax = 500;

sandbox::SandboxOptions options(std::string public_key_pem) {
    sandbox::SandboxOptions made;
    made.seed_folder = DUET_SOURCE_DIR "/packaging/demo/seed";
    made.clock_start = "2018-01-02T00:00:00Z";
    made.clock_running = false;
    made.apps.front().certificate_pem = std::move(public_key_pem);
    return made;
}

http::TransportSettings transport_settings() {
    http::TransportSettings settings;
    settings.user_agent = "duet-test";
    return settings;
}

}  // namespace

Rehearsal::Rehearsal(std::string public_key_pem)
    : sandbox_(options(std::move(public_key_pem))),
      transport_(http::make_transport(transport_settings())) {}

std::unique_ptr<Connector> Rehearsal::connector(std::string_view kind, const json& more) {
    json settings{{"login_url", sandbox_.url()},
                  {"auth",
                   {{"flow", "client_credentials"},
                    {"client_id", "duet-sandbox-client"},
                    {"client_secret_file", secret_.path()}}}};
    if (kind == "pardot") {
        settings["base_url"] = sandbox_.url();
        settings["business_unit_id"] = "0UvSB0000000001AAA";
    }
    settings.update(more);
    auto made = find_connector_kind(kind)->make(settings, {clock, random_, *transport_, "acme"});
    if (!made) throw std::runtime_error(made.error().message);
    return *std::move(made);
}

void Rehearsal::control(std::string_view path, const json& body) {
    http::Request request;
    request.method = "POST";
    request.url = sandbox_.url() + "/sandbox/" + std::string(path);
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body.dump();
    auto answer = transport_->send(request, {});
    if (!answer) throw std::runtime_error(answer.error().message);
    if (answer->status >= 300) throw std::runtime_error(answer->body);
}

std::string Rehearsal::soap(const std::string& operation) {
    const auto post = [this](const std::string& path, const char* type, const std::string& body) {
        http::Request request;
        request.method = "POST";
        request.url = sandbox_.url() + path;
        request.headers = {{"Content-Type", type}};
        request.body = body;
        auto answer = transport_->send(request, {});
        if (!answer) throw std::runtime_error(answer.error().message);
        return answer->body;
    };
    const json token =
        json::parse(post("/services/oauth2/token", "application/x-www-form-urlencoded",
                         "grant_type=client_credentials&client_id=duet-sandbox-client"
                         "&client_secret=duet-sandbox-secret"));
    const std::string answer =
        post("/services/Soap/u/62.0", "text/xml",
             "<Envelope><Header><SessionHeader><sessionId>" +
                 token.at("access_token").get<std::string>() +
                 "</sessionId></SessionHeader></Header><Body>" + operation + "</Body></Envelope>");
    if (answer.find("<success>true</success>") == std::string::npos) {
        throw std::runtime_error(answer);
    }
    return answer;
}

void Rehearsal::pass(std::chrono::seconds time) {
    clock.pass(time);
    control("clock", {{"advance_seconds", time.count()}});
}

Pulled pull(Connector& connector, const Selection& what, Cursor& cursor, std::size_t limit) {
    Pulled pulled;
    for (;;) {
        auto page = connector.changes(what, cursor, limit, {});
        if (!page) throw std::runtime_error(what.object + ": " + page.error().message);
        if (++pulled.pages > kPagesMax) throw std::runtime_error("the pages have no end");
        pulled.rows += page->rows_pulled;
        for (Change& change : page->changes) {
            pulled.by_key.insert_or_assign(change.record.id.key, std::move(change));
        }
        cursor = page->next;
        if (page->last) return pulled;
    }
}

}  // namespace duet::test
