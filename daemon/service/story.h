#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/service/answers.h"
#include "daemon/sync/planner.h"

/// The parts of an explanation: what was done, what was not, and how it stood at a moment.
namespace duet::service {

/// One settled write, as a sentence and in parts.
[[nodiscard]] std::string sentence(const store::AuditRow& row, const SideNames& names);
[[nodiscard]] nlohmann::json audit_json(const store::AuditRow& row, const SideNames& names);
[[nodiscard]] nlohmann::json pin_json(const sync::Org& org, const store::Pin& pin);

/// "story" and "put_aside": the newest 200 writes, up to the moment asked for, and refusals.
Status add_story(sync::Org& org, store::EntityId id, const Question& question,
                 nlohmann::json& answer);
/// "then": what each field that Duet ever wrote held at the moment, and what had become of the
/// entity by then.
Status add_then(sync::Org& org, store::EntityId id, const Question& question,
                nlohmann::json& answer);
/// "not_done", "decisions" and "pins": everything that is left alone now, each with its reason,
/// and the times when the entity as a whole was.
Status add_not_done(sync::Org& org, const sync::EntityPlan& plan, const Question& question,
                    nlohmann::json& answer);

}  // namespace duet::service
