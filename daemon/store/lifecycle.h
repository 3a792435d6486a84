#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/link.h"
#include "mappings/lifecycle/replay.h"
#include "mappings/result.h"

/// Where people were, and what Duet saw of them that no field tells.
namespace duet::store {

/// When a condition held, as Duet saw it.
struct LifecycleSpan {
    std::string name;
    DateTime from{};
    std::optional<DateTime> until{};  // nothing: it holds
    bool operator==(const LifecycleSpan&) const = default;
};

/// A part of the store; its rules are those of `Store`.
class LifecycleStore {
public:
    LifecycleStore() = default;
    LifecycleStore(const LifecycleStore&) = delete;
    LifecycleStore& operator=(const LifecycleStore&) = delete;
    virtual ~LifecycleStore() = default;

    /// Of one entity, by name and beginning. They go with the entity.
    virtual Result<std::vector<LifecycleSpan>> lifecycle_spans(std::string_view org,
                                                               EntityId entity) = 0;
    /// A span with the same name and beginning is replaced.
    virtual Status save_lifecycle_span(std::string_view org, EntityId entity,
                                       const LifecycleSpan& span) = 0;
    /// The entries into stages of one entity, in order. They go with the entity.
    virtual Result<std::vector<lifecycle::Row>> lifecycle_rows(std::string_view org,
                                                               EntityId entity) = 0;
    /// These take the place of all that the entity had.
    virtual Status save_lifecycle_rows(std::string_view org, EntityId entity,
                                       std::span<const lifecycle::Row> rows) = 0;
    /// Calls `visit` for each entity that has rows, by id; stops when it returns false.
    virtual Status each_lifecycle(
        std::string_view org,
        const std::function<bool(EntityId, const std::vector<lifecycle::Row>&)>& visit) = 0;
};

}  // namespace duet::store
