#include "daemon/sync/influence.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "mappings/attribution/weights.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"
#include "mappings/text.h"

namespace duet::sync {
namespace {

using attribution::HeldRow;
using attribution::InfluenceRow;
using store::SeenRow;

constexpr int kWhole = 10'000;  // hundredths of a percent

// Each after all of the one before, so that the rows of a deal never come to more than the whole.
constexpr int kDeletes = 1;
constexpr int kDecreases = 2;
constexpr int kIncreases = 3;

Value percent(int hundredths) {
    return *Decimal::parse(std::to_string(hundredths / 100) + (hundredths % 100 < 10 ? ".0" : ".") +
                           std::to_string(hundredths % 100));
}

/// From a plan of one model's rows to changes, in the order in which they are to be sent.
class Wisher {
public:
    Wisher(std::string rule, const std::string& model, const std::map<std::string, Fields>& held,
           const document::InfluenceWords& words)
        : wish_{std::move(rule), std::string(words.object), 0, {}},
          model_(model),
          held_(held),
          words_(words) {}

    RowWish wish(const attribution::InfluencePlan& plan) {
        for (const std::string& key : plan.deletes) {
            RowChange& gone = wish_.add(WriteKind::Delete, kDeletes,
                                        "no touch gives the campaign and contact a part any more");
            gone.key = key;
            gone.before = held_.at(key);
        }
        for (const auto& one : plan.decreases) update(one, kDecreases);
        for (const auto& row : plan.inserts) insert(row);
        for (const auto& one : plan.increases) update(one, kIncreases);
        return std::move(wish_);
    }

private:
    void update(const attribution::InfluenceUpdate& one, int step) {
        RowChange& change = wish_.add(WriteKind::Update, step, "the touches share otherwise");
        change.key = one.id;
        change.fields.set(words_.percent, percent(one.hundredths));
        change.before.set(words_.percent, held_.at(one.id).get(words_.percent));
    }

    /// It has no external id: it is found again by all that it refers to.
    void insert(const InfluenceRow& row) {
        RowChange& change =
            wish_.add(WriteKind::Create, kIncreases, "touches of the deal's people");
        change.key_field = words_.opportunity;
        change.key_value = row.opportunity;
        change.fields.set(words_.opportunity, text(row.opportunity));
        change.fields.set(words_.campaign, text(row.campaign));
        change.fields.set(words_.contact, text(row.contact));
        change.fields.set(words_.model, text(model_));
        change.fields.set(words_.percent, percent(row.hundredths));
    }

    RowWish wish_;
    const std::string& model_;
    const std::map<std::string, Fields>& held_;
    const document::InfluenceWords& words_;
};

}  // namespace

Result<OwnRows> Influences::wanted(const Record& opportunity, merge::FactSource& facts,
                                   const Lessons& lessons) {
    OwnRows wanted;
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
        std::map<std::string, Fields> fields;
        const auto held = held_rows(opportunity, *model, fields);
        const auto plan =
            attribution::plan_influence(held, std::get<std::vector<InfluenceRow>>(rows));
        const auto& words = *document::influence_words(org_.model.documents().names.crm);
        if (!plan.is_empty())
            wanted.wishes.push_back(Wisher(rule, *model, fields, words).wish(plan));
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
                    models[lower_case(text_in(row.record, words->model_name))] = {
                        row.record.id.key, text_in(row.record, words->model_type)};
                }
                return true;
            });
        if (!read) return read;
    }
    models_ = std::move(models);
    return Done{};
}

Result<std::string> Influences::model_key(const document::Attribution& attribution,
                                          OwnRows& wanted) {
    if (auto loaded = load_models(); !loaded) return std::move(loaded).error();
    const std::string& name = attribution.influence_model;
    const auto found = models_->find(lower_case(name));
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
    for (const SeenRow* row : cache_.children(Side::Crm, std::string(words.object),
                                              std::string(words.opportunity), opportunity.id.key)) {
        if (row->deleted || text_in(row->record, words.model) != model) continue;
        const auto* percent = std::get_if<Decimal>(&row->record.fields.get(words.percent));
        rows.push_back({row->record.id.key, opportunity.id.key,
                        text_in(row->record, words.campaign), text_in(row->record, words.contact),
                        percent == nullptr ? 0 : percent->to_double()});
        held.emplace(row->record.id.key, row->record.fields);
    }
    return rows;
}

}  // namespace duet::sync
