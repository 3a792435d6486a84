#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/link.h"
#include "mappings/result.h"
#include "mappings/side.h"

/// Reading for many at once what is otherwise asked about each: whoever decides everybody would ask
/// some thirty times a person.
namespace duet::store {

struct EntityRows;
struct SeenRow;

/// A part of the store; its rules are those of `Store`. Each call costs what its answer costs,
/// however large the org is.
class BatchStore {
public:
    BatchStore() = default;
    BatchStore(const BatchStore&) = delete;
    BatchStore& operator=(const BatchStore&) = delete;
    virtual ~BatchStore() = default;

    /// What is kept of these entities, one for each that exists; `ids` rise.
    virtual Result<std::vector<EntityRows>> rows_of(std::string_view org,
                                                    std::span<const EntityId> ids) = 0;
    /// Those of the records that were seen, in any order; `keys` names each once.
    virtual Result<std::vector<SeenRow>> seen_of(std::string_view org, Side side,
                                                 std::string_view object,
                                                 std::span<const std::string> keys) = 0;
    /// What `referring` says of each target, in their order; `targets` names each once.
    virtual Result<std::vector<std::vector<std::string>>> referring_of(
        std::string_view org, Side side, std::string_view object, std::string_view field,
        std::span<const std::string> targets) = 0;
};

}  // namespace duet::store
