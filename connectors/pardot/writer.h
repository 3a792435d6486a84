#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/pardot/api.h"
#include "connectors/pardot/catalog.h"
#include "connectors/pardot/reader.h"

namespace duet::pardot {

/// Writes one record per call; v5 has no batch that answers at once. Each record has an outcome of
/// its own: an unknown one does not stop the rest, a used-up allowance or a refused sign-in does.
/// One thread.
///
/// A prospect keyed by its address is created by upsertLatestByEmail, which finds the prospect
/// again when it is repeated, and writes over whoever holds the address; the caller looks first.
class Writer {
public:
    Writer(Api& api, Reader& reader) : api_(api), reader_(reader) {}

    /// `object` describes the object of every write of `batch`.
    std::vector<Result<Written>> write(std::span<const Write> batch, const ObjectInfo& object,
                                       std::stop_token stop);

private:
    Result<Written> one(const Write& write, const ObjectFacts& facts, const ObjectInfo& object,
                        std::stop_token stop);
    Result<Written> create(const Write& write, const ObjectFacts& facts, const ObjectInfo& object,
                           std::stop_token stop);
    Result<Written> upsert_by_email(const Write& write, const ObjectInfo& object,
                                    std::stop_token stop);
    Result<Written> existing_membership(const Write& write, std::stop_token stop);
    Result<Written> update(const Write& write, const ObjectFacts& facts, const ObjectInfo& object,
                           std::stop_token stop);
    Result<Written> remove(const Write& write, const ObjectFacts& facts, std::stop_token stop);

    Api& api_;
    Reader& reader_;
};

}  // namespace duet::pardot
