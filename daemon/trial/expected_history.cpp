#include "daemon/trial/expected_history.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "daemon/trial/outcome.h"
#include "mappings/document/codes.h"
#include "mappings/document/reader.h"

namespace duet::trial {
namespace {

using document::MapReader;
using document::Node;

/// An entry into a stage that is expected; a part that is not given may be anything.
struct Move {
    std::string to;
    std::optional<std::string> from{};
    std::optional<std::string> by{};
    std::optional<std::string> at{};
    std::optional<std::string> reason{};
    std::optional<std::string> owner{};
    std::optional<std::string> campaign{};
};

/// The person's own; empty where nothing follows from what happened.
const lifecycle::History& history_of(const Outcome& outcome) {
    static const lifecycle::History kNone;
    const bool is_person = outcome.plan.entity.kind == EntityKind::Person;
    return is_person && outcome.plan.standing ? outcome.plan.standing->history : kNone;
}

/// Each of the parts beside where it leads.
template <class Visit>
void each_part(const Move& move, const lifecycle::Row& row, Visit&& visit) {
    visit("from", move.from, row.from);
    visit("by", move.by, row.event);
    visit("at", move.at, format_instant(row.at));
    visit("reason", move.reason, row.reason);
    visit("owner", move.owner, row.owner);
    visit("campaign", move.campaign, row.campaign);
}

bool is_such(const Move& wanted, const lifecycle::Row& row) {
    bool fits = wanted.to == row.to;
    each_part(wanted, row, [&](std::string_view part, const auto& given, const std::string& held) {
        if (!given) return;
        fits = fits && (part == "at" ? says(*given, Value{row.at}) : *given == held);
    });
    return fits;
}

/// With the parts that were asked for, or with all of them.
std::string told(const lifecycle::Row& row, const Move* asked) {
    std::string line = row.to;
    each_part(asked == nullptr ? Move{} : *asked, row,
              [&](std::string_view part, const auto& given, const std::string& held) {
                  if (asked == nullptr ? !held.empty() : given.has_value())
                      line += fmt::format(", {} {}", part, held.empty() ? "(none)" : held);
              });
    return line;
}

std::string told(const Move& move) {
    std::string line = move.to;
    each_part(move, {}, [&](std::string_view part, const auto& given, const std::string&) {
        if (given) line += fmt::format(", {} {}", part, given->empty() ? "(none)" : *given);
    });
    return line;
}

Move read_move(const Node& node, const std::vector<std::string>& stages,
               document::Findings& findings) {
    Move move;
    const Node* name = &node;
    if (node.kind == Node::Kind::Scalar) {
        move.to = node.text;
    } else {
        MapReader map(node, "an expected move", findings);
        move.to = map.required_text("to").value_or("");
        if (const Node* given = map.find("to")) name = given;
        move.from = map.text("from");
        move.by = map.text("by");
        move.at = map.text("at");
        move.reason = map.text("reason");
        move.owner = map.text("owner");
        move.campaign = map.text("campaign");
        map.finish();
    }
    if (std::find(stages.begin(), stages.end(), move.to) == stages.end()) {
        findings.add(*name, document::kUnknownName,
                     fmt::format("there is no stage \"{}\"", move.to),
                     document::did_you_mean(move.to, stages));
    }
    return move;
}

std::string lines_of(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : "\n") + text;
    return all.empty() ? "none" : all;
}

}  // namespace

std::vector<Check> read_expected_moves(const Node& node, const std::vector<std::string>& stages,
                                       document::Findings& findings) {
    std::vector<Move> wanted;
    for (const Node& item : document::list_items(node, "moves", findings))
        wanted.push_back(read_move(item, stages, findings));
    return {
        {node.place(), node.length(), "moves", [wanted](Outcome& outcome) -> std::optional<Miss> {
             const auto& rows = history_of(outcome).rows;
             const bool holds =
                 std::equal(wanted.begin(), wanted.end(), rows.begin(), rows.end(), is_such);
             if (holds) return std::nullopt;
             std::vector<std::string> expected, got;
             for (const Move& move : wanted) expected.push_back(told(move));
             for (std::size_t i = 0; i < rows.size(); ++i)
                 got.push_back(told(rows[i], i < wanted.size() ? &wanted[i] : nullptr));
             return Miss{lines_of(expected), lines_of(got), {}};
         }}};
}

std::vector<Check> read_expected_refusals(const Node& node, document::Findings& findings) {
    std::vector<std::string> wanted;
    for (const Node& item : document::list_items(node, "refused", findings))
        wanted.push_back(item.text);
    return {
        {node.place(), node.length(), "refused", [wanted](Outcome& outcome) -> std::optional<Miss> {
             std::vector<std::string> got;
             std::string why;
             for (const auto& event : history_of(outcome).refused) {
                 got.push_back(event.event);
                 why += fmt::format("{}{} in {}: {}", why.empty() ? "" : "; ", event.event,
                                    event.from.empty() ? "no stage" : event.from, event.why);
             }
             if (got == wanted) return std::nullopt;
             return Miss{lines_of(wanted), lines_of(got), std::move(why)};
         }}};
}

}  // namespace duet::trial
