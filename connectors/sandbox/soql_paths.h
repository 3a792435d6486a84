#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connectors/sandbox/schema.h"
#include "connectors/sandbox/soql.h"
#include "connectors/sandbox/soql_tree.h"

namespace duet::sandbox::soql {

using Parameter = std::variant<std::string, double, std::int64_t>;

/// What one translation knows and gathers. Functions that take it throw Refused.
struct Session {
    std::string_view text;
    const Schema& schema;
    std::string_view now;
    bool all_rows = false;
    bool bulk = false;
    std::vector<Parameter> parameters{};

    /// Adds a bind parameter and names it: "?3".
    std::string bind(Parameter value, std::size_t offset);
    [[noreturn]] void refuse(std::size_t offset, std::string code, std::string_view reason) const;
};

/// Refuses an object that the schema does not have.
[[noreturn]] void refuse_object(const Session& session, const std::string& name,
                                std::size_t offset);

[[nodiscard]] std::string quote_name(std::string_view name);
[[nodiscard]] std::string quote_text(std::string_view text);

/// A field reached from the FROM object, maybe through parents.
struct FieldRef {
    const Object* object = nullptr;  // that owns the field
    const Field* field = nullptr;
    std::string sql;                // of its column
    std::vector<std::string> path;  // in canonical spelling
    std::vector<std::string> parent_id_sql;
};

/// The tables of one query: the FROM object and the parents that its paths need.
class Tables {
public:
    Tables(Session& session, const Object& root, const std::vector<Source>& from);

    [[nodiscard]] const Object& root() const noexcept { return root_; }
    /// Adds the joins that the path needs. Refuses what the schema does not have.
    FieldRef resolve(const std::vector<std::string>& path, std::size_t offset);
    [[nodiscard]] std::string column(std::string_view field) const;
    /// `"Contact" t0 LEFT JOIN "Account" t1 ON ...`
    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }

private:
    struct Join {
        std::string key;  // path in canonical spelling: "Account.Owner"
        std::string spelling;
        std::vector<const Object*> targets;  // several: a polymorphic reference
        std::vector<std::string> aliases;    // of the tables, as many as targets
        std::string id_sql;
    };

    std::vector<std::string> expand(const std::vector<std::string>& path) const;
    const Join& join(const Join* parent, const std::string& name, std::size_t offset);
    FieldRef pick(const Join& parent, const std::string& name, std::size_t offset) const;
    [[noreturn]] void refuse_column(const std::string& name, const std::string& entity,
                                    std::size_t offset) const;

    Session& session_;
    const Object& root_;
    std::vector<std::vector<std::string>> alias_paths_;
    std::vector<std::string> aliases_;
    std::vector<Join> joins_;
    std::size_t table_count_ = 1;
    std::string sql_;
};

}  // namespace duet::sandbox::soql
