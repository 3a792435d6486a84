#include "daemon/service/lifecycle_report.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/outcomes.h"
#include "daemon/service/report_parts.h"
#include "daemon/sync/planner.h"
#include "mappings/document/lifecycle.h"
#include "mappings/lifecycle/funnel.h"

namespace duet::service {
namespace {

using lifecycle::Funnel;
using lifecycle::Period;
using nlohmann::json;

json shown(const std::optional<double>& number) { return number ? json(*number) : json(nullptr); }

json shown(const lifecycle::Summary& summary) {
    return {{"count", summary.count},
            {"mean", shown(summary.mean)},
            {"median", shown(summary.median)},
            {"p90", shown(summary.p90)}};
}

}  // namespace

Result<std::optional<DateTime>> told_moment(const json& body, const char* key, bool is_end,
                                            const lifecycle::Days& days) {
    const std::string text = body.value(key, "");
    if (text.empty()) return std::optional<DateTime>{};
    if (const auto day = parse_date(text))
        return std::optional{days.start(is_end ? *day + std::chrono::days{1} : *day)};
    if (const auto time = parse_instant(text)) return std::optional{*time};
    return rejected("DUET-6092",
                    fmt::format("\"{}\" is neither 2018-01-02 nor 2018-01-02T09:00:00Z: "
                                "\"{}\".",
                                key, text));
}

Result<ReportPeriod> period_of(const json& body, DateTime now, const lifecycle::Days& days) {
    ReportPeriod question;
    auto as_of = told_moment(body, "as_of", true, days);
    auto since = told_moment(body, "since", false, days);
    auto until = told_moment(body, "until", true, days);
    for (const auto* given : {&as_of, &since, &until}) {
        if (!*given) return given->error();
    }
    question.as_of = as_of->value_or(now);
    question.period.until = until->value_or(question.as_of + std::chrono::milliseconds{1});
    question.period.from = since->value_or(question.period.until - std::chrono::days{365});
    question.horizon_days = body.value("horizon_days", 90);
    if (question.period.from >= question.period.until || question.horizon_days < 1)
        return rejected("DUET-6092",
                        "The period ends before it begins, or the horizon has no days.");
    return question;
}

namespace {

json stage_of(const Funnel& funnel, const lifecycle::StageRule& stage,
              const ReportPeriod& question) {
    const auto flow = funnel.flow(stage.name, question.period);
    return {{"stage", stage.name},
            {"rank", stage.rank},
            {"people", funnel.stock(stage.name, question.as_of + std::chrono::milliseconds{1})},
            {"people_at_start", funnel.stock(stage.name, question.period.from)},
            {"people_at_end", funnel.stock(stage.name, question.period.until)},
            {"entries", flow.entries},
            {"new", flow.fresh},
            {"returning", flow.returning},
            {"bypassed", flow.bypassed},
            {"exits", flow.exits},
            {"age_days", shown(funnel.ageing(stage.name, question.as_of))}};
}

json step_of(const Funnel& funnel, const std::string& from, const std::string& to,
             const ReportPeriod& question) {
    const auto cohort =
        funnel.cohort(from, to, question.period, question.horizon_days, question.as_of);
    const auto velocity = funnel.velocity(from, to, question.period);
    json step{{"from", from},
              {"to", to},
              {"cohort",
               {{"entered", cohort.entered},
                {"converted", cohort.converted},
                {"open", cohort.open},
                {"rate", shown(cohort.rate)}}},
              {"period_rate", shown(funnel.period_conversion(from, to, question.period))},
              {"days", shown(velocity.summary)}};
    step["faults"] = velocity.faults;
    return step;
}

}  // namespace

std::vector<std::string> ladder_of(const lifecycle::Model& model) {
    std::vector<lifecycle::StageRule> stages;
    for (const auto& stage : model.rules().stages) {
        if (stage.rank >= 0) stages.push_back(stage);
    }
    std::sort(stages.begin(), stages.end(),
              [](const auto& a, const auto& b) { return a.rank < b.rank; });
    std::vector<std::string> names;
    for (const auto& stage : stages) names.push_back(stage.name);
    return names;
}

json stages_json(const std::vector<lifecycle::Row>& rows) {
    auto told = json::array();
    for (const lifecycle::Row& row : rows)
        told.push_back({{"from", row.from},
                        {"to", row.to},
                        {"at", format_instant(row.at)},
                        {"event", row.event},
                        {"record", row.record},
                        {"reason", row.reason},
                        {"owner", row.owner},
                        {"campaign", row.campaign},
                        {"cycle", row.cycle},
                        {"skipped", row.skipped},
                        {"reopened", row.reopened}});
    return told;
}

Result<json> lifecycle_report(sync::Org& org, const json& body) {
    const document::Lifecycle* rules = org.model.documents().lifecycle.get();
    if (rules == nullptr)
        return rejected("DUET-6091", "The documents have no lifecycle with transitions.");
    const auto moment = sync::moment_of(org.clock.now(), org.model.documents().time_zone);
    const lifecycle::Days days(moment.zone);
    auto question = period_of(body, moment.now, days);
    if (!question) return std::move(question).error();
    ReportScope scope;
    scope.moment = moment;
    scope.asked = *question;
    auto facts = gather_deals(org, scope, scope.currency);
    if (!facts) return std::move(facts).error();
    if (scope.currency.empty()) scope.currency = "org currency";
    auto outcomes = outcomes_of(org, scope, *facts);
    if (!outcomes) return std::move(outcomes).error();
    Funnel funnel(*rules->model, days);
    auto read = org.store.each_lifecycle(
        org.name, [&](store::EntityId id, const std::vector<lifecycle::Row>& rows) {
            funnel.add("duet-" + std::to_string(id), rows);
            return true;
        });
    if (!read) return std::move(read).error();
    json answer{{"org", org.name},
                {"as_of", format_instant(question->as_of)},
                {"since", format_instant(question->period.from)},
                {"until", format_instant(question->period.until)},
                {"horizon_days", question->horizon_days},
                {"people", funnel.people()},
                {"stages", json::array()},
                {"steps", json::array()}};
    for (const auto& stage : rules->model->rules().stages)
        answer["stages"].push_back(stage_of(funnel, stage, *question));
    const std::vector<std::string> ladder = ladder_of(*rules->model);
    for (std::size_t i = 0; i + 1 < ladder.size(); ++i)
        answer["steps"].push_back(step_of(funnel, ladder[i], ladder[i + 1], *question));
    const std::string& start = rules->model->rules().cycle_starts_at;
    if (!start.empty() && !ladder.empty() && ladder.back() != start)
        answer["whole"] = step_of(funnel, start, ladder.back(), *question);
    answer["outcomes"] = outcomes_json(*outcomes);
    if (!body.value("page", false)) return answer;
    report::Report page = empty_report(org, scope);
    page.title = "How people come to buy";
    add_funnel(funnel, *rules->model, scope, page);
    if (*outcomes) add_outcomes(**outcomes, scope.currency, page);
    answer["page"] = report::to_json(page);
    return answer;
}

}  // namespace duet::service
