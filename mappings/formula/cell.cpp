#include "mappings/formula/cell.h"

#include <cstring>
#include <string>
#include <type_traits>

namespace duet::formula {

Cell to_cell(const Value& value) {
    return std::visit(
        [](const auto& held) -> Cell {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::string>) {
                if (held.empty()) return Blank{};
                return std::string_view(held);
            } else {
                return held;
            }
        },
        value);
}

Value to_value(const Cell& cell) {
    return std::visit(
        [](const auto& held) -> Value {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::string_view>) {
                return text(held);
            } else {
                return held;
            }
        },
        cell);
}

Type type_of(const Cell& cell) noexcept {
    constexpr Type kTypes[] = {Type::Null, Type::Boolean,  Type::Number, Type::Text,
                               Type::Date, Type::DateTime, Type::Time};
    return kTypes[cell.index()];
}

char* Arena::room(std::size_t size) {
    if (size > kLongestText || used_ + size > kMostTextAtOnce) return nullptr;
    used_ += size;
    return static_cast<char*>(memory_.allocate(size, 1));
}

bool Arena::spend(std::uint64_t steps) noexcept {
    steps_ += steps;
    return steps_ <= kMostSteps;
}

Fault give_text(Call& call, std::string_view text) {
    call.result = Blank{};
    if (text.empty()) return nullptr;
    char* copy = call.arena.room(text.size());
    if (copy == nullptr) return kTextTooLong;
    std::memcpy(copy, text.data(), text.size());
    call.result = std::string_view(copy, text.size());
    return nullptr;
}

}  // namespace duet::formula
