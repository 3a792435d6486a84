#include "mappings/attribution/report.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "mappings/attribution/builtin.h"
#include "mappings/attribution/weigher.h"

namespace duet::attribution {
namespace {

struct Worked {
    const OpportunityFacts* opportunity;
    std::optional<double> amount;  // nothing: its currency has no rate
    Deal revenue;
    Deal pipeline;
    bool in_pipeline = false;
};

/// Sums by campaign, in the order that reports have.
class Ledger {
public:
    explicit Ledger(const std::vector<CampaignFacts>& campaigns) {
        for (const CampaignFacts& campaign : campaigns) line(campaign.id);
    }
    CampaignCredit& line(std::string_view campaign) {
        if (campaign.empty() || campaign == kNobody) return nobody_;
        const auto [found, is_new] = numbers_.emplace(campaign, lines_.size());
        if (is_new) {
            lines_.emplace_back();
            lines_.back().campaign = campaign;
        }
        return lines_[found->second];
    }
    std::vector<CampaignCredit> take() {
        lines_.push_back(std::move(nobody_));
        return std::move(lines_);
    }

private:
    std::map<std::string, std::size_t, std::less<>> numbers_;
    std::vector<CampaignCredit> lines_;
    CampaignCredit nobody_{std::string(kNobody)};
};

template <class Line>  // of a campaign, or of one of its places
void credit_won(Line& line, const Worked& worked, double weight) {
    line.revenue += weight * worked.amount.value_or(0);
    line.won_deals += weight;
}

template <class Line>
void credit_pipeline(Line& line, const Worked& worked, double weight) {
    const double part = weight * worked.amount.value_or(0);
    line.pipeline += part;
    constexpr double kPercent = 100;
    line.expected += part * worked.opportunity->probability.value_or(0) / kPercent;
}

PlaceCredit& place_in(CampaignCredit& line, std::size_t place) {
    if (line.places.size() <= place) line.places.resize(place + 1);
    return line.places[place];
}

class Reporter {
public:
    Reporter(const OrgFacts& facts, const ReportRequest& request)
        : facts_(facts),
          request_(request),
          deals_(facts, request.touches, request.importance, request.now) {}

    Report report() {
        work();
        for (const Model& model : request_.models) report_.models.push_back(report_model(model));
        report_builtin();
        report_coverage();
        for (const ContactFacts& contact : facts_.contacts) {
            const std::string campaign = deals_.qualified_by(contact);
            if (!campaign.empty()) ++report_.mqls[campaign];
        }
        return std::move(report_);
    }

private:
    [[nodiscard]] bool is_in_pipeline(const OpportunityFacts& opportunity) const {
        if (request_.open_only && opportunity.is_closed) return false;
        if (!request_.created_from && !request_.created_until) return true;
        if (!opportunity.created) return false;
        const Date day = std::chrono::floor<std::chrono::days>(*opportunity.created);
        return (!request_.created_from || *request_.created_from <= day) &&
               (!request_.created_until || day <= *request_.created_until);
    }

    void work() {
        std::size_t without_amount = 0;
        std::map<std::string, std::size_t> without_rate;
        for (const OpportunityFacts& opportunity : facts_.opportunities) {
            if (!opportunity.amount) ++without_amount;
            auto amount = facts_.currencies.corporate(opportunity.amount.value_or(0),
                                                      opportunity.currency, opportunity.close);
            if (!amount) ++without_rate[opportunity.currency];
            report_.has_probability |= opportunity.probability.has_value();
            worked_.push_back({&opportunity, amount, deals_.deal(opportunity, View::Revenue),
                               deals_.deal(opportunity, View::Pipeline),
                               is_in_pipeline(opportunity)});
        }
        if (without_amount > 0) {
            report_.warnings.push_back(fmt::format("{} opportunit{} no amount; taken as 0",
                                                   without_amount,
                                                   without_amount == 1 ? "y has" : "ies have"));
        }
        for (const auto& [currency, number] : without_rate) {
            report_.warnings.push_back(
                fmt::format("there is no rate of the currency \"{}\": the money of {} opportunit{} "
                            "is left out",
                            currency, number, number == 1 ? "y" : "ies"));
        }
    }

    /// Closed deals as journeys over campaigns: won ones converted, lost ones did not.
    [[nodiscard]] Journeys journeys(View view) const {
        Journeys journeys;
        for (const Worked& worked : worked_) {
            const Deal& deal = view == View::Revenue ? worked.revenue : worked.pipeline;
            if (!worked.opportunity->is_closed || deal.touches.empty()) continue;
            std::vector<std::uint32_t> steps;
            for (const Touch& touch : deal.touches)
                steps.push_back(journeys.channel(touch.campaign));
            const bool is_won = worked.opportunity->is_won;
            journeys.add(steps,
                         is_won ? Outcome{1, worked.amount.value_or(0), 0} : Outcome{0, 0, 1});
        }
        if (request_.learning.without_null) journeys.drop_nulls();
        return journeys;
    }

    ModelReport report_model(const Model& model) {
        Ledger ledger(facts_.campaigns);
        ModelReport made{model.name, {}, {}};
        if (std::holds_alternative<Primary>(model.kind)) {
            for (const Worked& worked : worked_) {
                CampaignCredit& line = ledger.line(worked.opportunity->campaign);
                if (worked.opportunity->is_won) credit_won(line, worked, 1);
                if (worked.in_pipeline) credit_pipeline(line, worked, 1);
            }
            made.campaigns = ledger.take();
            return made;
        }
        const bool learnt = is_learnt(model.kind);
        const Journeys won = learnt ? journeys(View::Revenue) : Journeys{};
        if (learnt) {
            for (std::string& warning : sparse_data(won, request_.learning))
                report_.warnings.push_back(fmt::format("{}: {}", model.name, warning));
        }
        if (auto note = note_on(model)) report_.notes.push_back(std::move(*note));
        const bool by_place = std::holds_alternative<ShapleyOrdered>(model.kind);
        const Weigher weigh_won = weigher_of(model.kind, won);
        const Weigher weigh_pipeline =
            weigher_of(model.kind, learnt ? journeys(View::Pipeline) : Journeys{});
        for (const Worked& worked : worked_) {
            if (worked.opportunity->is_won)
                credit_deal(worked, weigh_won, by_place, ledger, made.influence);
            if (!worked.in_pipeline) continue;
            if (worked.pipeline.touches.empty()) {
                credit_pipeline(ledger.line(kNobody), worked, 1);
                continue;
            }
            const auto weights = weigh_pipeline(worked.pipeline);
            for (std::size_t i = 0; i < weights.size(); ++i) {
                CampaignCredit& line = ledger.line(worked.pipeline.touches[i].campaign);
                credit_pipeline(line, worked, weights[i]);
                if (by_place) credit_pipeline(place_in(line, i), worked, weights[i]);
            }
        }
        made.campaigns = ledger.take();
        return made;
    }

    static void credit_deal(const Worked& worked, const Weigher& weigh, bool by_place,
                            Ledger& ledger, std::vector<InfluenceRow>& rows) {
        const auto& touches = worked.revenue.touches;
        if (touches.empty()) {
            credit_won(ledger.line(kNobody), worked, 1);
            return;
        }
        const auto weights = weigh(worked.revenue);
        const auto hundredths = hundredths_of(weights);
        for (std::size_t i = 0; i < touches.size(); ++i) {
            CampaignCredit& line = ledger.line(touches[i].campaign);
            credit_won(line, worked, weights[i]);
            if (by_place) credit_won(place_in(line, i), worked, weights[i]);
            if (hundredths[i] == 0) continue;
            rows.push_back(
                {worked.opportunity->id, touches[i].campaign, touches[i].person, hundredths[i]});
        }
    }

    void report_builtin() {
        const std::pair<std::string_view, std::vector<BuiltinShare> BuiltinShares::*> kModels[] = {
            {kPardotFirst, &BuiltinShares::first},
            {kPardotLast, &BuiltinShares::last},
            {kPardotEven, &BuiltinShares::even}};
        std::map<std::string_view, Ledger> ledgers;
        for (const auto& [name, part] : kModels) ledgers.emplace(name, facts_.campaigns);
        for (const Worked& worked : worked_) {
            const BuiltinShares shares = builtin_shares(deals_, *worked.opportunity);
            for (const auto& [name, part] : kModels) {
                const auto credit = [&](std::string_view campaign, double share) {
                    CampaignCredit& line = ledgers.at(name).line(campaign);
                    if (worked.opportunity->is_won) credit_won(line, worked, share);
                    if (worked.in_pipeline) credit_pipeline(line, worked, share);
                };
                for (const BuiltinShare& share : shares.*part) {
                    report_.builtin.push_back(
                        {worked.opportunity->id, std::string(name), share.campaign, share.share});
                    credit(share.campaign, share.share);
                }
                if ((shares.*part).empty()) credit(kNobody, 1);
            }
        }
        for (const auto& [name, part] : kModels) {
            report_.builtin_credit.push_back({std::string(name), ledgers.at(name).take(), {}});
        }
    }

    void report_coverage() {
        Coverage& coverage = report_.coverage;
        for (const Worked& worked : worked_) {
            const OpportunityFacts& opportunity = *worked.opportunity;
            const double amount = worked.amount.value_or(0);
            const bool has_role = !deals_.role_holders(opportunity).empty();
            const bool is_untouched = worked.revenue.touches.empty();
            ++coverage.deals;
            if (!has_role) ++coverage.without_contact_role;
            if (opportunity.campaign.empty() && is_untouched && worked.pipeline.touches.empty())
                ++coverage.without_campaign;
            if (opportunity.is_won) {
                ++coverage.won_deals;
                coverage.won_amount += amount;
                if (is_untouched) {
                    ++coverage.won_untouched;
                    coverage.won_untouched_amount += amount;
                }
            }
            if (worked.in_pipeline) {
                ++coverage.pipeline_deals;
                coverage.pipeline_amount += amount;
                if (worked.pipeline.touches.empty()) {
                    ++coverage.pipeline_untouched;
                    coverage.pipeline_untouched_amount += amount;
                }
            }
            if (has_role && !(opportunity.is_won && is_untouched)) continue;
            coverage.uncovered.push_back({opportunity.id, worked.amount, opportunity.is_won,
                                          has_role, worked.revenue.untouched});
        }
    }

    const OrgFacts& facts_;
    const ReportRequest& request_;
    Deals deals_;
    std::vector<Worked> worked_;
    Report report_;
};

}  // namespace

std::optional<std::string> note_on(const Model& model) {
    if (std::holds_alternative<Markov>(model.kind)) {
        return fmt::format(
            "{}: removal effects are of all closed deals together and cannot be split back to "
            "single ones: a deal's touches are weighed by the normalised removal effects of their "
            "campaigns",
            model.name);
    }
    if (std::holds_alternative<Counterfactual>(model.kind)) {
        return fmt::format(
            "{}: a deal's touches are weighed by what is learnt of all closed deals: by how much "
            "fewer are won without the touch, normalised over the deal's touches",
            model.name);
    }
    return std::nullopt;
}

Report report_on(const OrgFacts& facts, const ReportRequest& request) {
    return Reporter(facts, request).report();
}

}  // namespace duet::attribution
