#include "connectors/pardot/position.h"

#include <utility>

#include "connectors/position.h"

namespace duet::pardot {
namespace {

using Mode = Position::Mode;

// A cursor holds 4 KiB. A longer token is not kept: the chain is begun anew, and repeats rows.
constexpr std::size_t kTokenBytesMax = 3072;

constexpr std::pair<Mode, const char*> kModes[] = {
    {Mode::History, "history"}, {Mode::Read, "read"}, {Mode::Ties, "ties"}};

}  // namespace

Cursor to_cursor(const Position& given) {
    Position position = given;
    if (position.token.size() > kTokenBytesMax) {
        position.token.clear();
        position.chain_rows = 0;
        if (position.last) position.start = {position.last, false};
    }
    CursorWriter out;
    for (const auto& [mode, name] : kModes) {
        if (mode == position.mode) out.text("mode", name);
    }
    out.instant("mark", position.covered.mark);
    out.instant("floor", position.covered.floor);
    out.number("id", position.after_id);
    if (position.under_way) {
        out.flag("under_way", true);
        out.instant("start", position.start.at);
        out.flag("after_start", position.start.exclusive);
        out.text("token", position.token);
        out.number("chain_rows", position.chain_rows);
        out.instant("last", position.last);
    }
    return out.cursor();
}

Result<Position> to_position(const Cursor& cursor) {
    Position position;
    if (cursor.text.empty()) return position;
    CursorReader in(cursor);
    const std::string wanted = in.text("mode");
    for (const auto& [mode, name] : kModes) {
        if (wanted == name) position.mode = mode;
    }
    position.covered.mark = in.instant("mark");
    position.covered.floor = in.instant("floor");
    position.after_id = in.number("id");
    position.under_way = in.flag("under_way");
    position.start.at = in.instant("start");
    position.start.exclusive = in.flag("after_start");
    position.token = in.text("token");
    position.chain_rows = in.number("chain_rows");
    position.last = in.instant("last");
    if (!in.sound() || position.mode == Mode::Fresh) return broken_cursor();
    return position;
}

}  // namespace duet::pardot
