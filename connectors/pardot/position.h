#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "connectors/connector.h"
#include "connectors/window.h"

namespace duet::pardot {

/// What a cursor of this connector says. The README describes its text for a person.
struct Position {
    enum class Mode : std::uint8_t {
        Fresh,    // nothing read yet
        History,  // all rows by id
        Read,     // what changed, in the order of its stamp (Order::CreatedAt: of its id)
        Ties,     // the rows of one stamp by id: more than a chain of tokens can hold
    };
    Mode mode = Mode::Fresh;
    Covered covered;
    std::uint64_t after_id = 0;  // History, Ties and CreatedAt: the last id read

    // Of a pass of Read that is under way.
    bool under_way = false;
    Start start{};                   // where the chain of tokens began
    std::string token;               // of the next page; empty: the chain's first
    std::size_t chain_rows = 0;      // read of this chain so far
    std::optional<DateTime> last{};  // the stamp of the last row read
};

[[nodiscard]] Cursor to_cursor(const Position& position);
/// Broken DUET-3117 when the text is not a cursor of this connector.
[[nodiscard]] Result<Position> to_position(const Cursor& cursor);

}  // namespace duet::pardot
