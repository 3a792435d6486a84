#include "daemon/service/attribution_report.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/service/campaign_table.h"
#include "daemon/service/new_names.h"
#include "daemon/sync/all_records.h"
#include "daemon/sync/attribution_facts.h"
#include "daemon/sync/learning.h"
#include "daemon/sync/planner.h"
#include "mappings/attribution/returns.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::SeenRow;

constexpr std::size_t kUsualDeals = 100;

json number(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json told(const attribution::NewNamesReport& names, const sync::AttributionSources& sources) {
    const auto line = [&](const attribution::NewNames& one) {
        return json{{"campaign", one.campaign},
                    {"name", display(sync::name_of_campaign(sources, one.campaign))},
                    {"deals", one.deals},
                    {"value", one.value},
                    {"qualified", one.qualified},
                    {"net_new", one.net_new}};
    };
    json campaigns = json::array();
    for (const auto& one : names.campaigns) campaigns.push_back(line(one));
    return {{"campaigns", std::move(campaigns)},
            {"all", line(names.all)},
            {"without_account", names.without_account}};
}

/// What one attribution says of all deals.
class Audit {
public:
    Audit(const document::Attribution& attribution, const document::InfluenceWords& words,
          const attribution::CurrencyTable& rates, std::string_view source,
          std::size_t deals_listed)
        : attribution_(attribution),
          words_(words),
          rates_(rates),
          source_(source),
          deals_listed_(deals_listed) {}

    void add(const Record& deal, merge::FactSource& facts,
             const sync::AttributionSources& sources) {
        std::optional<DateTime> next;
        auto found = sync::find_deal(attribution_, facts, deal, sources, next);
        const auto* seen = std::get_if<attribution::Deal>(&found);
        if (seen == nullptr) {
            ++failed_;
            return;
        }
        const bool is_won = deal.fields.get(words_.won) == Value{true};
        const auto amount = sync::corporate_amount(deal, rates_, words_);
        if (!amount) ++without_rate_;
        ++deals_;
        if (is_won) ++won_;
        if (is_won) won_amount_ += amount.value_or(0);
        const bool is_untouched = seen->touches.empty();
        if (is_won && is_untouched) ++won_untouched_;
        if (is_won && is_untouched) won_untouched_amount_ += amount.value_or(0);
        if (is_untouched && is_blank(deal.fields.get(source_))) ++without_campaign_;
        const bool lacks_role = seen->untouched == attribution::Untouched::NoContactRole;
        if (lacks_role) ++without_role_;
        if (is_untouched) ++reasons_[std::string(attribution::to_string(seen->untouched))];
        if (lacks_role || (is_won && is_untouched)) list(deal, amount, is_won, seen->untouched);
        if (!is_untouched) credit(*seen, amount.value_or(0), deal, facts, sources, next);
    }

    [[nodiscard]] json tell(const sync::AttributionSources& sources,
                            const CampaignTable& facts) const {
        json campaigns = json::array();
        for (const auto& one : returns_of_credits(facts)) {
            const bool has_figure = one.cost || one.responses + one.mqls > 0 || one.tree ||
                                    credits_.contains(one.campaign);
            if (has_figure) campaigns.push_back(line_of(one, sources));
        }
        return {{"name", attribution_.name},
                {"model", attribution_.model_word},
                {"influence_model", attribution_.influence_model},
                {"deals", deals_},
                {"failed", failed_},
                {"without_rate", without_rate_},
                {"won_deals", won_},
                {"won_amount", won_amount_},
                {"won_untouched", won_untouched_},
                {"won_untouched_amount", won_untouched_amount_},
                {"without_contact_role", without_role_},
                {"without_campaign", without_campaign_},
                {"with_campaign_share", number(share_with_campaign())},
                {"reasons", reasons_},
                {"campaigns", std::move(campaigns)},
                {"uncovered", uncovered_},
                {"uncovered_deals", uncovered_deals_}};
    }

private:
    struct Credit {
        double revenue = 0;
        double pipeline = 0;
        double won = 0;
    };

    /// Of every campaign that is pulled, and of those that have credit.
    [[nodiscard]] std::vector<attribution::CampaignReturn> returns_of_credits(
        const CampaignTable& table) const {
        attribution::OrgFacts facts = table.facts;
        attribution::ModelReport model;
        std::set<std::string> known;
        for (const auto& campaign : facts.campaigns) known.insert(campaign.id);
        for (const auto& [id, credit] : credits_) {
            model.campaigns.push_back({id, credit.revenue, credit.pipeline, 0, credit.won});
            if (known.insert(id).second)
                facts.campaigns.push_back({id, "", "", "", std::nullopt, ""});
        }
        facts.currencies = rates_;
        attribution::Report report;
        report.mqls = table.qualified;
        return attribution::returns_of(facts, report, model);
    }

    static json line_of(const attribution::CampaignReturn& one,
                        const sync::AttributionSources& sources) {
        json line{{"campaign", one.campaign},
                  {"name", display(sync::name_of_campaign(sources, one.campaign))},
                  {"revenue", one.revenue},
                  {"pipeline", one.pipeline},
                  {"won", one.won_deals},
                  {"cost", number(one.cost)},
                  {"roi", number(one.roi)},
                  {"responses", one.responses},
                  {"cost_per_response", number(one.cost_per_response)},
                  {"qualified", one.mqls},
                  {"cost_per_qualified", number(one.cost_per_mql)}};
        if (one.tree) {
            line["tree"] = {{"campaigns", one.tree->campaigns},
                            {"revenue", one.tree->revenue},
                            {"pipeline", one.tree->pipeline},
                            {"won", one.tree->won_deals},
                            {"cost", number(one.tree->cost)},
                            {"roi", number(one.tree->roi)},
                            {"responses", one.tree->responses},
                            {"cost_per_response", number(one.tree->cost_per_response)},
                            {"qualified", one.tree->mqls},
                            {"cost_per_qualified", number(one.tree->cost_per_mql)}};
        }
        return line;
    }

    [[nodiscard]] std::optional<double> share_with_campaign() const {
        return attribution::ratio(static_cast<double>(deals_ - without_campaign_),
                                  static_cast<double>(deals_));
    }

    void list(const Record& deal, const std::optional<double>& amount, bool is_won,
              attribution::Untouched why) {
        ++uncovered_deals_;
        if (uncovered_.size() >= deals_listed_) return;
        uncovered_.push_back({{"opportunity", deal.id.key},
                              {"amount", amount ? json(*amount) : json(nullptr)},
                              {"won", is_won},
                              {"why", attribution::to_string(why)}});
    }

    void credit(const attribution::Deal& seen, double amount, const Record& deal,
                merge::FactSource& facts, const sync::AttributionSources& sources,
                std::optional<DateTime>& next) {
        const bool is_won = deal.fields.get(words_.won) == Value{true};
        const bool is_open = deal.fields.get(words_.closed) != Value{true};
        if (!is_won && !is_open) return;
        if (attribution_.when && !merge::ask(*attribution_.when, facts, sources.moment, next).yes)
            return;
        const auto weights = sync::weigh(attribution_, seen, sources.lessons);
        const auto* shares = std::get_if<std::vector<double>>(&weights);
        if (shares == nullptr) {
            ++failed_;
            return;
        }
        for (std::size_t i = 0; i < seen.touches.size(); ++i) {
            Credit& credit = credits_[seen.touches[i].campaign];
            if (is_open && !is_won) credit.pipeline += (*shares)[i] * amount;
            if (!is_won) continue;
            credit.revenue += (*shares)[i] * amount;
            credit.won += (*shares)[i];
        }
    }

    const document::Attribution& attribution_;
    const document::InfluenceWords& words_;
    const attribution::CurrencyTable& rates_;
    std::string_view source_;  // the field of the campaign that people name themselves
    std::size_t deals_listed_;
    std::int64_t deals_ = 0;
    std::int64_t failed_ = 0;
    std::int64_t without_rate_ = 0;
    std::int64_t won_ = 0;
    std::int64_t won_untouched_ = 0;
    std::int64_t without_role_ = 0;
    std::int64_t without_campaign_ = 0;
    std::int64_t uncovered_deals_ = 0;
    double won_amount_ = 0;
    double won_untouched_amount_ = 0;
    std::map<std::string, std::int64_t> reasons_;
    std::map<std::string, Credit> credits_;
    json uncovered_ = json::array();
};

}  // namespace

Result<json> attribution_report(sync::Org& org, const json& body) {
    const document::Documents& documents = org.model.documents();
    const auto* words = document::influence_words(documents.names.crm);
    const document::EntityDocument* entity = documents.find(EntityKind::Opportunity);
    if (documents.attributions.empty() || words == nullptr || entity == nullptr) {
        return Error{
            ErrorKind::Rejected, "The documents have no attribution.", "DUET-6096", "", {}};
    }
    const auto listed = body.find("deals");
    const std::size_t deals_listed = listed != body.end() && listed->is_number_unsigned()
                                         ? listed->get<std::size_t>()
                                         : kUsualDeals;
    auto rates = sync::rates_of(org.store, org.name, documents);
    if (!rates) return std::move(rates).error();
    auto lessons = sync::load_lessons(org);
    if (!lessons) return std::move(lessons).error();
    const auto* money = document::money_words(documents.names.crm);
    std::vector<Audit> audits;
    for (const document::Attribution& attribution : documents.attributions)
        audits.emplace_back(attribution, *words, *rates, money == nullptr ? "" : money->source,
                            deals_listed);
    const auto moment = sync::moment_of(org.clock.now(), documents.time_zone);
    sync::AllRecords deals(org.model, org.store, org.name, moment);
    auto read = deals.find(entity->objects.crm);
    if (read) {
        read = deals.look([&](const SeenRow& row, sync::EntityFacts::Sources sources) {
            sources.lessons = &*lessons;
            sync::EntityFacts facts(sources, *entity, {&row.record, nullptr});
            for (Audit& audit : audits) {
                audit.add(row.record, facts,
                          {org.model, sources.cache, sources.paths, moment, &*lessons});
            }
        });
    }
    if (!read) return std::move(read).error();
    sync::RecordCache cache(org.store, org.name);
    sync::PathReader paths(org.model, cache);
    const sync::AttributionSources sources{org.model, cache, paths, moment, &*lessons};
    json answer{
        {"org", org.name}, {"as_of", format_instant(moment.now)}, {"attributions", json::array()}};
    auto campaigns = campaign_table(org);
    if (!campaigns) return std::move(campaigns).error();
    for (const Audit& audit : audits)
        answer["attributions"].push_back(audit.tell(sources, *campaigns));
    const auto always = [](DateTime) { return true; };
    auto names = new_names(org, {always, always});
    if (!names) return std::move(names).error();
    answer["currency"] = campaigns->currency;
    answer["new_names"] = told(*names, sources);
    answer["below_themselves"] = attribution::below_themselves(campaigns->facts);
    if (cache.failure()) return *cache.failure();
    return answer;
}

}  // namespace duet::service
