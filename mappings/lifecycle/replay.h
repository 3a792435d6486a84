#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mappings/lifecycle/days.h"
#include "mappings/lifecycle/model.h"
#include "mappings/value.h"

/// Where a person stands, and how they came there: worked out from all that happened, each time
/// anew, so that the order in which facts arrive makes no difference.
namespace duet::lifecycle {

/// Something that happened to a person at one moment.
struct Event {
    DateTime at{};
    int order = 0;         // of its source: the lower comes first at one moment
    std::string record{};  // its id; the last word on order
    std::string name{};
    std::string reason{};
    std::string owner{};
    std::string campaign{};
    bool operator==(const Event&) const = default;
};

/// Something that holds for a while: a contract, an open deal, a planned meeting.
struct Span {
    std::string name{};
    std::string record{};
    DateTime from{};
    std::optional<DateTime> until{};  // it holds before this moment; nothing: for good
    int order = 0;
    std::string reason{};
    std::string owner{};
    std::string campaign{};
    bool operator==(const Span&) const = default;
};

/// All that is known of a person; in any order, and things told twice count once.
struct Facts {
    std::vector<Event> events{};
    std::vector<Span> spans{};
};

/// Of two records that became one.
[[nodiscard]] Facts merge(Facts a, const Facts& b);

/// An entry into a stage.
struct Row {
    std::string from{};  // empty: there was no stage
    std::string to{};
    DateTime at{};        // when it happened, not when it was seen
    std::string event{};  // what caused it: an event, a span or a timer
    std::string record{};
    std::string reason{};
    std::string owner{};
    std::string campaign{};
    int cycle = 1;
    bool skipped = false;  // passed over on the way to a later stage
    bool reopened = false;
    bool operator==(const Row&) const = default;
};

/// An event that no transition allowed.
struct Refused {
    std::string from{};
    std::string to{};  // where it would have led
    DateTime at{};
    std::string event{};
    std::string record{};
    std::string why{};
    bool operator==(const Refused&) const = default;
};

/// A timer that only notes that its day came.
struct Mark {
    std::string name{};
    DateTime at{};
    bool operator==(const Mark&) const = default;
};

/// When a stage was entered.
struct StageTimes {
    std::optional<DateTime> first{};
    std::optional<DateTime> current{};  // first of the present cycle
    std::optional<DateTime> last{};
    int count = 0;
    bool operator==(const StageTimes&) const = default;
};

struct History {
    std::string stage{};  // empty: none yet
    DateTime since{};     // when it was entered; epoch without a stage
    int cycle = 1;
    int reopened = 0;
    std::vector<std::string> tags{};
    std::vector<StageTimes> times{};  // by index of the model's stages
    std::vector<Row> rows{};
    std::vector<Refused> refused{};
    std::vector<Mark> marks{};
    /// When stage, marks or tags change next if nothing more happens; nothing: never. Known facts
    /// that lie ahead, such as the end of a contract, are considered.
    std::optional<DateTime> next_change{};
    bool operator==(const History&) const = default;
};

/// Replays what happened up to and including `until`; what comes later is ignored, but for
/// `next_change`. Rules that feed each other without end stop after 10,000 rows.
[[nodiscard]] History replay(const Model& model, const Facts& facts, DateTime until,
                             const Days& days = Days{});

}  // namespace duet::lifecycle
