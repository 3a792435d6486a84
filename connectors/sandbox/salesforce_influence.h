#pragma once

#include <array>
#include <string>
#include <string_view>

#include "connectors/sandbox/salesforce_derive.h"

namespace duet::sandbox {

/// A model that comes with the product. Names and types are guesses of ours.
struct BuiltInModel {
    const char* name;   // DeveloperName
    const char* label;  // MasterLabel
    const char* type;   // ModelType
    bool active;        // from the start; the three of Pardot are turned on in Setup
};

inline constexpr std::array kBuiltInModels = {
    BuiltInModel{"Primary_Campaign_Source", "Primary Campaign Source", "PrimaryCampaignSource",
                 true},
    BuiltInModel{"First_Touch", "First Touch", "FirstTouch", false},
    BuiltInModel{"Last_Touch", "Last Touch", "LastTouch", false},
    BuiltInModel{"Even_Distribution", "Even Distribution", "EvenDistribution", false},
};

/// Whether the org has Customizable Campaign Influence.
[[nodiscard]] bool has_influence(const SandboxState& state);

/// The rules of one CampaignInfluence row: its key, the sum over its deal and model (options say
/// whether they are enforced), the lock of its model against people.
[[nodiscard]] std::optional<Refusal> derive_influence(SandboxState& state, Row& row,
                                                      const Write& write);

/// A refusal where people, not the API, may not write rows of this one's model.
[[nodiscard]] std::optional<Refusal> locked_model(SandboxState& state, const Row& row);

/// Which deals' built-in models look at this row.
void touch_influence(SandboxState& state, const Row& row, Ripple& ripple);

/// Recalculates the built-in models and RevenueShare of what was touched.
void settle_influence(SandboxState& state, const Ripple& ripple, const std::string& stamp);
/// The same for every deal, after a seed: the primary model, and shares without new stamps.
void settle_all_influence(SandboxState& state);

/// Built-in models of one deal. A row that the API put into one of them goes here.
void recalculate_models(SandboxState& state, const std::string& deal_id, bool primary_too);

/// The built-in models that a seed does not give; the primary one is the default unless another is.
void add_stock_models(SandboxState& state);

/// Deletes every row of a model (it was turned off), or fills it for all open deals (turned on).
void drop_model_rows(SandboxState& state, const std::string& model_id);
void fill_model(SandboxState& state, const std::string& model_id);

}  // namespace duet::sandbox
