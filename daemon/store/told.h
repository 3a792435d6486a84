#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/link.h"
#include "mappings/result.h"

/// Figures that Duet told of accounts, people and deals, kept so that what came can be compared
/// with what was told, and one month with another.
namespace duet::store {

/// From that day on it was told, until the next row of the same entity and figure.
struct Told {
    EntityId entity = 0;
    std::string figure;    // "win_probability", "rfm"
    std::int64_t day = 0;  // days since 1970-01-01 in the business time zone
    std::string value;     // "0.36", "544 Potential Loyalist"; empty: nothing was told any more
    bool operator==(const Told&) const = default;
};

/// A part of the store; its rules are those of `Store`.
class ToldStore {
public:
    ToldStore() = default;
    ToldStore(const ToldStore&) = delete;
    ToldStore& operator=(const ToldStore&) = delete;
    virtual ~ToldStore() = default;

    /// Of one entity and figure, by day; of an empty `figure` all of them. They go with the entity.
    virtual Result<std::vector<Told>> told_of(std::string_view org, EntityId entity,
                                              std::string_view figure) = 0;
    /// A row of the same entity, figure and day is replaced.
    virtual Status save_told(std::string_view org, const Told& row) = 0;
    /// Calls `visit` for each row of the figure, by entity and day; stops when it returns false.
    virtual Status each_told(std::string_view org, std::string_view figure,
                             const std::function<bool(const Told&)>& visit) = 0;
};

}  // namespace duet::store
