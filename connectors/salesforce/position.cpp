#include "connectors/salesforce/position.h"

#include "connectors/position.h"

namespace duet::salesforce {

using Mode = Position::Mode;

Cursor to_cursor(const Position& position) {
    CursorWriter out;
    out.instant("mark", position.covered.mark);
    out.instant("floor", position.covered.floor);
    if (position.mode == Mode::Job) {
        out.text("mode", "job");
        out.text("job", position.job);
        out.instant("created", position.created);
        out.text("locator", position.locator);
        out.number("rows", position.rows);
        out.number("polls", position.polls);
    } else {
        out.text("mode", "read");
        out.flag("history", position.history);
        out.instant("at", position.at);
        out.text("after", position.after);
    }
    return out.cursor();
}

Result<Position> to_position(const Cursor& cursor) {
    Position position;
    if (cursor.text.empty()) return position;
    CursorReader in(cursor);
    const std::string mode = in.text("mode");
    if (mode == "job") position.mode = Mode::Job;
    if (mode == "read") position.mode = Mode::Read;
    position.covered.mark = in.instant("mark");
    position.covered.floor = in.instant("floor");
    position.job = in.text("job");
    position.created = in.instant("created");
    position.locator = in.text("locator");
    position.rows = in.number("rows");
    position.polls = in.number("polls");
    position.history = in.flag("history");
    position.at = in.instant("at");
    position.after = in.text("after");
    const bool complete = position.mode != Mode::Fresh &&
                          (position.mode == Mode::Job) == !position.job.empty() &&
                          position.at.has_value() == !position.after.empty();
    if (!in.sound() || !complete) return broken_cursor();
    return position;
}

}  // namespace duet::salesforce
