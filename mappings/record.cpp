#include "mappings/record.h"

#include <algorithm>
#include <optional>

#include "mappings/json_text.h"

namespace duet {
namespace {

const Value kBlank{};

auto position(const std::vector<Fields::Entry>& entries, std::string_view name) {
    return std::lower_bound(
        entries.begin(), entries.end(), name,
        [](const Fields::Entry& entry, std::string_view wanted) { return entry.first < wanted; });
}

}  // namespace

const Value* Fields::find(std::string_view name) const noexcept {
    const auto at = position(entries_, name);
    return at != entries_.end() && at->first == name ? &at->second : nullptr;
}

std::string text_in(const Record& record, std::string_view field) {
    const std::string* held = as_text(record.fields.get(field));
    return held == nullptr ? std::string{} : *held;
}

const Value& Fields::get(std::string_view name) const noexcept {
    const Value* found = find(name);
    return found != nullptr ? *found : kBlank;
}

void Fields::set(std::string_view name, Value value) {
    if (entries_.empty() || entries_.back().first < name) {  // what is read comes in order
        entries_.emplace_back(std::string(name), std::move(value));
        return;
    }
    const auto at = position(entries_, name);
    const auto index = at - entries_.begin();
    if (at != entries_.end() && at->first == name) {
        entries_[static_cast<std::size_t>(index)].second = std::move(value);
    } else {
        entries_.emplace(at, std::string(name), std::move(value));
    }
}

void Fields::erase(std::string_view name) {
    const auto at = position(entries_, name);
    if (at != entries_.end() && at->first == name) entries_.erase(at);
}

std::string encode(const Fields& fields) {
    std::string json = "{";
    for (const auto& [name, value] : fields) {
        if (json.size() > 1) json += ',';
        json_text::append(json, name);
        json += ':';
        json_text::append(json, encode(value));
    }
    json += '}';
    return json;
}

std::optional<Fields> decode_fields(std::string_view json) {
    json_text::Reader reader(json);
    Fields fields;
    if (!reader.take('{')) return std::nullopt;
    if (reader.take('}')) return reader.at_end() ? std::optional(fields) : std::nullopt;
    fields.reserve(static_cast<std::size_t>(std::count(json.begin(), json.end(), ',')) + 1);
    std::string of_name, of_value;
    do {
        const auto name = reader.view(of_name);
        if (!name || !reader.take(':')) return std::nullopt;
        const auto encoded = reader.view(of_value);
        if (!encoded) return std::nullopt;
        auto value = decode(*encoded);
        if (!value) return std::nullopt;
        fields.set(*name, std::move(*value));
    } while (reader.take(','));
    if (!reader.take('}') || !reader.at_end()) return std::nullopt;
    return fields;
}

}  // namespace duet
