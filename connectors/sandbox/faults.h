#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// Which request a fault is for. An empty member fits any; none fits /sandbox.
struct FaultTarget {
    std::string path;       // a part of it; with '*' a pattern of the whole
    std::string method;     // "PATCH"
    std::string operation;  // as operation_of() names it; '*' stands for any text
    std::string query;      // a part of the query, decoded
    std::string holds;      // a part of the body
};

/// One thing that the sandbox breaks on purpose. README.md shows each with an example.
struct Fault {
    std::int64_t id = 0;
    FaultTarget target;
    int skip = 0;            // matching requests let through first
    int times = 1;           // how often still; 0: until it is taken away
    double probability = 1;  // of each matching request, drawn from `random`
    std::mt19937_64 random{1};
    std::int64_t hits = 0;

    // Before the work.
    bool expire_tokens = false;
    bool expire_cursors = false;
    bool drop_before = false;  // close the connection, nothing done

    // Instead of the work: an answer of its own, or an error in the vendor's words.
    int status = 0;  // 0: do the work
    std::string body{};
    std::string content_type = "application/json;charset=UTF-8";
    Headers headers{};
    std::string error{};  // "UNABLE_TO_LOCK_ROW", "122", "502"; of rows where rows are named

    // In the work.
    InjectedFaults in_work{};
    bool twice = false;               // the request arrives a second time
    std::int64_t stale_seconds = -1;  // the answer is that of so long ago; below 0: of now

    // After the work.
    std::chrono::milliseconds delay{};
    bool drop_after = false;            // close the connection, no byte of the answer is sent
    std::optional<std::size_t> cut_at;  // close it after that many bytes of the answer
    bool hang = false;                  // keep it open and never answer
};

/// The waiting faults, in the order of being asked for. Live in the process only.
class Faults {
public:
    /// Takes a fault as the control API writes it; what is wrong with it otherwise.
    [[nodiscard]] std::variant<std::int64_t, std::string> add(const nlohmann::json& order);
    /// False: no such fault.
    bool remove(std::int64_t id);
    void clear() { waiting_.clear(); }
    [[nodiscard]] nlohmann::json list() const;
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

    /// The first fault due for this request, counted down, or nothing.
    [[nodiscard]] std::optional<Fault> due(const ApiRequest& request);

private:
    std::vector<Fault> waiting_;
    std::int64_t last_id_ = 0;
};

/// The vendor's own answer for an error, in the form of the API that was asked: a Salesforce
/// code, a Pardot number, or an HTTP status such as "502", which a gateway answers with a page
/// of HTML. Nothing: no such error.
[[nodiscard]] std::optional<ApiResponse> vendor_error(const ApiRequest& request,
                                                      const std::string& error);
/// The words of a Salesforce code; "" when the table has none.
[[nodiscard]] std::string words_of(const std::string& code);

/// "salesforce.collections.update", "pardot.prospects.query", "token"; README.md has them all.
[[nodiscard]] std::string operation_of(const ApiRequest& request);

/// '*' in `pattern` stands for any text, the rest for itself.
[[nodiscard]] bool fits_pattern(std::string_view text, std::string_view pattern) noexcept;

}  // namespace duet::sandbox
