#include <algorithm>
#include <array>
#include <utility>

#include "connectors/sandbox/soql_parser.h"

namespace duet::sandbox::soql {
namespace {

// 100,000: longest statement, SOQL reference, read 2026-01.
constexpr std::size_t kMaxStatementCharacters = 100000;
// The vendor states no figure. A parenthesis counts two, so that about 57 nest: SQLite's parser
// has a stack of 100 entries, and each takes one.
constexpr int kMaxDepth = 120;

constexpr std::array<std::string_view, 20> kNoAlias = {
    "AND",      "AS",   "ASC",   "DESC", "EXCLUDES", "FOR", "FROM",  "GROUP",  "HAVING", "IN",
    "INCLUDES", "LIKE", "LIMIT", "NOT",  "OFFSET",   "OR",  "ORDER", "UPDATE", "USING",  "WHERE"};

}  // namespace

Parser::Depth::Depth(Parser& parser) : parser_(parser) {
    if (++parser_.depth_ > kMaxDepth) {
        throw Refused{refuse_at(parser_.scan_.text(), parser_.scan_.position(),
                                "QUERY_TOO_COMPLICATED", "The query is nested too deeply")};
    }
}

QueryPtr Parser::parse_all() {
    if (count_characters(scan_.text()) > kMaxStatementCharacters) {
        throw Refused{
            {"MALFORMED_QUERY", "SOQL statements cannot be longer than 100,000 characters."}};
    }
    QueryPtr query = parse_query();
    if (!scan_.at_end()) scan_.refuse_token();
    return query;
}

QueryPtr Parser::parse_query() {
    const Depth depth(*this);
    QueryPtr query(new Query);
    parse_select(*query);
    parse_from(*query);
    if (scan_.take_word("WHERE")) query->where = parse_condition();
    if (scan_.take_word("WITH")) parse_with(*query);
    parse_group_by(*query);
    // HAVING filters groups: without them the vendor does not know the word.
    if (query->grouping != Grouping::kNone && scan_.take_word("HAVING")) {
        query->having = parse_condition();
    }
    parse_order_by(*query);
    parse_tail(*query);
    return query;
}

QueryPtr Parser::parse_nested_query() {
    scan_.expect_char('(');
    QueryPtr query = parse_query();
    scan_.expect_char(')');
    return query;
}

void Parser::parse_select(Query& query) {
    scan_.expect_word("SELECT");
    if (scan_.peek_word_is("COUNT") && scan_.peek_call()) {
        Scanner saved = scan_;
        SelectItem item;
        item.kind = SelectItem::Kind::kCount;
        item.offset = scan_.position();
        scan_.take_name();
        scan_.expect_char('(');
        if (scan_.take_char(')')) {
            query.select.push_back(std::move(item));
            return;
        }
        scan_ = saved;
    }
    do {
        query.select.push_back(parse_select_item());
    } while (scan_.take_char(','));
}

SelectItem Parser::parse_select_item() {
    if (scan_.peek_word_is("TYPEOF") && !scan_.peek_call() && !scan_.second_word_is("FROM")) {
        return parse_type_of();
    }
    if (scan_.peek_word_is("FIELDS") && scan_.peek_call()) return parse_fields();
    SelectItem item;
    item.offset = scan_.position();
    if (scan_.peek_char() == '(') {
        item.kind = SelectItem::Kind::kSubquery;
        item.subquery = parse_nested_query();
        return item;
    }
    item.expression = parse_expression();
    if (at_alias()) item.alias = scan_.take_name();
    return item;
}

SelectItem Parser::parse_type_of() {
    SelectItem item;
    item.kind = SelectItem::Kind::kTypeOf;
    item.offset = scan_.position();
    scan_.expect_word("TYPEOF");
    item.type_of.path = parse_path();
    const auto parse_branch = [&](std::string object) {
        TypeOf::Branch branch{std::move(object), {}};
        do {
            branch.fields.push_back(parse_field());
        } while (scan_.take_char(','));
        item.type_of.branches.push_back(std::move(branch));
    };
    do {
        scan_.expect_word("WHEN");
        std::string object = scan_.take_name();
        scan_.expect_word("THEN");
        parse_branch(std::move(object));
    } while (scan_.peek_word_is("WHEN"));
    if (scan_.take_word("ELSE")) parse_branch("");
    scan_.expect_word("END");
    return item;
}

SelectItem Parser::parse_fields() {
    SelectItem item;
    item.kind = SelectItem::Kind::kFields;
    item.offset = scan_.position();
    scan_.expect_word("FIELDS");
    scan_.expect_char('(');
    for (const std::string_view group : {"ALL", "STANDARD", "CUSTOM"}) {
        if (item.fields_group.empty() && scan_.take_word(group)) item.fields_group = group;
    }
    if (item.fields_group.empty()) scan_.refuse_token();
    scan_.expect_char(')');
    return item;
}

bool Parser::at_alias() {
    const std::string word = upper_ascii(scan_.peek_word());
    return !word.empty() && word != "WITH" &&
           std::find(kNoAlias.begin(), kNoAlias.end(), word) == kNoAlias.end();
}

void Parser::parse_from(Query& query) {
    scan_.expect_word("FROM");
    do {
        Source source;
        source.offset = scan_.position();
        // `Order` and `Group` are objects, but not before BY.
        const bool is_clause = (scan_.peek_word_is("ORDER") || scan_.peek_word_is("GROUP")) &&
                               scan_.second_word_is("BY");
        if (is_clause) scan_.refuse_token();
        source.path = parse_path();
        if (at_alias()) source.alias = scan_.take_name();
        query.from.push_back(std::move(source));
    } while (scan_.take_char(','));
    if (scan_.take_word("USING")) {
        scan_.expect_word("SCOPE");
        query.scope = scan_.take_name();
    }
}

void Parser::parse_with(Query& query) {
    if (scan_.peek_word_is("DATA") && scan_.second_word_is("CATEGORY")) {
        parse_data_categories(query);
        return;
    }
    query.with.push_back(std::string{scan_.peek_word()});
    for (const std::string_view mode : {"SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"}) {
        if (scan_.take_word(mode)) return;
    }
    if (!scan_.peek_call()) {
        // WITH NETWORK = '...' and its like.
        parse_condition();
        return;
    }
    scan_.take_name();
    scan_.expect_char('(');
    do {
        scan_.take_name();
        scan_.expect_char('=');
        scan_.take_literal(false);
    } while (scan_.take_char(','));
    scan_.expect_char(')');
}

void Parser::parse_data_categories(Query& query) {
    scan_.expect_word("DATA");
    scan_.expect_word("CATEGORY");
    query.with.push_back("DATA CATEGORY");
    do {
        query.with.push_back(scan_.take_name());
        const std::string selector = upper_ascii(scan_.peek_word());
        if (selector != "AT" && selector != "ABOVE" && selector != "BELOW" &&
            selector != "ABOVE_OR_BELOW") {
            scan_.refuse_token();
        }
        query.with.push_back(scan_.take_name());
        if (!scan_.take_char('(')) {
            query.with.push_back(scan_.take_name());
            continue;
        }
        do {
            query.with.push_back(scan_.take_name());
        } while (scan_.take_char(','));
        scan_.expect_char(')');
    } while (scan_.take_word("AND"));
}

void Parser::parse_group_by(Query& query) {
    query.group_by_offset = scan_.position();
    if (!scan_.take_word("GROUP")) return;
    scan_.expect_word("BY");
    query.grouping = Grouping::kPlain;
    if (scan_.peek_call() && (scan_.peek_word_is("ROLLUP") || scan_.peek_word_is("CUBE"))) {
        query.grouping = scan_.peek_word_is("CUBE") ? Grouping::kCube : Grouping::kRollup;
        scan_.take_name();
        scan_.expect_char('(');
    }
    do {
        const std::size_t offset = scan_.position();
        query.group_by.push_back(parse_expression());
        const Expression& last = query.group_by.back();
        if (last.kind == Expression::Kind::kFunction && is_aggregate(last.function)) {
            scan_.refuse(offset, "unexpected token: '" + last.function + "'");
        }
    } while (scan_.take_char(','));
    if (query.grouping != Grouping::kPlain) scan_.expect_char(')');
}

void Parser::parse_order_by(Query& query) {
    if (!scan_.take_word("ORDER")) return;
    scan_.expect_word("BY");
    do {
        OrderItem item;
        item.expression = parse_expression();
        item.descending = scan_.take_word("DESC");
        if (!item.descending) scan_.take_word("ASC");
        if (scan_.take_word("NULLS")) {
            item.nulls_last = scan_.take_word("LAST");
            if (!item.nulls_last) scan_.expect_word("FIRST");
        }
        query.order_by.push_back(std::move(item));
    } while (scan_.take_char(','));
}

void Parser::parse_tail(Query& query) {
    if (scan_.take_word("LIMIT")) query.limit = scan_.take_count();
    if (scan_.take_word("OFFSET")) {
        query.offset_offset = scan_.position();
        query.offset = scan_.take_count();
    }
    while (scan_.take_word("FOR")) {
        const std::string purpose = upper_ascii(scan_.peek_word());
        if (purpose != "VIEW" && purpose != "REFERENCE" && purpose != "UPDATE") {
            scan_.refuse_token();
        }
        scan_.take_name();
        query.for_clauses.push_back(purpose);
    }
    if (!scan_.take_word("UPDATE")) return;
    do {
        const std::string target = upper_ascii(scan_.peek_word());
        if (target != "TRACKING" && target != "VIEWSTAT") scan_.refuse_token();
        scan_.take_name();
        query.update_clauses.push_back(target);
    } while (scan_.take_char(','));
}

void QueryDeleter::operator()(Query* query) const noexcept { delete query; }

std::variant<QueryPtr, Refusal> parse(std::string_view text) {
    try {
        return Parser(text).parse_all();
    } catch (Refused& refused) {
        return std::move(refused.refusal);
    }
}

}  // namespace duet::sandbox::soql
