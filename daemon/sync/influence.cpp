#include "daemon/sync/influence.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "mappings/attribution/weights.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using attribution::HeldRow;
using attribution::InfluenceRow;
using store::SeenRow;

constexpr int kWhole = 10'000;  // hundredths of a percent

std::string lower(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return name;
}

std::string text_of(const Record& record, std::string_view field) {
    const std::string* value = as_text(record.fields.get(field));
    return value == nullptr ? std::string{} : *value;
}

}  // namespace

Result<Influences::Wanted> Influences::wanted(const Record& opportunity, merge::FactSource& facts,
                                              const Lessons& lessons) {
    Wanted wanted;
    for (const document::Attribution& attribution : org_.model.documents().attributions) {
        if (attribution.influence_model.empty()) continue;
        auto model = model_key(attribution, wanted);
        if (!model) return std::move(model).error();
        if (model->empty()) continue;
        const std::string rule = "influence " + attribution.influence_model;
        if (attribution.keep_when) {
            const auto keeps = merge::ask(*attribution.keep_when, facts, moment_, wanted.next);
            if (keeps.failure) wanted.warnings.push_back(rule + ": " + *keeps.failure);
            if (keeps.failure || keeps.yes) continue;
        }
        auto rows = rows_of(attribution, opportunity, facts, lessons, wanted.next);
        if (const auto* failure = std::get_if<std::string>(&rows)) {
            wanted.warnings.push_back(rule + ": " + *failure);
            continue;
        }
        InfluenceWish wish{rule, *model, {}, {}};
        const auto held = held_rows(opportunity, *model, wish.held);
        wish.plan = attribution::plan_influence(held, std::get<std::vector<InfluenceRow>>(rows));
        if (!wish.plan.is_empty()) wanted.wishes.push_back(std::move(wish));
    }
    return wanted;
}

Status Influences::load_models() {
    if (models_) return Done{};
    const auto* words = document::influence_words(org_.model.documents().names.crm);
    std::map<std::string, ModelRow> models;
    if (words != nullptr) {
        auto read = org_.store.each_seen(
            org_.name, Side::Crm, std::string(words->models), [&](const SeenRow& row) {
                if (!row.deleted) {
                    models[lower(text_of(row.record, words->model_name))] = {
                        row.record.id.key, text_of(row.record, words->model_type)};
                }
                return true;
            });
        if (!read) return read;
    }
    models_ = std::move(models);
    return Done{};
}

Result<std::string> Influences::model_key(const document::Attribution& attribution,
                                          Wanted& wanted) {
    if (auto loaded = load_models(); !loaded) return std::move(loaded).error();
    const std::string& name = attribution.influence_model;
    const auto found = models_->find(lower(name));
    if (found == models_->end()) {
        wanted.warnings.push_back(
            fmt::format("{}: {} has no campaign influence model \"{}\", so no rows of the "
                        "attribution {} are written",
                        kNoModelCode, org_.system(Side::Crm), name, attribution.name));
        return std::string{};
    }
    if (document::is_built_in_model(org_.system(Side::Crm), found->second.type)) {
        wanted.warnings.push_back(
            fmt::format("{}: the campaign influence model \"{}\" belongs to {} itself, so no rows "
                        "of the attribution {} are written",
                        kBuiltInModelCode, name, org_.system(Side::Crm), attribution.name));
        return std::string{};
    }
    return found->second.key;
}

std::variant<std::vector<InfluenceRow>, std::string> Influences::rows_of(
    const document::Attribution& attribution, const Record& opportunity, merge::FactSource& facts,
    const Lessons& lessons, std::optional<DateTime>& next) {
    std::vector<InfluenceRow> rows;
    if (attribution.when) {
        auto counts = merge::ask(*attribution.when, facts, moment_, next);
        if (counts.failure) return std::move(*counts.failure);
        if (!counts.yes) return rows;
    }
    auto found = find_deal(attribution, facts, opportunity,
                           {org_.model, cache_, paths_, moment_, &lessons}, next);
    if (auto* failure = std::get_if<std::string>(&found)) return std::move(*failure);
    const auto& deal = std::get<attribution::Deal>(found);
    if (deal.touches.empty()) return rows;
    auto weights = weigh(attribution, deal, &lessons);
    if (auto* failure = std::get_if<std::string>(&weights)) return std::move(*failure);
    const auto hundredths = attribution::hundredths_of(std::get<std::vector<double>>(weights));
    int sum = 0;
    for (std::size_t i = 0; i < deal.touches.size(); ++i) {
        const attribution::Touch& touch = deal.touches[i];
        sum += hundredths[i];
        if (hundredths[i] == 0) continue;
        rows.push_back({opportunity.id.key, touch.campaign, touch.person, hundredths[i]});
    }
    if (sum != kWhole) return "its shares come to " + std::to_string(sum) + ", not to 10000";
    return rows;
}

std::vector<HeldRow> Influences::held_rows(const Record& opportunity, const std::string& model,
                                           std::map<std::string, Fields>& held) {
    const auto& words = *document::influence_words(org_.model.documents().names.crm);
    std::vector<HeldRow> rows;
    for (const std::string& key :
         cache_.referring(Side::Crm, std::string(words.object), std::string(words.opportunity),
                          opportunity.id.key)) {
        const SeenRow* row = cache_.get(Side::Crm, {std::string(words.object), key});
        if (row == nullptr || row->deleted || text_of(row->record, words.model) != model) continue;
        const auto* percent = std::get_if<Decimal>(&row->record.fields.get(words.percent));
        rows.push_back({key, opportunity.id.key, text_of(row->record, words.campaign),
                        text_of(row->record, words.contact),
                        percent == nullptr ? 0 : percent->to_double()});
        held.emplace(key, row->record.fields);
    }
    return rows;
}

}  // namespace duet::sync
