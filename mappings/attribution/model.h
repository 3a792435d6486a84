#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/attribution/settings.h"

namespace duet::attribution {

// Rules: the weights of one journey's touches follow from the journey alone.
struct First {};
struct Last {};
struct Linear {};
/// Half the credit for each `half_life` of age: days of a deal, touches of a journey without times.
struct Decay {
    double half_life;
};
struct PositionBased {
    PositionShares shares;
};
struct MilestoneBased {
    MilestoneShares shares;
};
/// By numbers per touch; deals only.
struct Custom {};
/// All to the opportunity's own campaign; deals only.
struct Primary {};

// Learnt: the weights follow from all journeys together.
/// Removal effect in a Markov chain whose states are `order` touches in a row.
struct Markov {
    int order;  // 1 to 4
};
/// Each conversion shared equally by the distinct channels of its journey.
struct ShapleySet {};
/// As that, told for each position of the journey.
struct ShapleyOrdered {};
/// Shapley values of the game whose worth is the conversion rate of journeys within a set.
struct ShapleyRate {};

/// What is left of a journey before two are called the same.
enum class Transform : std::uint8_t {
    Identity,
    Exposure,   // neighbours that repeat are one
    First,      // a channel counts where it came first
    Frequency,  // as `First`, and how often it came
};
/// What the rate of a journey loses without the touch.
struct Counterfactual {
    Transform transform;
};

using ModelKind =
    std::variant<First, Last, Linear, Decay, PositionBased, MilestoneBased, Custom, Primary, Markov,
                 ShapleySet, ShapleyOrdered, ShapleyRate, Counterfactual>;

struct Model {
    std::string name;  // canonical: "decay7", "u:0.3,0.5", "markov:2"
    ModelKind kind;
};

/// Reads first, last, linear, decay, decay:H (decayH, too), u, u:F,L, u50, w, full, custom,
/// primary, markov:1 to markov:4, shapley, shapley-ordered, shapley-rate, counterfactual and
/// counterfactual:identity|exposure|first|frequency (exposure when not said). Or a sentence that
/// says what is wrong.
[[nodiscard]] std::variant<Model, std::string> parse_model(std::string_view text,
                                                           const ModelSettings& settings);

/// What people write for such a name, spelled as above: in any case, with `_` or `-` for `:`, and
/// by the names of the published comparisons (first_touch, last_touch, shapley_set, markov_order2,
/// u_shaped_40_20_40, step_decay_halflife_7). Anything else in small letters, for `parse_model` to
/// refuse.
[[nodiscard]] std::string spelled_model(std::string_view text);

/// True where the model can be asked about journeys that have no times and no deal.
[[nodiscard]] bool is_for_journeys(const ModelKind& kind) noexcept;
/// True where the model gives each touch of a deal a weight.
[[nodiscard]] bool is_for_deals(const ModelKind& kind) noexcept;
/// True where the weights of a deal need what all journeys together say.
[[nodiscard]] bool is_learnt(const ModelKind& kind) noexcept;

/// What is computed when nothing is named.
[[nodiscard]] std::vector<Model> models_for_journeys(const ModelSettings& settings);
[[nodiscard]] std::vector<Model> models_for_deals(const ModelSettings& settings);

}  // namespace duet::attribution
