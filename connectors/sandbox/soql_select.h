#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sandbox/soql_expressions.h"
#include "connectors/sandbox/soql_paths.h"
#include "connectors/sandbox/soql_tree.h"

namespace duet::sandbox::soql {

/// The child rows that a subquery is about.
struct ParentLink {
    std::string field;  // of the child: "AccountId"
};

/// Translates one query, of the statement or of a subquery of it. Throws Refused.
class SelectTranslator {
public:
    SelectTranslator(Session& session, const Query& query, const Object& object, int level);
    Translation run(const std::optional<ParentLink>& link);

private:
    void refuse_unsupported() const;
    void refuse_in_bulk() const;
    void group();
    void select_items();
    void select_fields(const SelectItem& item);
    void select_expression(const SelectItem& item);
    void select_grouped(const SelectItem& item, const Typed& typed);
    void select_child(const SelectItem& item);
    void add_column(std::vector<std::string> path, std::string type, std::string sql,
                    std::size_t offset);
    void add_plain(const Typed& typed, const std::string& alias, std::size_t offset);
    int add_hidden(const std::string& sql);
    std::string where(const std::optional<ParentLink>& link);
    std::string group_by_sql() const;
    std::string order_by();
    std::string order_item(const OrderItem& item);
    std::string limit_sql() const;
    const Typed* grouped_as(const Typed& typed) const;

    Session& session_;
    const Query& query_;
    int level_;
    Tables tables_;
    Translation out_;
    std::vector<Typed> groups_;
    std::vector<std::string> visible_sql_;
    std::vector<std::string> hidden_sql_;
    std::vector<std::vector<std::string>> hidden_wanted_;  // parent ids of each visible column
    int unnamed_ = 0;
};

}  // namespace duet::sandbox::soql
