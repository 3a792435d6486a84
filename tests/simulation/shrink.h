#pragma once

#include <functional>

#include "tests/simulation/script.h"

namespace duet::simulation {

/// The shortest script found that still fails, by leaving out ever smaller parts of it (delta
/// debugging), people, and two steps at once, until none of it goes. `fails` must say true for
/// `script` itself.
[[nodiscard]] Script shrink(Script script, const std::function<bool(const Script&)>& fails);

}  // namespace duet::simulation
