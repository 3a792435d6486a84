#include "connectors/sandbox/soql_filters.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "connectors/sandbox/soql_dates.h"
#include "connectors/sandbox/soql_sql.h"

namespace duet::sandbox::soql {
namespace {

bool is_negative(Operator op) {
    return op == Operator::kNotEqual || op == Operator::kNotIn || op == Operator::kExcludes;
}

bool is_ordering(Operator op) {
    return op == Operator::kLess || op == Operator::kLessOrEqual || op == Operator::kGreater ||
           op == Operator::kGreaterOrEqual;
}

std::string_view symbol(Operator op) {
    switch (op) {
        case Operator::kLess:
            return " < ";
        case Operator::kLessOrEqual:
            return " <= ";
        case Operator::kGreater:
            return " > ";
        default:
            return " >= ";
    }
}

// The vendor stores no empty text, so that '' means null.
bool is_null(const Typed& left, const Literal& value) {
    const bool is_text = left.family == Family::kText || left.family == Family::kMulti;
    return value.kind == Literal::Kind::kNull ||
           (is_text && value.kind == Literal::Kind::kString && value.text.empty());
}

// Greatest number of parentheses open at once.
int nesting(std::string_view sql) {
    int open = 0;
    int most = 0;
    for (const char c : sql) {
        if (c == '(') most = std::max(most, ++open);
        if (c == ')') --open;
    }
    return most;
}

Parameter number_of(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [stop, error] = std::from_chars(text.data(), end, whole);
        error == std::errc{} && stop == end) {
        return whole;
    }
    double number = 0;
    std::from_chars(text.data(), end, number);
    return number;
}

std::string wanted_type(const Typed& left) {
    switch (left.family) {
        case Family::kBoolean:
        case Family::kDate:
        case Family::kTime:
        case Family::kInteger:
            return left.type + " and should not be";
        case Family::kNumber:
            return "double and should not be";
        case Family::kDatetime:
            return "dateTime and should not be";
        default:
            return "string and should be";
    }
}

}  // namespace

std::string live_rows(const Session& session, const Tables& tables) {
    if (session.all_rows || tables.root().find("IsDeleted") == nullptr) return {};
    return tables.column("IsDeleted") + " = 0";
}

void Filter::refuse_type(const Typed& left, std::size_t offset) const {
    session_.refuse(offset, "INVALID_FIELD",
                    "value of filter criterion for field '" + left.name + "' must be of type " +
                        wanted_type(left) + " enclosed in quotes");
}

void Filter::refuse_operator(const Typed& left, std::size_t offset) const {
    const std::string type = left.family == Family::kId ? "id" : left.type;
    session_.refuse(offset, "INVALID_QUERY_FILTER_OPERATOR",
                    "invalid operator on " + type + " field");
}

std::string Filter::build(const Condition& condition, bool negate, bool may_join) {
    switch (condition.kind) {
        case Condition::Kind::kNot:
            return build(condition.children.front(), !negate, false);
        case Condition::Kind::kCompare:
            return condition.subquery ? semi_join(condition, negate, may_join)
                                      : compare(condition, negate);
        default:
            break;
    }
    const bool is_and = condition.kind == Condition::Kind::kAnd;
    return join(condition, 0, condition.children.size(), negate, may_join && is_and,
                is_and != negate ? " AND " : " OR ");
}

// Halves keep the SQL tree shallow: SQLite allows 1,000 levels, and a query 10,000 conditions.
std::string Filter::join(const Condition& condition, std::size_t first, std::size_t last,
                         bool negate, bool may_join, const std::string& word) {
    if (last - first == 1) return build(condition.children[first], negate, may_join);
    const std::size_t middle = first + (last - first) / 2;
    std::string left = join(condition, first, middle, negate, may_join, word);
    std::string right = join(condition, middle, last, negate, may_join, word);
    // SQLite's parser keeps what stands before an open parenthesis on its small stack.
    if (nesting(right) > nesting(left)) std::swap(left, right);
    return "(" + left + word + right + ")";
}

void Filter::check_field(const Typed& left, const Condition& condition) {
    if (left.aggregate && clause_ == Clause::kWhere) {
        session_.refuse(condition.offset, "MALFORMED_QUERY",
                        "aggregate functions are not allowed in a WHERE clause: " + left.name);
    }
    const auto is_same = [&](const Typed& group) { return group.sql == left.sql; };
    if (clause_ == Clause::kHaving && !left.aggregate &&
        std::none_of(groups_->begin(), groups_->end(), is_same)) {
        session_.refuse(condition.offset, "MALFORMED_QUERY",
                        "Field must be grouped or aggregated: " + left.name);
    }
    const Field* field = left.ref.field;
    if ((field != nullptr && !field->filterable) || left.family == Family::kCompound) {
        session_.refuse(condition.offset, "INVALID_FIELD",
                        "field '" + left.name + "' can not be filtered in a query call");
    }
}

std::string Filter::compare(const Condition& condition, bool negate) {
    Typed left = type_expression(session_, tables_, condition.left);
    check_field(left, condition);
    // Reached through an empty reference a checkbox is false, not null.
    if (left.family == Family::kBoolean) left.sql = "COALESCE(" + left.sql + ", 0)";
    const Operator op = condition.op;
    std::string positive;
    if (is_ordering(op)) {
        positive = ordered(left, condition);
    } else if (op == Operator::kLike) {
        if (left.family != Family::kText) refuse_operator(left, condition.offset);
        positive = "soql_like(" + left.sql + ", " +
                   session_.bind(condition.values.front().text, condition.offset) + ")";
    } else if (op == Operator::kIncludes || op == Operator::kExcludes) {
        if (left.family != Family::kMulti) refuse_operator(left, condition.offset);
        for (const Literal& value : condition.values) {
            positive += (positive.empty() ? "" : " OR ") + std::string{"soql_includes("} +
                        left.sql + ", " + session_.bind(value.text, condition.offset) + ")";
        }
    } else {
        positive = equal_any(condition, left);
    }
    if (is_negative(op) == negate) return "(" + positive + ")";
    return "((" + positive + ") IS NOT TRUE)";
}

std::string Filter::equal_any(const Condition& condition, const Typed& left) {
    std::string list;
    std::string others;
    const auto add = [&others](const std::string& sql) {
        others += (others.empty() ? "" : " OR ") + sql;
    };
    bool null_seen = false;
    for (const Literal& value : condition.values) {
        if (is_null(left, value)) {
            if (left.family == Family::kBoolean) refuse_type(left, condition.offset);
            if (!std::exchange(null_seen, true)) add(left.sql + " IS NULL");
        } else if (value.kind == Literal::Kind::kDateRange) {
            add(equal(left, value, condition.offset));
        } else {
            list += (list.empty() ? "" : ", ") + bind(left, value, condition.offset);
        }
    }
    if (list.empty()) return others;
    const bool is_one = condition.values.size() == 1;
    const std::string any = collated(left) + (is_one ? " = " + list : " IN (" + list + ")");
    return others.empty() ? any : any + " OR " + others;
}

std::string Filter::equal(const Typed& left, const Literal& value, std::size_t offset) {
    if (left.family != Family::kDate && left.family != Family::kDatetime) refuse_type(left, offset);
    const auto range = day_range(value.text, value.count, session_.now);
    if (!range) {
        session_.refuse(value.offset, "INVALID_QUERY_FILTER_OPERATOR",
                        "date literal is out of range: " + value.text);
    }
    return "(" + left.sql + " >= " + edge(left, range->start, offset) + " AND " + left.sql + " < " +
           edge(left, range->end, offset) + ")";
}

std::string Filter::edge(const Typed& left, const std::string& date, std::size_t offset) {
    return session_.bind(left.family == Family::kDatetime ? date + "T00:00:00.000Z" : date, offset);
}

std::string Filter::ordered(const Typed& left, const Condition& condition) {
    const Literal& value = condition.values.front();
    if (left.family == Family::kBoolean || left.family == Family::kMulti ||
        value.kind == Literal::Kind::kNull) {
        refuse_operator(left, condition.offset);
    }
    if (value.kind != Literal::Kind::kDateRange) {
        return collated(left) + std::string{symbol(condition.op)} +
               bind(left, value, condition.offset);
    }
    if (left.family != Family::kDate && left.family != Family::kDatetime) {
        refuse_type(left, condition.offset);
    }
    const auto range = day_range(value.text, value.count, session_.now);
    if (!range) {
        session_.refuse(value.offset, "INVALID_QUERY_FILTER_OPERATOR",
                        "date literal is out of range: " + value.text);
    }
    // `<` is before the first day, `>` after the last: `end` is the first day after the range.
    switch (condition.op) {
        case Operator::kLess:
            return left.sql + " < " + edge(left, range->start, condition.offset);
        case Operator::kLessOrEqual:
            return left.sql + " < " + edge(left, range->end, condition.offset);
        case Operator::kGreater:
            return left.sql + " >= " + edge(left, range->end, condition.offset);
        default:
            return left.sql + " >= " + edge(left, range->start, condition.offset);
    }
}

std::string Filter::bind(const Typed& left, const Literal& value, std::size_t offset) {
    using Kind = Literal::Kind;
    const bool is_whole = value.kind == Kind::kInteger;
    switch (left.family) {
        case Family::kText:
        case Family::kMulti:
            if (value.kind == Kind::kString) return session_.bind(value.text, offset);
            break;
        case Family::kId:
            if (value.kind == Kind::kString) {
                std::string id = normalize_id(value.text);
                if (id.empty()) {
                    session_.refuse(offset, "INVALID_QUERY_FILTER_OPERATOR",
                                    "invalid ID field: " + value.text);
                }
                return session_.bind(std::move(id), offset);
            }
            break;
        case Family::kBoolean:
            if (value.kind == Kind::kBoolean) {
                return session_.bind(std::int64_t{value.truth ? 1 : 0}, offset);
            }
            break;
        case Family::kInteger:
            if (is_whole) return session_.bind(number_of(value.text), offset);
            break;
        case Family::kNumber:
            if (is_whole || value.kind == Kind::kDecimal) {
                return session_.bind(number_of(value.text), offset);
            }
            break;
        case Family::kDate:
            if (value.kind == Kind::kDate) return session_.bind(value.text, offset);
            break;
        case Family::kDatetime:
            if (value.kind == Kind::kDatetime) return session_.bind(value.text, offset);
            break;
        case Family::kTime:
            if (value.kind == Kind::kTime) return session_.bind(value.text, offset);
            break;
        case Family::kCompound:
            break;
    }
    if (value.kind == Kind::kCurrency) {
        session_.refuse(value.offset, "MALFORMED_QUERY",
                        "Currency literals need an organization with several currencies");
    }
    refuse_type(left, offset);
}

}  // namespace duet::sandbox::soql
