#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mappings/document/checks.h"
#include "mappings/document/codes.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

/// A field rule, or all stages together: the names it reads and writes, as rules spell them.
struct Knot {
    std::string name;
    Place place;
    bool computed = false;
    std::set<std::string> reads;
    std::set<std::string> writes;
};

void add_paths(const FieldRef& ref, Side side, std::set<std::string>& names) {
    const std::string head = side == Side::Marketing ? "prospect." : "";
    if (!ref.path.empty()) names.insert(head + lower(ref.path));
    for (const auto& [object, path] : ref.by_object) names.insert(head + lower(path));
}

Knot make_knot(const FieldRule& rule) {
    Knot knot{rule.name, rule.place, rule.value.has_value(), {}, {}};
    if (rule.value) {
        for (const std::string& path : rule.value->formula.fields()) knot.reads.insert(lower(path));
    }
    for (const Side side : kSides) {
        const Direction toward = side == Side::Crm ? Direction::ToCrm : Direction::ToMarketing;
        if (rule.direction != Direction::Both && rule.direction != toward) continue;
        add_paths(rule.fields[side], side, knot.writes);
        if (!rule.value) add_paths(rule.fields[other(side)], other(side), knot.reads);
    }
    return knot;
}

bool feeds(const Knot& from, const Knot& to) {
    return std::any_of(from.writes.begin(), from.writes.end(),
                       [&](const std::string& name) { return to.reads.contains(name); });
}

/// Walks from `start` along what each knot feeds; fills `way` when it comes back.
bool comes_back(const std::vector<std::vector<std::size_t>>& fed, std::size_t start, std::size_t at,
                std::vector<bool>& seen, std::vector<std::size_t>& way) {
    way.push_back(at);
    for (const std::size_t next : fed[at]) {
        if (next == start && way.size() > 1) return true;
        if (next == start || seen[next]) continue;
        seen[next] = true;
        if (comes_back(fed, start, next, seen, way)) return true;
    }
    way.pop_back();
    return false;
}

std::vector<Knot> make_knots(const EntityDocument& entity, const std::vector<Stage>& stages) {
    std::vector<Knot> knots;
    for (const FieldRule& rule : entity.fields) knots.push_back(make_knot(rule));
    if (entity.entity == EntityKind::Person && !stages.empty()) {
        Knot stage{"Duet.Stage", stages.front().place, true, {}, {"duet.stage"}};
        for (const Stage& one : stages) {
            for (const std::string& path : one.when.formula.fields()) {
                stage.reads.insert(lower(path));
            }
        }
        knots.push_back(std::move(stage));
    }
    return knots;
}

}  // namespace

void check_cycles(const EntityDocument& entity, const std::vector<Stage>& stages,
                  const Context& context) {
    const std::vector<Knot> knots = make_knots(entity, stages);
    std::vector<std::vector<std::size_t>> fed(knots.size());
    for (std::size_t i = 0; i < knots.size(); ++i) {
        for (std::size_t j = 0; j < knots.size(); ++j) {
            if (i != j && feeds(knots[i], knots[j])) fed[i].push_back(j);
        }
    }
    std::set<std::size_t> reported;
    for (std::size_t start = 0; start < knots.size(); ++start) {
        if (!knots[start].computed || reported.contains(start)) continue;
        std::vector<bool> seen(knots.size(), false);
        std::vector<std::size_t> way;
        if (!comes_back(fed, start, start, seen, way)) continue;
        std::string circle;
        for (const std::size_t at : way) {
            circle += knots[at].name + " -> ";
            reported.insert(at);
        }
        context.findings.add(
            knots[start].place, 1, kCycle,
            fmt::format("these rules feed each other in a circle: {}{}", circle, knots[start].name),
            "let one of them read something that Duet does not write");
    }
}

}  // namespace duet::document
