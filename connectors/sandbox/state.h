#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/sandbox/clock.h"
#include "connectors/sandbox/database.h"
#include "connectors/sandbox/injected.h"
#include "connectors/sandbox/options.h"
#include "connectors/sandbox/schema.h"

namespace duet::sandbox {

struct SalesforceSide;

/// A live access token, as the shared OAuth side knows it.
struct Session {
    std::string token;
    std::string user_id;  // 18 characters, "005..."
    std::string client_id;
    std::string scope;            // blank-separated; "api pardot_api refresh_token id"
    std::int64_t expires_ms = 0;  // on the sandbox's clock
};

/// What both APIs share. One thread at a time: the sandbox holds its lock round every request.
class SandboxState {
public:
    explicit SandboxState(const SandboxOptions& options);

    const SandboxOptions options;
    Database database;
    SandboxClock clock;
    Schema schema;  // Salesforce's objects; complete once the seed is loaded

    /// The session of an `Authorization: Bearer|OAuth <token>` value, its life renewed. Nothing
    /// when the header is malformed, the token unknown or its life over.
    [[nodiscard]] std::optional<Session> session(std::string_view authorization);
    [[nodiscard]] Session open_session(const std::string& user_id, const std::string& client_id);
    [[nodiscard]] std::string open_refresh_token(const std::string& user_id,
                                                 const std::string& client_id);
    void close_session(const std::string& token);
    void expire_tokens();  // every access token, at once; refresh tokens live on

    /// The stamp of a write: the clock to the second (or to `stamp_grain_ms`), never before an
    /// earlier write's of the same vendor. "2018-01-02T03:04:05.000Z"
    [[nodiscard]] std::string write_stamp();
    /// Above a second, the writes of that long share one stamp.
    std::int64_t stamp_grain_ms = 1000;
    /// Above 0, writes are stamped that far in the past, as if their transactions had been open
    /// that long: rows become visible behind a reader's cursor.
    std::int64_t stamps_behind_ms = 0;

    /// A small durable map for counters and the like. Missing: `fallback`.
    [[nodiscard]] std::string setting(std::string_view name, std::string_view fallback = "");
    void set_setting(std::string_view name, std::string_view value);

    std::shared_ptr<SalesforceSide> salesforce;  // made by prepare_salesforce

    // Calls counted against the daily limits, by API; both are set by POST /sandbox/limits.
    std::int64_t salesforce_calls = 0;
    std::int64_t pardot_calls = 0;
    std::int64_t salesforce_daily_calls;
    std::int64_t pardot_daily_calls;

    /// How far each vendor's clock is ahead of the sandbox's; below 0: behind.
    std::int64_t salesforce_skew_ms = 0;
    std::int64_t pardot_skew_ms = 0;
    /// Whose clock and stamps the request at hand uses.
    enum class Side { Salesforce, Pardot };
    void turn_to(Side side);

    /// What a fault breaks within the request at hand.
    InjectedFaults injected;

    /// When each delayed answer of Pardot's side goes out: those calls are still in work.
    std::vector<std::chrono::steady_clock::time_point> pardot_busy_until;

private:
    Side side_ = Side::Salesforce;
    std::map<Side, std::string> last_stamps_;
};

}  // namespace duet::sandbox
