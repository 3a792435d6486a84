#include "mappings/edges/edge.h"

namespace duet::edges {
namespace {

void pass(Edge& edge, const Look& look) {
    if (look.covered) {
        edge.phase = Phase::Spent;
        return;
    }
    edge.phase = Phase::Pending;
    edge.target.clear();
    edge.before.clear();
    edge.passed_at = look.now;
    edge.closed_at.reset();
}

Edge first(const Look& look) {
    Edge edge;
    edge.rule = look.rule;
    edge.version = look.version;
    edge.was_true = look.is_true;
    if (look.is_true && look.first_sight == document::FirstSight::Act) pass(edge, look);
    return edge;
}

}  // namespace

const char* to_string(Phase phase) noexcept {
    switch (phase) {
        case Phase::Armed:
            return "armed";
        case Phase::Pending:
            return "pending";
        case Phase::Spent:
            return "spent";
    }
    return "";
}

std::optional<Phase> phase(std::string_view name) noexcept {
    for (const Phase one : {Phase::Armed, Phase::Pending, Phase::Spent}) {
        if (name == to_string(one)) return one;
    }
    return std::nullopt;
}

Edge step(const std::optional<Edge>& before, const Look& look) {
    if (!before) return first(look);
    Edge edge = *before;
    const bool same_rule = edge.version == look.version;
    edge.version = look.version;
    if (edge.phase == Phase::Spent && look.may_rearm) edge.phase = Phase::Armed;
    if (same_rule && look.is_true && !edge.was_true && edge.phase == Phase::Armed) pass(edge, look);
    edge.was_true = look.is_true;
    return edge;
}

}  // namespace duet::edges
