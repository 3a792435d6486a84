#include "connectors/pardot/position.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace duet::pardot {
namespace {

using nlohmann::json;
using Mode = Position::Mode;

constexpr int kVersion = 1;
// A cursor holds 4 KiB. A longer token is not kept: the chain is begun anew, and repeats rows.
constexpr std::size_t kTokenBytesMax = 3072;

constexpr std::pair<Mode, const char*> kModes[] = {
    {Mode::History, "history"}, {Mode::Read, "read"}, {Mode::Ties, "ties"}};

void put(json& object, const char* key, const std::optional<DateTime>& time) {
    if (time) object[key] = format_instant(*time);
}

bool take(const json& object, const char* key, std::optional<DateTime>& time) {
    const auto found = object.find(key);
    if (found == object.end()) return true;
    if (!found->is_string()) return false;
    time = parse_instant(found->get_ref<const std::string&>());
    return time.has_value();
}

}  // namespace

Cursor to_cursor(const Position& given) {
    Position position = given;
    if (position.token.size() > kTokenBytesMax) {
        position.token.clear();
        position.chain_rows = 0;
        if (position.last) position.start = {position.last, false};
    }
    json object{{"v", kVersion}};
    for (const auto& [mode, name] : kModes) {
        if (mode == position.mode) object["mode"] = name;
    }
    put(object, "mark", position.covered.mark);
    put(object, "floor", position.covered.floor);
    if (position.after_id > 0) object["id"] = position.after_id;
    if (position.under_way) {
        object["under_way"] = true;
        put(object, "start", position.start.at);
        if (position.start.exclusive) object["after_start"] = true;
        if (!position.token.empty()) object["token"] = position.token;
        if (position.chain_rows > 0) object["chain_rows"] = position.chain_rows;
        put(object, "last", position.last);
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
        const std::string wanted = object.value("mode", "");
        for (const auto& [mode, name] : kModes) {
            if (wanted == name) position.mode = mode;
        }
        if (position.mode == Mode::Fresh) return broken;
        position.after_id = object.value("id", std::uint64_t{0});
        position.under_way = object.value("under_way", false);
        position.start.exclusive = object.value("after_start", false);
        position.token = object.value("token", "");
        position.chain_rows = object.value("chain_rows", std::size_t{0});
    } catch (const json::exception&) {
        return broken;
    }
    const bool sound = take(object, "mark", position.covered.mark) &&
                       take(object, "floor", position.covered.floor) &&
                       take(object, "start", position.start.at) &&
                       take(object, "last", position.last);
    if (!sound) return broken;
    return position;
}

}  // namespace duet::pardot
