#include <nlohmann/json.hpp>

#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

json text_json(const Row& row, const char* field) {
    if (row.is_null(field)) return nullptr;
    return row.text(field);
}

std::string base_url(const SandboxState& state, const ApiRequest& request) {
    return state.options.public_url.empty() ? request.base_url : state.options.public_url;
}

json urls_json(const std::string& base, const std::string& version, const std::string& org,
               const std::string& user) {
    const std::string rest = base + "/services/data/v" + version + "/";
    return {{"enterprise", base + "/services/Soap/c/" + version + "/" + org},
            {"partner", base + "/services/Soap/u/" + version + "/" + org},
            {"metadata", base + "/services/Soap/m/" + version + "/" + org},
            {"rest", rest},
            {"sobjects", rest + "sobjects/"},
            {"search", rest + "search/"},
            {"query", rest + "query/"},
            {"recent", rest + "recent/"},
            {"tooling_soap", base + "/services/Soap/T/" + version + "/" + org},
            {"tooling_rest", rest + "tooling/"},
            {"profile", base + "/" + user},
            {"custom_domain", base}};
}

std::string full_name(const Row& user) { return user.text("Name"); }

std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '&') {
            out += "&amp;";
        } else {
            out += c;
        }
    }
    return out;
}

std::string xml_plain(std::string text) {
    static constexpr std::pair<const char*, const char*> kEntities[] = {
        {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
    for (const auto& [entity, plain] : kEntities) {
        for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at) {
            text.replace(at, std::string_view(entity).size(), plain);
        }
    }
    return text;
}

/// The text of the first element of that local name, whatever its prefix.
std::string element(const std::string& xml, const std::string& name) {
    for (std::size_t at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
        const std::size_t end = xml.find('>', at);
        if (end == std::string::npos) return {};
        std::string tag = xml.substr(at + 1, end - at - 1);
        tag = tag.substr(0, tag.find_first_of(" \t\r\n/"));
        const std::size_t colon = tag.find(':');
        if (colon != std::string::npos) tag = tag.substr(colon + 1);
        if (tag != name) continue;
        return xml_plain(xml.substr(end + 1, xml.find("</", end) - end - 1));
    }
    return {};
}

ApiResponse soap_answer(int status, const std::string& body) {
    ApiResponse answer;
    answer.status = status;
    answer.content_type = "text/xml; charset=utf-8";
    answer.body =
        R"(<?xml version="1.0" encoding="UTF-8"?>)"
        R"(<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
        R"( xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com")"
        R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>)" +
        body + "</soapenv:Body></soapenv:Envelope>";
    return answer;
}

ApiResponse soap_fault(const std::string& code, const std::string& message) {
    return soap_answer(500, "<soapenv:Fault><faultcode>sf:" + code + "</faultcode><faultstring>" +
                                code + ": " + message +
                                "</faultstring><detail><sf:LoginFault xsi:type=\"sf:LoginFault\">"
                                "<sf:exceptionCode>" +
                                code + "</sf:exceptionCode><sf:exceptionMessage>" + message +
                                "</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>");
}

std::string tag(const std::string& name, const std::string& text) {
    return text.empty() ? "<" + name + " xsi:nil=\"true\"/>"
                        : "<" + name + ">" + xml_text(text) + "</" + name + ">";
}

}  // namespace

ApiResponse handle_identity(SandboxState& state, const ApiRequest& request,
                            const Session& session) {
    const auto user = load_row(state, table_of(state, "User"), session.user_id);
    if (!user) return refusal_answer(not_found());
    const std::string base = base_url(state, request);
    const std::string org = state.setting("organization_id");
    const std::string version = request.parameter("version").value_or("{version}");
    return json_answer(
        {{"id", base + "/id/" + org + "/" + session.user_id},
         {"asserted_user", true},
         {"user_id", session.user_id},
         {"organization_id", org},
         {"username", user->text("Username")},
         {"nick_name", user->text("Alias")},
         {"display_name", full_name(*user)},
         {"email", text_json(*user, "Email")},
         {"email_verified", true},
         {"first_name", text_json(*user, "FirstName")},
         {"last_name", user->text("LastName")},
         {"timezone", user->text("TimeZoneSidKey")},
         {"photos",
          {{"picture", base + "/profilephoto/005/F"}, {"thumbnail", base + "/profilephoto/005/T"}}},
         {"urls", urls_json(base, version, org, session.user_id)},
         {"active", true},
         {"user_type", "STANDARD"},
         {"language", user->text("LanguageLocaleKey")},
         {"locale", user->text("LocaleSidKey")},
         {"utcOffset", 0},
         {"last_modified_date", user->text("LastModifiedDate").substr(0, 19) + "Z"},
         {"is_app_installed", true}});
}

ApiResponse handle_userinfo(SandboxState& state, const ApiRequest& request,
                            const Session& session) {
    const auto user = load_row(state, table_of(state, "User"), session.user_id);
    if (!user) return refusal_answer(not_found());
    const std::string base = base_url(state, request);
    const std::string org = state.setting("organization_id");
    return json_answer(
        {{"sub", base + "/id/" + org + "/" + session.user_id},
         {"user_id", session.user_id},
         {"organization_id", org},
         {"preferred_username", user->text("Username")},
         {"nickname", user->text("Alias")},
         {"name", full_name(*user)},
         {"email", text_json(*user, "Email")},
         {"email_verified", true},
         {"given_name", text_json(*user, "FirstName")},
         {"family_name", user->text("LastName")},
         {"zoneinfo", user->text("TimeZoneSidKey")},
         {"photos",
          {{"picture", base + "/profilephoto/005/F"}, {"thumbnail", base + "/profilephoto/005/T"}}},
         {"profile", base + "/" + session.user_id},
         {"picture", base + "/profilephoto/005/F"},
         {"address", json::object()},
         {"is_salesforce_integration_user", false},
         {"urls", urls_json(base, "{version}", org, session.user_id)},
         {"active", true},
         {"user_type", "STANDARD"},
         {"language", user->text("LanguageLocaleKey")},
         {"locale", user->text("LocaleSidKey")},
         {"utcOffset", 0},
         {"updated_at", user->text("LastModifiedDate").substr(0, 19) + "Z"}});
}

ApiResponse handle_soap_login(SandboxState& state, const ApiRequest& request,
                              const std::vector<std::string>& path) {
    const bool login = request.body.find("login") != std::string::npos && path.size() >= 4;
    if (!login) return soap_fault("UNKNOWN_EXCEPTION", "Only login is served here");
    auto found = state.database.prepare(
        "SELECT Id FROM User WHERE IsActive=1 AND Username=?1 COLLATE NOCASE");
    found.bind(1, element(request.body, "username"));
    const bool known = found.step();
    if (!known || !element(request.body, "password").starts_with(state.options.password)) {
        return soap_fault("INVALID_LOGIN",
                          "Invalid username, password, security token; or user locked out.");
    }
    const std::string id(found.text(0));
    const Session session = state.open_session(id, "soap");
    const auto user = load_row(state, table_of(state, "User"), id);
    const std::string org = state.setting("organization_id");
    const std::string base = base_url(state, request);
    const std::string tail = path[3] + "/" + org.substr(0, 15);
    auto organization = load_row(state, table_of(state, "Organization"), org);
    std::string info =
        tag("accessibilityMode", "false") + tag("organizationId", org) +
        tag("organizationMultiCurrency", "false") +
        tag("organizationName", organization ? organization->text("Name") : "") +
        tag("orgDefaultCurrencyIsoCode", "USD") + tag("orgHasPersonAccounts", "false") +
        tag("profileId", user->text("ProfileId")) + tag("roleId", user->text("UserRoleId")) +
        tag("sessionSecondsValid", std::to_string(state.options.token_life.count())) +
        tag("userEmail", user->text("Email")) + tag("userFullName", user->text("Name")) +
        tag("userId", id) + tag("userLanguage", user->text("LanguageLocaleKey")) +
        tag("userLocale", user->text("LocaleSidKey")) + tag("userName", user->text("Username")) +
        tag("userTimeZone", user->text("TimeZoneSidKey")) + tag("userType", "Standard");
    return soap_answer(200, "<loginResponse><result>" +
                                tag("metadataServerUrl", base + "/services/Soap/m/" + tail) +
                                tag("passwordExpired", "false") + tag("sandbox", "true") +
                                tag("serverUrl", base + "/services/Soap/" + path[2] + "/" + tail) +
                                tag("sessionId", session.token) + tag("userId", id) + "<userInfo>" +
                                info + "</userInfo></result></loginResponse>");
}

}  // namespace duet::sandbox
