#pragma once

#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "connectors/csv/catalog.h"
#include "connectors/csv/config.h"
#include "mappings/seams.h"

namespace duet::csv {

/// Writes rows. All writes of one call become one replacement of the file, so they are done
/// together or not at all; those that the table refuses are left out. When another program changed
/// the file meanwhile, its new content is read and the writes are applied to that. One thread.
class Writer {
public:
    Writer(const Config& config, const Clock& clock) : config_(config), clock_(clock) {}

    /// `batch` is of `object` alone. One outcome per write.
    std::vector<Result<Written>> write(std::span<const Write* const> batch,
                                       const ObjectFile& object, std::stop_token stop);

private:
    /// One try; empty when another program was faster.
    Result<std::vector<Result<Written>>> attempt(std::span<const Write* const> batch,
                                                 const ObjectFile& object);

    const Config& config_;
    const Clock& clock_;
};

}  // namespace duet::csv
