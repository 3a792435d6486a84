#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace duet::attribution {

/// Numbers distinct sequences of numbers 0, 1, 2, ... in the order in which they first come. All
/// sequences lie in one block, so that millions of short ones cost little beside their content.
/// Spans that it gives hold until the next `number_of`.
class Sequences {
public:
    /// The number of this sequence, a new one where it was not met before. `sequence` must not
    /// point into this table.
    std::uint32_t number_of(std::span<const std::uint32_t> sequence);
    [[nodiscard]] std::optional<std::uint32_t> find(
        std::span<const std::uint32_t> sequence) const noexcept;
    [[nodiscard]] std::span<const std::uint32_t> at(std::uint32_t number) const noexcept;
    [[nodiscard]] std::uint32_t size() const noexcept {
        return static_cast<std::uint32_t>(begins_.size() - 1);
    }

private:
    /// Where the sequence stands in `slots_`, or the free slot where it would.
    [[nodiscard]] std::size_t slot_of(std::span<const std::uint32_t> sequence) const noexcept;
    void grow();

    std::vector<std::uint32_t> content_;
    std::vector<std::size_t> begins_{0};  // of each sequence; the last is where the next begins
    std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(16);  // number + 1; 0: free
};

}  // namespace duet::attribution
