#include "daemon/sync/attribute.h"

#include <utility>
#include <variant>

#include "daemon/sync/deal_touches.h"
#include "mappings/attribution/weigher.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using store::SeenRow;

/// What the models look at beside the touches themselves.
void describe(attribution::Deal& deal, const document::Attribution& attribution,
              const DealTouches& gathered, const attribution::Window& window, const Value& from,
              std::chrono::minutes zone_offset) {
    for (std::size_t i = 0; i < deal.touches.size(); ++i) {
        const attribution::Touch& touch = deal.touches[i];
        deal.ages.push_back(attribution::age_of(touch, window, zone_offset));
        deal.importance.push_back(attribution::importance_at(
            attribution.importance, i, deal.touches.size(), gathered.type_of(touch.campaign),
            gathered.role_of(touch.person)));
    }
    deal.milestones = attribution::milestones_at(deal.touches, gathered.lead_moment(),
                                                 attribution::instant_of(from, zone_offset));
}

/// The campaign that people named in the opportunity, as its one touch: nobody's.
attribution::Deal deal_by_source(const Record& opportunity, const Model& model,
                                 std::chrono::minutes zone_offset) {
    attribution::Deal deal;
    deal.untouched = attribution::Untouched::NoCampaign;
    const auto* words = document::money_words(model.documents().names.crm);
    const std::string* source =
        words == nullptr ? nullptr : as_text(opportunity.fields.get(words->source));
    if (source == nullptr || source->empty()) return deal;
    deal.untouched = attribution::Untouched::No;
    const auto created =
        attribution::instant_of(opportunity.fields.get(words->created), zone_offset);
    deal.touches.push_back({created.value_or(DateTime{}), 0, *source, ""});
    return deal;
}

}  // namespace

bool is_by_source(const document::Attribution& attribution) noexcept {
    return std::holds_alternative<attribution::Primary>(attribution.model);
}

Value name_of_campaign(const AttributionSources& sources, const std::string& id) {
    const document::EntityDocument* campaigns =
        sources.model.documents().find(EntityKind::Campaign);
    if (campaigns == nullptr) return Value{};
    for (const std::string& object : campaigns->objects.crm) {
        const SeenRow* row = sources.cache.get(Side::Crm, {object, id});
        if (row == nullptr) continue;
        const auto name = sources.paths.read(Side::Crm, row->record, "Name");
        if (name.value != nullptr) return *name.value;
    }
    return Value{};
}

std::variant<attribution::Deal, std::string> find_deal(const document::Attribution& attribution,
                                                       merge::FactSource& facts,
                                                       const Record& opportunity,
                                                       const AttributionSources& sources,
                                                       std::optional<DateTime>& next) {
    const auto zone_offset = sources.moment.zone_offset;
    if (is_by_source(attribution)) return deal_by_source(opportunity, sources.model, zone_offset);
    attribution::Deal deal;
    auto from = merge::evaluate(*attribution.from, facts, sources.moment, next);
    if (auto* failure = std::get_if<std::string>(&from)) return std::move(*failure);
    auto until = merge::evaluate(*attribution.until, facts, sources.moment, next);
    if (auto* failure = std::get_if<std::string>(&until)) return std::move(*failure);
    const auto window = attribution::window_of(std::get<Value>(from), std::get<Value>(until),
                                               attribution.window_days, zone_offset);
    if (!window) {
        deal.untouched = attribution::Untouched::NoCreation;
        return deal;
    }
    DealTouches gathered(attribution, opportunity, sources, next);
    if (auto failure = gathered.gather()) return std::move(*failure);
    for (const attribution::Touch* touch : attribution::eligible(gathered.touches(), *window))
        deal.touches.push_back(*touch);
    deal.untouched = gathered.why_untouched();
    if (!deal.touches.empty()) deal.untouched = attribution::Untouched::No;
    if (!deal.touches.empty())
        describe(deal, attribution, gathered, *window, std::get<Value>(from), zone_offset);
    return deal;
}

std::variant<std::vector<double>, std::string> weigh(const document::Attribution& attribution,
                                                     const attribution::Deal& deal,
                                                     const Lessons* lessons) {
    if (is_by_source(attribution)) return std::vector<double>(deal.touches.size(), 1);
    if (!attribution::is_learnt(attribution.model))
        return attribution::weigher_of(attribution.model, {})(deal);
    static const Lessons kNone;
    const auto& known = (lessons == nullptr ? kNone : *lessons).by_name;
    const auto found = known.find(attribution.name);
    if (found == known.end())
        return "the attribution " + attribution.name + " has not learnt from the journeys yet";
    return found->second(deal);
}

std::variant<Credited, std::string> attribute(const document::Attribution& attribution,
                                              merge::FactSource& facts, const Record& opportunity,
                                              const AttributionSources& sources,
                                              std::optional<DateTime>& next) {
    if (attribution.when) {
        auto wanted = merge::ask(*attribution.when, facts, sources.moment, next);
        if (wanted.failure) return std::move(*wanted.failure);
        if (!wanted.yes) return Credited{};
    }
    auto found = find_deal(attribution, facts, opportunity, sources, next);
    if (auto* failure = std::get_if<std::string>(&found)) return std::move(*failure);
    const auto& deal = std::get<attribution::Deal>(found);
    if (deal.touches.empty()) return Credited{};
    auto weights = weigh(attribution, deal, sources.lessons);
    if (auto* failure = std::get_if<std::string>(&weights)) return std::move(*failure);
    const attribution::Touch* chosen =
        attribution::choose(deal.touches, std::get<std::vector<double>>(weights));
    if (chosen == nullptr) return Credited{};
    return Credited{text(chosen->campaign), name_of_campaign(sources, chosen->campaign)};
}

}  // namespace duet::sync
