#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duet::sandbox {

class SandboxState;

/// What a Pardot field holds. Stored as INTEGER (booleans 0/1), REAL or TEXT; a DateTime as
/// "2018-01-02T03:04:05Z", a Date as "2018-01-02", a Multi as its values joined by ';'. No value is
/// NULL, never "".
enum class PardotKind { Integer, Boolean, Real, Text, DateTime, Date, Multi };

struct PardotField {
    std::string name;  // "firstName"; also the column
    PardotKind kind = PardotKind::Text;
    bool createable = false;
    bool updateable = false;
    [[nodiscard]] bool custom() const noexcept { return name.ends_with("__c"); }
};

/// `campaign.name` reads the row of `collection` whose id is in `field`. Read-only.
struct PardotRelation {
    std::string name;
    std::string field;
    std::string collection;
};

/// A field that query parameters may compare. `ranges`: with the suffixes of its kind, and not
/// with equality alone.
struct PardotFilter {
    std::string field;
    bool ranges = true;
};

/// One collection of API v5. The source of names, operations and filters is the vendor's object
/// reference as of August 2026.
struct PardotCollection {
    std::string name;   // "list-memberships", as in URLs and seed files
    std::string table;  // "pardot_list_memberships"
    std::vector<PardotField> fields;
    std::vector<PardotRelation> relations;
    std::vector<PardotFilter> filters;
    std::vector<std::string> sortable;
    bool creates = false;
    bool updates = false;
    bool deletes = false;

    [[nodiscard]] const PardotField* find(std::string_view field) const noexcept;
    [[nodiscard]] const PardotRelation* relation(std::string_view relation) const noexcept;
    /// Deleted rows stay, marked; only these collections know the parameter `deleted`.
    [[nodiscard]] bool has_bin() const noexcept { return find("isDeleted") != nullptr; }
};

/// The collections as shipped, without custom fields. Immutable.
[[nodiscard]] const std::vector<PardotCollection>& pardot_collections();
[[nodiscard]] const PardotCollection* pardot_collection(std::string_view name) noexcept;

/// The collection with the account's custom fields: only prospects have any.
[[nodiscard]] PardotCollection with_custom_fields(SandboxState& state,
                                                  const PardotCollection& collection);

/// The kind of a custom field's type ("radio button", "Multi-Select"); without case.
[[nodiscard]] PardotKind custom_kind(std::string_view type, bool several_values);
[[nodiscard]] bool is_custom_type(std::string_view type);

}  // namespace duet::sandbox
