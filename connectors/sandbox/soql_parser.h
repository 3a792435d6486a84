#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/sandbox/soql_scanner.h"
#include "connectors/sandbox/soql_tree.h"

namespace duet::sandbox::soql {

/// Recursive descent over one query text. Throws Refused.
class Parser {
public:
    explicit Parser(std::string_view text) : scan_(text) {}
    QueryPtr parse_all();

private:
    /// Counts open parentheses and queries, so that no text can exhaust the stack.
    class Depth {
    public:
        explicit Depth(Parser& parser);
        ~Depth() { --parser_.depth_; }
        Depth(const Depth&) = delete;
        Depth& operator=(const Depth&) = delete;

    private:
        Parser& parser_;
    };

    // soql_parse.cpp
    QueryPtr parse_query();
    QueryPtr parse_nested_query();
    void parse_select(Query& query);
    SelectItem parse_select_item();
    SelectItem parse_type_of();
    SelectItem parse_fields();
    void parse_from(Query& query);
    void parse_with(Query& query);
    void parse_data_categories(Query& query);
    void parse_group_by(Query& query);
    void parse_order_by(Query& query);
    void parse_tail(Query& query);
    bool at_alias();

    // soql_parse_condition.cpp
    Condition parse_condition();
    Condition parse_term();
    Condition parse_comparison();
    bool parse_word_operator(Condition& condition);
    void parse_list(Condition& condition);
    std::vector<std::string> parse_path();
    Expression parse_expression();
    Expression parse_field();
    Expression parse_function();
    Expression parse_literal_argument();
    void parse_distance(Expression& function);

    Scanner scan_;
    int depth_ = 0;
};

/// COUNT, SUM, ...: functions over many rows. `upper_case_name` is in upper case.
[[nodiscard]] bool is_aggregate(std::string_view upper_case_name);
/// CALENDAR_YEAR, DAY_ONLY, ...
[[nodiscard]] bool is_date_function(std::string_view upper_case_name);

}  // namespace duet::sandbox::soql
