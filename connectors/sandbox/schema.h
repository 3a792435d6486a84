#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duet::sandbox {

/// One field of a sandbox object, with the words of the Salesforce describe.
struct Field {
    std::string name;  // "AccountId", "Duet_Stage__c"
    std::string label;
    /// id string picklist multipicklist reference textarea phone url email boolean int double
    /// currency percent date datetime time address
    std::string type = "string";
    int length = 255;   // characters, for texts
    int precision = 0;  // for double, currency, percent
    int scale = 0;
    bool nillable = true;
    bool createable = true;
    bool updateable = true;
    bool defaulted_on_create = false;
    bool external_id = false;
    bool unique = false;
    bool id_lookup = false;
    bool calculated = false;
    bool filterable = true;
    bool custom = false;
    bool restricted_picklist = false;
    std::vector<std::string> picklist{};
    std::string default_value{};
    std::vector<std::string> reference_to{};  // {"User", "Group"}: polymorphic
    std::string relationship_name{};          // "Account" for AccountId; empty: none
};

/// A child relationship: `SELECT (SELECT Id FROM Contacts) FROM Account`.
struct ChildRelationship {
    std::string child;  // "Contact"
    std::string field;  // "AccountId"
    std::string name;   // "Contacts"; empty: not usable in subqueries
    bool cascade_delete = false;
    /// Children keep the parent from being deleted; where they also go with it, contracts that
    /// are activated do.
    bool restricted_delete = false;
};

struct Object {
    std::string name;  // "Contact"; also the name of its table
    std::string label;
    std::string label_plural;
    std::string key_prefix;  // "003"
    bool custom = false;
    std::string name_format{};  // of a custom object whose rows are counted: "LE-{00000000}"
    bool createable = true;
    bool updateable = true;
    bool deletable = true;
    bool undeletable = true;
    bool mergeable = false;
    std::vector<Field> fields;  // Id first
    std::vector<ChildRelationship> children;

    [[nodiscard]] const Field* find(std::string_view field) const noexcept;  // without case
    /// The reference field whose relationship_name is `name`.
    [[nodiscard]] const Field* relationship(std::string_view name) const noexcept;
};

/// All objects of the sandbox's Salesforce side. Immutable while requests run.
///
/// Each object is one SQLite table of the same name, each field (but compound addresses) one
/// column of the same name. Ids are 18-character texts; booleans INTEGER 0/1; int, double,
/// currency and percent REAL or INTEGER numbers; date TEXT "2018-01-02"; datetime TEXT
/// "2018-01-02T03:04:05.000Z"; everything else TEXT; no value is NULL, never "".
struct Schema {
    std::vector<Object> objects;
    [[nodiscard]] const Object* find(std::string_view object) const noexcept;  // without case
};

}  // namespace duet::sandbox
