#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/store/store.h"

namespace duet::sync {

/// For each row that a cycle pulled the entities it may change: what became of them is what
/// became of the row. Some 20 bytes a row, as a first load has millions of them.
class PulledRows {
public:
    /// `backfill`: of an object's first load.
    void add(std::span<const store::EntityId> entities, bool backfill);

    /// Adds every row to the count of its class in `counts`, by the stored state of its entities.
    /// `first_load_waits`: rows of a first load are waiting, whatever else is known of them.
    /// `written`: gets those that are in state "written".
    Status count(store::Store& store, const std::string& org, bool first_load_waits,
                 store::CycleRow& counts, std::set<store::EntityId>& written) const;

private:
    std::vector<store::EntityId> entities_;  // of all rows, one row after the other
    struct Row {
        std::size_t end;  // in entities_
        bool backfill;
    };
    std::vector<Row> rows_;
};

}  // namespace duet::sync
