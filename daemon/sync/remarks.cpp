#include "daemon/sync/remarks.h"

#include "mappings/merge/decide.h"

namespace duet::sync {
namespace {

bool is_left_alone(const std::string& state) {
    using merge::State;
    return state == merge::to_string(State::Filtered) ||
           state == merge::to_string(State::Quarantined) ||
           state == merge::to_string(State::Waiting);
}

}  // namespace

Status note_decision(Org& org, store::EntityId entity, store::CycleId cycle, Instant now,
                     const Remark& before, const Remark& after) {
    if (is_left_alone(after.state)) {
        if (before.state == after.state && before.reason == after.reason) return Done{};
        return org.store.add_decision(org.name, {entity, now, cycle, after.state, after.reason});
    }
    if (!is_left_alone(before.state)) return Done{};
    return org.store.add_decision(org.name,
                                  {entity, now, cycle, merge::to_string(merge::State::Clean), ""});
}

}  // namespace duet::sync
