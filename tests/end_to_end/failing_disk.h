#pragma once

#include <atomic>
#include <cstdint>

/// A file that the test and a process under failing_disk.cpp map both: it counts what the process
/// asks of the disk for its state file, and lets one call fail with EIO.
namespace duet::world {

inline constexpr const char* kFailingDiskVariable = "DUET_TEST_FAILING_DISK";  // path of that file
inline constexpr const char* kFailingDiskFile = "/duet.db";  // in a path: the state and its log

enum class DiskWork : std::uint8_t { Write, Sync };

struct FailingDisk {
    struct Counter {
        std::atomic<std::int64_t> calls;    // of every process so far
        std::atomic<std::int64_t> fail_at;  // the call of that number fails, as `calls` counts
        std::atomic<std::int64_t> failed;   // calls that failed
    };
    Counter writes;
    Counter syncs;

    [[nodiscard]] Counter& of(DiskWork work) { return work == DiskWork::Write ? writes : syncs; }
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "two processes share them");

}  // namespace duet::world
