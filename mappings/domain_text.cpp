#include "mappings/domain_text.h"

#include <algorithm>

#include "mappings/text.h"

namespace duet {
namespace {

bool is_of_domains(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string domain_of(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    if (const auto scheme = text.find("://"); scheme != std::string_view::npos)
        text.remove_prefix(scheme + 3);
    text = text.substr(0, text.find_first_of("/?#"));
    if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
    text = text.substr(0, text.find(':'));
    while (text.ends_with('.')) text.remove_suffix(1);
    std::string domain = lower_case(text);
    if (domain.starts_with("www.")) domain.erase(0, 4);
    const auto dot = domain.find('.');
    const bool is_domain = dot != std::string::npos && dot > 0 &&
                           std::all_of(domain.begin(), domain.end(), is_of_domains);
    return is_domain ? domain : std::string{};
}

std::string referred_by(const Fields& fields, std::string_view field) {
    if (!is_domain_reference(field)) return display(fields.get(field));
    const std::string* text = as_text(fields.get(field.substr(0, field.size() - 1)));
    return text == nullptr ? std::string{} : domain_of(*text);
}

}  // namespace duet
