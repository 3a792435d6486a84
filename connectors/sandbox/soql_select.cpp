#include "connectors/sandbox/soql_select.h"

#include <algorithm>
#include <utility>

#include "connectors/sandbox/soql_parser.h"
#include "mappings/catalog.h"

namespace duet::sandbox::soql {
namespace {

// 5 levels of subqueries, 20 subqueries: SOQL reference, read 2026-01.
constexpr int kMaxLevel = 5;
constexpr std::size_t kMaxChildren = 20;
// FIELDS(ALL) and FIELDS(CUSTOM) need LIMIT 200 or less, SOQL reference, read 2026-01.
constexpr std::int64_t kMaxFieldsLimit = 200;

bool has_aggregate(const Expression& expression) {
    return expression.kind == Expression::Kind::kFunction &&
           (is_aggregate(expression.function) ||
            std::any_of(expression.arguments.begin(), expression.arguments.end(), has_aggregate));
}

bool is_aggregate_query(const Query& query) {
    return query.grouping != Grouping::kNone ||
           std::any_of(query.select.begin(), query.select.end(), [](const SelectItem& item) {
               return item.kind == SelectItem::Kind::kExpression && has_aggregate(item.expression);
           });
}

bool is_groupable(const Typed& typed) {
    const bool is_filterable = typed.ref.field == nullptr || typed.ref.field->filterable;
    return is_filterable && !typed.aggregate && typed.family != Family::kNumber &&
           typed.family != Family::kDatetime && typed.family != Family::kTime &&
           typed.family != Family::kMulti && typed.family != Family::kCompound;
}

}  // namespace

SelectTranslator::SelectTranslator(Session& session, const Query& query, const Object& object,
                                   int level)
    : session_(session), query_(query), level_(level), tables_(session, object, query.from) {
    out_.object = object.name;
    out_.count_only = query.select.front().kind == SelectItem::Kind::kCount;
    out_.aggregate = !out_.count_only && is_aggregate_query(query);
}

void SelectTranslator::refuse_unsupported() const {
    const std::size_t start = query_.select.front().offset;
    const auto refuse = [&](std::string_view what) {
        session_.refuse(start, "MALFORMED_QUERY",
                        "This server does not support " + std::string{what});
    };
    if (!query_.scope.empty() && upper_ascii(query_.scope) != "EVERYTHING") {
        refuse("USING SCOPE " + query_.scope);
    }
    if (!query_.with.empty()) refuse("WITH");
    if (query_.grouping == Grouping::kRollup || query_.grouping == Grouping::kCube) {
        refuse("GROUP BY ROLLUP and GROUP BY CUBE");
    }
    if (out_.count_only && query_.grouping != Grouping::kNone) refuse("COUNT() with GROUP BY");
    if (out_.count_only && level_ > 0) refuse("COUNT() in a subquery");
    if (out_.aggregate && level_ > 0) refuse("aggregates in a subquery");
    if (query_.offset && level_ > 0) refuse("OFFSET in a subquery");
    if (!query_.update_clauses.empty()) refuse("UPDATE TRACKING and UPDATE VIEWSTAT");
    for (const std::string& purpose : query_.for_clauses) {
        if (purpose == "UPDATE") refuse("FOR UPDATE");
    }
}

void SelectTranslator::refuse_in_bulk() const {
    if (!session_.bulk) return;
    const auto refuse = [&](std::string_view reason, std::size_t offset) {
        session_.refuse(offset, "FEATURENOTENABLED", reason);
    };
    if (out_.count_only || out_.aggregate) {
        refuse("Aggregate queries not supported in Bulk Query", query_.select.front().offset);
    }
    if (query_.offset) refuse("OFFSET not supported in Bulk Query", query_.offset_offset);
    for (const SelectItem& item : query_.select) {
        if (item.kind == SelectItem::Kind::kTypeOf) {
            refuse("TYPEOF not supported in Bulk Query", item.offset);
        }
        if (item.kind == SelectItem::Kind::kSubquery) {
            refuse("Aggregate Relationships not supported in Bulk Query", item.offset);
        }
        if (item.kind == SelectItem::Kind::kFields && item.fields_group != "STANDARD") {
            refuse("Unbounded FIELDS() not supported in Bulk Query", item.offset);
        }
    }
}

void SelectTranslator::group() {
    for (const Expression& expression : query_.group_by) {
        Typed typed = type_expression(session_, tables_, expression);
        if (!is_groupable(typed)) {
            session_.refuse(expression.offset, "MALFORMED_QUERY",
                            "field '" + typed.name + "' can not be grouped in a query call");
        }
        groups_.push_back(std::move(typed));
    }
}

const Typed* SelectTranslator::grouped_as(const Typed& typed) const {
    for (const Typed& group : groups_) {
        if (group.sql == typed.sql) return &group;
    }
    return nullptr;
}

void SelectTranslator::add_column(std::vector<std::string> path, std::string type, std::string sql,
                                  std::size_t offset) {
    for (const Column& known : out_.columns) {
        if (known.path != path) continue;
        std::string name;
        for (const std::string& part : path) name += (name.empty() ? "" : ".") + part;
        session_.refuse(offset, "INVALID_FIELD", "duplicate field selected: " + name);
    }
    out_.columns.push_back({std::move(path), std::move(type), {}});
    visible_sql_.push_back(std::move(sql));
    hidden_wanted_.emplace_back();
}

int SelectTranslator::add_hidden(const std::string& sql) {
    const auto found = std::find(hidden_sql_.begin(), hidden_sql_.end(), sql);
    const auto place = found - hidden_sql_.begin();
    if (found == hidden_sql_.end()) hidden_sql_.push_back(sql);
    return static_cast<int>(visible_sql_.size()) + static_cast<int>(place);
}

void SelectTranslator::select_items() {
    for (const SelectItem& item : query_.select) {
        switch (item.kind) {
            case SelectItem::Kind::kExpression:
                select_expression(item);
                break;
            case SelectItem::Kind::kFields:
                select_fields(item);
                break;
            case SelectItem::Kind::kSubquery:
                select_child(item);
                break;
            case SelectItem::Kind::kTypeOf:
                session_.refuse(item.offset, "MALFORMED_QUERY",
                                "This server does not support TYPEOF");
            case SelectItem::Kind::kCount:
                break;
        }
    }
}

void SelectTranslator::select_fields(const SelectItem& item) {
    if (out_.aggregate) {
        session_.refuse(item.offset, "MALFORMED_QUERY",
                        "The SOQL FIELDS function is not allowed with GROUP BY");
    }
    const bool is_bounded = query_.limit && *query_.limit <= kMaxFieldsLimit;
    if (item.fields_group != "STANDARD" && !is_bounded) {
        session_.refuse(item.offset, "MALFORMED_QUERY",
                        "The SOQL FIELDS function must have a LIMIT of at most 200");
    }
    for (const Field& field : tables_.root().fields) {
        if (item.fields_group != "ALL" && field.custom != (item.fields_group == "CUSTOM")) continue;
        Expression expression;
        expression.path = {field.name};
        expression.offset = item.offset;
        add_plain(type_expression(session_, tables_, expression), "", item.offset);
    }
}

void SelectTranslator::select_expression(const SelectItem& item) {
    const Typed typed = type_expression(session_, tables_, item.expression);
    if (out_.aggregate) {
        select_grouped(item, typed);
        return;
    }
    const bool is_function = item.expression.kind == Expression::Kind::kFunction;
    if (typed.ref.field == nullptr) {
        session_.refuse(item.offset, "MALFORMED_QUERY",
                        "Field must be grouped or aggregated: " + typed.name);
    }
    if (!item.alias.empty() && !is_function) {
        session_.refuse(item.offset, "MALFORMED_QUERY",
                        "only aggregate expressions use field aliasing");
    }
    add_plain(typed, item.alias, item.offset);
}

void SelectTranslator::add_plain(const Typed& typed, const std::string& alias, std::size_t offset) {
    std::string sql = typed.sql;
    if (typed.family == Family::kCompound) {
        if (session_.bulk) {
            session_.refuse(offset, "FEATURENOTENABLED",
                            "Selecting compound data not supported in Bulk Query");
        }
        if (typed.type != "address") {
            session_.refuse(offset, "MALFORMED_QUERY",
                            "This server does not support geolocation fields");
        }
        sql = address_sql(typed.ref);
    }
    add_column(alias.empty() ? typed.ref.path : std::vector<std::string>{alias}, typed.type,
               std::move(sql), offset);
    if (alias.empty()) hidden_wanted_.back() = typed.ref.parent_id_sql;
}

void SelectTranslator::select_grouped(const SelectItem& item, const Typed& typed) {
    if (!typed.aggregate && grouped_as(typed) == nullptr) {
        session_.refuse(item.offset, "MALFORMED_QUERY",
                        "Field must be grouped or aggregated: " + typed.name);
    }
    std::string name = item.alias;
    if (name.empty()) {
        name = typed.ref.field != nullptr ? typed.ref.path.back()
                                          : "expr" + std::to_string(unnamed_++);
    }
    // Spellings of one text that differ in case are one group; the least of them speaks for it.
    const bool has_spellings = !typed.aggregate && typed.family == Family::kText;
    add_column({std::move(name)}, typed.type, has_spellings ? "MIN(" + typed.sql + ")" : typed.sql,
               item.offset);
}

void SelectTranslator::select_child(const SelectItem& item) {
    const Query& inner = *item.subquery;
    const Source& source = inner.from.front();
    const auto is_named = [&](const ChildRelationship& child) {
        return !child.name.empty() && same_name(child.name, source.path.back());
    };
    const bool is_own = source.path.size() == 1 ||
                        (source.path.size() == 2 && same_name(source.path[0], out_.object));
    const auto& children = tables_.root().children;
    const auto found = std::find_if(children.begin(), children.end(), is_named);
    const Object* object =
        found == children.end() || !is_own ? nullptr : session_.schema.find(found->child);
    if (object == nullptr) {
        session_.refuse(source.offset, "INVALID_TYPE",
                        "Didn't understand relationship '" + source.path.back() +
                            "' in FROM part of query call. If you are attempting to use a custom "
                            "relationship, be sure to append the '__r' after the custom "
                            "relationship name. Please reference your WSDL or the describe call "
                            "for the appropriate names.");
    }
    if (out_.aggregate || level_ + 1 >= kMaxLevel || out_.children.size() >= kMaxChildren) {
        session_.refuse(item.offset, "MALFORMED_QUERY",
                        "Subqueries go five levels deep, 20 in a query, and not with GROUP BY");
    }
    for (const Child& known : out_.children) {
        if (known.name != found->name) continue;
        session_.refuse(item.offset, "INVALID_FIELD", "duplicate field selected: " + found->name);
    }
    Session session{session_.text, session_.schema, session_.now, session_.all_rows, session_.bulk};
    SelectTranslator translator(session, inner, *object, level_ + 1);
    out_.children.push_back(
        {found->name, out_.columns.size(), translator.run(ParentLink{found->field})});
}

}  // namespace duet::sandbox::soql
