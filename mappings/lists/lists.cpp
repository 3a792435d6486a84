#include "mappings/lists/lists.h"

#include <string>
#include <utility>

#include "mappings/merge/evaluate.h"

namespace duet::lists {
namespace {

using document::ListRule;
using merge::Answer;
using merge::Decision;
using merge::FactSource;
using merge::Inputs;
using merge::Membership;

/// Whether the rules want the person on the list; nothing when they cannot tell.
std::optional<bool> is_wanted(const Membership& membership, const Inputs& inputs, FactSource& facts,
                              Decision& decision) {
    const ListRule& rule = inputs.documents->lists[membership.rule];
    const Answer member = merge::ask(rule.member_when, facts, inputs.moment, decision.next_change);
    std::optional<Answer> suppressed;
    if (rule.suppress_when) {
        suppressed = merge::ask(*rule.suppress_when, facts, inputs.moment, decision.next_change);
        if (suppressed->failure) {
            decision.warnings.push_back("list " + rule.list +
                                        ", suppress_when: " + *suppressed->failure);
            decision.suppressed.push_back(membership.rule);
            return false;
        }
        if (suppressed->yes) decision.suppressed.push_back(membership.rule);
    }
    if (member.failure) {
        decision.warnings.push_back("list " + rule.list + ", member_when: " + *member.failure);
        return std::nullopt;
    }
    return member.yes && !(suppressed && suppressed->yes);
}

/// Whether an undo put the membership as it is against the rule. Nobody is kept on a list that
/// suppresses.
bool is_pinned(const Membership& membership, bool wanted, bool is_suppressed, const Inputs& inputs,
               Decision& decision) {
    const std::string name = "list " + inputs.documents->lists[membership.rule].list;
    const auto pins = inputs.pins.find(name);
    if (pins == inputs.pins.end() || !pins->second.marketing) return false;
    const merge::Pin& pin = *pins->second.marketing;
    const bool is_member = !membership.membership_id.empty();
    const bool stands = pin.held == Value{is_member} && pin.refused == Value{wanted} &&
                        wanted != is_member && !(is_member && is_suppressed);
    if (stands) {
        decision.left_alone.push_back({name, merge::Reason::Pinned, {}});
    } else {
        decision.ended_pins.emplace_back(name, Side::Marketing);
    }
    return stands;
}

}  // namespace

void decide_memberships(const Inputs& inputs, FactSource& facts, Decision& decision) {
    if (inputs.sides.marketing.record == nullptr) return;
    for (const Membership& membership : inputs.memberships) {
        const ListRule& rule = inputs.documents->lists[membership.rule];
        if (membership.list_id.empty()) {
            decision.warnings.push_back("list " + rule.list + ": there is no such list in " +
                                        inputs.documents->names.marketing);
            continue;
        }
        const std::size_t suppressed_before = decision.suppressed.size();
        const auto wanted = is_wanted(membership, inputs, facts, decision);
        const bool is_suppressed = decision.suppressed.size() > suppressed_before;
        const bool is_member = !membership.membership_id.empty();
        if (!wanted || is_pinned(membership, *wanted, is_suppressed, inputs, decision)) continue;
        if (membership.opted_out || *wanted == is_member) continue;
        if (!inputs.sides.marketing.ready || !inputs.sides.crm.ready) {
            decision.state = merge::State::Waiting;
            decision.reason = "one side is not fully loaded or not reachable";
            continue;
        }
        decision.memberships.push_back(
            {membership.rule, *wanted, membership.list_id, membership.membership_id});
    }
}

}  // namespace duet::lists
