// JSONVALUE and JSONPATHVALUE: one plain value out of a JSON text.
#include <charconv>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "mappings/formula/functions.h"

namespace duet::formula::native {
namespace {

using Json = nlohmann::json;

/// A member's name or an element's place.
using Step = std::variant<std::string, std::size_t>;

/// Reads `$.name`, `['name']` and `[0]`; nothing when the text is no path of these.
std::optional<std::vector<Step>> read_path(std::string_view text) {
    if (!text.starts_with('$')) return std::nullopt;
    text.remove_prefix(1);
    std::vector<Step> path;
    while (!text.empty()) {
        if (text.front() == '.') {
            const std::size_t end = std::min(text.find_first_of(".[", 1), text.size());
            if (end == 1) return std::nullopt;
            path.emplace_back(std::string(text.substr(1, end - 1)));
            text.remove_prefix(end);
            continue;
        }
        if (text.size() < 3 || text.front() != '[') return std::nullopt;
        const char quote = text[1];
        if (quote == '\'' || quote == '"') {
            const std::size_t end = text.find(quote, 2);
            if (end == std::string_view::npos || text.substr(end + 1, 1) != "]")
                return std::nullopt;
            path.emplace_back(std::string(text.substr(2, end - 2)));
            text.remove_prefix(end + 2);
            continue;
        }
        std::size_t place = 0;
        const auto [end, fault] =
            std::from_chars(text.data() + 1, text.data() + text.size(), place);
        if (fault != std::errc{} || end == text.data() + text.size() || *end != ']')
            return std::nullopt;
        path.emplace_back(place);
        text.remove_prefix(static_cast<std::size_t>(end + 1 - text.data()));
    }
    return path;
}

/// Walks through a document without building it, so that numbers keep all their digits and depth
/// costs no stack. Of members with one name the first counts.
class Finder : public nlohmann::json_sax<Json> {
public:
    explicit Finder(const std::vector<Step>& path) : path_(path) {}

    std::string found;
    bool hit = false;

    bool null() override { return leave(); }
    bool boolean(bool value) override { return take(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return take(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return take(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& written) override { return take(written); }
    bool string(string_t& value) override { return take(value); }
    bool binary(binary_t&) override { return leave(); }
    bool start_object(std::size_t) override { return enter(false); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return enter(true); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        const Step* step = next_step();
        const auto* wanted = step == nullptr ? nullptr : std::get_if<std::string>(step);
        here_ = wanted != nullptr && *wanted == name;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
        return false;
    }

private:
    struct Level {
        bool on_path;
        bool is_array;
        std::size_t place = 0;
    };

    /// What leads from the innermost open level to its members; nullptr off the path or at its end.
    const Step* next_step() const {
        if (levels_.empty() || !levels_.back().on_path || levels_.size() > path_.size())
            return nullptr;
        return &path_[levels_.size() - 1];
    }

    /// Is the value that comes now on the path?
    bool arrive() {
        if (levels_.empty()) return true;
        if (!levels_.back().is_array) return here_;
        const Step* step = next_step();
        const auto* wanted = step == nullptr ? nullptr : std::get_if<std::size_t>(step);
        return wanted != nullptr && *wanted == levels_.back().place++;
    }

    bool leave() {
        (void)arrive();
        return true;
    }

    bool take(const std::string& value) {
        const bool on_path = arrive();
        if (on_path && !hit && levels_.size() == path_.size()) {
            found = value;
            hit = true;
        }
        return true;
    }

    bool enter(bool is_array) {
        const bool on_path = arrive();
        levels_.push_back({on_path, is_array});
        here_ = false;
        return true;
    }

    bool close() {
        levels_.pop_back();
        here_ = false;
        return true;
    }

    const std::vector<Step>& path_;
    std::vector<Level> levels_;
    bool here_ = false;
};

/// Null when the text is no JSON, or has no text, number or boolean there.
Fault give_value(Call& call, const std::vector<Step>& path) {
    const auto json = std::get<std::string_view>(call.args[0]);
    Finder finder(path);
    if (!Json::sax_parse(json.begin(), json.end(), &finder) || !finder.hit) return nullptr;
    return give_text(call, finder.found);
}

}  // namespace

Fault jsonvalue(Call& call) {
    return give_value(call, {std::string(std::get<std::string_view>(call.args[1]))});
}

Fault jsonpathvalue(Call& call) {
    const auto path = read_path(std::get<std::string_view>(call.args[1]));
    if (!path) return "the path is not like $.name[0]";
    return give_value(call, *path);
}

}  // namespace duet::formula::native
