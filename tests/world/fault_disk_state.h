#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/world/fault_disk.h"

namespace duet::world {

using Bytes = std::vector<unsigned char>;

/// One change of a file since its last sync.
struct UnsyncedChange {
    bool is_truncate = false;
    std::size_t offset = 0;  // of a truncate: the new size
    Bytes bytes{};
};

/// The content of a file, apart from its name.
struct Inode {
    Bytes now;
    Bytes durable;
    std::vector<UnsyncedChange> unsynced;

    void write(std::size_t offset, const unsigned char* data, std::size_t size);
    void truncate(std::size_t size);
    void sync();
    /// What a power cut leaves of it.
    [[nodiscard]] Bytes survivor(Random& random) const;
};

/// The index of the log of an open database. Whoever opened it keeps it, alive or dead.
using SharedMemory = std::vector<std::unique_ptr<Bytes>>;

/// A name and what it stands for, now and after a power cut; null: no such file.
struct Entry {
    std::shared_ptr<Inode> now;
    std::shared_ptr<Inode> durable;
    std::shared_ptr<SharedMemory> shared_memory;
};

struct PlannedFault {
    std::int64_t calls_left = 0;  // 0: none
    std::int64_t times = 0;
    DiskFault fault = DiskFault::Error;
};

struct FaultDisk::State {
    std::string name;
    std::unique_ptr<sqlite3_vfs> vfs;
    std::map<std::string, Entry, std::less<>> entries;
    std::array<std::int64_t, kDiskCalls> calls{};
    std::array<PlannedFault, kDiskCalls> faults{};
    std::function<void()> before_change;
    std::int64_t failed = 0;
    std::int64_t capacity = 0;
    int generation = 1;  // what was opened in an earlier one is dead
    int last_error = 0;  // errno of the last call that went wrong

    /// Counts the call; the fault that it meets, or null.
    const DiskFault* meet(DiskCall call);
    /// Every name stands for what it stands for now, after a power cut too.
    void sync_folder();
    [[nodiscard]] std::int64_t bytes() const;
};

}  // namespace duet::world
