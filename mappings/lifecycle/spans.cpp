#include "mappings/lifecycle/spans.h"

namespace duet::lifecycle {

SpanIndex::SpanIndex(const Model& model, const std::vector<Span>& spans)
    : model_(model), spans_(model.span_count()) {
    for (const Span* span : in_order(spans)) {
        const int name = model.span(span->name);
        const bool is_empty = span->until && *span->until <= span->from;
        if (name != kNone && !is_empty) spans_[static_cast<std::size_t>(name)].push_back(span);
    }
}

const Span* SpanIndex::active(int name, DateTime at) const {
    if (name == kNone) return nullptr;
    for (const Span* span : of(name)) {
        if (span->from > at) break;
        if (!span->until || at < *span->until) return span;
    }
    return nullptr;
}

DateTime SpanIndex::clear_of(const std::vector<int>& names, DateTime at) const {
    for (bool moved = true; moved;) {
        moved = false;
        for (const int name : names) {
            while (const Span* span = active(name, at)) {
                if (!span->until) return kEver;
                at = *span->until;
                moved = true;
            }
        }
    }
    return at;
}

std::vector<std::string> SpanIndex::tags(DateTime at) const {
    std::vector<std::string> tags;
    for (const TagRule& tag : model_.rules().tags) {
        if (active(model_.span(tag.during), at) != nullptr) tags.push_back(tag.name);
    }
    return tags;
}

std::optional<DateTime> SpanIndex::next_tags(DateTime at) const {
    std::vector<DateTime> ends;
    for (const TagRule& tag : model_.rules().tags) {
        for (const Span* span : of(model_.span(tag.during))) {
            if (span->from > at) ends.push_back(span->from);
            if (span->until && *span->until > at) ends.push_back(*span->until);
        }
    }
    std::sort(ends.begin(), ends.end());
    for (const DateTime end : ends) {
        if (tags(end) != tags(at)) return end;
    }
    return std::nullopt;
}

}  // namespace duet::lifecycle
