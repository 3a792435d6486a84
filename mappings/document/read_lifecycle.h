#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/reader.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// The names that a lifecycle defines, as far as they can be told before anything is compiled.
struct LifecycleNames {
    std::vector<std::string> stages{};
    std::vector<std::string> events{};  // with those of deals and timers
    std::vector<std::string> spans{};   // conditions among them
    std::vector<std::string> counts{};
    bool has_ways = false;  // transitions: stages follow from what happened
};
[[nodiscard]] LifecycleNames names_of_lifecycle(const Node& node);
/// Makes them known to rules: Duet.First_MQL and the like.
void know_lifecycle(const Node& node, Context& context);

/// `lifecycle:` of either form.
void read_lifecycle(const Node& node, const Context& context, Documents& documents);

/// The parts of the form with transitions. Each reports what is wrong at its place.
void read_sources(MapReader& map, const Context& context, Lifecycle& lifecycle);
void read_deals(MapReader& map, const Context& context, Lifecycle& lifecycle,
                lifecycle::LifecycleRules& rules);
void read_ways(MapReader& map, const LifecycleNames& names, const Context& context,
               lifecycle::LifecycleRules& rules);
void read_account(MapReader& map, const LifecycleNames& names, const Context& context,
                  Lifecycle& lifecycle, lifecycle::LifecycleRules& rules);
void read_campaign_member(MapReader& map, const LifecycleNames& names, const Context& context,
                          Lifecycle& lifecycle, lifecycle::LifecycleRules& rules);
void read_event_rows(MapReader& map, const Context& context, Lifecycle& lifecycle);

/// Reports a name that none of `known` is.
void check_name(const Node& node, std::string_view what, const std::string& name,
                const std::vector<std::string>& known, const Context& context);
/// Texts of a key that holds one or several; each checked against `known`.
[[nodiscard]] std::vector<std::string> known_names(MapReader& map, std::string_view key,
                                                   std::string_view what,
                                                   const std::vector<std::string>& known,
                                                   const Context& context);
[[nodiscard]] std::string known_name(MapReader& map, std::string_view key, std::string_view what,
                                     const std::vector<std::string>& known, const Context& context);

}  // namespace duet::document
