#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/database.h"
#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/schema.h"

namespace duet::sandbox {

/// A refusal of one record or request, in the vendor's words.
struct Refusal {
    std::string code;
    std::string message;
    std::vector<std::string> fields{};
    int status = 400;
};

/// A JSON value of a request as the column's value. Texts are taken for numbers and booleans
/// too, as the vendor takes them; "" is null. Checks type, length, e-mail form and restricted
/// picklists, not what references point at.
[[nodiscard]] std::variant<SqlValue, Refusal> from_json(const Field& field,
                                                        const nlohmann::json& value);

/// The same for a cell of a CSV file.
[[nodiscard]] std::variant<SqlValue, Refusal> from_text(const Field& field, std::string_view text);

/// JSON of a value in the vendor's spelling: "2018-01-02T03:04:05.000+0000", 87.0, null.
void append_json(std::string& out, std::string_view type, const SqlValue& value);
/// The column `column` of the row at hand, without a copy of texts.
void append_json(std::string& out, std::string_view type, const Statement& row, int column);
void append_json_text(std::string& out, std::string_view text);  // with its quotes

/// A value as a cell of a Bulk result: "2018-01-02T03:04:05.000Z", "87.0", "" for null.
void append_cell(std::string& out, std::string_view type, const Statement& row, int column);

/// [{"message":...,"errorCode":...,"fields":[...]}]: the body of a single-resource failure.
[[nodiscard]] ApiResponse refusal_answer(const Refusal& refusal);
[[nodiscard]] nlohmann::json refusal_json(const Refusal& refusal, const char* code_name);

[[nodiscard]] Refusal not_found();  // 404 "The requested resource does not exist"
[[nodiscard]] bool is_email(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);
[[nodiscard]] std::size_t characters_of(std::string_view utf8);

}  // namespace duet::sandbox
