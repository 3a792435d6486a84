#include "daemon/cli/attribution_paths.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/figures.h"
#include "mappings/attribution/counterfactual.h"
#include "mappings/attribution/markov.h"
#include "mappings/attribution/path_rules.h"
#include "mappings/attribution/shapley.h"
#include "mappings/attribution/weigher.h"
#include "mappings/text.h"

namespace duet::cli {
namespace {

using attribution::Credits;
using attribution::Journeys;
using attribution::Outcome;
using nlohmann::json;

/// Puts the channels of a path into `steps`; false when one of them has no name.
bool split(std::string_view path, std::string_view separator, Journeys& journeys,
           std::vector<std::uint32_t>& steps) {
    steps.clear();
    if (trimmed(path).empty()) return true;
    for (std::size_t from = 0;;) {
        const std::size_t end = path.find(separator, from);
        const std::string_view name = trimmed(path.substr(from, end - from));
        if (name.empty()) return false;
        steps.push_back(journeys.channel(name));
        if (end == path.npos) return true;
        from = end + separator.size();
    }
}

double count(const InputRows& rows, InputRows::Column column, Problems& problems) {
    const double value = rows.number(column, problems).value_or(0);
    if (value < 0) problems.add(rows.place(column), "this is below 0");
    return value;
}

/// One model's figures: by channel, and what else it tells.
struct Told {
    Credits credits;
    std::vector<double> removal_effect{};
    std::vector<double> removal_effect_value{};
    std::optional<attribution::OrderedCredits> ordered{};
    json more = json::object();
};

Told tell_markov(const Journeys& journeys, int order, std::vector<std::string>& warnings) {
    auto result = attribution::markov(journeys, order);
    if (result.fell_back) {
        warnings.push_back(
            fmt::format("markov:{}: nothing converted, so no removal loses anything", order));
    }
    Told told{std::move(result.credits), std::move(result.removal_effect),
              std::move(result.removal_effect_value)};
    told.more = {{"conversion_probability", figure(result.conversion_probability)},
                 {"expected_value", figure(result.expected_value)},
                 {"states", result.states}};
    return told;
}

Told tell_ordered(const Journeys& journeys) {
    auto ordered = attribution::shapley_ordered(journeys);
    Told told;
    const auto sum = [](const std::vector<double>& list) {
        return std::accumulate(list.begin(), list.end(), 0.0);
    };
    for (const auto& list : ordered.conversions) told.credits.conversions.push_back(sum(list));
    for (const auto& list : ordered.value) told.credits.value.push_back(sum(list));
    told.ordered = std::move(ordered);
    return told;
}

Told tell(const Journeys& journeys, const attribution::ModelKind& kind,
          const attribution::LearningSettings& settings, std::vector<std::string>& warnings) {
    if (const auto* chain = std::get_if<attribution::Markov>(&kind))
        return tell_markov(journeys, chain->order, warnings);
    if (std::holds_alternative<attribution::ShapleySet>(kind)) return {shapley_set(journeys)};
    if (std::holds_alternative<attribution::ShapleyOrdered>(kind)) return tell_ordered(journeys);
    if (std::holds_alternative<attribution::ShapleyRate>(kind)) {
        auto game = shapley_rate(journeys, settings.permutations, settings.seed);
        Told told{std::move(game.credits)};
        told.more = {{"sampled", game.sampled}};
        return told;
    }
    if (const auto* paths = std::get_if<attribution::Counterfactual>(&kind))
        return {attribution::Fractions(journeys, paths->transform).credits()};
    return {credit_by_rule(journeys, kind).value_or(Credits{})};
}

json positions_of(const attribution::OrderedCredits& ordered, std::size_t channel, bool has_value) {
    json positions = json::array();
    for (std::size_t i = 0; i < ordered.conversions[channel].size(); ++i) {
        const double conversions = ordered.conversions[channel][i];
        const double value = ordered.value[channel][i];
        if (conversions == 0 && value == 0) continue;
        positions.push_back({{"position", i + 1},
                             {"conversions", figure(conversions)},
                             {"value", has_value ? figure(value) : json(nullptr)}});
    }
    return positions;
}

json channels_of(const Journeys& journeys, const Told& told, bool has_value) {
    const auto& names = journeys.channels();
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
    json channels = json::array();
    for (const std::size_t i : order) {
        json channel{{"channel", names[i]},
                     {"conversions", figure(told.credits.conversions[i])},
                     {"value", has_value ? figure(told.credits.value[i]) : json(nullptr)}};
        if (!told.removal_effect.empty()) {
            channel["removal_effect"] = figure(told.removal_effect[i]);
            channel["removal_effect_value"] =
                has_value ? figure(told.removal_effect_value[i]) : json(nullptr);
        }
        if (told.ordered) channel["positions"] = positions_of(*told.ordered, i, has_value);
        channels.push_back(std::move(channel));
    }
    return channels;
}

json outcome_of(const Outcome& outcome, bool has_value) {
    return {{"conversions", figure(outcome.conversions)},
            {"value", has_value ? figure(outcome.value) : json(nullptr)},
            {"nulls", figure(outcome.nulls)}};
}

}  // namespace

JourneyFile read_journeys(const std::string& path, const std::string& separator,
                          Problems& problems) {
    JourneyFile file;
    constexpr std::string_view kMust[] = {"path", "total_conversions"};
    const auto rows = InputRows::open(path, kMust, problems);
    if (!rows) return file;
    const auto paths = rows->column("path", problems);
    const auto conversions = rows->column("total_conversions", problems);
    const auto value = rows->column("total_conversion_value", problems);
    const auto nulls = rows->column("total_null", problems);
    file.has_value = value.has_value();
    file.has_null = nulls.has_value();
    std::vector<std::uint32_t> steps;
    while (rows->next(problems)) {
        const Outcome outcome{count(*rows, conversions, problems),
                              rows->number(value, problems).value_or(0),
                              count(*rows, nulls, problems)};
        if (!split(rows->raw(paths), separator, file.journeys, steps)) {
            problems.add(rows->place(paths), "a channel of this path has no name");
            continue;
        }
        file.journeys.add(steps, outcome);
    }
    if (!file.has_value) file.warnings.emplace_back("there is no column total_conversion_value");
    if (!file.has_null) {
        file.warnings.emplace_back(
            "there is no column total_null: journeys that did not convert are not known");
    }
    const auto& names = file.journeys.channels();
    const auto odd = std::ranges::find_if(
        names, [](const std::string& name) { return name.find('>') != name.npos; });
    if (odd != names.end()) {
        file.warnings.push_back(fmt::format(
            "the channel \"{}\" has a > in its name; if that parts channels, say --separator '>'",
            *odd));
    }
    return file;
}

json credit_journeys(JourneyFile file, const std::vector<attribution::Model>& models,
                     const attribution::LearningSettings& settings) {
    Journeys& journeys = file.journeys;
    if (settings.without_null) journeys.drop_nulls();
    const Outcome& untouched = journeys.untouched();
    if (untouched.conversions + untouched.nulls > 0) {
        file.warnings.push_back(fmt::format("journeys without a channel are nobody's: {} converted",
                                            untouched.conversions));
    }
    bool any_learnt = false;
    json list = json::array();
    for (const auto& model : models) {
        const Told told = tell(journeys, model.kind, settings, file.warnings);
        json one = told.more;
        one["model"] = model.name;
        one["channels"] = channels_of(journeys, told, file.has_value);
        list.push_back(std::move(one));
        any_learnt |= attribution::is_learnt(model.kind);
    }
    if (any_learnt) {
        for (std::string& warning : attribution::sparse_data(journeys, settings))
            file.warnings.push_back(std::move(warning));
    }
    json total = outcome_of(journeys.total(), file.has_value);
    total["rows"] = journeys.size();
    total["touches"] = journeys.touches();
    total["channels"] = journeys.channels().size();
    return {{"journeys", std::move(total)},
            {"untouched", outcome_of(untouched, file.has_value)},
            {"without_null", settings.without_null || !file.has_null},
            {"models", std::move(list)},
            {"warnings", file.warnings}};
}

std::string journeys_as_text(const json& answer) {
    const json& total = answer.at("journeys");
    std::string out = fmt::format(
        "{} rows, {} touches of {} channels: {} conversions, {} worth, {} did not convert\n",
        total.at("rows").get<std::size_t>(), total.at("touches").get<std::size_t>(),
        total.at("channels").get<std::size_t>(), six(total.at("conversions")),
        six_or(total.at("value"), "unknown"), six(total.at("nulls")));
    for (const json& model : answer.at("models")) {
        out += "\n" + model.at("model").get<std::string>() + "\n";
        const bool has_effect = model.contains("conversion_probability");
        Grid grid({"channel", "conversions", "value"});
        if (has_effect) {
            out += fmt::format("a journey converts with probability {}\n",
                               six(model.at("conversion_probability")));
            grid = Grid({"channel", "conversions", "value", "removal effect", "of value"});
        }
        for (const json& channel : model.at("channels")) {
            std::vector<std::string> row{channel.at("channel"), six(channel.at("conversions")),
                                         six(channel.at("value"))};
            if (has_effect) {
                row.push_back(six(channel.at("removal_effect")));
                row.push_back(six(channel.at("removal_effect_value")));
            }
            grid.add(std::move(row));
            if (!channel.contains("positions")) continue;
            for (const json& at : channel.at("positions")) {
                grid.add({fmt::format("  at position {}", at.at("position").get<std::size_t>()),
                          six(at.at("conversions")), six(at.at("value"))});
            }
        }
        out += grid.text();
    }
    for (const json& warning : answer.at("warnings"))
        out += "\nwarning: " + warning.get<std::string>() + "\n";
    return out;
}

std::string journeys_as_csv(const json& answer) {
    Grid grid({"model", "channel", "position", "conversions", "value", "removal_effect",
               "removal_effect_value"});
    for (const json& model : answer.at("models")) {
        const std::string name = model.at("model");
        for (const json& channel : model.at("channels")) {
            const std::string of = channel.at("channel");
            grid.add({name, of, "", six(channel.at("conversions")), six(channel.at("value")),
                      six(channel.value("removal_effect", json())),
                      six(channel.value("removal_effect_value", json()))});
            for (const json& at : channel.value("positions", json::array())) {
                grid.add({name, of, whole(at.at("position")), six(at.at("conversions")),
                          six(at.at("value")), "", ""});
            }
        }
    }
    return grid.csv();
}

}  // namespace duet::cli
