#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"
#include "daemon/sync/planner.h"

namespace duet::trial {

/// What the rules of one planned entity see: records, rollups, attribution, the stage. Reads the
/// store as it is; use it within the transaction in which the plan was made.
class Look {
public:
    /// All references must outlive the look.
    Look(sync::Org& org, const sync::EntityPlan& plan, const formula::Moment& moment);
    ~Look();
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;

    /// The value of "Phone", "Prospect.score", "Rollup.Wins", "Duet.Stage", or why there is none.
    std::variant<Value, std::string> value(std::string_view path);
    /// What a rule comes to, or why it fails.
    std::variant<Value, std::string> evaluate(const document::Rule& rule);
    /// The entity's record on one side, as stored; nullptr: none that lives.
    [[nodiscard]] const Record* record(Side side) const noexcept;
    /// Names of the rule-owned lists that the person is on.
    Result<std::vector<std::string>> lists();
    /// Why the store could not be read, once it could not: then nothing of the above is to be told.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// What each rule of the entity's documents does now, and why: scope, validations, stage, rollups,
/// attribution, every field rule, creates and lists, those that change nothing included.
Result<nlohmann::json> story_of(sync::Org& org, const sync::EntityPlan& plan,
                                const formula::Moment& moment);

}  // namespace duet::trial
