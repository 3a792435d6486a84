#pragma once

#include <span>
#include <string_view>

namespace duet {

/// One message a person can meet. The manual page is made from this table.
struct Message {
    std::string_view code;   // "DUET-1042", stable for ever
    std::string_view title;  // what happened, a short sentence
    std::string_view cause;  // why it happens
    std::string_view mend;   // what to do about it
};

/// All messages, by code. Ranges: 1000 configuration, 2000 documents and formulas,
/// 3000 connectors and network, 4000 store, 5000 the cycle, 6000 commands, 7000 sandbox.
[[nodiscard]] std::span<const Message> messages() noexcept;

/// The row of `code`, or nullptr.
[[nodiscard]] const Message* find_message(std::string_view code) noexcept;

}  // namespace duet
