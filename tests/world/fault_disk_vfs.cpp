// The table of functions through which SQLite reaches a FaultDisk.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include <sqlite3.h>

#include "tests/world/fault_disk.h"
#include "tests/world/fault_disk_state.h"

namespace duet::world {
namespace {

constexpr int kSectorBytes = 4096;  // as SQLite's own layer for Unix says
constexpr int kMaxPath = 512;

/// What stands behind an open file of SQLite.
struct Handle {
    FaultDisk::State* disk;
    int generation;
    std::string path;  // empty: a temporary file without a name
    std::shared_ptr<Inode> inode;
    std::shared_ptr<SharedMemory> memory;
    bool deletes_on_close;
};

struct File {
    sqlite3_file base;  // first: SQLite sees this
    Handle* handle;
};

Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->handle; }

FaultDisk::State& disk_of(sqlite3_vfs* vfs) {
    return *static_cast<FaultDisk::State*>(vfs->pAppData);
}

bool is_dead(const Handle& handle) { return handle.generation != handle.disk->generation; }

/// A change reaches the disk now, unless the power fails just before.
bool may_change(Handle& handle) {
    if (is_dead(handle)) return false;
    if (handle.disk->before_change) handle.disk->before_change();
    return !is_dead(handle);
}

int write_error(DiskFault fault) {
    return fault == DiskFault::Full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int close_file(sqlite3_file* file) {
    auto* opened = reinterpret_cast<File*>(file);
    Handle* handle = std::exchange(opened->handle, nullptr);
    if (handle == nullptr) return SQLITE_OK;
    if (handle->deletes_on_close && !is_dead(*handle)) handle->disk->entries.erase(handle->path);
    delete handle;
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    if (is_dead(handle)) return SQLITE_IOERR_READ;
    if (handle.disk->meet(DiskCall::Read) != nullptr) return SQLITE_IOERR_READ;
    const auto wanted = static_cast<std::size_t>(amount);
    const Bytes& bytes = handle.inode->now;
    const auto from = std::min(bytes.size(), static_cast<std::size_t>(offset));
    const std::size_t got = std::min(wanted, bytes.size() - from);
    if (got > 0) std::memcpy(to, bytes.data() + from, got);
    if (got == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + got, 0, wanted - got);
    return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    if (!may_change(handle)) return SQLITE_IOERR_WRITE;
    FaultDisk::State& disk = *handle.disk;
    const auto* bytes = static_cast<const unsigned char*>(data);
    const auto size = static_cast<std::size_t>(amount);
    const auto at = static_cast<std::size_t>(offset);
    if (const DiskFault* fault = disk.meet(DiskCall::Write)) {
        const DiskFault what = *fault;
        if (what != DiskFault::Error) handle.inode->write(at, bytes, size / 2);
        return write_error(what);
    }
    const std::size_t held = handle.inode->now.size();
    const auto growth = static_cast<std::int64_t>(at + size > held ? at + size - held : 0);
    if (disk.capacity > 0 && growth > 0 && disk.bytes() + growth > disk.capacity) {
        ++disk.failed;
        disk.last_error = errno = ENOSPC;
        return SQLITE_FULL;
    }
    handle.inode->write(at, bytes, size);
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    Handle& handle = handle_of(file);
    if (!may_change(handle)) return SQLITE_IOERR_TRUNCATE;
    if (handle.disk->meet(DiskCall::Truncate) != nullptr) return SQLITE_IOERR_TRUNCATE;
    handle.inode->truncate(static_cast<std::size_t>(size));
    return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
    Handle& handle = handle_of(file);
    if (!may_change(handle)) return SQLITE_IOERR_FSYNC;
    if (const DiskFault* fault = handle.disk->meet(DiskCall::Sync)) {
        if (*fault == DiskFault::Dropped) handle.inode->unsynced.clear();
        return SQLITE_IOERR_FSYNC;
    }
    handle.inode->sync();
    // SQLite syncs the folder of a file it made together with the file's first sync.
    if (!handle.path.empty()) {
        const Entry& entry = handle.disk->entries[handle.path];
        if (entry.now == handle.inode && entry.durable != handle.inode) handle.disk->sync_folder();
    }
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    Handle& handle = handle_of(file);
    if (is_dead(handle)) return SQLITE_IOERR_FSTAT;
    if (handle.disk->meet(DiskCall::Size) != nullptr) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(handle.inode->now.size());
    return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int) {
    Handle& handle = handle_of(file);
    if (is_dead(handle)) return SQLITE_IOERR_LOCK;
    return handle.disk->meet(DiskCall::Lock) != nullptr ? SQLITE_IOERR_LOCK : SQLITE_OK;
}

int unlock_file(sqlite3_file*, int) { return SQLITE_OK; }

int check_reserved_lock(sqlite3_file*, int* taken) {
    *taken = 0;
    return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return kSectorBytes; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_shared_memory(sqlite3_file* file, int page, int page_bytes, int extend,
                      void volatile** where) {
    Handle& handle = handle_of(file);
    *where = nullptr;
    if (is_dead(handle)) return SQLITE_IOERR_SHMMAP;
    const DiskFault* fault = handle.disk->meet(DiskCall::SharedMemory);
    if (fault != nullptr)
        return *fault == DiskFault::Error ? SQLITE_IOERR_SHMMAP : SQLITE_IOERR_SHMSIZE;
    auto& shared = handle.disk->entries[handle.path].shared_memory;
    if (!shared) shared = std::make_shared<SharedMemory>();
    handle.memory = shared;
    SharedMemory& pages = *shared;
    const auto wanted = static_cast<std::size_t>(page);
    if (pages.size() <= wanted && extend == 0) return SQLITE_OK;
    while (pages.size() <= wanted)
        pages.push_back(std::make_unique<Bytes>(static_cast<std::size_t>(page_bytes)));
    *where = pages[wanted]->data();
    return SQLITE_OK;
}

int lock_shared_memory(sqlite3_file* file, int, int, int flags) {
    Handle& handle = handle_of(file);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) return SQLITE_OK;
    if (is_dead(handle)) return SQLITE_IOERR_SHMLOCK;
    return handle.disk->meet(DiskCall::Lock) != nullptr ? SQLITE_IOERR_SHMLOCK : SQLITE_OK;
}

void shared_memory_barrier(sqlite3_file*) {}

int unmap_shared_memory(sqlite3_file* file, int) {
    Handle& handle = handle_of(file);
    if (!is_dead(handle)) handle.disk->entries[handle.path].shared_memory.reset();
    handle.memory.reset();
    return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {2,
                                         close_file,
                                         read_file,
                                         write_file,
                                         truncate_file,
                                         sync_file,
                                         file_size,
                                         lock_file,
                                         unlock_file,
                                         check_reserved_lock,
                                         file_control,
                                         sector_size,
                                         characteristics,
                                         map_shared_memory,
                                         lock_shared_memory,
                                         shared_memory_barrier,
                                         unmap_shared_memory,
                                         nullptr,
                                         nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    auto* opened = new (file) File{};
    FaultDisk::State& disk = disk_of(vfs);
    if (disk.meet(DiskCall::Open) != nullptr) return SQLITE_CANTOPEN;
    auto handle = std::make_unique<Handle>();
    handle->disk = &disk;
    handle->generation = disk.generation;
    handle->path = path == nullptr ? "" : path;
    handle->deletes_on_close = path != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    if (path == nullptr) {
        handle->inode = std::make_shared<Inode>();
    } else {
        const auto found = disk.entries.find(path);
        const bool exists = found != disk.entries.end() && found->second.now != nullptr;
        if (!exists && (flags & SQLITE_OPEN_CREATE) == 0) {
            disk.last_error = ENOENT;
            return SQLITE_CANTOPEN;
        }
        Entry& entry = disk.entries[path];
        if (!entry.now) entry.now = std::make_shared<Inode>();
        handle->inode = entry.now;
    }
    opened->handle = handle.release();
    opened->base.pMethods = &kMethods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    FaultDisk::State& disk = disk_of(vfs);
    const int generation = disk.generation;
    if (disk.before_change) disk.before_change();
    if (disk.meet(DiskCall::Delete) != nullptr || generation != disk.generation)
        return SQLITE_IOERR_DELETE;
    const auto found = disk.entries.find(path);
    if (found == disk.entries.end() || !found->second.now) return SQLITE_IOERR_DELETE_NOENT;
    found->second.now.reset();
    found->second.shared_memory.reset();
    if (sync_folder != 0) found->second.durable.reset();
    return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* path, int, int* answer) {
    const auto& entries = disk_of(vfs).entries;
    const auto found = entries.find(path);
    // As SQLite's own layer for Unix: an empty file counts as none.
    *answer = found != entries.end() && found->second.now && !found->second.now->now.empty();
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int room, char* to) {
    const std::size_t size = std::strlen(path) + 1;
    if (size > static_cast<std::size_t>(room)) return SQLITE_CANTOPEN;
    std::memcpy(to, path, size);
    return SQLITE_OK;
}

/// Salts only need to differ; numbers that repeat with each run keep failures repeatable.
int randomness(sqlite3_vfs*, int size, char* to) {
    static std::atomic<unsigned char> next{1};
    for (int i = 0; i < size; ++i) to[i] = static_cast<char>(next++);
    return size;
}

int sleep_for(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs*, double* julian_day) {
    *julian_day = 2458121.0;  // 2018-01-02
    return SQLITE_OK;
}

int last_error(sqlite3_vfs* vfs, int, char*) { return disk_of(vfs).last_error; }

}  // namespace

FaultDisk::FaultDisk() : state_(std::make_unique<State>()) {
    static std::atomic<int> count{0};
    state_->name = "duet-disk-" + std::to_string(++count);
    state_->vfs = std::make_unique<sqlite3_vfs>();
    sqlite3_vfs& vfs = *state_->vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(File);
    vfs.mxPathname = kMaxPath;
    vfs.zName = state_->name.c_str();
    vfs.pAppData = state_.get();
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep_for;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    sqlite3_vfs_register(&vfs, 0);
}

FaultDisk::~FaultDisk() { sqlite3_vfs_unregister(state_->vfs.get()); }

}  // namespace duet::world
