#include "connectors/sandbox/soql_sql.h"

#include <cstdint>

#include <sqlite3.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "mappings/text.h"

namespace duet::sandbox::soql {
namespace {

constexpr std::int32_t kInvalid = 0xFFFD;

// The code point at `at`, case folded. Simple folding keeps one for one, so `_` stays one letter.
std::int32_t next_folded(std::string_view text, std::size_t& at) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    std::size_t index = at;
    const std::size_t size = text.size();
    UChar32 code = 0;
    U8_NEXT(bytes, index, size, code);
    at = index;
    return code < 0 ? kInvalid : u_foldCase(code, U_FOLD_CASE_DEFAULT);
}

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

int collate(void* /*context*/, int left_size, const void* left, int right_size, const void* right) {
    return compare_folded({static_cast<const char*>(left), static_cast<std::size_t>(left_size)},
                          {static_cast<const char*>(right), static_cast<std::size_t>(right_size)});
}

template <bool (*Function)(std::string_view, std::string_view)>
void call(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) {
        sqlite3_result_null(context);
        return;
    }
    sqlite3_result_int(context, Function(text_of(values[0]), text_of(values[1])) ? 1 : 0);
}

bool holds_part(std::string_view list, std::string_view part) {
    while (true) {
        const std::size_t end = list.find(';');
        if (compare_folded(list.substr(0, end), part) == 0) return true;
        if (end == std::string_view::npos) return false;
        list.remove_prefix(end + 1);
    }
}

bool is_id_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr std::string_view kChecksumLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

int compare_folded(std::string_view left, std::string_view right) {
    std::size_t at_left = 0;
    std::size_t at_right = 0;
    while (at_left < left.size() && at_right < right.size()) {
        const std::int32_t a = next_folded(left, at_left);
        const std::int32_t b = next_folded(right, at_right);
        if (a != b) return a < b ? -1 : 1;
    }
    return static_cast<int>(at_left < left.size()) - static_cast<int>(at_right < right.size());
}

bool like_folded(std::string_view value, std::string_view pattern) {
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t at_value = 0;
    std::size_t at_pattern = 0;
    std::size_t retry_value = 0;
    std::size_t retry_pattern = kNone;
    while (at_value < value.size()) {
        if (at_pattern < pattern.size() && pattern[at_pattern] == '%') {
            retry_pattern = ++at_pattern;
            retry_value = at_value;
            continue;
        }
        std::size_t next_value = at_value;
        const std::int32_t code = next_folded(value, next_value);
        bool matches = false;
        if (at_pattern < pattern.size()) {
            const bool any = pattern[at_pattern] == '_';
            if (pattern[at_pattern] == '\\' && at_pattern + 1 < pattern.size()) ++at_pattern;
            matches = next_folded(pattern, at_pattern) == code || any;
        }
        if (matches) {
            at_value = next_value;
        } else if (retry_pattern != kNone) {
            // The last % takes one character more.
            next_folded(value, retry_value);
            at_value = retry_value;
            at_pattern = retry_pattern;
        } else {
            return false;
        }
    }
    while (at_pattern < pattern.size() && pattern[at_pattern] == '%') ++at_pattern;
    return at_pattern == pattern.size();
}

bool includes_folded(std::string_view value, std::string_view wanted) {
    while (true) {
        const std::size_t end = wanted.find(';');
        if (!holds_part(value, wanted.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        wanted.remove_prefix(end + 1);
    }
}

std::string normalize_id(std::string_view id) {
    if (id.size() != 15 && id.size() != 18) return {};
    for (const char c : id) {
        if (!is_id_character(c)) return {};
    }
    std::string out{id.substr(0, 15)};
    for (std::size_t group = 0; group < 3; ++group) {
        std::size_t bits = 0;
        if (id.size() == 18) {
            bits = kChecksumLetters.find(upper(id[15 + group]));
            if (bits == std::string_view::npos) return {};
        }
        for (std::size_t i = 0; i < 5; ++i) {
            char& c = out[group * 5 + i];
            if (id.size() == 18) {
                c = (bits >> i & 1U) != 0 ? upper(c) : lower_case(c);
            } else if (c >= 'A' && c <= 'Z') {
                bits |= std::size_t{1} << i;
            }
        }
        out += kChecksumLetters[bits];
    }
    return out;
}

bool register_soql_functions(sqlite3* database) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    return sqlite3_create_collation_v2(database, "SOQL_TEXT", SQLITE_UTF8, nullptr, collate,
                                       nullptr) == SQLITE_OK &&
           sqlite3_create_function_v2(database, "soql_like", 2, kFlags, nullptr, call<like_folded>,
                                      nullptr, nullptr, nullptr) == SQLITE_OK &&
           sqlite3_create_function_v2(database, "soql_includes", 2, kFlags, nullptr,
                                      call<includes_folded>, nullptr, nullptr,
                                      nullptr) == SQLITE_OK;
}

}  // namespace duet::sandbox::soql
