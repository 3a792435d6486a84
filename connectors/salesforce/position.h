#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "connectors/connector.h"
#include "connectors/window.h"

namespace duet::salesforce {

/// What a cursor of this connector says. The README describes its text for a person.
struct Position {
    enum class Mode {
        Fresh,  // nothing read yet
        Job,    // pages of a bulk query job
        Read,   // REST pages by (stamp, Id)
    };
    Mode mode = Mode::Fresh;
    Covered covered;

    // Of Job.
    std::string job;
    std::optional<DateTime> created{};  // by the vendor's clock
    std::string locator;                // of the next page; empty: the first
    std::size_t rows = 0;               // read so far
    std::size_t polls = 0;

    // Of Read.
    bool history = false;          // still the first read of the object
    std::optional<DateTime> at{};  // the last row read in this pass ...
    std::string after;             // ... and its id; empty: the pass begins
};

[[nodiscard]] Cursor to_cursor(const Position& position);
/// Broken DUET-3117 when the text is not a cursor of this connector.
[[nodiscard]] Result<Position> to_position(const Cursor& cursor);

}  // namespace duet::salesforce
