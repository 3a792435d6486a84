#include "mappings/routing/robin.h"

#include <algorithm>

namespace duet::routing {

std::optional<std::string> take_turn(std::span<const Member> members, Counters& counters) {
    std::erase_if(counters, [&](const auto& counter) {
        return std::none_of(members.begin(), members.end(),
                            [&](const Member& member) { return member.id == counter.first; });
    });
    const Member* next = nullptr;
    std::int64_t sum = 0;
    for (const Member& member : members) {
        if (!member.available) continue;
        sum += member.weight;
        std::int64_t& counter = counters[member.id];
        counter += member.weight;
        const bool is_first = next == nullptr || counter > counters[next->id] ||
                              (counter == counters[next->id] && member.id < next->id);
        if (is_first) next = &member;
    }
    if (next == nullptr) return std::nullopt;
    counters[next->id] -= sum;
    return next->id;
}

}  // namespace duet::routing
