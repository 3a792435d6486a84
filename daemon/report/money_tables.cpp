#include "daemon/report/money_tables.h"

#include <utility>

#include "mappings/attribution/money.h"

namespace duet::report {
namespace {

using attribution::Untouched;

Column money(std::string id, std::string title, const std::string& unit) {
    return {std::move(id), std::move(title), Kind::Money, unit};
}

Column people(std::string id, std::string title) {
    return {std::move(id), std::move(title), Kind::Count, "people"};
}

Column deals(std::string id, std::string title) {
    return {std::move(id), std::move(title), Kind::Count, "deals"};
}

Column share(std::string id, std::string title) {
    return {std::move(id), std::move(title), Kind::Share, "share"};
}

}  // namespace

Table credits_table(const std::string& unit, std::string about) {
    return {"credits",
            "Credit of campaigns",
            std::move(about),
            {{"campaign", "Campaign"},
             {"model", "Model"},
             money("revenue", "Won revenue", unit),
             money("pipeline", "Pipeline", unit),
             {"won_deals", "Won deals", Kind::Number, "deals"},
             share("roi", "Return on cost")}};
}

Table campaigns_table(const std::string& unit, const std::string& stage, std::string about) {
    return {"campaigns",
            "Campaigns and their cost",
            std::move(about),
            {{"campaign", "Campaign"},
             money("cost", "Actual cost", unit),
             people("qualified", "Became " + stage),
             money("cost_per_qualified", "Cost of each", unit)}};
}

Table trees_table(const std::string& unit, const std::string& stage) {
    return {"campaign_trees",
            "Campaigns with those below them",
            "A campaign that has others below it, and all of them together, each counted once.",
            {{"campaign", "Campaign"},
             {"model", "Model"},
             {"campaigns", "Campaigns", Kind::Count, "campaigns"},
             money("cost", "Actual cost", unit),
             money("revenue", "Won revenue", unit),
             money("pipeline", "Pipeline", unit),
             {"won_deals", "Won deals", Kind::Number, "deals"},
             share("roi", "Return on cost"),
             people("qualified", "Became " + stage),
             money("cost_per_qualified", "Cost of each", unit)}};
}

Table new_names_table(const std::string& unit, std::string about) {
    return {"new_names",
            "New names by campaign",
            std::move(about),
            {{"campaign", "Campaign"},
             deals("deals", "New companies' deals"),
             money("value", "Worth in a year", unit),
             people("qualified", "Qualified"),
             people("net_new", "For the first time")}};
}

Table coverage_table(const std::string& unit) {
    return {"coverage",
            "Touched by a campaign",
            "Deals whose people no campaign touched in time: money that no model can credit.",
            {{"what", "What"},
             deals("deals", "Deals"),
             money("amount", "Amount", unit),
             deals("untouched_deals", "Not touched"),
             money("untouched_amount", "Not touched", unit),
             share("covered", "Share touched")}};
}

std::vector<Cell> coverage_row(std::string what, double deals, double amount,
                               double untouched_deals, double untouched_amount) {
    const auto covered = attribution::ratio(amount - untouched_amount, amount);
    return {std::move(what),  deals,
            amount,           untouched_deals,
            untouched_amount, covered ? Cell(*covered) : Cell()};
}

Table uncovered_table(const std::string& unit, std::string about) {
    return {"uncovered",
            "Why won deals are not touched",
            std::move(about),
            {{"reason", "Reason"}, deals("deals", "Deals"), money("amount", "Amount", unit)}};
}

Table channels_table() {
    return {"channels",
            "Credit of channels",
            "What each model credits each channel with: conversions of the journeys, and their "
            "value. The removal effect is the share of them that the channel's end would cost.",
            {{"channel", "Channel"},
             {"model", "Model"},
             {"conversions", "Conversions", Kind::Number},
             {"value", "Value", Kind::Number},
             {"removal_effect", "Removal effect", Kind::Share, "share"}}};
}

std::string_view sentence_of(Untouched why) noexcept {
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
        case Untouched::NoCampaign:
            return "nobody named a campaign in it";
        case Untouched::No:
            break;
    }
    return "";
}

std::string sentence_of_word(std::string_view word) {
    for (const Untouched why :
         {Untouched::NoCreation, Untouched::NoContactRole, Untouched::NoContact, Untouched::NoTouch,
          Untouched::NoneQualifies, Untouched::OutsideWindow, Untouched::NoCampaign}) {
        if (attribution::to_string(why) == word) return std::string(sentence_of(why));
    }
    return std::string(word);
}

}  // namespace duet::report
