#pragma once

#include <cstdint>
#include <memory>

#include "tests/simulation/vendors.h"

namespace duet::wire {

/// The sandbox's own handlers for both vendors, and the real connectors to them over a transport in
/// this process: what the seeded worlds of tests/simulation are played against here. A restart
/// makes connectors that have not signed in or described anything yet.
[[nodiscard]] std::unique_ptr<simulation::Vendors> make_sandbox_vendors(std::uint64_t seed,
                                                                        const Clock& clock);

}  // namespace duet::wire
