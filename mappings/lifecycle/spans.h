#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "mappings/lifecycle/model.h"
#include "mappings/lifecycle/replay.h"

namespace duet::lifecycle {

/// Later than everything.
inline constexpr DateTime kEver = DateTime::max();

inline auto key_of(const Event& event) {
    return std::tie(event.at, event.order, event.record, event.name, event.reason, event.owner,
                    event.campaign);
}

inline auto key_of(const Span& span) {
    return std::tie(span.from, span.order, span.record, span.name, span.until, span.reason,
                    span.owner, span.campaign);
}

/// Pointers to all of them in their one order, each once.
template <class T>
std::vector<const T*> in_order(const std::vector<T>& all, const std::vector<T>& more = {}) {
    std::vector<const T*> sorted;
    sorted.reserve(all.size() + more.size());
    for (const T& one : all) sorted.push_back(&one);
    for (const T& one : more) sorted.push_back(&one);
    std::sort(sorted.begin(), sorted.end(),
              [](const T* a, const T* b) { return key_of(*a) < key_of(*b); });
    sorted.erase(
        std::unique(sorted.begin(), sorted.end(), [](const T* a, const T* b) { return *a == *b; }),
        sorted.end());
    return sorted;
}

/// A person's spans by name, in order. Refers to them.
class SpanIndex {
public:
    SpanIndex(const Model& model, const std::vector<Span>& spans);

    [[nodiscard]] const std::vector<const Span*>& of(int name) const {
        return spans_[static_cast<std::size_t>(name)];
    }
    /// One that holds at this moment, or nullptr.
    [[nodiscard]] const Span* active(int name, DateTime at) const;
    /// The first moment from `at` on at which none of the spans holds; kEver: never.
    [[nodiscard]] DateTime clear_of(const std::vector<int>& names, DateTime at) const;
    [[nodiscard]] std::vector<std::string> tags(DateTime at) const;
    /// The first moment after `at` at which the tags are others.
    [[nodiscard]] std::optional<DateTime> next_tags(DateTime at) const;

private:
    const Model& model_;
    std::vector<std::vector<const Span*>> spans_;
};

}  // namespace duet::lifecycle
