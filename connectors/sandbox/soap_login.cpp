#include "connectors/sandbox/salesforce_currency.h"
#include "connectors/sandbox/soap.h"

namespace duet::sandbox {

namespace {

/// The members that getUserInfo and login tell of a user.
std::string user_info(const SoapCall& call, const std::string& user_id) {
    SandboxState& state = call.state;
    const auto user = load_row(state, table_of(state, "User"), user_id);
    const std::string org = state.setting("organization_id");
    const auto organization = load_row(state, table_of(state, "Organization"), org);
    const auto of_user = [&user](const char* name, const char* field) {
        return xml_element(name, user ? user->text(field) : "");
    };
    return xml_element("accessibilityMode", "false") + xml_element("organizationId", org) +
           xml_element("organizationMultiCurrency", has_currencies(state) ? "true" : "false") +
           xml_element("organizationName", organization ? organization->text("Name") : "") +
           xml_element("orgDefaultCurrencyIsoCode", corporate_currency(state)) +
           xml_element("orgHasPersonAccounts", "false") + of_user("profileId", "ProfileId") +
           of_user("roleId", "UserRoleId") +
           xml_element("sessionSecondsValid", std::to_string(state.options.token_life.count())) +
           of_user("userEmail", "Email") + of_user("userFullName", "Name") +
           xml_element("userId", user_id) + of_user("userLanguage", "LanguageLocaleKey") +
           of_user("userLocale", "LocaleSidKey") + of_user("userName", "Username") +
           of_user("userTimeZone", "TimeZoneSidKey") + xml_element("userType", "Standard");
}

}  // namespace

ApiResponse soap_login(const SoapCall& call) {
    SandboxState& state = call.state;
    auto found = state.database.prepare(
        "SELECT Id FROM User WHERE IsActive=1 AND Username=?1 COLLATE NOCASE");
    found.bind(1, call.operation.text_of("username"));
    const bool known = found.step();
    if (!known || !call.operation.text_of("password").starts_with(state.options.password)) {
        return soap_fault(call, "INVALID_LOGIN",
                          "Invalid username, password, security token; or user locked out.",
                          "LoginFault");
    }
    const std::string id(found.text(0));
    const Session session = state.open_session(id, "soap");
    const std::string base = base_url(state, call.request);
    const std::string tail = call.path[3] + "/" + state.setting("organization_id").substr(0, 15);
    return soap_answer(
        call, 200,
        "<loginResponse><result>" +
            xml_element("metadataServerUrl", base + "/services/Soap/m/" + tail) +
            xml_element("passwordExpired", "false") + xml_element("sandbox", "true") +
            xml_element("serverUrl", base + "/services/Soap/" + call.path[2] + "/" + tail) +
            xml_element("sessionId", session.token) + xml_element("userId", id) + "<userInfo>" +
            user_info(call, id) + "</userInfo></result></loginResponse>");
}

ApiResponse soap_user_info(const SoapCall& call) {
    return soap_answer(call, 200,
                       "<getUserInfoResponse><result>" + user_info(call, call.user_id) +
                           "</result></getUserInfoResponse>");
}

}  // namespace duet::sandbox
