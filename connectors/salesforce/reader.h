#pragma once

#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/salesforce/api.h"
#include "connectors/salesforce/config.h"
#include "connectors/salesforce/position.h"
#include "connectors/salesforce/soql.h"
#include "connectors/window.h"

namespace duet::salesforce {

/// Reads changes and records of described objects. One thread.
///
/// History of an object with many rows comes from a bulk query job, in the vendor's order; all
/// else by REST in the order of (stamp, Id), where a page begins behind the last row of the page
/// before it. Each pass begins an overlap before the newest stamp seen, because rows become
/// visible after rows with later stamps.
class Reader {
public:
    Reader(Api& api, const Config& config, const Clock& clock)
        : api_(api), config_(config), clock_(clock) {}

    Result<ChangePage> changes(const Plan& plan, const Cursor& from, std::size_t limit,
                               std::stop_token stop);
    Result<std::vector<Change>> read(const Plan& plan, std::span<const std::string> keys,
                                     std::stop_token stop);
    Result<std::vector<Record>> find(const Plan& plan, const FieldInfo& field,
                                     std::string_view value, std::stop_token stop);

private:
    using Steady = std::chrono::steady_clock::time_point;

    // reader.cpp
    Result<ChangePage> read_page(const Plan& plan, Position position, std::size_t limit,
                                 std::stop_token stop);
    struct Found {
        std::vector<Fields> rows;
        bool keys_only = false;  // the list of columns made the address too long
    };
    Result<Found> query(const Plan& plan, std::string_view resource, std::string_view rest,
                        std::size_t rows_max, std::stop_token stop);
    Result<Found> query_pages(const Plan& plan, std::string_view path, std::size_t rows_max,
                              std::stop_token stop);
    Status complete(const Plan& plan, Found& found, std::stop_token stop);
    Result<std::vector<std::optional<Fields>>> retrieve(const Plan& plan,
                                                        std::span<const std::string> keys,
                                                        std::stop_token stop);
    std::size_t page_rows(const std::string& object, std::size_t limit) const;

    // bulk.cpp
    Result<ChangePage> begin(const Plan& plan, std::size_t limit, std::stop_token stop);
    Result<ChangePage> begin_job(const Plan& plan, std::size_t limit, std::stop_token stop);
    Result<ChangePage> job_page(const Plan& plan, Position position, std::size_t limit,
                                std::stop_token stop);
    Result<ChangePage> wait_for_job(const Position& position, std::stop_token stop);
    Result<ChangePage> result_page(const Plan& plan, Position position, std::size_t total,
                                   std::size_t limit, std::stop_token stop);
    Result<std::size_t> count_rows(const Plan& plan, std::stop_token stop);
    Error give_up(const std::string& job, std::string code, std::string message);

    Api& api_;
    const Config& config_;
    const Clock& clock_;
    Settling settling_;
    std::map<std::string, Steady> pass_began_;         // by object: the pass that is under way
    std::map<std::string, std::size_t> rows_at_once_;  // by object: smaller after a time-out
    std::set<std::string> given_up_;  // jobs whose failure was reported: the next call starts anew
};

}  // namespace duet::salesforce
