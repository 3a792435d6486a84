#include "connectors/sandbox/pardot_token.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace duet::sandbox {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
    out.resize(static_cast<std::size_t>(length) - padding);
    return out;
}

}  // namespace

std::string encode_token(const PardotPage& page) {
    ordered_json resume = ordered_json::object();
    for (const auto& [field, value] : page.resume) {
        if (const auto* number = std::get_if<std::int64_t>(&value)) resume[field] = *number;
        if (const auto* text = std::get_if<std::string>(&value)) resume[field] = *text;
    }
    const ordered_json token{{"orderBy", page.order_by},
                             {"filters", page.filters},
                             {"limit", page.limit},
                             {"resumeValue", resume},
                             {"page", page.page},
                             {"recCount", page.rows_before},
                             {"expireTime", page.expires_seconds},
                             {"deleted", page.deleted}};
    return base64(token.dump(-1, ' ', true, json::error_handler_t::replace));
}

std::optional<PardotPage> decode_token(std::string_view token) {
    const auto text = from_base64(token);
    if (!text) return std::nullopt;
    try {
        const json parsed = json::parse(*text);
        PardotPage page;
        page.order_by = parsed.at("orderBy").get<std::string>();
        page.filters = parsed.at("filters").get<std::map<std::string, std::string>>();
        page.limit = parsed.at("limit").get<std::int64_t>();
        page.page = parsed.at("page").get<std::int64_t>();
        page.rows_before = parsed.at("recCount").get<std::int64_t>();
        page.expires_seconds = parsed.at("expireTime").get<std::int64_t>();
        page.deleted = parsed.at("deleted").get<std::string>();
        for (const auto& [field, value] : parsed.at("resumeValue").items()) {
            if (value.is_number_integer()) {
                page.resume[field] = value.get<std::int64_t>();
            } else {
                page.resume[field] = value.get<std::string>();
            }
        }
        if (page.resume.find("id") == page.resume.end()) return std::nullopt;
        return page;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace duet::sandbox
