#pragma once

#include <string>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// The lines of `lists:`. Reports a list that two rules own.
void read_lists(const Node& node, const Context& context, std::vector<ListRule>& lists);

/// Reports at `place` when the CRM has no members of campaigns, or nowhere to keep whose they are.
void check_campaign_members(const Node& place, const Context& context);

/// What is no error of the lists, and yet to be looked at: sentences.
[[nodiscard]] std::vector<std::string> list_warnings(const Documents& documents);

/// Lists and stages are about persons, whose rollups and objects their rules read: reports when no
/// document defines persons.
bool has_persons(const Node& node, const char* what, const Context& context);

/// The lines of `attribution:`.
/// Models that documents may name.
[[nodiscard]] const std::vector<std::string>& attribution_models();
[[nodiscard]] std::vector<Attribution> read_attributions(const Node& node, const Context& context);

/// The users of `integration_users:`, side by side.
void read_integration_users(const Node& node, const Context& context,
                            PerSide<IntegrationUsers>& users);

}  // namespace duet::document
