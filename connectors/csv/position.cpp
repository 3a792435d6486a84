#include "connectors/csv/position.h"

#include <string_view>

#include <nlohmann/json.hpp>

namespace duet::csv {
namespace {

constexpr int kVersion = 1;

Error unreadable() {
    return Error{ErrorKind::Broken,
                 "A stored cursor of the csv connector cannot be read.",
                 "DUET-3117",
                 {},
                 {}};
}

/// False when the member is there and no instant.
bool read_instant(const nlohmann::json& json, const char* key, std::optional<DateTime>& into) {
    const auto found = json.find(key);
    if (found == json.end()) return true;
    if (!found->is_string()) return false;
    into = parse_instant(found->get_ref<const std::string&>());
    return into.has_value();
}

bool read_text(const nlohmann::json& json, const char* key, std::string& into) {
    const auto found = json.find(key);
    if (found == json.end()) return true;
    if (!found->is_string()) return false;
    into = found->get<std::string>();
    return true;
}

}  // namespace

Cursor to_cursor(const Position& position) {
    nlohmann::ordered_json json{{"v", kVersion}};
    if (position.since) json["since"] = format_instant(*position.since);
    if (position.upto) json["upto"] = format_instant(*position.upto);
    if (position.at) {
        json["stamp"] = format_instant(position.at->stamp);
        json["key"] = position.at->key;
    }
    if (!position.file.stat.empty()) json["stat"] = position.file.stat;
    if (!position.file.digest.empty()) json["digest"] = position.file.digest;
    return Cursor{json.dump()};
}

Result<Position> to_position(const Cursor& cursor) {
    Position position;
    if (cursor.text.empty()) return position;
    const auto json = nlohmann::json::parse(cursor.text, nullptr, false);
    if (!json.is_object() || json.value("v", nlohmann::json()) != kVersion) return unreadable();
    std::optional<DateTime> stamp;
    std::string key;
    if (!read_instant(json, "since", position.since) ||
        !read_instant(json, "upto", position.upto) || !read_instant(json, "stamp", stamp) ||
        !read_text(json, "key", key) || !read_text(json, "stat", position.file.stat) ||
        !read_text(json, "digest", position.file.digest) || stamp.has_value() == key.empty()) {
        return unreadable();
    }
    if (stamp) position.at = Position::Row{*stamp, key};
    return position;
}

}  // namespace duet::csv
