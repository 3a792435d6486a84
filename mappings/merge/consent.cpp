#include "mappings/merge/consent.h"

#include <algorithm>
#include <utility>

namespace duet::merge {
namespace {

const bool* truth(const Value* held) noexcept {
    return held == nullptr ? nullptr : std::get_if<bool>(held);
}

/// The flags that somebody turned to "out" after the allowance was given.
bool has_new_opt_out(const std::vector<Flag>& flags, const Allowance& allowance) {
    return std::any_of(flags.begin(), flags.end(), [&](const Flag& flag) {
        return flag.is_out() && !allowance.contains(flag.key());
    });
}

ConsentDecision let_back_in(const std::vector<Flag>& flags, const Allowance& allowance) {
    ConsentDecision decision;
    decision.reason = Reason::ConsentAllowed;
    Allowance left;
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const Flag& flag = flags[i];
        const bool is_unknown = flag.held == nullptr && allowance.contains(flag.key());
        if (flag.is_out()) decision.writes.emplace_back(i, Value{flag.inverted});
        if (flag.is_out() || is_unknown) left.insert(flag.key());
    }
    if (decision.writes.empty()) decision.reason = Reason::AlreadyEqual;
    // A flag of a record that is gone is no longer waited for: another record is another story.
    if (!left.empty()) decision.allowance = std::move(left);
    return decision;
}

ConsentDecision tighten(const std::vector<Flag>& flags) {
    ConsentDecision decision;
    decision.reason = Reason::ConsentTightened;
    decision.is_out = true;
    for (std::size_t i = 0; i < flags.size(); ++i) {
        if (flags[i].held != nullptr && !flags[i].is_strict())
            decision.writes.emplace_back(i, Value{!flags[i].inverted});
    }
    if (decision.writes.empty()) decision.reason = Reason::AlreadyEqual;
    return decision;
}

}  // namespace

bool Flag::is_out() const noexcept {
    const bool* flag = truth(held);
    return flag != nullptr && *flag != inverted;
}

bool Flag::is_strict() const noexcept {
    const bool* flag = truth(held);
    // A blank "may be mailed" lets nobody in; a blank "opted out" keeps nobody out.
    return flag == nullptr ? inverted : *flag != inverted;
}

std::string Flag::key() const { return (side == Side::Crm ? "crm." : "marketing.") + field; }

ConsentDecision decide_consent(const std::vector<Flag>& flags, bool was_out,
                               const Allowance* allowance) {
    if (allowance != nullptr && !was_out && !has_new_opt_out(flags, *allowance)) {
        return let_back_in(flags, *allowance);
    }
    const bool is_out = was_out || std::any_of(flags.begin(), flags.end(),
                                               [](const Flag& flag) { return flag.is_out(); });
    return is_out ? tighten(flags) : ConsentDecision{};
}

}  // namespace duet::merge
