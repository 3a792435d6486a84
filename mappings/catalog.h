#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

// GCC takes the scoped names Date and DateTime for shadows of duet::Date and duet::DateTime.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class FieldType : std::uint8_t {
    Text,
    Number,
    Currency,
    Percent,
    Date,
    DateTime,
    Time,
    Boolean,
    Picklist,
    MultiPicklist,
    Id,
    Geolocation,
};
#pragma GCC diagnostic pop

[[nodiscard]] const char* to_string(FieldType type) noexcept;  // "text", "multi-select", ...

/// One field of one object, as the side itself describes it.
struct FieldInfo {
    std::string name;  // canonical spelling
    std::string label;
    FieldType type = FieldType::Text;
    int length = 0;     // characters; 0: unknown or no limit
    int precision = 0;  // digits in all, for numbers; 0: unknown
    int scale = 0;      // digits after the point
    bool creatable = true;
    bool updatable = true;
    bool required = false;                // a create without it is refused
    bool unique_key = false;              // an external id: creates can be keyed by it
    bool restricted = false;              // a picklist that refuses other values
    std::vector<std::string> options;     // picklist values in force
    std::vector<std::string> references;  // objects an id points to
    std::string relationship;             // "Account" for AccountId; empty: no path goes through it
};

/// What a record of an object describes. `None` is pulled for its facts only.
enum class EntityKind : std::uint8_t { None, Person, Account, Opportunity, Campaign, Activity };

[[nodiscard]] const char* to_string(EntityKind kind) noexcept;  // "person", ...
[[nodiscard]] std::optional<EntityKind> entity_kind(std::string_view name) noexcept;

struct ObjectInfo {
    std::string name;  // "Contact", "prospect"
    std::string label;
    EntityKind entity = EntityKind::None;
    bool creatable = true;
    bool updatable = true;
    bool deletable = true;
    std::vector<FieldInfo> fields;

    /// Names compare without case, as both vendors do.
    [[nodiscard]] const FieldInfo* find(std::string_view name) const noexcept;
};

/// What one side says it has. Immutable after discovery; safe to share between threads.
struct Catalog {
    std::vector<ObjectInfo> objects;
    [[nodiscard]] const ObjectInfo* find(std::string_view object) const noexcept;
};

/// ASCII-only comparison without case, for API names.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;
/// The name in `names` nearest to `name` by edits, empty when none is near (distance > 1/3 of it).
[[nodiscard]] std::string nearest_name(std::string_view name,
                                       const std::vector<std::string>& names);

}  // namespace duet
