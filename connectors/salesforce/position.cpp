#include "connectors/salesforce/position.h"

#include <nlohmann/json.hpp>

namespace duet::salesforce {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

void put(json& object, const char* key, const std::optional<DateTime>& time) {
    if (time) object[key] = format_instant(*time);
}

/// False when the member is there and is no instant.
bool take(const json& object, const char* key, std::optional<DateTime>& time) {
    const auto found = object.find(key);
    if (found == object.end()) return true;
    if (!found->is_string()) return false;
    time = parse_instant(found->get_ref<const std::string&>());
    return time.has_value();
}

}  // namespace

Cursor to_cursor(const Position& position) {
    json object{{"v", kVersion}};
    put(object, "mark", position.covered.mark);
    put(object, "floor", position.covered.floor);
    if (position.mode == Position::Mode::Job) {
        object["mode"] = "job";
        object["job"] = position.job;
        put(object, "created", position.created);
        if (!position.locator.empty()) object["locator"] = position.locator;
        object["rows"] = position.rows;
        if (position.polls > 0) object["polls"] = position.polls;
    } else {
        object["mode"] = "read";
        if (position.history) object["history"] = true;
        put(object, "at", position.at);
        if (!position.after.empty()) object["after"] = position.after;
    }
    return {object.dump(-1, ' ', false, json::error_handler_t::replace)};
}

Result<Position> to_position(const Cursor& cursor) {
    Position position;
    if (cursor.text.empty()) return position;
    const Error broken{
        ErrorKind::Broken, "The stored cursor is not one of this connector.", "DUET-3117", {}, {}};
    const json object = json::parse(cursor.text, nullptr, false);
    if (!object.is_object()) return broken;
    try {
        if (object.value("v", 0) != kVersion) return broken;
        const std::string mode = object.value("mode", "");
        if (mode == "job") {
            position.mode = Position::Mode::Job;
            position.job = object.at("job").get<std::string>();
        } else if (mode == "read") {
            position.mode = Position::Mode::Read;
        } else {
            return broken;
        }
        position.locator = object.value("locator", "");
        position.rows = object.value("rows", std::size_t{0});
        position.polls = object.value("polls", std::size_t{0});
        position.history = object.value("history", false);
        position.after = object.value("after", "");
    } catch (const json::exception&) {
        return broken;
    }
    const bool sound = take(object, "mark", position.covered.mark) &&
                       take(object, "floor", position.covered.floor) &&
                       take(object, "created", position.created) &&
                       take(object, "at", position.at) &&
                       position.at.has_value() == !position.after.empty();
    if (!sound) return broken;
    return position;
}

}  // namespace duet::salesforce
