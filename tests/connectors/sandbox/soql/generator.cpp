#include "tests/connectors/sandbox/soql/generator.h"

#include <algorithm>
#include <cstdio>

namespace duet::sandbox::soql {
namespace {

// Lower case of the few letters that the data uses; written out, so that it shares nothing with
// the Unicode tables of the code under test.
std::string lower(std::string text) {
    const std::pair<std::string, std::string> letters[] = {
        {"É", "é"}, {"Ж", "ж"}, {"Ü", "ü"}, {"Σ", "σ"}};
    for (const auto& [large, small] : letters) {
        for (std::size_t at = text.find(large); at != std::string::npos; at = text.find(large)) {
            text.replace(at, large.size(), small);
        }
    }
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return text;
}

template <class T>
int order(const T& left, const T& right) {
    return left < right ? -1 : (right < left ? 1 : 0);
}

// UTF-8 keeps the order of code points.
int order_text(const std::string& left, const std::string& right) {
    return order(lower(left), lower(right));
}

bool holds(const std::string& op, int order) {
    if (op == "=") return order == 0;
    if (op == "<") return order < 0;
    if (op == "<=") return order <= 0;
    if (op == ">") return order > 0;
    return order >= 0;
}

// By trying every split: slow and plainly right.
bool like(const std::u32string& value, const std::u32string& pattern) {
    if (pattern.empty()) return value.empty();
    if (pattern[0] == U'%') {
        for (std::size_t i = 0; i <= value.size(); ++i) {
            if (like(value.substr(i), pattern.substr(1))) return true;
        }
        return false;
    }
    return !value.empty() && (pattern[0] == U'_' || pattern[0] == value[0]) &&
           like(value.substr(1), pattern.substr(1));
}

std::u32string wide(const std::string& text) {
    std::u32string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out += c;
            i += 1;
        } else {
            out += ((c & 0x1FU) << 6) | (static_cast<unsigned char>(text[i + 1]) & 0x3FU);
            i += 2;
        }
    }
    return out;
}

}  // namespace

std::string Generator::day() {
    char buffer[24];
    std::snprintf(buffer, sizeof buffer, "2018-%02zu-%02zu", 1 + below(5), 1 + below(28));
    return buffer;
}
std::string Generator::stamp() {
    return day() + (chance(50) ? "T00:00:00.000Z" : "T17:30:00.000Z");
}

Person Generator::person(int number, std::size_t companies) {
    Person out;
    out.id = test_id("003", number);
    if (!chance(10)) out.name = pick(names_);
    if (!chance(40)) out.email = pick(names_) + "@x.org";
    if (!chance(25)) out.visits = static_cast<std::int64_t>(below(6));
    if (!chance(25)) out.score = static_cast<double>(below(8)) / 2;
    if (!chance(25)) out.birthdate = day();
    if (!chance(10)) out.created = stamp();
    for (const char* topic : {"Red", "Green", "Blue"}) {
        if (chance(40)) out.topics.push_back(topic);
    }
    out.opted_out = chance(50);
    if (!chance(30)) out.account = below(companies);
    out.deleted = chance(10);
    return out;
}

Generated Generator::condition(int depth, const std::vector<Company>& companies) {
    if (depth == 0 || chance(40)) return leaf(companies);
    if (chance(20)) {
        const Generated inner = condition(depth - 1, companies);
        return {"(NOT (" + inner.soql + "))",
                [test = inner.test](const Person& p) { return !test(p); }};
    }
    const bool is_and = chance(50);
    Generated out{"", [is_and](const Person&) { return is_and; }};
    for (std::size_t parts = 2 + below(2); parts > 0; --parts) {
        const Generated part = condition(depth - 1, companies);
        out.soql += (out.soql.empty() ? "(" : (is_and ? " AND (" : " OR (")) + part.soql + ")";
        out.test = [is_and, left = out.test, right = part.test](const Person& p) {
            return is_and ? left(p) && right(p) : left(p) || right(p);
        };
    }
    return out;
}

std::pair<std::string, Compare> Generator::order_by() {
    const bool descending = chance(50);
    const bool last = chance(50);
    const auto key = [&](const std::string& field, auto get, auto compare) {
        const std::string soql = field + (descending ? " DESC" : "") +
                                 (last ? " NULLS LAST" : (chance(50) ? " NULLS FIRST" : ""));
        Compare by = [=](const Person& a, const Person& b) {
            const auto left = get(a);
            const auto right = get(b);
            if (!left || !right) {
                const int place =
                    static_cast<int>(left.has_value()) - static_cast<int>(right.has_value());
                return last ? -place : place;
            }
            return descending ? -compare(*left, *right) : compare(*left, *right);
        };
        return std::pair{soql, by};
    };
    switch (below(4)) {
        case 0:
            return key(
                "LastName", [](const Person& p) { return p.name; }, order_text);
        case 1:
            return key(
                "Visits__c", [](const Person& p) { return p.visits; }, order<std::int64_t>);
        case 2:
            return key(
                "Birthdate", [](const Person& p) { return p.birthdate; }, order<std::string>);
        default:
            return key(
                "Score__c", [](const Person& p) { return p.score; }, order<double>);
    }
}

Generated Generator::leaf(const std::vector<Company>& companies) {
    switch (below(9)) {
        case 0:
            return text(
                "LastName", [](const Person& p) { return p.name; }, "");
        case 1:
            return text(
                "Email", [](const Person& p) { return p.email; }, "@X.org");
        case 2:
            return ordered(
                "Visits__c", [](const Person& p) { return p.visits; },
                [this] { return std::to_string(below(6)); },
                [](const std::string& s) { return std::int64_t{std::stoi(s)}; });
        case 3:
            return ordered(
                "Score__c", [](const Person& p) { return p.score; },
                [this] { return std::to_string(below(4)) + (chance(50) ? ".5" : ""); },
                [](const std::string& s) { return std::stod(s); });
        case 4:
            return ordered(
                "Birthdate", [](const Person& p) { return p.birthdate; }, [this] { return day(); },
                [](const std::string& s) { return s; });
        case 5:
            return ordered(
                "CreatedDate", [](const Person& p) { return p.created; },
                [this] { return stamp(); }, [](const std::string& s) { return s; });
        case 6:
            return topics();
        case 7:
            return opted_out();
        default:
            return text(
                "Account.Name",
                [&companies](const Person& p) {
                    return p.account ? companies[*p.account].name : std::nullopt;
                },
                "");
    }
}

template <class Get>
Generated Generator::text(const std::string& field, Get get, const std::string& tail) {
    const std::string value = pick(names_) + tail;
    switch (below(6)) {
        case 0:
            return {field + " != '" + value + "'",
                    [=](const Person& p) { return !get(p) || lower(*get(p)) != lower(value); }};
        case 1:
            return {field + " = null", [=](const Person& p) { return !get(p); }};
        case 2:
            return list(field, get, tail);
        case 3: {
            const std::string pattern = pick(patterns_) + (tail.empty() ? "" : "%");
            return {field + " LIKE '" + pattern + "'", [=](const Person& p) {
                        return get(p) && like(wide(lower(*get(p))), wide(lower(pattern)));
                    }};
        }
        default: {
            const std::string op = pick(operators_);
            return {field + " " + op + " '" + value + "'", [=](const Person& p) {
                        return get(p) && holds(op, order_text(*get(p), value));
                    }};
        }
    }
}

template <class Get>
Generated Generator::list(const std::string& field, Get get, const std::string& tail) {
    const bool is_in = chance(50);
    const bool with_null = chance(30);
    std::vector<std::string> values;
    std::string soql;
    for (std::size_t count = 1 + below(3); count > 0; --count) {
        values.push_back(lower(pick(names_) + tail));
        soql += (soql.empty() ? "'" : ", '") + values.back() + "'";
    }
    if (with_null) soql += ", null";
    return {field + (is_in ? " IN (" : " NOT IN (") + soql + ")", [=](const Person& p) {
                const auto value = get(p);
                const bool found =
                    value ? std::count(values.begin(), values.end(), lower(*value)) > 0 : with_null;
                return found == is_in;
            }};
}

template <class Get, class Literal, class Read>
Generated Generator::ordered(const std::string& field, Get get, Literal literal, Read read) {
    const std::string value = literal();
    if (chance(20)) {
        return {field + " != " + value,
                [=](const Person& p) { return !get(p) || *get(p) != read(value); }};
    }
    if (chance(15)) return {field + " != NULL", [=](const Person& p) { return !!get(p); }};
    const std::string op = pick(operators_);
    return {field + " " + op + " " + value,
            [=](const Person& p) { return get(p) && holds(op, order(*get(p), read(value))); }};
}

Generated Generator::topics() {
    const std::vector<std::string> colours = {"Red", "Green", "Blue"};
    const bool includes = chance(50);
    const std::string first = pick(colours);
    const std::string second = pick(colours);
    const std::string third = pick(colours);
    const auto has = [](const Person& p, const std::string& topic) {
        return std::count(p.topics.begin(), p.topics.end(), topic) > 0;
    };
    return {std::string{"Topics__c "} + (includes ? "INCLUDES" : "EXCLUDES") + " ('" + first + ";" +
                second + "', '" + lower(third) + "')",
            [=](const Person& p) {
                return ((has(p, first) && has(p, second)) || has(p, third)) == includes;
            }};
}

Generated Generator::opted_out() {
    const bool wanted = chance(50);
    const bool equal = chance(50);
    return {
        std::string{"HasOptedOutOfEmail "} + (equal ? "= " : "!= ") + (wanted ? "TRUE" : "false"),
        [=](const Person& p) { return (p.opted_out == wanted) == equal; }};
}

}  // namespace duet::sandbox::soql
