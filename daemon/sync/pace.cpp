#include "daemon/sync/pace.h"

#include <algorithm>

namespace duet::sync {

Paced::Paced(Org& org, Side side)
    : org_(org),
      side_(side),
      began_(org.clock.steady()),
      calls_(org.connectors[side]->budget().calls_made) {}

Paced::~Paced() {
    const auto calls = static_cast<double>(org_.connectors[side_]->budget().calls_made - calls_);
    const std::chrono::duration<double> took = org_.clock.steady() - began_;
    if (calls > 0) org_.pace[side_] = took / calls;
}

std::size_t calls_within(const Org& org, Side side, std::chrono::duration<double> time,
                         std::size_t most) {
    const auto& pace = org.pace[side];
    if (!pace) return 1;
    if (time >= *pace * static_cast<double>(most)) return most;
    return static_cast<std::size_t>(std::max(1.0, time / *pace));
}

}  // namespace duet::sync
