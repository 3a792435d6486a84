#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/attribution/deals.h"
#include "mappings/attribution/facts.h"
#include "mappings/attribution/model.h"

/// All figures of attribution over an org's facts. Money is in the corporate currency. Revenue is
/// of won deals; pipeline is of all deals, or those that the request asks for; the two overlap and
/// are never added.
namespace duet::attribution {

/// Where the credit of a deal without a touch is shown.
inline constexpr std::string_view kNobody = "(none)";

struct ReportRequest {
    std::vector<Model> models;  // such as `is_for_deals` says
    TouchSettings touches;
    Importance importance;
    LearningSettings learning;
    DateTime now{};
    // Of the pipeline only:
    std::optional<Date> created_from;
    std::optional<Date> created_until;  // that day, too
    bool open_only = false;
};

/// Credit of the touches that came at one place of their deals.
struct PlaceCredit {
    double revenue = 0;
    double pipeline = 0;
    double expected = 0;
    double won_deals = 0;
};

struct CampaignCredit {
    std::string campaign;  // id, or kNobody
    double revenue = 0;
    double pipeline = 0;
    double expected = 0;   // the pipeline times the probabilities; of deals that have one
    double won_deals = 0;  // the sum of the weights
    std::vector<PlaceCredit> places{};  // of `ShapleyOrdered`: by the place from 0, up to the last
};

/// What is to be written for a won deal; the rows of one come to 10,000.
struct InfluenceRow {
    std::string opportunity;
    std::string campaign;
    std::string contact;
    int hundredths = 0;  // of a percent of the amount, above 0
};

struct ModelReport {
    std::string model;
    std::vector<CampaignCredit> campaigns;  // as the facts list them, then unlisted ids, kNobody
    std::vector<InfluenceRow> influence;    // none for `primary`: the CRM keeps that itself
};

/// A deal that nothing can be told about, and why.
struct Uncovered {
    std::string opportunity;
    std::optional<double> amount;
    bool is_won = false;
    bool has_contact_role = false;
    Untouched why = Untouched::No;  // in the revenue view; `No` when only the role is missing
};

struct Coverage {
    std::size_t deals = 0;
    std::size_t won_deals = 0;
    double won_amount = 0;
    std::size_t won_untouched = 0;
    double won_untouched_amount = 0;
    std::size_t pipeline_deals = 0;
    double pipeline_amount = 0;
    std::size_t pipeline_untouched = 0;
    double pipeline_untouched_amount = 0;
    std::size_t without_contact_role = 0;
    std::size_t without_campaign = 0;  // no primary campaign, and no touch until close or creation
    std::vector<Uncovered> uncovered;  // won without a touch, or without a contact role
};

struct BuiltinRow {
    std::string opportunity;
    std::string model;
    std::string campaign;
    double share = 0;  // 0 to 1
};

struct Report {
    std::vector<ModelReport> models;
    std::vector<BuiltinRow> builtin;          // of all deals
    std::vector<ModelReport> builtin_credit;  // their won revenue and pipeline by campaign
    Coverage coverage;
    std::map<std::string, std::size_t> mqls;  // by campaign: contacts that it qualified
    bool has_probability = false;
    std::vector<std::string> warnings;
    std::vector<std::string> notes;  // how figures are to be understood; sentences
};

/// How the credit that a learnt model gives the touches of deals is to be read: a sentence. Nothing
/// of other models.
[[nodiscard]] std::optional<std::string> note_on(const Model& model);

[[nodiscard]] Report report_on(const OrgFacts& facts, const ReportRequest& request);

}  // namespace duet::attribution
