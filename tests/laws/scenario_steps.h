#pragma once

#include <functional>

#include "tests/laws/laws.h"
#include "tests/laws/scenarios.h"

/// What scenarios are made of: worlds, people's doings, and steps of the daemon.
namespace duet::world {

WorldOptions plain();
/// Pages repeat nothing, so that they tell what changed and no more.
WorldOptions without_overlap();

void add_lists(World& world);
/// Ada is known on both sides and settled.
void settle(World& world);

/// The one live record of that address; of the CRM, and Ada's of the marketing side.
RecordId contact(World& world, const char* email = kAda);
RecordId prospect(World& world);
/// People change a field of Ada's, and a minute passes.
void edit_crm(World& world, const char* field, Value value);
void edit_marketing(World& world, const char* field, Value value);

/// What people do between two cycles; it cannot fail, and is done once.
Step people(std::function<void(World&)> act);

/// Cycles until nothing is in flight or dirty: what people do next, they do to what they see.
Status calm_down(World& world);

/// Everything that people can ask; what is asked changes nothing.
Status ask(World& world);

/// Whether it was answered, whatever the answer.
template <class T>
Status told(const Result<T>& answer) {
    if (!answer) return answer.error();
    return Done{};
}

}  // namespace duet::world
