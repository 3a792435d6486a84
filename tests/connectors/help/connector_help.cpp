#include "tests/connectors/help/connector_help.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

namespace duet::test {

using nlohmann::json;

SecretFile::SecretFile(std::string_view content, unsigned mode) : path_("/tmp/duet-secret-XXXXXX") {
    const int descriptor = ::mkstemp(path_.data());
    if (descriptor < 0) throw std::runtime_error("no temporary file");
    const auto written = ::write(descriptor, content.data(), content.size());
    const bool whole = written == static_cast<ssize_t>(content.size());
    if (!whole || ::fchmod(descriptor, mode) != 0) throw std::runtime_error("no temporary file");
    ::close(descriptor);
}

SecretFile::~SecretFile() { std::remove(path_.c_str()); }

std::string SecretFile::content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
}

namespace {

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

}  // namespace

RsaKey::RsaKey() : key_(EVP_RSA_gen(2048)) {}

RsaKey::~RsaKey() { EVP_PKEY_free(key_); }

std::string RsaKey::private_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key_, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio);
}

std::string RsaKey::public_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, key_);
    return text_of(bio);
}

std::string payload(std::string_view name) {
    std::ifstream file(std::string(DUET_SOURCE_DIR "/tests/payloads/") + std::string(name));
    if (!file) throw std::runtime_error("no payload " + std::string(name));
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string decoded(std::string_view url) {
    std::string text;
    for (std::size_t i = 0; i < url.size(); ++i) {
        if (url[i] == '%' && i + 2 < url.size()) {
            text += static_cast<char>(std::stoi(std::string(url.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            text += url[i];
        }
    }
    return text;
}

std::string describe(std::string_view object, const std::vector<std::string>& fields) {
    json described{{"name", object},     {"label", object},   {"createable", true},
                   {"updateable", true}, {"deletable", true}, {"fields", json::array()}};
    std::vector<std::string> all{"Id:id", "SystemModstamp:datetime", "IsDeleted:boolean"};
    all.insert(all.end(), fields.begin(), fields.end());
    for (const std::string& field : all) {
        const auto colon = field.find(':');
        const auto second = field.find(':', colon + 1);
        json one{
            {"name", field.substr(0, colon)},
            {"type", field.substr(colon + 1, second == std::string::npos ? std::string::npos
                                                                         : second - colon - 1)},
            {"createable", true},
            {"updateable", true},
            {"nillable", true}};
        if (second != std::string::npos) {
            one["referenceTo"] = json::array({field.substr(second + 1)});
        }
        described["fields"].push_back(std::move(one));
    }
    return described.dump();
}

Bench::Bench() {
    transport.on("POST", "https://login.test/services/oauth2/token")
        .always_replies(200,
                        R"({"access_token":"00Dxx!secret","instance_url":"https://org.test"})");
}

void Bench::make(std::string_view kind) { make(kind, json::object()); }

void Bench::make(std::string_view kind, const json& more) {
    json settings{{"login_url", "https://login.test"},
                  {"auth",
                   {{"flow", "client_credentials"},
                    {"client_id", "client"},
                    {"client_secret_file", secret.path()}}}};
    if (kind == "salesforce") settings["allowed_hosts"] = json::array({"org.test"});
    if (kind == "pardot") {
        settings["base_url"] = "https://pi.test";
        settings["business_unit_id"] = "0UvSB0000000001AAA";
    }
    settings.update(more);
    const ConnectorKind* found = find_connector_kind(kind);
    if (found == nullptr) throw std::runtime_error("no such kind");
    auto made = found->make(settings, {clock, random, transport, "acme"});
    if (!made) throw std::runtime_error(made.error().message);
    connector = *std::move(made);
}

std::string Bench::url(std::size_t index) const {
    return decoded(transport.requests().at(index).url);
}

std::string Bench::last_url() const { return decoded(transport.requests().back().url); }

std::size_t Bench::sign_ins() const {
    const auto requests = transport.requests();
    return static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(), [](const http::Request& request) {
            return request.url.ends_with("/services/oauth2/token");
        }));
}

}  // namespace duet::test
