#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/result.h"

namespace duet::pardot {

/// How the changes of an object can be read in order.
enum class Order : unsigned char {
    UpdatedAt,  // chains of page tokens ordered by updatedAt
    CreatedAt,  // rows never change: by id, from a time of creation on
};

/// What API v5 does with one kind of object, which its describe-less API leaves to us to know.
struct ObjectFacts {
    std::string_view name;        // "list-membership": singular, as Duet names it
    std::string_view collection;  // "list-memberships": in addresses
    std::string_view label;
    EntityKind entity = EntityKind::None;
    bool creatable = false;
    bool updatable = false;
    bool deletable = false;
    bool recycle_bin = false;  // takes `deleted=all`, and rows have isDeleted
    Order order = Order::UpdatedAt;
    std::string_view filters;  // fields that a query can be filtered by equality, " "-separated

    [[nodiscard]] std::string_view stamp() const noexcept {
        return order == Order::UpdatedAt ? "updatedAt" : "createdAt";
    }
    [[nodiscard]] bool filters_by(std::string_view field) const noexcept;
};

/// Every object of this connector.
[[nodiscard]] std::span<const ObjectFacts> object_facts() noexcept;
/// By the singular name, without case; nullptr when there is none.
[[nodiscard]] const ObjectFacts* find_facts(std::string_view object) noexcept;

/// The standard fields of `object`, from a table: v5 has no describe call.
[[nodiscard]] ObjectInfo standard_object(const ObjectFacts& object);

/// A custom field of prospects. `record_multiple` fields hold several values and cannot be read
/// by a query, only one record at a time; they come as MultiPicklist.
[[nodiscard]] FieldInfo custom_field(std::string_view field_id, std::string_view label,
                                     std::string_view type, bool record_multiple, bool required);

/// False for fields that a query refuses (code 224).
[[nodiscard]] bool can_be_queried(const FieldInfo& field) noexcept;

}  // namespace duet::pardot
