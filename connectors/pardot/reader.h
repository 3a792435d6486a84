#pragma once

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/pardot/api.h"
#include "connectors/pardot/catalog.h"
#include "connectors/pardot/config.h"
#include "connectors/pardot/position.h"
#include "connectors/rows.h"
#include "connectors/window.h"

namespace duet::pardot {

/// What is asked of one object, and which columns of it we asked for only for ourselves.
struct Plan {
    const ObjectFacts* facts = nullptr;
    std::vector<Column> columns;      // by name; id, stamp and deletion mark are among them
    std::vector<Column> whole;        // and those that only a read by id gives
    std::vector<std::string> hidden;  // columns that are no field of the Record
};

/// id, stamp, deletion mark and every reference, then the fields of `what` that exist. Fields
/// that a query refuses are in `whole` only.
[[nodiscard]] Plan plan_for(const ObjectInfo& object, const ObjectFacts& facts,
                            const Selection& what);

/// Reads changes and records. One thread.
///
/// History is read by id. Changes are read in the order of updatedAt by chains of page tokens;
/// a chain is left below the vendor's cap and a new one begun at the last stamp. Rows that never
/// change (visitor activities) are read by id from a time of creation on. Each pass begins an
/// overlap before the newest stamp seen, because reads may come from a cache.
class Reader {
public:
    Reader(Api& api, const Config& config, const Clock& clock)
        : api_(api), config_(config), clock_(clock) {}

    Result<ChangePage> changes(const Plan& plan, const Cursor& from, std::size_t limit,
                               std::stop_token stop);
    Result<std::vector<Change>> read(const Plan& plan, std::span<const std::string> keys,
                                     std::stop_token stop);
    Result<std::vector<Record>> find(const Plan& plan, std::string_view field,
                                     std::string_view value, std::stop_token stop);
    /// The membership of that pair; nothing when there is none.
    Result<std::optional<Record>> find_membership(std::string_view list, std::string_view prospect,
                                                  std::stop_token stop);

private:
    using Steady = std::chrono::steady_clock::time_point;
    struct Page {
        std::vector<Fields> rows;
        std::string next;
        bool capped = false;  // the vendor says that the chain ended at its cap
    };

    Result<Page> query(const Plan& plan, std::string_view parameters, std::stop_token stop);
    Result<Page> query_chain(const Plan& plan, Position& position, std::size_t rows,
                             std::stop_token stop);
    Status begin_history(const Plan& plan, Position& position, std::stop_token stop);
    Result<ChangePage> history_page(const Plan& plan, Position position, std::size_t rows,
                                    std::stop_token stop);
    Result<ChangePage> chain_page(const Plan& plan, Position position, std::size_t rows,
                                  std::stop_token stop);
    Result<ChangePage> ties_page(const Plan& plan, Position position, std::size_t rows,
                                 std::stop_token stop);
    Result<ChangePage> creation_page(const Plan& plan, Position position, std::size_t rows,
                                     std::stop_token stop);
    void end_pass(const Plan& plan, Position& position);
    [[nodiscard]] std::chrono::seconds overlap() const {
        return config_.overlap + config_.read_lag;
    }

    Api& api_;
    const Config& config_;
    const Clock& clock_;
    Settling settling_;
    std::map<std::string, Steady, std::less<>> pass_began_;  // by object
};

}  // namespace duet::pardot
