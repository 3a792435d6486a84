// The rules of one field, written down a second time.
#include "tests/simulation/ledger.h"

namespace duet::simulation {
namespace {

/// `from` goes to the other side.
void carry(const FieldPair& rule, Side from, const std::string& value, const std::string& there,
           Outcome& outcome) {
    if (rule.blanks == Blanks::FillOnly && !there.empty()) {
        outcome.may_rest = true;
    } else {
        outcome.writes.emplace_back(other(from), value);
    }
}

void let_win(const FieldPair& rule, const std::string& crm, const std::string& marketing,
             Outcome& outcome) {
    if (rule.wins != Wins::Marketing) carry(rule, Side::Crm, crm, marketing, outcome);
    if (rule.wins != Wins::Crm) carry(rule, Side::Marketing, marketing, crm, outcome);
}

}  // namespace

Outcome outcome_of(const FieldPair& rule, const std::optional<std::string>& agreed,
                   const std::string& crm, const std::string& marketing) {
    Outcome outcome;
    if (crm == marketing) {
        outcome.may_rest = true;
        return outcome;
    }
    const bool crm_changed = !agreed || *agreed != crm;
    const bool marketing_changed = !agreed || *agreed != marketing;
    const bool blanks_stay = rule.blanks != Blanks::Travel;
    if (crm_changed && marketing_changed) {
        // A value beats a blank at the first meeting, whatever the rule.
        if (crm.empty() && (blanks_stay || !agreed)) {
            carry(rule, Side::Marketing, marketing, crm, outcome);
        } else if (marketing.empty() && (blanks_stay || !agreed)) {
            carry(rule, Side::Crm, crm, marketing, outcome);
        } else {
            let_win(rule, crm, marketing, outcome);
        }
        return outcome;
    }
    const Side from = crm_changed ? Side::Crm : Side::Marketing;
    const std::string& value = crm_changed ? crm : marketing;
    if (value.empty() && blanks_stay) {
        outcome.may_rest = true;
    } else {
        carry(rule, from, value, crm_changed ? marketing : crm, outcome);
    }
    return outcome;
}

}  // namespace duet::simulation
