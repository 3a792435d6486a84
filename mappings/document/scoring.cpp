#include "mappings/document/scoring.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/figures.h"
#include "mappings/document/lists.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

const std::vector<FieldType>& moment_types() {
    static const std::vector<FieldType> types{FieldType::Date, FieldType::DateTime};
    return types;
}

const std::vector<FieldType>& text_types() {
    static const std::vector<FieldType> types{FieldType::Text, FieldType::Id, FieldType::Number};
    return types;
}

std::optional<PointsRule> read_points(const Node& item, const Context& context) {
    MapReader map(item, "what is worth points", context.findings);
    const auto type = map.required_name("type");
    const Node* object_node = map.require("object");
    const auto object =
        object_node == nullptr ? std::nullopt : read_object(*object_node, "object", context);
    const Node* where_node = map.find("where");
    const Node* time_node = map.require("time");
    const Node* asset_node = map.find("asset");
    const bool has_points = map.require("points") != nullptr;
    const auto points = has_points ? map.whole("points", -1000, 1000) : std::nullopt;
    map.finish();
    if (!object) return std::nullopt;
    const ObjectScope scope(context, object->side, object->object);
    std::optional<Rule> where;
    std::optional<Rule> time;
    std::optional<Rule> asset;
    if (where_node != nullptr) where = compile_condition(*where_node, scope, context.findings);
    if (time_node != nullptr)
        time = compile_rule(*time_node, scope, moment_types(), context.findings);
    if (asset_node != nullptr)
        asset = compile_rule(*asset_node, scope, text_types(), context.findings);
    if (!type || !time || !points) return std::nullopt;
    return PointsRule{
        *type,   object->side, object->object, std::move(where), *std::move(time), std::move(asset),
        *points, item.place()};
}

void read_grade(const Node& node, const Context& context, ScoringRule& scoring) {
    MapReader map(node, "\"grade\"", context.findings);
    const EntityScope scope(context, EntityKind::Person,
                            {.stage = false, .timers = false, .queue = false, .scores = false});
    if (const auto start = map.text("start")) {
        const auto grade = scoring::parse_grade(*start);
        if (!grade) {
            context.findings.add(*map.find("start"), kNotAllowed,
                                 fmt::format("\"{}\" is no grade", *start), "F, D-, D ... A+");
        }
        scoring.start = grade.value_or(scoring.start);
    }
    if (const Node* list = map.require("criteria")) {
        for (const Node& item : list_items(*list, "criteria", context.findings)) {
            MapReader line(item, "a criterion", context.findings);
            const auto name = line.required_name("name");
            const Node* when = line.require("when");
            const Node* unknown = line.find("unknown_when");
            const int thirds = line.whole("thirds", 1, 3).value_or(2);
            line.finish();
            std::optional<Rule> matched;
            std::optional<Rule> blank;
            if (when != nullptr) matched = compile_condition(*when, scope, context.findings);
            if (unknown != nullptr) blank = compile_condition(*unknown, scope, context.findings);
            if (name && matched)
                scoring.criteria.push_back({*name, *std::move(matched), std::move(blank), thirds});
        }
    }
    map.finish();
}

void read_role(const Node& node, const Context& context, ScoringRule& scoring) {
    MapReader map(node, "\"role\"", context.findings);
    const auto object = map.required_text("object");
    const Node* role = map.require("role");
    map.finish();
    if (!object || role == nullptr) return;
    const std::string known = known_object(*map.find("object"), Side::Crm, *object, context);
    auto rule = compile_rule(*role, ObjectScope(context, Side::Crm, known), {FieldType::Text},
                             context.findings);
    if (rule) scoring.role = RoleSource{known, *std::move(rule)};
}

void read_account(const Node& node, const Context& context, ScoringRule& scoring) {
    MapReader map(node, "\"account\"", context.findings);
    scoring::AccountSettings& account = scoring.account;
    if (const Node* role = map.find("role")) read_role(*role, context, scoring);
    if (const Node* weights = map.find("role_percent")) {
        MapReader inner(*weights, "\"role_percent\"", context.findings);
        account.role_weights.clear();
        for (const Node& key : weights->keys) {
            if (const auto percent = inner.whole(key.text, 0, 1000))
                account.role_weights[key.text] = *percent / 100.0;
        }
    }
    const auto share = [&](const char* key, double& into) {
        if (const auto percent = map.whole(key, 0, 1000)) into = *percent / 100.0;
    };
    share("unknown_role_percent", account.unknown_role_weight);
    account.engaged_from =
        map.whole("engaged_from", 1, 100'000).value_or(static_cast<int>(account.engaged_from));
    share("breadth_percent", account.breadth_per_person);
    account.most_people_for_breadth =
        map.whole("breadth_people", 0, 100).value_or(account.most_people_for_breadth);
    account.surge_days =
        map.whole("surge_days", 1, 365).value_or(static_cast<int>(account.surge_days));
    account.surge_gain =
        map.whole("surge_gain", 1, 100'000).value_or(static_cast<int>(account.surge_gain));
    share("surge_percent", account.surge_part);
    scoring.leads = read_leads_by_domain(map, context);
    map.finish();
    scoring.of_accounts = true;
    if (context.find(EntityKind::Account) == nullptr)
        context.findings.add(node, kAbsent,
                             "accounts have scores, but no document has entity: account");
}

}  // namespace

std::vector<const Rule*> rules_of(const PointsRule& points) {
    std::vector<const Rule*> rules{&points.time};
    for (const auto* rule : {&points.where, &points.asset}) {
        if (*rule) rules.push_back(&**rule);
    }
    return rules;
}

std::shared_ptr<const ScoringRule> read_scoring(const Node& node, const Context& context) {
    if (!has_persons(node, "scores", context)) return nullptr;
    auto scoring = std::make_shared<ScoringRule>();
    scoring->place = node.place();
    MapReader map(node, "\"scoring\"", context.findings);
    scoring::EngagementSettings& settings = scoring->settings;
    settings.half_life_days = map.whole("half_life_days", 1, 3650).value_or(30);
    settings.dropped_after_half_lives = map.whole("dropped_after_half_lives", 1, 100).value_or(6);
    settings.repeat_hours = map.whole("repeat_hours", 0, 8760).value_or(24);
    scoring->step = map.whole("step", 1, 1000).value_or(scoring->step);
    if (const Node* list = map.find("points")) {
        for (const Node& item : list_items(*list, "points", context.findings)) {
            if (auto points = read_points(item, context))
                scoring->points.push_back(*std::move(points));
        }
    }
    if (const Node* grade = map.find("grade")) read_grade(*grade, context, *scoring);
    if (const Node* account = map.find("account")) read_account(*account, context, *scoring);
    map.finish();
    return scoring;
}

}  // namespace duet::document
