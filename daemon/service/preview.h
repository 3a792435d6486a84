#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"
#include "daemon/trial/preview.h"
#include "mappings/document/load.h"

namespace duet::service {

/// The "set" of a request: a map of field -> text.
Result<std::vector<trial::Assumption>> read_sets(const nlohmann::json& body);
/// The "sources" of a request: a list of {file, text}.
Result<std::vector<document::Source>> read_sources(const nlohmann::json& body);

/// What each rule does for each of these entities, as last seen; writes nothing.
Result<nlohmann::json> preview(sync::Org& org, std::span<const store::EntityId> entities,
                               std::span<const trial::Assumption> assumptions);

/// What the documents of `org` would do to every entity of the store; `in_force` is the model of
/// those that rule now. Nothing is stored: what has to be laid down for it is rolled back. At most
/// `samples` writes of each kind are told in full.
Result<nlohmann::json> plan_documents(sync::Org& org, const sync::Model& in_force, int samples,
                                      std::stop_token stop, const std::function<void()>& on_step);

}  // namespace duet::service
