#include "daemon/store/codec.h"

#include <charconv>
#include <chrono>
#include <initializer_list>

#include "mappings/json_text.h"

namespace duet::store {
namespace {

/// Appends one array of texts to an array of them.
void append_row(std::string& json, std::initializer_list<std::string_view> texts) {
    if (json.back() != '[') json += ',';
    char before = '[';
    for (const std::string_view text : texts) {
        json += before;
        json_text::append(json, text);
        before = ',';
    }
    json += ']';
}

/// Visits each row of an array of arrays of `columns` texts; false when it is not of that form.
template <class Visit>
bool each_row(std::string_view json, std::size_t columns, const Visit& visit) {
    json_text::Reader reader(json);
    if (!reader.take('[')) return false;
    if (reader.take(']')) return reader.at_end();
    do {
        if (!reader.take('[')) return false;
        std::vector<std::string> row;
        do {
            auto text = reader.text();
            if (!text) return false;
            row.push_back(*std::move(text));
        } while (reader.take(','));
        if (!reader.take(']') || row.size() != columns) return false;
        visit(row);
    } while (reader.take(','));
    return reader.take(']') && reader.at_end();
}

std::string microseconds(DateTime time) {
    return std::to_string(std::chrono::microseconds(time.time_since_epoch()).count());
}

std::optional<DateTime> instant(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return DateTime{
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::microseconds{count})};
}

}  // namespace

std::string encode_agreed(const Agreed& agreed) {
    std::string json = "{";
    for (const auto& [name, halves] : agreed) {
        if (json.size() > 1) json += ',';
        json_text::append(json, name);
        json += ":[";
        json_text::append(json, encode(halves.crm));
        if (halves.crm != halves.marketing) {
            json += ',';
            json_text::append(json, encode(halves.marketing));
        }
        json += ']';
    }
    json += '}';
    return json;
}

std::optional<Agreed> decode_agreed(std::string_view text) {
    json_text::Reader reader(text);
    Agreed agreed;
    if (!reader.take('{')) return std::nullopt;
    if (reader.take('}')) return reader.at_end() ? std::optional(agreed) : std::nullopt;
    do {
        auto name = reader.text();
        if (!name || !reader.take(':') || !reader.take('[')) return std::nullopt;
        const auto first = reader.text();
        if (!first) return std::nullopt;
        const auto second = reader.take(',') ? reader.text() : first;
        if (!second || !reader.take(']')) return std::nullopt;
        auto crm = decode(*first);
        auto marketing = decode(*second);
        if (!crm || !marketing) return std::nullopt;
        agreed.emplace(*std::move(name), PerSide<Value>{*std::move(crm), *std::move(marketing)});
    } while (reader.take(','));
    if (!reader.take('}') || !reader.at_end()) return std::nullopt;
    return agreed;
}

std::string encode_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string json = "[";
    for (const auto& [name, value] : pairs) append_row(json, {name, value});
    json += ']';
    return json;
}

std::optional<std::vector<std::pair<std::string, std::string>>> decode_pairs(
    std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const bool sound = each_row(text, 2, [&](std::vector<std::string>& row) {
        pairs.emplace_back(std::move(row[0]), std::move(row[1]));
    });
    if (!sound) return std::nullopt;
    return pairs;
}

std::string encode_indexed(const std::vector<Indexed>& entries) {
    std::string json = "[";
    for (const auto& entry : entries)
        append_row(json, {entry.is_key ? "k" : "r", entry.field, entry.value});
    json += ']';
    return json;
}

std::optional<std::vector<Indexed>> decode_indexed(std::string_view text) {
    std::vector<Indexed> entries;
    const bool sound = each_row(text, 3, [&](std::vector<std::string>& row) {
        entries.push_back({row[0] == "k", std::move(row[1]), std::move(row[2])});
    });
    if (!sound) return std::nullopt;
    return entries;
}

std::string encode_evidence(const std::map<std::string, merge::Evidence, std::less<>>& changed) {
    if (changed.empty()) return "";
    std::string json = "[";
    for (const auto& [field, when] : changed) {
        append_row(json, {field, microseconds(when.after), microseconds(when.until),
                          when.by_machine ? "m" : ""});
    }
    json += ']';
    return json;
}

std::optional<std::map<std::string, merge::Evidence, std::less<>>> decode_evidence(
    std::string_view text) {
    std::map<std::string, merge::Evidence, std::less<>> changed;
    if (text.empty()) return changed;
    bool is_sound = true;
    is_sound &= each_row(text, 4, [&](std::vector<std::string>& row) {
        const auto after = instant(row[1]);
        const auto until = instant(row[2]);
        is_sound = is_sound && after && until;
        if (is_sound)
            changed.emplace(std::move(row[0]), merge::Evidence{*after, *until, row[3] == "m"});
    });
    if (!is_sound) return std::nullopt;
    return changed;
}

std::string encode_flags(const std::set<std::string, std::less<>>& flags) {
    std::string json = "[";
    for (const std::string& flag : flags) append_row(json, {flag});
    json += ']';
    return json;
}

std::optional<std::set<std::string, std::less<>>> decode_flags(std::string_view text) {
    std::set<std::string, std::less<>> flags;
    const bool sound =
        each_row(text, 1, [&](std::vector<std::string>& row) { flags.insert(std::move(row[0])); });
    if (!sound) return std::nullopt;
    return flags;
}

std::string encode_links(const std::vector<Link>& links) {
    if (links.empty()) return {};
    std::string json = "[";
    for (const Link& link : links)
        append_row(json, {link.side == Side::Crm ? "0" : "1", link.id.object, link.id.key});
    return json + "]";
}

std::optional<std::vector<Link>> decode_links(std::string_view json) {
    std::vector<Link> links;
    if (json.empty()) return links;
    const bool good = each_row(json, 3, [&](std::vector<std::string>& row) {
        links.push_back(
            {row[0] == "0" ? Side::Crm : Side::Marketing, {std::move(row[1]), std::move(row[2])}});
    });
    if (!good) return std::nullopt;
    return links;
}

const char* to_text(WriteKind kind) noexcept {
    switch (kind) {
        case WriteKind::Create:
            return "create";
        case WriteKind::Update:
            return "update";
        case WriteKind::Delete:
            return "delete";
    }
    return "update";
}

std::optional<WriteKind> write_kind(std::string_view text) noexcept {
    for (const WriteKind kind : {WriteKind::Create, WriteKind::Update, WriteKind::Delete}) {
        if (text == to_text(kind)) return kind;
    }
    return std::nullopt;
}

}  // namespace duet::store
