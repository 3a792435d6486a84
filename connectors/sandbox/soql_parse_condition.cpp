#include <algorithm>
#include <array>
#include <utility>

#include "connectors/sandbox/soql_parser.h"

namespace duet::sandbox::soql {
namespace {

constexpr std::array<std::string_view, 7> kAggregates = {
    "COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "GROUPING"};

constexpr std::array<std::string_view, 13> kDateFunctions = {
    "CALENDAR_MONTH", "CALENDAR_QUARTER", "CALENDAR_YEAR", "DAY_IN_MONTH",   "DAY_IN_WEEK",
    "DAY_IN_YEAR",    "DAY_ONLY",         "FISCAL_MONTH",  "FISCAL_QUARTER", "FISCAL_YEAR",
    "HOUR_IN_DAY",    "WEEK_IN_MONTH",    "WEEK_IN_YEAR"};

constexpr std::array<std::string_view, 14> kNoField = {
    "AND",   "EXCLUDES", "FROM", "HAVING", "IN",     "INCLUDES", "LIKE",
    "LIMIT", "NOT",      "NULL", "OR",     "SELECT", "USING",    "WHERE"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool is_aggregate(std::string_view upper_case_name) {
    return contains(kAggregates, upper_case_name);
}

bool is_date_function(std::string_view upper_case_name) {
    return contains(kDateFunctions, upper_case_name);
}

std::vector<std::string> Parser::parse_path() {
    if (contains(kNoField, upper_ascii(scan_.peek_word()))) scan_.refuse_token();
    std::vector<std::string> path{scan_.take_name()};
    while (scan_.take_char('.')) path.push_back(scan_.take_name());
    return path;
}

Expression Parser::parse_field() {
    Expression field;
    field.offset = scan_.position();
    field.path = parse_path();
    return field;
}

Expression Parser::parse_expression() {
    return scan_.peek_call() ? parse_function() : parse_field();
}

Expression Parser::parse_literal_argument() {
    Expression argument;
    argument.kind = Expression::Kind::kLiteral;
    argument.offset = scan_.position();
    argument.literal = scan_.take_literal(false);
    return argument;
}

// What each function takes is checked here: `DISTANCE(1, 2)` is no query at all.
Expression Parser::parse_function() {
    const Depth depth(*this);
    Expression function;
    function.kind = Expression::Kind::kFunction;
    function.offset = scan_.position();
    function.function = upper_ascii(scan_.peek_word());
    const std::string& name = function.function;
    const bool is_known = is_aggregate(name) || is_date_function(name) || name == "TOLABEL" ||
                          name == "FORMAT" || name == "CONVERTCURRENCY" ||
                          name == "CONVERTTIMEZONE" || name == "DISTANCE";
    if (!is_known) {
        scan_.take_name();
        scan_.refuse_token();
    }
    scan_.take_name();
    scan_.expect_char('(');
    if (name == "DISTANCE") {
        parse_distance(function);
        return function;
    }
    const std::string inner = scan_.peek_call() ? upper_ascii(scan_.peek_word()) : "";
    const bool takes_inner =
        inner.empty() || name == "FORMAT" ||
        (is_date_function(name) && inner == "CONVERTTIMEZONE") ||
        (name == "CONVERTCURRENCY" && is_aggregate(inner)) ||
        (is_aggregate(name) && (is_date_function(inner) || inner == "CONVERTCURRENCY" ||
                                inner == "DISTANCE" || inner == "TOLABEL"));
    if (!takes_inner) scan_.refuse_token();
    function.arguments.push_back(parse_expression());
    scan_.expect_char(')');
    return function;
}

void Parser::parse_distance(Expression& function) {
    function.arguments.push_back(parse_field());
    scan_.expect_char(',');
    if (scan_.peek_call()) {
        Expression place;
        place.kind = Expression::Kind::kFunction;
        place.offset = scan_.position();
        place.function = "GEOLOCATION";
        scan_.expect_word("GEOLOCATION");
        scan_.expect_char('(');
        for (int part = 0; part < 2; ++part) {
            if (part == 1) scan_.expect_char(',');
            const std::size_t offset = scan_.position();
            place.arguments.push_back(parse_literal_argument());
            const Literal::Kind kind = place.arguments.back().literal.kind;
            if (kind != Literal::Kind::kInteger && kind != Literal::Kind::kDecimal) {
                scan_.refuse(offset, "unexpected token: 'GEOLOCATION'");
            }
        }
        scan_.expect_char(')');
        function.arguments.push_back(std::move(place));
    } else {
        function.arguments.push_back(parse_field());
    }
    scan_.expect_char(',');
    const std::size_t offset = scan_.position();
    function.arguments.push_back(parse_literal_argument());
    const Literal& unit = function.arguments.back().literal;
    const std::string name = upper_ascii(unit.text);
    if (unit.kind != Literal::Kind::kString || (name != "MI" && name != "KM")) {
        scan_.refuse(offset, "unexpected token: '" + unit.text + "'");
    }
    scan_.expect_char(')');
}

Condition Parser::parse_condition() {
    const Depth depth(*this);
    Condition first = parse_term();
    const bool is_and = scan_.peek_word_is("AND");
    if (!is_and && !scan_.peek_word_is("OR")) return first;
    Condition group;
    group.kind = is_and ? Condition::Kind::kAnd : Condition::Kind::kOr;
    group.offset = first.offset;
    group.children.push_back(std::move(first));
    while (scan_.take_word(is_and ? "AND" : "OR")) {
        // NOT stands at the start of a condition or of a parenthesis, nowhere else.
        if (scan_.peek_word_is("NOT")) scan_.refuse_token();
        group.children.push_back(parse_term());
    }
    // AND and OR have no precedence: the vendor wants parentheses.
    if (scan_.peek_word_is(is_and ? "OR" : "AND")) scan_.refuse_token();
    return group;
}

Condition Parser::parse_term() {
    const Depth depth(*this);
    if (scan_.peek_char() == '(') {
        scan_.expect_char('(');
        Condition inner = parse_condition();
        scan_.expect_char(')');
        return inner;
    }
    if (!scan_.peek_word_is("NOT")) return parse_comparison();
    Condition negation;
    negation.kind = Condition::Kind::kNot;
    negation.offset = scan_.position();
    scan_.expect_word("NOT");
    if (scan_.peek_word_is("NOT")) scan_.refuse_token();
    negation.children.push_back(parse_term());
    return negation;
}

Condition Parser::parse_comparison() {
    Condition condition;
    condition.offset = scan_.position();
    condition.left = parse_expression();
    if (parse_word_operator(condition)) return condition;
    if (scan_.take_char('=')) {
        condition.op = Operator::kEqual;
    } else if (scan_.take_char('!')) {
        scan_.expect_char('=');
        condition.op = Operator::kNotEqual;
    } else if (scan_.take_char('<')) {
        condition.op = scan_.take_char('=')   ? Operator::kLessOrEqual
                       : scan_.take_char('>') ? Operator::kNotEqual
                                              : Operator::kLess;
    } else if (scan_.take_char('>')) {
        condition.op = scan_.take_char('=') ? Operator::kGreaterOrEqual : Operator::kGreater;
    } else {
        scan_.refuse_token();
    }
    condition.values.push_back(scan_.take_literal(false));
    return condition;
}

bool Parser::parse_word_operator(Condition& condition) {
    if (scan_.take_word("LIKE")) {
        condition.op = Operator::kLike;
        if (scan_.peek_char() != '\'') scan_.refuse_token();
        condition.values.push_back(scan_.take_literal(true));
        return true;
    }
    if (scan_.take_word("IN")) {
        condition.op = Operator::kIn;
    } else if (scan_.take_word("NOT")) {
        scan_.expect_word("IN");
        condition.op = Operator::kNotIn;
    } else if (scan_.take_word("INCLUDES")) {
        condition.op = Operator::kIncludes;
    } else if (scan_.take_word("EXCLUDES")) {
        condition.op = Operator::kExcludes;
    } else {
        return false;
    }
    parse_list(condition);
    return true;
}

void Parser::parse_list(Condition& condition) {
    const bool is_in = condition.op == Operator::kIn || condition.op == Operator::kNotIn;
    scan_.expect_char('(');
    if (is_in && scan_.peek_word_is("SELECT")) {
        condition.subquery = parse_query();
    } else {
        do {
            if (!is_in && scan_.peek_char() != '\'') scan_.refuse_token();
            condition.values.push_back(scan_.take_literal(false));
        } while (scan_.take_char(','));
    }
    scan_.expect_char(')');
}

}  // namespace duet::sandbox::soql
