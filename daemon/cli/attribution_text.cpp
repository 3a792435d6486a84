#include "daemon/cli/attribution_text.h"

#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/figures.h"
#include "mappings/attribution/model.h"
#include "mappings/attribution/report.h"

namespace duet::cli {
namespace {

using nlohmann::json;

std::string money(const json& value) {
    return value.is_null() ? std::string("-") : fmt::format("{:.2f}", value.get<double>());
}

std::string name_of(const json& line) {
    auto name = line.at("name").get<std::string>();
    return name.empty() ? line.at("campaign").get<std::string>() : name;
}

std::string head_of(const json& one) {
    std::string out = fmt::format(
        "{}: {} deals, {} won with {}; {} won with {} have no touch, {} deals no contact role\n",
        one.at("name").get<std::string>(), whole(one.at("deals")), whole(one.at("won_deals")),
        money(one.at("won_amount")), whole(one.at("won_untouched")),
        money(one.at("won_untouched_amount")), whole(one.at("without_contact_role")));
    out += fmt::format("{} deals have no campaign at all: {} covered\n",
                       whole(one.at("without_campaign")), percent(one.at("with_campaign_share")));
    for (const auto& [why, count] : one.at("reasons").items())
        out += fmt::format("  {}: {}\n", why, count.get<std::int64_t>());
    return out;
}

std::vector<std::string> figures_of(std::string name, const json& line) {
    return {std::move(name),
            money(line.at("revenue")),
            money(line.at("pipeline")),
            money(line.at("won")),
            money(line.at("cost")),
            percent(line.at("roi")),
            whole(line.at("responses")),
            money(line.at("cost_per_response")),
            whole(line.at("qualified")),
            money(line.at("cost_per_qualified"))};
}

Grid campaigns_of(const json& campaigns) {
    Grid grid({"campaign", "won revenue", "pipeline", "won deals", "cost", "return", "responses",
               "cost of each", "qualified", "cost of each"});
    for (const json& campaign : campaigns) {
        grid.add(figures_of(name_of(campaign), campaign));
        if (campaign.contains("tree"))
            grid.add(figures_of("  with those below it", campaign.at("tree")));
    }
    return grid;
}

std::string uncovered_of(const json& uncovered) {
    Grid deals({"uncovered deal", "amount", "won", "why"});
    for (const json& deal : uncovered) {
        deals.add({deal.at("opportunity").get<std::string>(), money(deal.at("amount")),
                   deal.at("won").get<bool>() ? "yes" : "no", deal.at("why").get<std::string>()});
    }
    return deals.text();
}

}  // namespace

std::string new_names_text(const json& names) {
    Grid grid({"new names by campaign", "deals", "worth in a year", "qualified", "first time"});
    const auto add = [&](std::string name, const json& line) {
        grid.add({std::move(name), whole(line.at("deals")), money(line.at("value")),
                  whole(line.at("qualified")), whole(line.at("net_new"))});
    };
    for (const json& line : names.at("campaigns")) add(name_of(line), line);
    add("all", names.at("all"));
    return grid.text();
}

std::string attribution_csv(const json& answer) {
    Grid grid({"attribution", "campaign_id", "campaign_name", "campaigns",
               "attributed_won_revenue_corporate", "attributed_pipeline_corporate", "won_deals",
               "actual_cost_corporate", "roi", "responses", "cost_per_response", "qualified",
               "cost_per_qualified"});
    for (const json& one : answer.at("attributions")) {
        const auto add = [&](const json& campaign, const json& part, std::size_t campaigns) {
            grid.add({one.at("name"), campaign.at("campaign"), campaign.at("name"),
                      std::to_string(campaigns), six(part.at("revenue")), six(part.at("pipeline")),
                      six(part.at("won")), six(part.at("cost")), six(part.at("roi")),
                      whole(part.at("responses")), six(part.at("cost_per_response")),
                      whole(part.at("qualified")), six(part.at("cost_per_qualified"))});
        };
        for (const json& campaign : one.at("campaigns")) {
            add(campaign, campaign, 1);
            if (campaign.contains("tree"))
                add(campaign, campaign.at("tree"),
                    campaign.at("tree").at("campaigns").get<std::size_t>());
        }
    }
    return grid.csv();
}

std::vector<std::string> attribution_notes(const json& answer) {
    std::vector<std::string> notes;
    for (const json& one : answer.at("attributions")) {
        auto parsed = attribution::parse_model(one.at("model").get<std::string>(), {});
        auto* model = std::get_if<attribution::Model>(&parsed);
        if (model == nullptr) continue;
        model->name = one.at("name").get<std::string>();
        if (auto note = attribution::note_on(*model)) notes.push_back(*std::move(note));
    }
    return notes;
}

std::string attribution_text(const json& answer) {
    std::string out;
    for (const json& one : answer.at("attributions")) {
        out += head_of(one);
        out += "\n" + campaigns_of(one.at("campaigns")).text() + "\n";
        out += uncovered_of(one.at("uncovered")) + "\n";
    }
    for (const std::string& note : attribution_notes(answer)) out += "note: " + note + "\n";
    for (const json& campaign : answer.at("below_themselves"))
        out += fmt::format("warning: the campaign {} is below itself: nothing is added up for it\n",
                           campaign.get<std::string>());
    return out + new_names_text(answer.at("new_names"));
}

}  // namespace duet::cli
