#include "tests/world/unspoken.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <stdexcept>

#include <sqlite3.h>

#include "connectors/csv/sheet.h"
#include "tests/world/processes.h"

namespace duet::world {
namespace {

/// Shorter ones stand in any text by chance.
constexpr std::size_t kLeastLetters = 4;

enum class Meaning { Name, Value };

const std::map<std::string, Meaning, std::less<>> kColumns{
    {"FirstName", Meaning::Name}, {"LastName", Meaning::Name}, {"firstName", Meaning::Name},
    {"lastName", Meaning::Name},  {"Email", Meaning::Value},   {"email", Meaning::Value},
    {"Phone", Meaning::Value},    {"phone", Meaning::Value},   {"MobilePhone", Meaning::Value},
    {"Username", Meaning::Value},
};

bool is_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c < 0; }

bool is_whole_word(std::string_view text, std::size_t at, std::size_t size) {
    const bool begins = at == 0 || !is_of_word(text[at - 1]);
    const bool ends = at + size == text.size() || !is_of_word(text[at + size]);
    return begins && ends;
}

std::string line_of(std::string_view text, std::size_t at) {
    const std::size_t begin = text.rfind('\n', at) + 1;  // npos + 1: the first line
    return std::string(text.substr(begin, text.find('\n', at) - begin));
}

/// Places of "somebody@somewhere.tld".
std::vector<std::size_t> addresses_in(std::string_view text) {
    std::vector<std::size_t> found;
    for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        const bool has_name = at > 0 && is_of_word(text[at - 1]);
        std::size_t end = at + 1;
        while (end < text.size() && (is_of_word(text[end]) || text[end] == '-')) ++end;
        const bool has_domain =
            end > at + 1 && end + 1 < text.size() && text[end] == '.' && is_of_word(text[end + 1]);
        if (has_name && has_domain) found.push_back(at);
    }
    return found;
}

}  // namespace

void Unspoken::add_seed(const std::string& folder) {
    for (const char* file : {"salesforce/Contact.csv", "salesforce/Lead.csv", "salesforce/User.csv",
                             "pardot/prospects.csv"}) {
        if (!std::filesystem::exists(folder + "/" + file)) continue;
        const std::string text = read_text(folder + "/" + file);
        const auto sheet = csv::parse_sheet(text, file);
        if (!sheet) throw std::runtime_error(sheet.error().message);
        for (std::size_t column = 0; column < sheet->header.cells.size(); ++column) {
            const auto known = kColumns.find(sheet->header.cells[column].text);
            if (known == kColumns.end()) continue;
            for (const csv::Row& row : sheet->rows) {
                const std::string& value = row.cells[column].text;
                if (value.size() < kLeastLetters) continue;
                if (known->second == Meaning::Name) names_.insert(value);
                if (known->second == Meaning::Value) add(value);
            }
        }
    }
}

void Unspoken::add_tokens(const std::string& sandbox_file) {
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_open_v2(sandbox_file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) ==
            SQLITE_OK &&
        sqlite3_prepare_v2(database, "SELECT token FROM sandbox_token", -1, &statement, nullptr) ==
            SQLITE_OK) {
        while (sqlite3_step(statement) == SQLITE_ROW)
            add(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

std::vector<std::string> Unspoken::spoken_in(std::string_view text) const {
    std::vector<std::string> found;
    const auto tell = [&](std::string_view what, std::size_t at) {
        found.push_back("\"" + std::string(what) + "\" in: " + line_of(text, at));
    };
    for (const std::string& value : values_) {
        const std::size_t at = text.find(value);
        if (at != std::string_view::npos) tell(value, at);
    }
    for (const std::string& name : names_) {
        for (auto at = text.find(name); at != std::string_view::npos;
             at = text.find(name, at + 1)) {
            if (!is_whole_word(text, at, name.size())) continue;
            tell(name, at);
            break;
        }
    }
    for (const std::size_t at : addresses_in(text)) tell("@", at);
    return found;
}

}  // namespace duet::world
