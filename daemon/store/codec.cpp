#include "daemon/store/codec.h"

#include <nlohmann/json.hpp>

namespace duet::store {
namespace {

using nlohmann::json;

std::string dump(const json& value) {
    // A vendor may hand over broken UTF-8; it is kept readable rather than lost with the row.
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The array's elements when all are texts and their number is right.
std::optional<std::vector<std::string>> texts(const json& array, std::size_t least,
                                              std::size_t most) {
    if (!array.is_array() || array.size() < least || array.size() > most) return std::nullopt;
    std::vector<std::string> out;
    for (const auto& element : array) {
        if (!element.is_string()) return std::nullopt;
        out.push_back(element.get<std::string>());
    }
    return out;
}

}  // namespace

std::string encode_agreed(const Agreed& agreed) {
    auto object = json::object();
    for (const auto& [name, halves] : agreed) {
        auto& array = object[name] = json::array({encode(halves.crm)});
        if (halves.crm != halves.marketing) array.push_back(encode(halves.marketing));
    }
    return dump(object);
}

std::optional<Agreed> decode_agreed(std::string_view text) {
    const auto object = json::parse(text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    Agreed agreed;
    for (const auto& [name, array] : object.items()) {
        const auto halves = texts(array, 1, 2);
        if (!halves) return std::nullopt;
        auto crm = decode(halves->front());
        auto marketing = decode(halves->back());
        if (!crm || !marketing) return std::nullopt;
        agreed.emplace(name, PerSide<Value>{std::move(*crm), std::move(*marketing)});
    }
    return agreed;
}

std::string encode_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
    auto array = json::array();
    for (const auto& [name, value] : pairs) array.push_back(json::array({name, value}));
    return dump(array);
}

std::optional<std::vector<std::pair<std::string, std::string>>> decode_pairs(
    std::string_view text) {
    const auto array = json::parse(text, nullptr, false);
    if (!array.is_array()) return std::nullopt;
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& element : array) {
        auto pair = texts(element, 2, 2);
        if (!pair) return std::nullopt;
        pairs.emplace_back(std::move((*pair)[0]), std::move((*pair)[1]));
    }
    return pairs;
}

std::string encode_indexed(const std::vector<Indexed>& entries) {
    auto array = json::array();
    for (const auto& entry : entries) {
        array.push_back(json::array({entry.is_key ? "k" : "r", entry.field, entry.value}));
    }
    return dump(array);
}

std::optional<std::vector<Indexed>> decode_indexed(std::string_view text) {
    const auto array = json::parse(text, nullptr, false);
    if (!array.is_array()) return std::nullopt;
    std::vector<Indexed> entries;
    for (const auto& element : array) {
        auto parts = texts(element, 3, 3);
        if (!parts) return std::nullopt;
        entries.push_back({(*parts)[0] == "k", std::move((*parts)[1]), std::move((*parts)[2])});
    }
    return entries;
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
