#include "tests/world/vendor_people.h"

#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/state.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kBusinessUnit = "0UvSB0000000001AAA";

bool is_pardot(std::string_view object) {
    return object == "prospect" || object == "list" || object == "list-membership" ||
           object == "custom-field";
}

/// The table that holds an object's rows.
std::string table_of(const std::string& object) {
    if (object == "prospect") return "pardot_prospects";
    if (object == "list") return "pardot_lists";
    if (object == "list-membership") return "pardot_list_memberships";
    return object;
}

std::string path_of(const std::string& object) {
    if (is_pardot(object)) return "/api/v5/objects/" + object + "s";
    return "/services/data/v62.0/sobjects/" + object;
}

std::string path_of(const RecordId& id) { return path_of(id.object) + "/" + id.key; }

sandbox::ApiRequest request_of(const std::string& method, const std::string& target,
                               const json& body) {
    sandbox::ApiRequest request;
    request.method = method;
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string::npos) request.query = target.substr(mark + 1);
    request.parameters = sandbox::parse_form(request.query);
    request.base_url = "https://vendors.test";
    if (!body.is_null()) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = body.dump();
    }
    return request;
}

/// The text of the first element of that name; "" when there is none.
std::string element(const std::string& xml, const std::string& name) {
    const auto from = xml.find("<" + name + ">");
    if (from == std::string::npos) return {};
    const auto begin = from + name.size() + 2;
    return xml.substr(begin, xml.find("</", begin) - begin);
}

}  // namespace

void VendorPeople::set_clock() {
    apis_.with_state([this](sandbox::SandboxState& state) {
        using std::chrono::milliseconds;
        const auto now = std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch());
        state.clock.set(now.count());
    });
}

void VendorPeople::sign_in() {
    sandbox::ApiRequest request = request_of("POST", "/services/oauth2/token", nullptr);
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body =
        "grant_type=client_credentials&client_id=duet-sandbox-client"
        "&client_secret=duet-sandbox-secret";
    const sandbox::ApiResponse answer = apis_.handle(request);
    if (answer.status != 200) throw std::runtime_error(answer.body);
    token_ = json::parse(answer.body).at("access_token").get<std::string>();
}

json VendorPeople::call(const std::string& method, const std::string& target, const json& body) {
    set_clock();
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (token_.empty()) sign_in();
        sandbox::ApiRequest request = request_of(method, target, body);
        request.headers.emplace_back("Authorization", "Bearer " + token_);
        request.headers.emplace_back("Pardot-Business-Unit-Id", kBusinessUnit);
        const sandbox::ApiResponse answer = apis_.handle(request);
        if (answer.status == 401) {
            token_.clear();
            continue;
        }
        if (answer.drop || answer.status >= 300) {
            throw std::runtime_error(method + " " + target + ": " + answer.body);
        }
        return answer.body.empty() ? json(nullptr) : json::parse(answer.body);
    }
    throw std::runtime_error(method + " " + target + ": the session is refused");
}

std::string VendorPeople::add(const std::string& object, const json& fields) {
    if (!is_pardot(object)) {
        return call("POST", path_of(object), fields).at("id").get<std::string>();
    }
    const json made = call("POST", path_of(object) + "?fields=id", fields);
    return std::to_string(made.at("id").get<std::int64_t>());
}

void VendorPeople::edit(const RecordId& id, const json& fields) {
    call("PATCH", path_of(id) + (is_pardot(id.object) ? "?fields=id" : ""), fields);
}

void VendorPeople::remove(const RecordId& id) { call("DELETE", path_of(id), nullptr); }

void VendorPeople::undelete(const RecordId& id) {
    if (is_pardot(id.object)) {
        return control("pardot/undelete", {{"prospect", std::stoll(id.key)}});
    }
    soap("<undelete><ids>" + id.key + "</ids></undelete>");
}

void VendorPeople::merge(const RecordId& loser, const RecordId& survivor) {
    if (is_pardot(loser.object)) {
        return control("pardot/merge", {{"prospect", std::stoll(survivor.key)},
                                        {"others", json::array({std::stoll(loser.key)})}});
    }
    soap("<merge><request><masterRecord><type>" + survivor.object + "</type><Id>" + survivor.key +
         "</Id></masterRecord><recordToMergeIds>" + loser.key +
         "</recordToMergeIds></request></merge>");
}

std::string VendorPeople::convert(const std::string& lead_key) {
    return element(soap_convert("", lead_key), "contactId");
}

void VendorPeople::convert_into(const std::string& lead_key, const std::string& contact_key,
                                const std::string& account_key) {
    soap_convert(
        "<accountId>" + account_key + "</accountId><contactId>" + contact_key + "</contactId>",
        lead_key);
}

std::string VendorPeople::soap_convert(const std::string& target, const std::string& lead_key) {
    return soap("<convertLead><leadConverts>" + target +
                "<convertedStatus>Closed - Converted"
                "</convertedStatus><doNotCreateOpportunity>true</doNotCreateOpportunity>"
                "<leadId>" +
                lead_key + "</leadId></leadConverts></convertLead>");
}

std::string VendorPeople::soap(const std::string& operation) {
    set_clock();
    sign_in();
    sandbox::ApiRequest request = request_of("POST", "/services/Soap/u/62.0", nullptr);
    request.headers.emplace_back("Content-Type", "text/xml");
    request.body = "<Envelope><Header><SessionHeader><sessionId>" + token_ +
                   "</sessionId></SessionHeader></Header><Body>" + operation + "</Body></Envelope>";
    const sandbox::ApiResponse answer = apis_.handle(request);
    if (answer.body.find("<success>true</success>") == std::string::npos) {
        throw std::runtime_error(answer.body);
    }
    return answer.body;
}

std::map<std::string, VendorRow> VendorPeople::rows_where(const std::string& object,
                                                          const std::vector<std::string>& fields,
                                                          const std::string& condition,
                                                          const std::string& value) {
    std::map<std::string, VendorRow> found;
    std::string sql = "SELECT Id";
    for (const std::string& field : fields) sql += ", \"" + field + "\"";
    sql += " FROM \"" + table_of(object) + "\" WHERE IsDeleted = 0" + condition;
    if (object == "Lead") sql += " AND IsConverted = 0";
    apis_.with_state([&](sandbox::SandboxState& state) {
        auto statement = state.database.prepare(sql);
        if (!condition.empty()) statement.bind(1, value);
        while (statement.step()) {
            VendorRow& row = found[std::string(statement.text(0))];
            for (std::size_t i = 0; i < fields.size(); ++i) {
                row[fields[i]] = std::string(statement.text(static_cast<int>(i) + 1));
            }
        }
    });
    return found;
}

std::map<std::string, VendorRow> VendorPeople::rows(const std::string& object,
                                                    const std::vector<std::string>& fields) {
    return rows_where(object, fields, "", "");
}

std::vector<std::string> VendorPeople::keys_with(const std::string& object,
                                                 const std::string& field,
                                                 const std::string& value) {
    std::vector<std::string> keys;
    const std::string condition = " AND \"" + field + "\" = ?1 COLLATE NOCASE";
    for (const auto& [key, row] : rows_where(object, {}, condition, value)) keys.push_back(key);
    return keys;
}

void VendorPeople::control(std::string_view path, const json& body) {
    set_clock();
    const sandbox::ApiResponse answer =
        apis_.handle(request_of("POST", "/sandbox/" + std::string(path), body));
    if (answer.status >= 300) throw std::runtime_error(answer.body);
}

void VendorPeople::clear_faults() {
    static_cast<void>(apis_.handle(request_of("DELETE", "/sandbox/faults", nullptr)));
}

}  // namespace duet::world
