#include "daemon/service/report.h"

#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/report_parts.h"
#include "daemon/sync/planner.h"
#include "daemon/version.h"

namespace duet::service {
namespace {

using nlohmann::json;

/// Rules that anybody understands; the first four are drawn.
constexpr const char* kModels[] = {"first", "last", "linear", "w", "u", "decay:30", "markov:1"};

Result<std::vector<attribution::Model>> models_of(const json& body) {
    std::vector<std::string> names(std::begin(kModels), std::end(kModels));
    if (const auto given = body.find("models"); given != body.end() && given->is_array()) {
        if (!given->empty()) names.clear();
        for (const json& name : *given)
            names.push_back(name.is_string() ? name.get<std::string>() : std::string());
    }
    std::vector<attribution::Model> models;
    for (const std::string& name : names) {
        auto parsed = attribution::parse_model(attribution::spelled_model(name), {});
        const auto* model = std::get_if<attribution::Model>(&parsed);
        const bool is_custom =
            model != nullptr && std::holds_alternative<attribution::Custom>(model->kind);
        if (model == nullptr || !attribution::is_for_deals(model->kind) || is_custom) {
            return Error{ErrorKind::Rejected,
                         fmt::format("\"{}\" is no model that a report can ask: first, last, "
                                     "linear, decay:H, u, u50, w, full, primary, markov:1 to "
                                     "markov:4, shapley, shapley-ordered, counterfactual.",
                                     name),
                         "DUET-6095",
                         "",
                         {}};
        }
        models.push_back(*model);
        models.back().name = name;
    }
    return models;
}

}  // namespace

report::Report empty_report(const sync::Org& org, const ReportScope& scope) {
    return {.org = org.name,
            .as_of = format_instant(scope.asked.as_of),
            .time_zone = org.model.documents().time_zone,
            .since = format_instant(scope.asked.period.from),
            .until = format_instant(scope.asked.period.until),
            .horizon_days = scope.asked.horizon_days,
            .documents = org.model.documents().version,
            .made_by = "duet " + std::string(version())};
}

Result<json> report_of(sync::Org& org, const json& body) {
    ReportScope scope;
    scope.moment = sync::moment_of(org.clock.now(), org.model.documents().time_zone);
    auto asked = period_of(body, scope.moment.now, lifecycle::Days(scope.moment.zone));
    if (!asked) return std::move(asked).error();
    scope.asked = *asked;
    auto models = models_of(body);
    if (!models) return std::move(models).error();
    scope.models = std::move(*models);
    scope.currency = body.value("currency", "");
    report::Report made = empty_report(org, scope);
    PeopleFacts people;
    if (auto added = add_people(org, scope, people, made); !added) return std::move(added).error();
    std::string unit = scope.currency;
    auto facts = gather_facts(org, scope, people, unit);
    if (!facts) return std::move(facts).error();
    scope.currency = unit.empty() ? "org currency" : unit;
    if (auto added = add_business(org, scope, *facts, made); !added)
        return std::move(added).error();
    if (auto added = add_hygiene(org, scope, made); !added) return std::move(added).error();
    if (auto added = add_shares(org, scope, made); !added) return std::move(added).error();
    if (org.model.documents().attributions.empty()) {
        made.notes.emplace_back("The documents have no attribution: campaigns are left out.");
    } else if (auto added = add_campaigns(scope, people, *facts, made); !added) {
        return std::move(added).error();
    } else if (auto named = add_new_names(org, scope, *facts, made); !named) {
        return std::move(named).error();
    }
    if (auto added = add_lists(org, scope, made); !added) return std::move(added).error();
    if (auto added = add_work(org, scope, made); !added) return std::move(added).error();
    return report::to_json(made);
}

}  // namespace duet::service
