#include "tests/world/fault_disk.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sqlite3.h>

#include "tests/world/fault_disk_state.h"

namespace duet::world {
namespace {

constexpr std::size_t kSector = 512;

std::size_t below(Random& random, std::size_t count) {
    return static_cast<std::size_t>(random.next() % count);
}

void put(Bytes& bytes, std::size_t offset, const unsigned char* data, std::size_t size) {
    if (bytes.size() < offset + size) bytes.resize(offset + size);
    std::copy_n(data, size, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// How a disk treats what was written since the last sync, in one power cut.
enum class Loss : std::uint8_t { All, None, Tail, Sectors };

void put_some_sectors(Bytes& bytes, const UnsyncedChange& change, Random& random) {
    std::size_t from = 0;
    while (from < change.bytes.size()) {
        const std::size_t end =
            std::min(change.bytes.size(), from + kSector - (change.offset + from) % kSector);
        const std::size_t luck = below(random, 8);
        std::size_t size = luck < 4 ? end - from : 0;
        if (luck == 4) size = below(random, end - from + 1);  // torn
        if (size > 0) put(bytes, change.offset + from, change.bytes.data() + from, size);
        from = end;
    }
}

}  // namespace

const char* to_string(DiskCall call) noexcept {
    constexpr const char* kNames[kDiskCalls] = {"open", "read", "write",         "truncate", "sync",
                                                "size", "lock", "shared memory", "delete"};
    return kNames[static_cast<std::size_t>(call)];
}

const char* to_string(DiskFault fault) noexcept {
    constexpr const char* kNames[] = {"error", "full", "quota", "torn", "dropped"};
    return kNames[static_cast<std::size_t>(fault)];
}

void Inode::write(std::size_t offset, const unsigned char* data, std::size_t size) {
    put(now, offset, data, size);
    unsynced.push_back({false, offset, Bytes(data, data + size)});
}

void Inode::truncate(std::size_t size) {
    now.resize(size);
    unsynced.push_back({true, size, {}});
}

void Inode::sync() {
    for (const UnsyncedChange& change : unsynced) {
        if (change.is_truncate) {
            durable.resize(change.offset);
        } else {
            put(durable, change.offset, change.bytes.data(), change.bytes.size());
        }
    }
    unsynced.clear();
}

Bytes Inode::survivor(Random& random) const {
    const auto loss = static_cast<Loss>(below(random, 4));
    if (loss == Loss::All) return durable;
    Bytes left = durable;
    std::size_t kept = unsynced.size();
    if (loss == Loss::Tail && kept > 0) kept = below(random, kept + 1);
    for (std::size_t i = 0; i < kept; ++i) {
        const UnsyncedChange& change = unsynced[i];
        const bool whole = loss != Loss::Sectors;
        if (change.is_truncate) {
            if (whole || below(random, 2) == 0) left.resize(change.offset);
        } else if (whole) {
            put(left, change.offset, change.bytes.data(), change.bytes.size());
        } else {
            put_some_sectors(left, change, random);
        }
    }
    if (loss == Loss::Tail && kept < unsynced.size() && !unsynced[kept].is_truncate)
        put_some_sectors(left, unsynced[kept], random);
    return left;
}

const DiskFault* FaultDisk::State::meet(DiskCall call) {
    const auto which = static_cast<std::size_t>(call);
    ++calls[which];
    PlannedFault& planned = faults[which];
    if (planned.calls_left == 0) return nullptr;
    if (planned.calls_left > 1) {
        --planned.calls_left;
        return nullptr;
    }
    if (--planned.times == 0) planned.calls_left = 0;
    ++failed;
    const bool full = planned.fault == DiskFault::Full;
    last_error = full ? ENOSPC : planned.fault == DiskFault::Quota ? EDQUOT : EIO;
    errno = last_error;
    return &planned.fault;
}

void FaultDisk::State::sync_folder() {
    for (auto& [path, entry] : entries) entry.durable = entry.now;
}

std::int64_t FaultDisk::State::bytes() const {
    std::size_t all = 0;
    for (const auto& [path, entry] : entries) {
        if (entry.now) all += entry.now->now.size();
    }
    return static_cast<std::int64_t>(all);
}

void FaultDisk::make_file(const std::string& path) {
    Entry& entry = state_->entries[path];
    entry.now = entry.durable = std::make_shared<Inode>();
}

void FaultDisk::cut_file(const std::string& path, std::int64_t size) {
    Inode& inode = *state_->entries.at(path).now;
    inode.truncate(static_cast<std::size_t>(size));
    inode.sync();
}

std::int64_t FaultDisk::file_bytes(const std::string& path) const {
    const auto found = state_->entries.find(path);
    const bool exists = found != state_->entries.end() && found->second.now;
    return exists ? static_cast<std::int64_t>(found->second.now->now.size()) : 0;
}

void FaultDisk::copy_from(const FaultDisk& other) {
    state_->entries.clear();
    for (const auto& [path, entry] : other.state_->entries) {
        Entry& copy = state_->entries[path];
        if (entry.now) copy.now = std::make_shared<Inode>(*entry.now);
        const bool is_same = entry.durable == entry.now;
        if (entry.durable)
            copy.durable = is_same ? copy.now : std::make_shared<Inode>(*entry.durable);
    }
    state_->calls = {};
    state_->failed = 0;
    heals();
}

void FaultDisk::fails(DiskCall call, std::int64_t n, DiskFault fault, std::int64_t times) {
    state_->faults[static_cast<std::size_t>(call)] = {n, times, fault};
}

void FaultDisk::heals() { state_->faults = {}; }

std::int64_t FaultDisk::calls(DiskCall call) const noexcept {
    return state_->calls[static_cast<std::size_t>(call)];
}

std::int64_t FaultDisk::failed() const noexcept { return state_->failed; }

void FaultDisk::holds_at_most(std::int64_t bytes) { state_->capacity = bytes; }

std::int64_t FaultDisk::bytes() const { return state_->bytes(); }

void FaultDisk::before_each_change(std::function<void()> call) {
    state_->before_change = std::move(call);
}

void FaultDisk::cut_power(Random& random) {
    ends_process();
    heals();
    std::map<std::string, Entry, std::less<>> left;
    for (const auto& [path, entry] : state_->entries) {
        const bool as_now = entry.now == entry.durable || below(random, 2) == 0;
        const auto& inode = as_now ? entry.now : entry.durable;
        if (!inode) continue;
        auto survivor = std::make_shared<Inode>();
        survivor->now = survivor->durable = inode->survivor(random);
        Entry& kept = left[path];
        kept.now = kept.durable = std::move(survivor);
    }
    state_->entries = std::move(left);
}

void FaultDisk::ends_process() {
    ++state_->generation;
    for (auto& [path, entry] : state_->entries) entry.shared_memory.reset();
}

const char* FaultDisk::vfs() const noexcept { return state_->name.c_str(); }

}  // namespace duet::world
