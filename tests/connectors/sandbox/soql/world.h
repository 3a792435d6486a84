#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connectors/sandbox/schema.h"
#include "connectors/sandbox/soql.h"

struct sqlite3;

namespace duet::sandbox::soql {

using Cell = std::variant<std::monostate, std::string, double, std::int64_t>;
using Row = std::map<std::string, Cell>;

/// Account, Contact, User and Group with a field of every type.
const Schema& test_schema();

/// A text of "|"-separated cells: null prints as ~.
std::string print(const Cell& cell);

/// A small org in an in-memory SQLite file.
class World {
public:
    World();
    void insert(std::string_view object, const Row& row);

    /// The visible cells of each row, as text, or the refusal's code and message.
    struct Answer {
        std::vector<std::string> rows;
        std::int64_t count = -1;  // what count_sql says
        Translation translation;
        std::string error_code;
        std::string message;
    };
    Answer ask(std::string_view soql, bool all_rows = false, bool bulk = false);
    /// Runs a child of a translation for one parent.
    std::vector<std::string> children_of(const Child& child, const std::string& parent_id);

    static constexpr std::string_view kNow = "2018-03-14T15:09:26.000Z";  // a Wednesday

private:
    using Parameters = std::vector<std::variant<std::string, double, std::int64_t>>;
    std::vector<std::string> run(const std::string& sql, const Parameters& parameters,
                                 std::size_t columns);
    std::shared_ptr<sqlite3> database_;
};

/// "001" + a number in 12 digits, with its checksum.
std::string test_id(std::string_view prefix, int number);

}  // namespace duet::sandbox::soql
