#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "daemon/service/report_parts.h"
#include "mappings/attribution/report.h"
#include "mappings/document/document.h"

namespace duet::service {
namespace {

using attribution::OpportunityFacts;
using attribution::OrgFacts;
using report::Column;
using report::Kind;
using report::Table;

Column money(std::string id, std::string title, const std::string& unit) {
    return {std::move(id), std::move(title), Kind::Money, unit};
}

double corporate(const OrgFacts& facts, const OpportunityFacts& deal) {
    return facts.currencies.corporate(deal.amount.value_or(0), deal.currency, deal.close)
        .value_or(0);
}

bool closed_within(const OpportunityFacts& deal, const ReportScope& scope) {
    const lifecycle::Days days(scope.moment.zone);
    const auto& period = scope.asked.period;
    return deal.is_closed && deal.close && *deal.close >= days.of(period.from) &&
           *deal.close <= days.of(period.until - std::chrono::milliseconds{1});
}

/// The facts with other deals.
OrgFacts with_deals(const OrgFacts& facts, const std::function<bool(const OpportunityFacts&)>& of) {
    OrgFacts kept = facts;
    std::erase_if(kept.opportunities, [&](const auto& deal) { return !of(deal); });
    return kept;
}

/// A name for each campaign; the second of one name also shows its id.
std::map<std::string, std::string> names_of(const OrgFacts& facts) {
    std::map<std::string, int> times;
    for (const auto& campaign : facts.campaigns) ++times[campaign.name];
    std::map<std::string, std::string> names{{std::string(attribution::kNobody), "(no campaign)"}};
    for (const auto& campaign : facts.campaigns) {
        names[campaign.id] = campaign.name.empty()       ? campaign.id
                             : times[campaign.name] == 1 ? campaign.name
                                                         : campaign.name + " " + campaign.id;
    }
    return names;
}

std::string name_of(const std::map<std::string, std::string>& names, const std::string& id) {
    const auto found = names.find(id);
    return found == names.end() ? id : found->second;
}

/// The sentence with campaigns by their names.
std::string with_names(std::string sentence, const std::map<std::string, std::string>& names) {
    for (const auto& [id, name] : names) {
        if (id.empty() || id == attribution::kNobody) continue;
        const std::size_t at = sentence.find(id);
        if (at != std::string::npos) sentence.replace(at, id.size(), name);
    }
    return sentence;
}

std::optional<double> cost_of(const OrgFacts& facts, const std::string& campaign) {
    for (const auto& one : facts.campaigns) {
        if (one.id == campaign && one.actual_cost)
            return facts.currencies.corporate(*one.actual_cost, one.currency);
    }
    return std::nullopt;
}

Table credits_table(const OrgFacts& facts, const attribution::Report& won,
                    const attribution::Report& pipeline, const std::string& unit) {
    Table table{"credits",
                "Credit of campaigns",
                "What each model credits each campaign with: money of deals won in the period, and "
                "of deals created in it.",
                {{"campaign", "Campaign"},
                 {"model", "Model"},
                 money("revenue", "Won revenue", unit),
                 money("pipeline", "Pipeline", unit),
                 {"won_deals", "Won deals", Kind::Number, "deals"},
                 {"roi", "Return on cost", Kind::Share, "share"}}};
    const auto names = names_of(facts);
    for (std::size_t m = 0; m < won.models.size(); ++m) {
        const auto& model = won.models[m];
        for (std::size_t c = 0; c < model.campaigns.size(); ++c) {
            const auto& credit = model.campaigns[c];
            double in_pipeline = 0;
            for (const auto& other : pipeline.models[m].campaigns) {
                if (other.campaign == credit.campaign) in_pipeline = other.pipeline;
            }
            table.rows.push_back(
                {name_of(names, credit.campaign), model.model, credit.revenue, in_pipeline,
                 credit.won_deals,
                 cell(attribution::return_on(cost_of(facts, credit.campaign), credit.revenue))});
        }
    }
    return table;
}

Table campaigns_table(const OrgFacts& facts, const PeopleFacts& people, const std::string& unit) {
    const std::string stage = people.qualified_stage.empty() ? "Qualified" : people.qualified_stage;
    Table table{"campaigns",
                "Campaigns and their cost",
                "Actual cost as the CRM holds it; who became " + stage +
                    " in the period by something that belongs to the campaign. A campaign without "
                    "a cost has no return, which is not a return of 0.",
                {{"campaign", "Campaign"},
                 money("cost", "Actual cost", unit),
                 {"qualified", "Became " + stage, Kind::Count, "people"},
                 money("cost_per_qualified", "Cost of each", unit)}};
    const auto names = names_of(facts);
    for (const auto& campaign : facts.campaigns) {
        const auto cost = cost_of(facts, campaign.id);
        const auto found = people.qualified_by.find(campaign.id);
        const double qualified =
            found == people.qualified_by.end() ? 0 : static_cast<double>(found->second);
        table.rows.push_back({name_of(names, campaign.id), cell(cost), qualified,
                              cell(attribution::ratio(cost, qualified))});
    }
    return table;
}

/// Deals that no campaign is named for, neither by people nor by a touch.
void add_any_campaign(const attribution::Coverage& pipeline, report::Report& report) {
    const auto deals = static_cast<double>(pipeline.deals);
    const auto without = static_cast<double>(pipeline.without_campaign);
    report.figures.push_back({{"with_campaign", "New deals with a campaign", Kind::Share, "share"},
                              cell(attribution::ratio(deals - without, deals))});
}

Table coverage_table(const attribution::Coverage& won, const attribution::Coverage& pipeline,
                     const std::string& unit) {
    Table table{"coverage",
                "Touched by a campaign",
                "Deals whose people no campaign touched in time: money that no model can credit.",
                {{"what", "What"},
                 {"deals", "Deals", Kind::Count, "deals"},
                 money("amount", "Amount", unit),
                 {"untouched_deals", "Not touched", Kind::Count, "deals"},
                 money("untouched_amount", "Not touched", unit),
                 {"covered", "Share touched", Kind::Share, "share"}}};
    const auto covered = [](double amount, double untouched) {
        return cell(attribution::ratio(amount - untouched, amount));
    };
    table.rows.push_back({"Won revenue", count(static_cast<std::int64_t>(won.won_deals)),
                          won.won_amount, count(static_cast<std::int64_t>(won.won_untouched)),
                          won.won_untouched_amount,
                          covered(won.won_amount, won.won_untouched_amount)});
    table.rows.push_back({"Pipeline", count(static_cast<std::int64_t>(pipeline.pipeline_deals)),
                          pipeline.pipeline_amount,
                          count(static_cast<std::int64_t>(pipeline.pipeline_untouched)),
                          pipeline.pipeline_untouched_amount,
                          covered(pipeline.pipeline_amount, pipeline.pipeline_untouched_amount)});
    return table;
}

const char* sentence_of(attribution::Untouched why) {
    using attribution::Untouched;
    switch (why) {
        case Untouched::NoCreation:
            return "the deal has no creation date";
        case Untouched::NoContactRole:
            return "nobody has a role in the deal";
        case Untouched::NoContact:
            return "nobody is at its account";
        case Untouched::NoTouch:
        case Untouched::NoneQualifies:
            return "its people answered no campaign";
        case Untouched::OutsideWindow:
            return "its people answered too early or too late";
        case Untouched::No:
            break;
    }
    return "";
}

Table uncovered_table(const OrgFacts& facts, const attribution::Coverage& won,
                      const std::string& unit) {
    Table table{"uncovered",
                "Why won deals are not touched",
                "Won deals of the period without a touch, by the reason.",
                {{"reason", "Reason"},
                 {"deals", "Deals", Kind::Count, "deals"},
                 money("amount", "Amount", unit)}};
    std::map<std::string, std::pair<double, double>> found;
    std::map<std::string_view, const OpportunityFacts*> deals;
    for (const auto& deal : facts.opportunities) deals.emplace(deal.id, &deal);
    for (const auto& one : won.uncovered) {
        if (!one.is_won || one.why == attribution::Untouched::No) continue;
        auto& [number, amount] = found[sentence_of(one.why)];
        number += 1;
        const auto deal = deals.find(one.opportunity);
        if (deal != deals.end()) amount += corporate(facts, *deal->second);
    }
    for (const auto& [reason, sums] : found)
        table.rows.push_back({reason, sums.first, sums.second});
    return table;
}

/// The path of the field that the documents fill with just this name; empty: none.
std::string_view filled_with(const document::EntityDocument& document, std::string_view object,
                             std::string_view name) {
    for (const document::FieldRule& rule : document.fields) {
        if (rule.value && rule.value->formula.fields().size() == 1 &&
            same_name(rule.value->formula.fields().front(), name))
            return rule.fields[Side::Crm].on(object);
    }
    return {};
}

/// Live CRM records of a kind by the value of that field, as last seen.
Result<std::map<std::string, std::string>> values_by_record(sync::Org& org, EntityKind kind,
                                                            std::string_view name) {
    std::map<std::string, std::string> values;
    const document::EntityDocument* document = org.model.documents().find(kind);
    if (document == nullptr) return values;
    for (const std::string& object : document->objects.crm) {
        const std::string_view field = filled_with(*document, object, name);
        const sync::ObjectModel* pulled = org.model.find(Side::Crm, object);
        if (field.empty() || pulled == nullptr) continue;
        const std::string spelled = pulled->canonical(std::string(field));
        auto read = org.store.each_seen(
            org.name, Side::Crm, pulled->info->name, [&](const store::SeenRow& row) {
                if (!row.deleted)
                    values[row.record.id.key] = display(row.record.fields.get(spelled));
                return true;
            });
        if (!read) return std::move(read).error();
    }
    return values;
}

Status add_accounts(sync::Org& org, report::Report& report) {
    auto stages = values_by_record(org, EntityKind::Account, "Duet.Stage");
    if (!stages) return std::move(stages).error();
    if (stages->empty()) return Done{};
    std::map<std::string, std::int64_t> counts;
    for (const auto& [account, stage] : *stages) ++counts[stage];
    Table table{"accounts",
                "Companies by stage",
                "The stage of each company, from where its people stand, as the CRM holds it.",
                {{"stage", "Stage"}, {"accounts", "Companies", Kind::Count, "companies"}}};
    const auto add = [&](const std::string& stage, const std::string& shown_name) {
        const auto found = counts.find(stage);
        if (found == counts.end()) return;
        table.rows.push_back({shown_name, count(found->second)});
        counts.erase(found);
    };
    if (const Table* known = report.find("stages")) {
        for (std::size_t i = 0; i < known->rows.size(); ++i)
            add(known->text(i, "stage"), known->text(i, "stage"));
    }
    add("", "(none yet)");
    for (const auto& [stage, number] : counts) table.rows.push_back({stage, count(number)});
    report.tables.push_back(std::move(table));
    return Done{};
}

}  // namespace

Status add_business(sync::Org& org, const ReportScope& scope, const OrgFacts& facts,
                    report::Report& report) {
    if (auto added = add_accounts(org, report); !added) return added;
    if (facts.opportunities.empty()) return Done{};
    auto outcomes = values_by_record(org, EntityKind::Opportunity, "Duet.Outcome");
    if (!outcomes) return std::move(outcomes).error();
    struct Sum {
        double deals = 0;
        double amount = 0;
    };
    Sum won;
    Sum lost;
    Sum lapsed;
    Sum open;
    for (const OpportunityFacts& deal : facts.opportunities) {
        if (deal.is_closed && !closed_within(deal, scope)) continue;
        const auto told = outcomes->find(deal.id);
        const bool is_lapsed = told != outcomes->end() && same_name(told->second, "lapsed");
        Sum& sum = deal.is_won ? won : deal.is_closed ? lost : is_lapsed ? lapsed : open;
        sum.deals += 1;
        sum.amount += corporate(facts, deal);
    }
    Table table{"deals",
                "What became of deals",
                "Deals won and lost in the period, and those that are open now: worked on, or "
                "lapsed because nobody cared for them. Amounts are as the CRM holds them now.",
                {{"outcome", "Outcome"},
                 {"deals", "Deals", Kind::Count, "deals"},
                 money("amount", "Amount", scope.currency)}};
    table.rows.push_back({"Won", won.deals, won.amount});
    table.rows.push_back({"Lost", lost.deals, lost.amount});
    if (!outcomes->empty()) table.rows.push_back({"Lapsed", lapsed.deals, lapsed.amount});
    table.rows.push_back({"Open", open.deals, open.amount});
    report.tables.push_back(std::move(table));
    report.figures.push_back({money("won", "Won in the period", scope.currency), won.amount});
    const double decided = won.deals + lost.deals + lapsed.deals;
    report.figures.push_back(
        {{"win_rate",
          outcomes->empty() ? "Won, of won and lost deals" : "Won, of won, lost and lapsed deals",
          Kind::Share, "share"},
         cell(attribution::ratio(won.deals, decided))});
    return Done{};
}

Status add_campaigns(const ReportScope& scope, const PeopleFacts& people, const OrgFacts& facts,
                     report::Report& report) {
    attribution::ReportRequest request;
    request.models = scope.models;
    request.touches.activity_types = {1};
    request.now = scope.asked.as_of;
    const auto won_facts =
        with_deals(facts, [&](const OpportunityFacts& deal) { return closed_within(deal, scope); });
    const auto new_facts = with_deals(facts, [&](const OpportunityFacts& deal) {
        return deal.created && scope.asked.period.holds(*deal.created);
    });
    const auto won = attribution::report_on(won_facts, request);
    const auto pipeline = attribution::report_on(new_facts, request);
    for (const std::string& warning : won.warnings)
        report.notes.push_back(with_names(warning, names_of(facts)));
    report.tables.push_back(credits_table(facts, won, pipeline, scope.currency));
    report.tables.push_back(campaigns_table(facts, people, scope.currency));
    add_trees(scope, people, facts, won, pipeline, report);
    report.tables.push_back(coverage_table(won.coverage, pipeline.coverage, scope.currency));
    report.tables.push_back(uncovered_table(won_facts, won.coverage, scope.currency));
    const Table& coverage = *report.find("coverage");
    report.figures.push_back(
        {{"covered", "Won revenue touched by a campaign", Kind::Share, "share"},
         coverage.cell(0, "covered")});
    add_any_campaign(pipeline.coverage, report);
    return Done{};
}

}  // namespace duet::service
