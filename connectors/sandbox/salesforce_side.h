#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/sandbox/salesforce_rows.h"

namespace duet::sandbox {

/// A query's rows, each already JSON, as they were when it was asked: pages can be read again.
struct Cursor {
    std::string version;  // "66.0"
    std::string path;     // "query" or "queryAll"
    std::size_t batch_size = 2000;
    std::int64_t made_ms = 0;
    std::vector<std::string> rows;
    std::size_t bytes = 0;
};

/// A Bulk API 2.0 job. Work is done at once when a job becomes UploadComplete; the state that
/// clients poll follows a step behind.
struct BulkJob {
    std::string id, operation, object, state, created, changed, user_id, version;
    std::string external_id_field, delimiter = "COMMA", line_ending = "LF", error;
    bool query = false;
    std::string fate;  // what a fault has it come to: "Failed", "Aborted", "InProgress"
    std::size_t processed = 0, failed = 0;
    std::string input;                              // ingest: the CSV as uploaded
    std::string header;                             // query: header line of the results
    std::vector<std::string> rows;                  // query: result lines
    std::string successful, failures, unprocessed;  // ingest: result files
};

/// What the Salesforce side keeps in memory: lost, as at the vendor's after days, at a restart.
struct SalesforceSide {
    std::unordered_map<std::string, std::unique_ptr<Table>> tables;  // by object name
    std::map<std::string, Cursor> cursors;
    std::map<std::string, BulkJob> jobs;
    std::set<std::string> assertions_used;  // `jti` values
    std::map<std::string, std::string> describes;
};

}  // namespace duet::sandbox
