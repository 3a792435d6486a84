#include "mappings/record.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

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

const Value& Fields::get(std::string_view name) const noexcept {
    const Value* found = find(name);
    return found != nullptr ? *found : kBlank;
}

void Fields::set(std::string_view name, Value value) {
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
    auto object = nlohmann::json::object();
    for (const auto& [name, value] : fields) object[name] = encode(value);
    // A vendor may hand over broken UTF-8; it is kept readable rather than lost with the row.
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Fields> decode_fields(std::string_view json) {
    const auto object = nlohmann::json::parse(json, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    Fields fields;
    for (const auto& [name, encoded] : object.items()) {
        if (!encoded.is_string()) return std::nullopt;
        auto value = decode(encoded.get_ref<const std::string&>());
        if (!value) return std::nullopt;
        fields.set(name, std::move(*value));
    }
    return fields;
}

}  // namespace duet
