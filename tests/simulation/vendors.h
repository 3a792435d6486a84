#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "connectors/connector.h"
#include "daemon/sync/model.h"
#include "mappings/seams.h"
#include "tests/world/watched_side.h"

namespace duet::simulation {

/// The two vendors of a seeded world, and the way to them.
class Vendors {
public:
    Vendors() = default;
    Vendors(const Vendors&) = delete;
    Vendors& operator=(const Vendors&) = delete;
    virtual ~Vendors() = default;

    [[nodiscard]] virtual world::WatchedSide& side(Side which) = 0;
    /// As the process at hand reaches it.
    [[nodiscard]] virtual Connector& connector(Side which) = 0;
    /// The rules of documents.h, as these vendors' catalogs let them be written.
    [[nodiscard]] virtual const sync::Model& model(int rule_set) = 0;
    /// A new process: what connectors knew is forgotten.
    virtual void restart() = 0;
};

/// The seed says what kind of vendors they are. The clock outlives them.
using MakeVendors = std::function<std::unique_ptr<Vendors>(std::uint64_t seed, const Clock& clock)>;

/// Two vendors in memory.
[[nodiscard]] std::unique_ptr<Vendors> make_doubles(std::uint64_t seed, const Clock& clock);

}  // namespace duet::simulation
