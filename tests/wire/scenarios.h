#pragma once

#include <functional>
#include <string>
#include <vector>

namespace duet::world {
class VendorWorld;
}

namespace duet::wire {

/// What people do to the persons of one run, whose addresses begin with its own tag, and how the
/// two sides must look once it is settled. The world has a list "Buyers".
struct Scenario {
    const char* name;
    std::function<void(world::VendorWorld&, const std::string& tag)>
        before;  // settled before `act`
    std::function<void(world::VendorWorld&, const std::string& tag)> act;
    std::function<void(world::VendorWorld&, const std::string& tag)> expect;
};

/// Twelve that take the cycle through everything it does on the wire.
[[nodiscard]] const std::vector<Scenario>& scenarios();
/// Its name as part of a test's.
[[nodiscard]] std::string scenario_name(std::size_t scenario);

}  // namespace duet::wire
