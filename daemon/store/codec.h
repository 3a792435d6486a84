#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/store.h"

/// How values of several parts are stored: as JSON texts, described in README.md.
namespace duet::store {

/// {"Email": ["sa@example.com"], "Phone": ["s+1 555", "s5551"]}: what both sides hold, or what
/// the CRM and the marketing side hold when it differs.
[[nodiscard]] std::string encode_agreed(const Agreed& agreed);
[[nodiscard]] std::optional<Agreed> decode_agreed(std::string_view json);

/// [["AccountId", "001..."]]
[[nodiscard]] std::string encode_pairs(
    const std::vector<std::pair<std::string, std::string>>& pairs);
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> decode_pairs(
    std::string_view json);

/// What one record put into the tables of references and keys: [["r", "AccountId", "001..."],
/// ["k", "Email", "a@example.com"]].
struct Indexed {
    bool is_key = false;  // else a reference
    std::string field;
    std::string value;
    auto operator<=>(const Indexed&) const = default;
};
[[nodiscard]] std::string encode_indexed(const std::vector<Indexed>& entries);
[[nodiscard]] std::optional<std::vector<Indexed>> decode_indexed(std::string_view json);

/// [["Phone", "1514764800000000", "1514764860000000", ""]]: field, after, until (microseconds),
/// "m" when a machine changed the record last; "" for no fields at all.
[[nodiscard]] std::string encode_evidence(
    const std::map<std::string, merge::Evidence, std::less<>>& changed);
[[nodiscard]] std::optional<std::map<std::string, merge::Evidence, std::less<>>> decode_evidence(
    std::string_view json);

/// [["crm.HasOptedOutOfEmail"], ["marketing.optedOut"]]
[[nodiscard]] std::string encode_flags(const std::set<std::string, std::less<>>& flags);
[[nodiscard]] std::optional<std::set<std::string, std::less<>>> decode_flags(std::string_view json);

/// [["1", "prospect", "41"]]: side, object, key; "" for none.
[[nodiscard]] std::string encode_links(const std::vector<Link>& links);
[[nodiscard]] std::optional<std::vector<Link>> decode_links(std::string_view json);

/// "create", "update", "delete".
[[nodiscard]] const char* to_text(WriteKind kind) noexcept;
[[nodiscard]] std::optional<WriteKind> write_kind(std::string_view text) noexcept;

}  // namespace duet::store
