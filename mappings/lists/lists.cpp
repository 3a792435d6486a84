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
std::optional<bool> is_wanted(const ListRule& rule, const Inputs& inputs, FactSource& facts,
                              Decision& decision) {
    const Answer member = merge::ask(rule.member_when, facts, inputs.moment, decision.next_change);
    std::optional<Answer> suppressed;
    if (rule.suppress_when) {
        suppressed = merge::ask(*rule.suppress_when, facts, inputs.moment, decision.next_change);
        if (suppressed->failure) {
            decision.warnings.push_back("list " + rule.list +
                                        ", suppress_when: " + *suppressed->failure);
            return false;
        }
    }
    if (member.failure) {
        decision.warnings.push_back("list " + rule.list + ", member_when: " + *member.failure);
        return std::nullopt;
    }
    return member.yes && !(suppressed && suppressed->yes);
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
        const auto wanted = is_wanted(rule, inputs, facts, decision);
        const bool is_member = !membership.membership_id.empty();
        if (!wanted || membership.opted_out || *wanted == is_member) continue;
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
