#include <nlohmann/json.hpp>

#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

json text_json(const Row& row, const char* field) {
    if (row.is_null(field)) return nullptr;
    return row.text(field);
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

}  // namespace

std::string base_url(const SandboxState& state, const ApiRequest& request) {
    return state.options.public_url.empty() ? request.base_url : state.options.public_url;
}

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

}  // namespace duet::sandbox
