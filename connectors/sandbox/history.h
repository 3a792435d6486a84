#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

struct sqlite3;

namespace duet::sandbox {

/// What requests wrote, each as a change set of SQLite's session extension, so that a later one
/// can be answered from the rows of an earlier time. Records from start() on, the last
/// `kChangesMax` writes. Used under the sandbox's lock.
class History {
public:
    explicit History(sqlite3* database);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    void start();
    [[nodiscard]] bool recording() const noexcept;
    /// Keeps what was written since the last call as written at `now_ms`.
    void keep(std::int64_t now_ms);
    /// Takes the rows of both APIs back to `time_ms` within the transaction at hand, whose owner
    /// rolls it back. Tokens, counters and settings stay.
    void go_back(std::int64_t time_ms);

private:
    static constexpr std::size_t kChangesMax = 10'000;
    struct Session;
    struct Change {
        std::int64_t at_ms;
        std::vector<char> changes;
    };
    sqlite3* database_;
    std::unique_ptr<Session> session_;
    std::deque<Change> changes_;
};

}  // namespace duet::sandbox
