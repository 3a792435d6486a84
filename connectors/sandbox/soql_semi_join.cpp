#include <algorithm>
#include <utility>

#include "connectors/sandbox/soql_filters.h"
#include "mappings/catalog.h"

namespace duet::sandbox::soql {
namespace {

constexpr int kMaxSemiJoins = 2;  // SOQL reference, read 2026-01

// The objects that ids in this field name.
std::vector<std::string> targets_of(const FieldRef& ref) {
    if (ref.field->type == "id") return {ref.object->name};
    return ref.field->reference_to;
}

bool share_target(const FieldRef& left, const FieldRef& right) {
    const std::vector<std::string> others = targets_of(right);
    const std::vector<std::string> ours = targets_of(left);
    return std::any_of(ours.begin(), ours.end(), [&](const std::string& name) {
        return std::any_of(others.begin(), others.end(),
                           [&](const std::string& other) { return same_name(name, other); });
    });
}

// What the vendor lets an inner select be: one field, FROM one object, WHERE.
bool is_plain(const Query& query) {
    return query.select.size() == 1 && query.from.size() == 1 && query.from[0].path.size() == 1 &&
           query.select[0].kind == SelectItem::Kind::kExpression && query.select[0].alias.empty() &&
           query.select[0].expression.kind == Expression::Kind::kField && query.scope.empty() &&
           query.with.empty() && query.grouping == Grouping::kNone && query.order_by.empty() &&
           !query.limit && !query.offset && query.for_clauses.empty() &&
           query.update_clauses.empty();
}

}  // namespace

std::string Filter::semi_join(const Condition& condition, bool negate, bool may_join) {
    const auto refuse = [&](std::string_view reason) {
        session_.refuse(condition.offset, "MALFORMED_QUERY", reason);
    };
    if (clause_ == Clause::kHaving || !may_join) {
        refuse(
            "Semi join sub-selects are only allowed at the top level WHERE expressions and not "
            "in nested WHERE expressions.");
    }
    if (++semi_joins_ > kMaxSemiJoins) refuse("Maximum 2 semi join sub-selects are allowed.");
    const Query& inner = *condition.subquery;
    if (!is_plain(inner)) refuse("A semi join sub-select takes one field, FROM and WHERE only.");
    const Typed left = type_expression(session_, tables_, condition.left);
    check_field(left, condition);
    if (left.family != Family::kId || left.ref.field == nullptr) {
        refuse("The left operand of a semi join must be an id or a reference field: " + left.name);
    }
    const Source& source = inner.from.front();
    const Object* object = session_.schema.find(source.path.front());
    if (object == nullptr) refuse_object(session_, source.path.front(), source.offset);
    if (object == &tables_.root()) {
        refuse("The inner and outer selects should not be on the same object type");
    }
    Tables tables(session_, *object, inner.from);
    const Expression& field = inner.select.front().expression;
    const Typed right = type_expression(session_, tables, field);
    if (right.family != Family::kId || !share_target(left.ref, right.ref)) {
        refuse("The selected field '" + right.name +
               "' in the subquery and the left operand field '" + left.name +
               "' in the where expression in the outer query should point to the same object type");
    }
    std::string where = right.sql + " IS NOT NULL";
    if (const std::string live = live_rows(session_, tables); !live.empty())
        where += " AND " + live;
    if (inner.where) {
        Filter filter(session_, tables, Clause::kWhere);
        where += " AND " + filter.build(*inner.where, false, false);
    }
    // Joins may have been added by the condition, so that FROM is written last.
    const std::string positive =
        left.sql + " IN (SELECT " + right.sql + " FROM " + tables.sql() + " WHERE " + where + ")";
    if ((condition.op == Operator::kNotIn) == negate) return "(" + positive + ")";
    return "((" + positive + ") IS NOT TRUE)";
}

}  // namespace duet::sandbox::soql
