#pragma once

#include <string>
#include <vector>

#include "connectors/sandbox/soql_expressions.h"
#include "connectors/sandbox/soql_paths.h"
#include "connectors/sandbox/soql_tree.h"

namespace duet::sandbox::soql {

/// A WHERE or HAVING condition as SQL. SOQL knows true and false only: a comparison with an empty
/// field is false, and its negation true. `!=` is the negation of `=`.
class Filter {
public:
    enum class Clause { kWhere, kHaving };
    /// `groups`: what HAVING may name beside aggregates.
    Filter(Session& session, Tables& tables, Clause clause,
           const std::vector<Typed>* groups = nullptr)
        : session_(session), tables_(tables), clause_(clause), groups_(groups) {}

    [[nodiscard]] std::string sql(const Condition& condition) {
        return build(condition, false, true);
    }

private:
    std::string build(const Condition& condition, bool negate, bool may_join);
    std::string join(const Condition& condition, std::size_t first, std::size_t last, bool negate,
                     bool may_join, const std::string& word);
    std::string compare(const Condition& condition, bool negate);
    std::string equal_any(const Condition& condition, const Typed& left);
    std::string equal(const Typed& left, const Literal& value, std::size_t offset);
    std::string ordered(const Typed& left, const Condition& condition);
    std::string semi_join(const Condition& condition, bool negate, bool may_join);
    std::string bind(const Typed& left, const Literal& value, std::size_t offset);
    std::string edge(const Typed& left, const std::string& date, std::size_t offset);
    void check_field(const Typed& left, const Condition& condition);
    [[noreturn]] void refuse_type(const Typed& left, std::size_t offset) const;
    [[noreturn]] void refuse_operator(const Typed& left, std::size_t offset) const;

    Session& session_;
    Tables& tables_;
    Clause clause_;
    const std::vector<Typed>* groups_;
    int semi_joins_ = 0;
};

/// `t0."IsDeleted" = 0`, or nothing when every row counts.
[[nodiscard]] std::string live_rows(const Session& session, const Tables& tables);

}  // namespace duet::sandbox::soql
