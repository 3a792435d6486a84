#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sandbox/database.h"

namespace duet::sandbox {

/// Where a chain of pages stands: all that the first request asked, and the sort values of the
/// last row given. Paging is by key, so rows written meanwhile neither repeat nor hide others.
struct PardotPage {
    std::string order_by = "id ASC";
    std::map<std::string, std::string> filters;  // as the client wrote them
    std::int64_t limit = 200;
    std::string deleted = "false";
    std::int64_t page = 1;
    std::int64_t rows_before = 0;            // given by the pages before
    std::int64_t expires_seconds = 0;        // since 1970
    std::map<std::string, SqlValue> resume;  // by sort field; empty on the first page
};

/// Base64 of JSON with the keys orderBy, filters, limit, resumeValue, page, recCount, expireTime
/// and deleted.
[[nodiscard]] std::string encode_token(const PardotPage& page);
[[nodiscard]] std::optional<PardotPage> decode_token(std::string_view token);

}  // namespace duet::sandbox
