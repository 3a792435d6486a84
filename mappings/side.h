#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace duet {

/// The two sides of an org: the CRM, where sellers work, and marketing automation.
/// Documents and logs call a side by its connector's name.
enum class Side : std::uint8_t { Crm, Marketing };

inline constexpr std::array kSides{Side::Crm, Side::Marketing};

[[nodiscard]] constexpr Side other(Side side) noexcept {
    return side == Side::Crm ? Side::Marketing : Side::Crm;
}

/// One value for each side.
template <class T>
struct PerSide {
    T crm{};
    T marketing{};
    [[nodiscard]] T& operator[](Side side) noexcept { return side == Side::Crm ? crm : marketing; }
    [[nodiscard]] const T& operator[](Side side) const noexcept {
        return side == Side::Crm ? crm : marketing;
    }
};

/// Connector names: {"salesforce", "pardot"}.
using SideNames = PerSide<std::string>;

}  // namespace duet
