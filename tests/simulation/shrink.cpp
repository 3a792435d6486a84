#include "tests/simulation/shrink.h"

#include <algorithm>

namespace duet::simulation {
namespace {

/// Tries without `count` steps from `from` on.
bool drop(Script& script, std::size_t from, std::size_t count,
          const std::function<bool(const Script&)>& fails) {
    Script shorter = script;
    const auto first = shorter.steps.begin() + static_cast<std::ptrdiff_t>(from);
    shorter.steps.erase(first, first + static_cast<std::ptrdiff_t>(count));
    if (!fails(shorter)) return false;
    script = std::move(shorter);
    return true;
}

using Fails = std::function<bool(const Script&)>;

void drop_runs(Script& script, const Fails& fails) {
    for (std::size_t size = std::max<std::size_t>(1, script.steps.size() / 2);;) {
        const std::size_t before = script.steps.size();
        // From the end: what comes after the failure goes first.
        for (std::size_t end = script.steps.size(); end > 0;) {
            const std::size_t count = std::min(size, end);
            drop(script, end - count, count, fails);
            end -= count;
        }
        const bool got_shorter = script.steps.size() < before;
        if (size == 1 && !got_shorter) break;
        if (size > 1) size /= 2;
    }
}

void drop_people(Script& script, const Fails& fails) {
    for (std::size_t fewer = script.people / 2; fewer > 0;) {
        Script smaller = script;
        smaller.people -= std::min(smaller.people, fewer);
        if (smaller.people > 0 && fails(smaller)) {
            script = std::move(smaller);
            fewer = std::min(fewer, script.people);
            if (script.people == 1) break;
        } else {
            fewer /= 2;
        }
    }
}

/// Two steps that only go together: a fault, and the cycle that it is for.
bool drop_two(Script& script, const Fails& fails) {
    for (std::size_t later = script.steps.size(); later-- > 1;) {
        for (std::size_t earlier = later; earlier-- > 0;) {
            Script shorter = script;
            for (const std::size_t gone : {later, earlier})
                shorter.steps.erase(shorter.steps.begin() + static_cast<std::ptrdiff_t>(gone));
            if (!fails(shorter)) continue;
            script = std::move(shorter);
            return true;
        }
    }
    return false;
}

}  // namespace

Script shrink(Script script, const std::function<bool(const Script&)>& fails) {
    do {
        drop_runs(script, fails);
        drop_people(script, fails);
    } while (drop_two(script, fails));
    return script;
}

}  // namespace duet::simulation
