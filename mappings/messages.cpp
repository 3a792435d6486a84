#include "mappings/messages.h"

#include <algorithm>
#include <array>

namespace duet {
namespace {

// Sorted by code. A code is never reused for another meaning.
constexpr auto kMessages = std::to_array<Message>({
    {"DUET-1001", "The configuration file cannot be read.",
     "It is missing, or the user that runs Duet may not read it.",
     "Check the path and its permissions; `duet validate` names both."},
});

}  // namespace

std::span<const Message> messages() noexcept { return kMessages; }

const Message* find_message(std::string_view code) noexcept {
    const auto found =
        std::lower_bound(kMessages.begin(), kMessages.end(), code,
                         [](const Message& m, std::string_view c) { return m.code < c; });
    return found != kMessages.end() && found->code == code ? &*found : nullptr;
}

}  // namespace duet
