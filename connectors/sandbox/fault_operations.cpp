#include "connectors/sandbox/faults.h"
#include "connectors/sandbox/xml.h"

namespace duet::sandbox {

namespace {

using Path = std::vector<std::string>;

std::string row_verb(const std::string& method) {
    if (method == "POST") return "create";
    if (method == "PATCH") return "update";
    if (method == "DELETE") return "delete";
    return "read";
}

std::string soap_operation(const ApiRequest& request) {
    const auto envelope = parse_xml(request.body);
    const XmlElement* body = envelope ? envelope->find("Body") : nullptr;
    if (body == nullptr || body->children.empty()) return "soap";
    return "soap." + body->children.front().name;
}

/// jobs/query/ID/results and jobs/ingest/ID/batches.
std::string bulk_operation(const Path& path, const std::string& method) {
    if (path.size() < 2) return "bulk";
    const std::string kind = "bulk." + path[1] + ".";
    if (path.size() == 2) return kind + (method == "POST" ? "create" : "list");
    if (path.size() == 3) {
        if (method == "PATCH") return kind + "close";
        return kind + (method == "DELETE" ? "delete" : "poll");
    }
    return kind + (lower_case(path[3]) == "batches" ? "upload" : "results");
}

std::string collections_operation(const Path& path, const std::string& method) {
    if (path.size() == 4) return "collections.upsert";
    if (path.size() == 3) return "collections.read";
    return "collections." + row_verb(method);
}

/// The resource below /services/data/vXX.0.
std::string data_operation(const Path& path, const std::string& method) {
    const std::string first = path.empty() ? "" : lower_case(path[0]);
    if (first == "query" || first == "queryall") return path.size() > 1 ? "query.more" : "query";
    if (first == "jobs") return bulk_operation(path, method);
    if (first == "composite") {
        if (path.size() > 1 && path[1] == "sobjects") return collections_operation(path, method);
        return path.size() > 1 ? "composite." + path[1] : "composite";
    }
    if (first != "sobjects") return first.empty() ? "resources" : first;
    if (path.size() == 1) return "describe";
    if (path.size() == 2) return method == "POST" ? "create" : "describe";
    if (path.size() == 4) return method == "PATCH" ? "upsert" : row_verb(method);
    if (path[2] == "describe" || path[2] == "updated" || path[2] == "deleted") return path[2];
    return row_verb(method);
}

/// v5/objects/prospects/17 and v5/objects/prospects/do/upsertLatestByEmail.
std::string pardot_operation(const Path& path, const std::string& method) {
    if (path.size() < 4) return "pardot";
    const std::string kind = "pardot." + path[3] + ".";
    if (path.size() > 5) return kind + path.back();
    if (path.size() == 4) return kind + (method == "POST" ? "create" : "query");
    return kind + row_verb(method);
}

}  // namespace

std::string operation_of(const ApiRequest& request) {
    const Path path = path_segments(request.path);
    if (path.empty()) return {};
    if (path[0] == "api") return pardot_operation(path, request.method);
    if (path[0] == "id") return "identity";
    if (path[0] != "services" || path.size() < 2) return {};
    if (path[1] == "oauth2") return path.size() > 2 ? path[2] : "oauth2";
    if (equal_without_case(path[1], "Soap")) return "salesforce." + soap_operation(request);
    if (path[1] != "data") return {};
    if (path.size() < 3) return "salesforce.versions";
    return "salesforce." + data_operation(Path(path.begin() + 3, path.end()), request.method);
}

bool fits_pattern(std::string_view text, std::string_view pattern) noexcept {
    // Where the last '*' stood, and how much of the text it has taken.
    std::size_t t = 0, p = 0, star = std::string_view::npos, taken = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace duet::sandbox
