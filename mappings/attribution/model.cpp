#include "mappings/attribution/model.h"

#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "mappings/text.h"

namespace duet::attribution {
namespace {

using Parsed = std::variant<Model, std::string>;

constexpr int kHighestOrder = 4;
constexpr double kLongestHalfLife = 36'600;
constexpr double kShareSlack = 1e-9;  // 0.1 + 0.9 may come to a little more than 1

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Parsed decay(std::string_view text) {
    const auto half_life = number(text);
    if (!half_life || !(*half_life > 0 && *half_life <= kLongestHalfLife)) {
        return fmt::format("the half-life \"{}\" is no number above 0, such as decay:7", text);
    }
    return Model{fmt::format("decay{}", *half_life), Decay{*half_life}};
}

Parsed position_based(std::string_view text) {
    const auto comma = text.find(',');
    constexpr double kNone = -1;  // no share is
    const double first = number(text.substr(0, comma)).value_or(kNone);
    const double last = comma == text.npos ? kNone : number(text.substr(comma + 1)).value_or(kNone);
    if (!(first >= 0 && last >= 0 && first + last > 0) || first + last > 1 + kShareSlack) {
        return fmt::format("\"{}\" is not two shares that come to at most 1, such as u:0.3,0.5",
                           text);
    }
    return Model{fmt::format("u:{},{}", first, last), PositionBased{{first, last}}};
}

Parsed markov(std::string_view text) {
    const auto order = number(text);
    for (int k = 1; k <= kHighestOrder; ++k) {
        if (order == k) return Model{fmt::format("markov:{}", k), Markov{k}};
    }
    return fmt::format("the order \"{}\" is not 1 to {}, such as markov:2", text, kHighestOrder);
}

Parsed counterfactual(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Transform>, 4> kTransforms{
        {{"identity", Transform::Identity},
         {"exposure", Transform::Exposure},
         {"first", Transform::First},
         {"frequency", Transform::Frequency}}};
    for (const auto& [name, transform] : kTransforms) {
        if (text == name)
            return Model{fmt::format("counterfactual:{}", name), Counterfactual{transform}};
    }
    return fmt::format("the transform \"{}\" is none of identity, exposure, first and frequency",
                       text);
}

std::optional<Model> plain(std::string_view text, const ModelSettings& settings) {
    const std::pair<std::string_view, ModelKind> kPlain[] = {
        {"first", First{}},
        {"last", Last{}},
        {"linear", Linear{}},
        {"u", PositionBased{settings.u}},
        {"u50", MilestoneBased{settings.u50}},
        {"w", MilestoneBased{settings.w}},
        {"full", MilestoneBased{settings.full}},
        {"custom", Custom{}},
        {"primary", Primary{}},
        {"shapley", ShapleySet{}},
        {"shapley-ordered", ShapleyOrdered{}},
        {"shapley-rate", ShapleyRate{}},
    };
    for (const auto& [name, kind] : kPlain) {
        if (text == name) return Model{std::string(name), kind};
    }
    return std::nullopt;
}

std::vector<Model> all_of(std::span<const std::string_view> names, const ModelSettings& settings) {
    std::vector<Model> models;
    for (const std::string_view name : names) {
        if (name == "decay") {
            for (const double half_life : settings.half_lives)
                models.push_back({fmt::format("decay{}", half_life), Decay{half_life}});
            continue;
        }
        auto parsed = parse_model(name, settings);
        if (auto* model = std::get_if<Model>(&parsed)) models.push_back(std::move(*model));
    }
    return models;
}

/// The words of a name with one sign between them: "first-touch".
std::string joined(std::string_view text) {
    std::string name = lower_case(text);
    for (char& c : name)
        if (c == '_' || c == ':') c = '-';
    return name;
}

}  // namespace

std::string spelled_model(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kWhole[] = {
        {"first-touch", "first"},
        {"last-touch", "last"},
        {"u-shaped", "u"},
        {"u-shaped-40-20-40", "u:0.4,0.4"},
        {"shapley-set", "shapley"},
        {"shapley-ordered", "shapley-ordered"},
        {"shapley-rate", "shapley-rate"},
    };
    // What takes a number or a word behind it.
    constexpr std::pair<std::string_view, std::string_view> kHeads[] = {
        {"markov-order", "markov:"},
        {"markov-", "markov:"},
        {"decay-", "decay:"},
        {"step-decay-halflife-", "decay:"},
        {"u-", "u:"},
        {"counterfactual-", "counterfactual:"},
    };
    const std::string name = joined(text);
    for (const auto& [known, spelled] : kWhole)
        if (name == known) return std::string(spelled);
    for (const auto& [head, spelled] : kHeads) {
        // Signs in the rest stay: the half-life -7 is none.
        if (name.starts_with(head))
            return std::string(spelled) + lower_case(text.substr(head.size()));
    }
    return lower_case(text);
}

Parsed parse_model(std::string_view text, const ModelSettings& settings) {
    if (auto model = plain(text, settings)) return std::move(*model);
    const auto colon = text.find(':');
    const std::string_view head = text.substr(0, colon);
    const std::string_view rest = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
    if (head == "u" && colon != text.npos) return position_based(rest);
    if (head == "markov") return markov(colon == text.npos ? "1" : rest);
    if (head == "counterfactual") return counterfactual(colon == text.npos ? "exposure" : rest);
    if (head == "decay" && colon != text.npos) return decay(rest);
    if (head == "decay" && !settings.half_lives.empty()) {
        return Model{fmt::format("decay{}", settings.half_lives.front()),
                     Decay{settings.half_lives.front()}};
    }
    if (text.starts_with("decay")) return decay(text.substr(5));
    return fmt::format(
        "there is no model \"{}\"; there are first, last, linear, decay:H, u, u:F,L, u50, w, full, "
        "custom, primary, markov:1 to markov:{}, shapley, shapley-ordered, shapley-rate and "
        "counterfactual:TRANSFORM",
        text, kHighestOrder);
}

bool is_for_journeys(const ModelKind& kind) noexcept {
    return !std::holds_alternative<MilestoneBased>(kind) && !std::holds_alternative<Custom>(kind) &&
           !std::holds_alternative<Primary>(kind);
}

bool is_learnt(const ModelKind& kind) noexcept {
    return std::holds_alternative<Markov>(kind) || std::holds_alternative<ShapleyRate>(kind) ||
           std::holds_alternative<Counterfactual>(kind);
}

bool is_for_deals(const ModelKind& kind) noexcept {
    return !std::holds_alternative<ShapleyRate>(kind);  // its share may be below zero
}

std::vector<Model> models_for_journeys(const ModelSettings& settings) {
    constexpr std::string_view kNames[] = {
        "first",    "last",     "linear",   "u",       "decay",           "markov:1",
        "markov:2", "markov:3", "markov:4", "shapley", "shapley-ordered", "counterfactual"};
    return all_of(kNames, settings);
}

std::vector<Model> models_for_deals(const ModelSettings& settings) {
    constexpr std::string_view kNames[] = {"first", "last", "linear", "decay",  "u",
                                           "u50",   "w",    "full",   "primary"};
    return all_of(kNames, settings);
}

}  // namespace duet::attribution
