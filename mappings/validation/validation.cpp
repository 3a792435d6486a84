#include "mappings/validation/validation.h"

#include "mappings/merge/evaluate.h"

namespace duet::validation {

bool puts_aside(const merge::Inputs& inputs, merge::Decision& decision) {
    const Record* record = inputs.sides.crm.record;
    if (record == nullptr) return false;
    for (const document::Validation& rule : inputs.document->validations) {
        if (!same_name(rule.object, record->id.object)) continue;
        const auto broken =
            merge::ask(rule.error_when, *inputs.facts, inputs.moment, decision.next_change);
        if (!broken.yes && !broken.failure) continue;
        const std::string message =
            broken.failure ? "the validation itself failed: " + *broken.failure : rule.message;
        if (rule.severity == document::Severity::Warn) {
            decision.warnings.push_back(rule.name + ": " + message);
            continue;
        }
        decision.state = merge::State::Quarantined;
        decision.reason = message;
        decision.validation = rule.name;
        return true;
    }
    return false;
}

}  // namespace duet::validation
