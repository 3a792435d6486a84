#pragma once

#include <optional>
#include <string>

#include "connectors/connector.h"
#include "connectors/csv/files.h"
#include "mappings/value.h"

namespace duet::csv {

/// What a cursor of this connector says. The README describes its text for a person.
///
/// A pass reads the rows from `since` (less the overlap) on in the order of (stamp, key). It begins
/// when the file is not what `file` says, and ends at the last row.
struct Position {
    struct Row {
        DateTime stamp{};
        std::string key;
    };
    FileMark file;                    // what the file was when the last pass began
    std::optional<DateTime> since{};  // nothing: from the first row
    std::optional<DateTime> upto{};   // how far the last whole pass came; nothing: none yet
    std::optional<Row> at{};          // the last row read, while a pass is under way
};

[[nodiscard]] Cursor to_cursor(const Position& position);
/// Broken DUET-3117 when the text is not a cursor of this connector.
[[nodiscard]] Result<Position> to_position(const Cursor& cursor);

}  // namespace duet::csv
