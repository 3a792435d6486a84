#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/value.h"

namespace duet {

/// Names one record on one side: the object in the vendor's spelling, the key as the vendor
/// prints it (Salesforce: 18 characters; Pardot: decimal digits; csv: the key column).
struct RecordId {
    std::string object;
    std::string key;
    auto operator<=>(const RecordId&) const = default;
};

/// Field name -> value, ordered by name, names in the vendor's canonical spelling.
/// A name that is absent was not asked for; a blank value was asked for and is empty.
class Fields {
public:
    using Entry = std::pair<std::string, Value>;

    [[nodiscard]] const Value* find(std::string_view name) const noexcept;
    /// The value, or a blank one when the name is absent.
    [[nodiscard]] const Value& get(std::string_view name) const noexcept;
    void set(std::string_view name, Value value);
    void erase(std::string_view name);
    /// Room for so many, for whoever sets them one after the other.
    void reserve(std::size_t count) { entries_.reserve(count); }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
    [[nodiscard]] auto end() const noexcept { return entries_.end(); }
    bool operator==(const Fields&) const = default;

private:
    std::vector<Entry> entries_;  // sorted by name, each name once
};

/// A record as one side holds it.
struct Record {
    RecordId id;
    Fields fields;
    DateTime modified{};  // the side's own modification stamp
};

/// The field's text; empty where it is blank, absent or of another type.
[[nodiscard]] std::string text_in(const Record& record, std::string_view field);

/// The store's form of fields: a JSON object of name -> encode(value), names in order.
[[nodiscard]] std::string encode(const Fields& fields);
/// Reads what `encode` wrote; nothing when it is not of that form.
[[nodiscard]] std::optional<Fields> decode_fields(std::string_view json);

}  // namespace duet
