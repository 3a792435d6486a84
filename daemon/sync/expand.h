#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/org.h"

namespace duet::sync {

/// Turns changed rows into dirty entities: a record's own, and those that depend on it through
/// parents, rollups, touches, memberships and rates of currencies. One per cycle; call inside a
/// transaction.
class Expander {
public:
    explicit Expander(Org& org) : org_(org) {}

    /// The entities that this row may change, each once, marked dirty. The row's own was settled
    /// before.
    Result<std::vector<store::EntityId>> expand(const store::ChangedRow& row);

private:
    using Entities = std::vector<store::EntityId>;
    Status expand_list(const store::ChangedRow& row);
    Status expand_model(const store::ChangedRow& row);
    Status expand_rate(const store::ChangedRow& row);
    Status mark_all(const document::EntityDocument& entity, std::string_view cause);
    Status follow(const Route& route, std::size_t hop, Side side, const RecordId& from,
                  Entities& found);
    Status follow_up(const Route& route, std::size_t hop, Side side, const RecordId& from,
                     Entities& found);
    Status follow_link(const Route& route, std::size_t hop, Side side, const RecordId& from,
                       Entities& found);
    /// Same, remembered: many children lead to one parent. `hop` onward from `from`.
    Status follow_once(const Route& route, std::size_t hop, Side side, const RecordId& from,
                       Entities& found);

    Org& org_;
    std::map<std::tuple<const Hop*, Side, RecordId>, Entities> followed_;
    bool rates_are_marked_ = false;
};

}  // namespace duet::sync
