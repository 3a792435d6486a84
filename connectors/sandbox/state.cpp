#include "connectors/sandbox/state.h"

#include <array>
#include <chrono>
#include <stdexcept>

#include <openssl/rand.h>

#include "connectors/sandbox/http_message.h"

namespace duet::sandbox {

namespace {

std::int64_t start_of(const SandboxOptions& options) {
    if (options.clock_start.empty()) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    std::string start = options.clock_start;
    if (start.size() == 10) start += "T00:00:00Z";
    const std::int64_t ms = ms_from_iso(start);
    if (ms < 0) throw std::runtime_error("clock start is not an ISO 8601 instant: " + start);
    return ms;
}

std::string random_text(std::size_t characters) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
    std::array<unsigned char, 128> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(characters)) != 1) {
        throw std::runtime_error("no random bytes");
    }
    std::string out;
    for (std::size_t i = 0; i < characters; ++i) out += kAlphabet[bytes[i] % kAlphabet.size()];
    return out;
}

}  // namespace

SandboxState::SandboxState(const SandboxOptions& given)
    : options(given),
      database(given.database_path),
      clock(start_of(given), given.clock_running),
      salesforce_daily_calls(given.salesforce_daily_calls),
      pardot_daily_calls(given.pardot_daily_calls) {
    database.exec(
        "CREATE TABLE IF NOT EXISTS sandbox_setting(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
        "CREATE TABLE IF NOT EXISTS sandbox_token(token TEXT PRIMARY KEY, user_id TEXT NOT NULL,"
        " client_id TEXT NOT NULL, scope TEXT NOT NULL, refresh INTEGER NOT NULL,"
        " expires_ms INTEGER NOT NULL);");
}

std::optional<Session> SandboxState::session(std::string_view authorization) {
    const std::size_t blank = authorization.find(' ');
    const std::string_view scheme = authorization.substr(0, blank);
    if (blank == std::string_view::npos ||
        !(equal_without_case(scheme, "Bearer") || equal_without_case(scheme, "OAuth"))) {
        return std::nullopt;
    }
    const std::string_view token = authorization.substr(blank + 1);
    auto row = database.prepare(
        "SELECT user_id, client_id, scope, expires_ms FROM sandbox_token"
        " WHERE token=?1 AND refresh=0");
    row.bind(1, token);
    if (!row.step()) return std::nullopt;
    const std::int64_t now = clock.now_ms();
    if (row.integer(3) <= now) return std::nullopt;
    Session session{std::string(token), std::string(row.text(0)), std::string(row.text(1)),
                    std::string(row.text(2)), row.integer(3)};
    const std::int64_t expires = now + options.token_life.count() * 1000;
    // Once a minute is enough to keep a token in use alive.
    if (expires - session.expires_ms > 60'000) {
        database.prepare("UPDATE sandbox_token SET expires_ms=?1 WHERE token=?2")
            .bind(1, expires)
            .bind(2, token)
            .run();
        session.expires_ms = expires;
    }
    return session;
}

Session SandboxState::open_session(const std::string& user_id, const std::string& client_id) {
    const std::string org = setting("organization_id", "00DSB00000043212AA");
    Session session;
    session.token = org.substr(0, 15) + "!AQ" + random_text(90);
    session.user_id = user_id;
    session.client_id = client_id;
    session.scope = "api pardot_api refresh_token id openid";
    session.expires_ms = clock.now_ms() + options.token_life.count() * 1000;
    database.prepare("INSERT INTO sandbox_token VALUES(?1,?2,?3,?4,0,?5)")
        .bind(1, session.token)
        .bind(2, user_id)
        .bind(3, client_id)
        .bind(4, session.scope)
        .bind(5, session.expires_ms)
        .run();
    return session;
}

std::string SandboxState::open_refresh_token(const std::string& user_id,
                                             const std::string& client_id) {
    std::string token = "5Aep861" + random_text(80);
    database.prepare("INSERT INTO sandbox_token VALUES(?1,?2,?3,'',1,0)")
        .bind(1, token)
        .bind(2, user_id)
        .bind(3, client_id)
        .run();
    return token;
}

void SandboxState::close_session(const std::string& token) {
    database.prepare("DELETE FROM sandbox_token WHERE refresh=0 AND token=?1").bind(1, token).run();
}

void SandboxState::expire_tokens() {
    database.prepare("DELETE FROM sandbox_token WHERE refresh=0").run();
}

void SandboxState::turn_to(Side side) {
    side_ = side;
    clock.skew(side == Side::Pardot ? pardot_skew_ms : salesforce_skew_ms);
}

std::string SandboxState::write_stamp() {
    const std::int64_t behind_ms = stamps_behind_ms + injected.stamp_behind_ms;
    const std::int64_t now_ms = clock.now_ms() - behind_ms;
    std::string now = iso_from_ms(now_ms / stamp_grain_ms * stamp_grain_ms);
    if (behind_ms > 0) return now;
    const char* name = side_ == Side::Pardot ? "last_stamp.pardot" : "last_stamp";
    std::string& last = last_stamps_[side_];
    if (last.empty()) last = setting(name);
    if (now > last) {
        last = std::move(now);
        set_setting(name, last);
    }
    return last;
}

std::string SandboxState::setting(std::string_view name, std::string_view fallback) {
    auto row = database.prepare("SELECT value FROM sandbox_setting WHERE name=?1");
    row.bind(1, name);
    return std::string(row.step() ? row.text(0) : fallback);
}

void SandboxState::set_setting(std::string_view name, std::string_view value) {
    database
        .prepare(
            "INSERT INTO sandbox_setting VALUES(?1,?2)"
            " ON CONFLICT(name) DO UPDATE SET value=excluded.value")
        .bind(1, name)
        .bind(2, value)
        .run();
}

}  // namespace duet::sandbox
