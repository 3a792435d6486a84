#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "connectors/connector.h"
#include "connectors/salesforce/api.h"

namespace duet::salesforce {

// 200: sObject collections limit, REST guide, read 2026-08.
inline constexpr std::size_t kRecordsPerCall = 200;

/// Writes records through the collections resource, up to 200 in one call, each with an outcome
/// of its own. One thread.
///
/// Creates with a key field are upserts by that external id, so a repeated call makes no second
/// record; creates without one, and those whose key field refers to another record, are sent by
/// POST, which no layer below repeats.
class Writer {
public:
    /// Describes an object, so that values can be spelled as its fields take them.
    using Describe =
        std::function<Result<const ObjectInfo*>(std::string_view object, std::stop_token stop)>;

    Writer(Api& api, Describe describe) : api_(api), describe_(std::move(describe)) {}

    Result<std::vector<Result<Written>>> write(std::span<const Write> batch, std::stop_token stop);

private:
    using Outcomes = std::vector<Result<Written>>;

    Result<Outcomes> send(std::span<const Write> call, const ObjectInfo& object,
                          std::stop_token stop);
    Result<Outcomes> send_halves(std::span<const Write> call, const ObjectInfo& object,
                                 std::stop_token stop);

    Api& api_;
    Describe describe_;
};

}  // namespace duet::salesforce
