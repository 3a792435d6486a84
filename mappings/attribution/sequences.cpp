#include "mappings/attribution/sequences.h"

#include <algorithm>

namespace duet::attribution {
namespace {

std::uint64_t hash_of(std::span<const std::uint32_t> sequence) noexcept {
    std::uint64_t hash = 0x9E3779B97F4A7C15U + sequence.size();
    for (const std::uint32_t part : sequence) {
        hash = (hash ^ part) * 0xBF58476D1CE4E5B9U;
        hash ^= hash >> 29U;
    }
    return hash;
}

}  // namespace

std::span<const std::uint32_t> Sequences::at(std::uint32_t number) const noexcept {
    return std::span(content_).subspan(begins_[number], begins_[number + 1] - begins_[number]);
}

std::size_t Sequences::slot_of(std::span<const std::uint32_t> sequence) const noexcept {
    std::size_t slot = hash_of(sequence) & (slots_.size() - 1);
    while (slots_[slot] != 0 && !std::ranges::equal(at(slots_[slot] - 1), sequence))
        slot = (slot + 1) & (slots_.size() - 1);
    return slot;
}

std::optional<std::uint32_t> Sequences::find(
    std::span<const std::uint32_t> sequence) const noexcept {
    const std::uint32_t found = slots_[slot_of(sequence)];
    return found == 0 ? std::nullopt : std::optional(found - 1);
}

void Sequences::grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::uint32_t number = 0; number < size(); ++number)
        slots_[slot_of(at(number))] = number + 1;
}

std::uint32_t Sequences::number_of(std::span<const std::uint32_t> sequence) {
    std::size_t slot = slot_of(sequence);
    if (slots_[slot] != 0) return slots_[slot] - 1;
    if ((size() + 1) * 2ULL > slots_.size()) {
        grow();
        slot = slot_of(sequence);
    }
    content_.insert(content_.end(), sequence.begin(), sequence.end());
    begins_.push_back(content_.size());
    slots_[slot] = size();
    return size() - 1;
}

}  // namespace duet::attribution
