#include "daemon/sync/brake.h"

#include <algorithm>

namespace duet::sync {

namespace {

/// The brake kinds of a write; taking somebody off a list is no deletion of a record.
std::vector<std::string> kinds_of(const PlannedWrite& write) {
    std::vector<std::string> kinds = write.kinds;
    if (write.in_flight.write.kind == WriteKind::Delete && write.list.empty())
        kinds.emplace_back("delete");
    return kinds;
}

}  // namespace

std::vector<store::Held> find_held(const std::map<std::string, std::int64_t>& counts,
                                   const std::map<std::string, BrakeLimit>& limits,
                                   std::int64_t population) {
    std::vector<store::Held> held;
    for (const auto& [kind, count] : counts) {
        const auto limit = limits.find(kind);
        if (limit == limits.end()) continue;
        const auto by_share =
            static_cast<std::int64_t>(limit->second.share * static_cast<double>(population));
        const std::int64_t allowed = std::max(limit->second.count, by_share);
        if (count <= allowed) continue;
        store::Held row;
        row.kind = kind;
        row.count = count;
        row.limit = allowed;
        held.push_back(std::move(row));
    }
    return held;
}

void count_kinds(const std::vector<PlannedWrite>& writes,
                 std::map<std::string, std::int64_t>& counts) {
    for (const PlannedWrite& write : writes) {
        for (const std::string& kind : kinds_of(write)) ++counts[kind];
    }
}

bool is_held(const PlannedWrite& write, const std::vector<store::Held>& held) {
    const auto kinds = kinds_of(write);
    return std::any_of(held.begin(), held.end(), [&](const store::Held& row) {
        return !row.released && std::find(kinds.begin(), kinds.end(), row.kind) != kinds.end();
    });
}

}  // namespace duet::sync
