#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sync/planner.h"
#include "daemon/trial/situation.h"
#include "daemon/trial/story.h"

namespace duet::trial {

/// What came of one entity.
struct Outcome {
    sync::Org& org;
    const sync::EntityPlan& plan;
    Look& look;
};

/// An expectation that did not hold.
struct Miss {
    std::string expected;
    std::string got;
    std::string why;  // the rule and its reason, when one is behind it
};

/// One expectation with its place in the test document.
struct Check {
    document::Place place;
    int length = 1;
    std::string what;  // "pardot phone"
    std::function<std::optional<Miss>(Outcome&)> ask;
};

/// What is expected of the entity of one given record.
struct Expectation {
    std::size_t record = 0;
    std::vector<Check> checks;
};

/// Reads one item of `expect`; nothing when what it is about cannot be known. Faults are reported.
[[nodiscard]] std::optional<Expectation> read_expectation(const document::Node& node,
                                                          const Situation& situation,
                                                          const sync::Model& model,
                                                          document::Findings& findings);

}  // namespace duet::trial
