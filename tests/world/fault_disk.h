#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mappings/seams.h"

struct sqlite3_vfs;

namespace duet::world {

/// For a store on such a disk: so little cache and so short a log that a few transactions spill,
/// checkpoint and read again.
inline constexpr const char* kTightStore = "PRAGMA cache_size = 16; PRAGMA wal_autocheckpoint = 24";

/// What SQLite asks of a disk, as far as it can go wrong.
enum class DiskCall : std::uint8_t {
    Open,
    Read,
    Write,
    Truncate,
    Sync,
    Size,
    Lock,
    SharedMemory,
    Delete,
};
inline constexpr std::size_t kDiskCalls = 9;
[[nodiscard]] const char* to_string(DiskCall call) noexcept;

/// How one of them goes wrong.
enum class DiskFault : std::uint8_t {
    Error,    // the call fails and nothing happened
    Full,     // no room (ENOSPC): a write stores the first half of its bytes
    Quota,    // as Full, but told as EDQUOT, which SQLite takes for an I/O error
    Torn,     // a write stores the first half of its bytes, then fails
    Dropped,  // a sync fails, and what it was to make durable never will be (as Linux does)
};
[[nodiscard]] const char* to_string(DiskFault fault) noexcept;

/// A disk in memory for SQLite, under a name of its own: fast, exact, and able to fail at a chosen
/// call and to lose power. One connection at a time, as the store has; several disks may be used
/// by several threads.
///
/// What is written is seen at once and durable after a sync. A power cut leaves, of what was
/// written to a file since its last sync, what the seed says: nothing, everything, a beginning, or
/// any 512-byte sectors, some of them torn. A file that was made or deleted and not synced since
/// may be there or not. Bytes outside a write never change.
class FaultDisk {
public:
    FaultDisk();
    ~FaultDisk();
    FaultDisk(const FaultDisk&) = delete;
    FaultDisk& operator=(const FaultDisk&) = delete;

    /// For sqlite3_open_v2 and store::Database::open.
    [[nodiscard]] const char* vfs() const noexcept;
    /// Makes an empty, durable file.
    void make_file(const std::string& path);
    /// The file ends there from now on, as after a power cut on a disk that lies: reads of what is
    /// beyond come short.
    void cut_file(const std::string& path, std::int64_t size);
    [[nodiscard]] std::int64_t file_bytes(const std::string& path) const;
    /// Everything becomes as it is on `other`, which nobody has open. Forgets faults and counts.
    void copy_from(const FaultDisk& other);

    /// The n-th such call from now goes wrong, counted from 1; `times`: so often in a row.
    void fails(DiskCall call, std::int64_t n, DiskFault fault, std::int64_t times = 1);
    /// No call goes wrong any more.
    void heals();
    /// Calls so far.
    [[nodiscard]] std::int64_t calls(DiskCall call) const noexcept;
    /// Calls that went wrong so far.
    [[nodiscard]] std::int64_t failed() const noexcept;
    /// Bytes that all files may have together; more is Full. 0: no limit.
    void holds_at_most(std::int64_t bytes);
    [[nodiscard]] std::int64_t bytes() const;

    /// Called before each write, truncate, sync and delete: where a power cut can fall.
    void before_each_change(std::function<void()> call);
    /// The power fails now. Whatever is open is dead from here on; what survives can be opened.
    void cut_power(Random& random);
    /// The process ends now, the machine goes on: whatever is open is dead, nothing is lost.
    void ends_process();

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace duet::world
