#include "mappings/attribution/journeys.h"

namespace duet::attribution {
namespace {

void add_to(Outcome& sum, const Outcome& outcome) {
    sum.conversions += outcome.conversions;
    sum.value += outcome.value;
    sum.nulls += outcome.nulls;
}

}  // namespace

std::uint32_t Journeys::channel(std::string_view name) {
    const auto found = numbers_.find(name);
    if (found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    numbers_.emplace(name, number);
    return number;
}

void Journeys::add(std::span<const std::uint32_t> steps, const Outcome& outcome) {
    steps_.insert(steps_.end(), steps.begin(), steps.end());
    begins_.push_back(steps_.size());
    outcomes_.push_back(outcome);
    add_to(total_, outcome);
    if (steps.empty()) add_to(untouched_, outcome);
}

void Journeys::drop_nulls() {
    for (Outcome& outcome : outcomes_) outcome.nulls = 0;
    total_.nulls = 0;
    untouched_.nulls = 0;
}

}  // namespace duet::attribution
