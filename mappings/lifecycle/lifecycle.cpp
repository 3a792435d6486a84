#include "mappings/lifecycle/lifecycle.h"

#include "mappings/merge/evaluate.h"

namespace duet::lifecycle {

std::string stage_of(const merge::Inputs& inputs, merge::Decision& decision) {
    for (const document::Stage& stage : inputs.documents->stages) {
        const auto holds =
            merge::ask(stage.when, *inputs.facts, inputs.moment, decision.next_change);
        if (holds.failure) {
            decision.warnings.push_back("stage " + stage.name + ": " + *holds.failure);
            return inputs.stage;
        }
        if (holds.yes) return stage.name;
    }
    return inputs.stage;
}

}  // namespace duet::lifecycle
