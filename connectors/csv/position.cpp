#include "connectors/csv/position.h"

#include "connectors/position.h"

namespace duet::csv {

Cursor to_cursor(const Position& position) {
    CursorWriter out;
    out.instant("since", position.since);
    out.instant("upto", position.upto);
    if (position.at) {
        out.instant("stamp", position.at->stamp);
        out.text("key", position.at->key);
    }
    out.text("stat", position.file.stat);
    out.text("digest", position.file.digest);
    return out.cursor();
}

Result<Position> to_position(const Cursor& cursor) {
    Position position;
    if (cursor.text.empty()) return position;
    CursorReader in(cursor);
    position.since = in.instant("since");
    position.upto = in.instant("upto");
    const std::optional<DateTime> stamp = in.instant("stamp");
    const std::string key = in.text("key");
    position.file.stat = in.text("stat");
    position.file.digest = in.text("digest");
    if (!in.sound() || stamp.has_value() == key.empty()) return broken_cursor();
    if (stamp) position.at = Position::Row{*stamp, key};
    return position;
}

}  // namespace duet::csv
