#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "daemon/store/schema.h"
#include "daemon/store/sqlite_store.h"
#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

TEST(StoreFile, KeepsEverythingOverACloseAndANewOpen) {
    const Folder folder;
    {
        const auto store = good(open_sqlite(folder.file()));
        good(store->open_org("acme"));
        auto transaction = good(store->begin());
        good(store->put_seen("acme", contact("003A", "a@example.com", "001A"), kReferences, kKeys));
        good(
            store->set_object_state("acme", Side::Crm, "Contact", {Cursor{"c1"}, true, {}, at(1)}));
        good(transaction.commit());
    }
    const auto store = good(open_sqlite(folder.file()));
    EXPECT_EQ(good(store->object_state("acme", Side::Crm, "Contact")).cursor.text, "c1");
    EXPECT_TRUE(good(store->seen("acme", Side::Crm, {"Contact", "003A"})));
    EXPECT_EQ(good(store->with_key("acme", Side::Crm, "Contact", "Email", "a@example.com")).size(),
              1U);
}

TEST(StoreFile, IsReadableByItsOwnerAlone) {
    const Folder folder;
    const auto store = good(open_sqlite(folder.file()));
    good(store->open_org("acme"));
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
        struct stat info {};
        ASSERT_EQ(::stat((folder.file() + suffix).c_str(), &info), 0) << suffix;
        EXPECT_EQ(info.st_mode & 0777U, 0600U) << suffix;
    }
}

TEST(StoreFile, IsOpenedWithTheSettingsThatKeepItSafe) {
    const Folder folder;
    good(open_sqlite(folder.file()));
    const auto database = good(Database::open(folder.file()));
    const std::pair<const char*, std::int64_t> settings[] = {
        {"PRAGMA synchronous", 2},
        {"PRAGMA foreign_keys", 1},
        {"PRAGMA trusted_schema", 0},
        {"PRAGMA cell_size_check", 1},
        {"PRAGMA temp_store", 2},
        {"PRAGMA cache_size", -65536},
        {"PRAGMA busy_timeout", 5000},
        {"PRAGMA journal_size_limit", 67108864},
        {"PRAGMA application_id", kApplicationId},
        {"PRAGMA mmap_size", 0},
    };
    for (const auto& [pragma, wanted] : settings) {
        EXPECT_EQ(good(number(database->query(pragma, {}))), wanted) << pragma;
    }
    EXPECT_GT(good(number(database->query("PRAGMA wal_autocheckpoint", {}))), 0);
    Query mode = database->query("PRAGMA journal_mode", {});
    ASSERT_TRUE(mode.next());
    EXPECT_EQ(mode.text(0), "wal");
}

TEST(StoreFile, ASecondOpenerIsRefusedAndToldWhoHasIt) {
    const Folder folder;
    auto store = good(open_sqlite(folder.file()));
    const Error error = bad(open_sqlite(folder.file()));
    EXPECT_EQ(error.code, "DUET-4002");
    EXPECT_NE(error.message.find("process " + std::to_string(::getpid())), std::string::npos)
        << error.message;
    store.reset();
    good(open_sqlite(folder.file()));
}

TEST(StoreFile, AMissingFolderIsNamed) {
    const Folder folder;
    const Error error = bad(open_sqlite(folder.file("no/such/state.db")));
    EXPECT_EQ(error.code, "DUET-4001");
    EXPECT_NE(error.message.find("no/such/state.db"), std::string::npos);
}

TEST(StoreTransaction, ThatIsNotCommittedLeavesNothing) {
    const Folder folder;
    const auto store = good(open_sqlite(folder.file()));
    good(store->open_org("acme"));
    {
        const auto transaction = good(store->begin());
        good(store->put_seen("acme", contact("003A", "a@example.com", "001A"), kReferences, kKeys));
        good(
            store->set_object_state("acme", Side::Crm, "Contact", {Cursor{"c1"}, true, {}, at(1)}));
        EXPECT_EQ(good(store->add_entity("acme", EntityKind::Person)), 1);
        good(store->start_cycle("acme", at(1), "interval"));
    }
    EXPECT_FALSE(good(store->seen("acme", Side::Crm, {"Contact", "003A"})));
    EXPECT_TRUE(good(store->seen_counts("acme")).empty());
    EXPECT_TRUE(
        good(store->with_key("acme", Side::Crm, "Contact", "Email", "a@example.com")).empty());
    EXPECT_EQ(good(store->object_state("acme", Side::Crm, "Contact")).cursor.text, "");
    EXPECT_FALSE(good(store->entity("acme", 1)));
    EXPECT_TRUE(good(store->cycles("acme", 9)).empty());
    // The next one starts clean.
    auto transaction = good(store->begin());
    EXPECT_EQ(good(store->add_entity("acme", EntityKind::Person)), 1);
    good(transaction.commit());
    EXPECT_TRUE(good(store->entity("acme", 1)));
}

TEST(StoreTransaction, IsNotNested) {
    const auto store = good(open_sqlite(":memory:"));
    auto transaction = good(store->begin());
    EXPECT_EQ(bad(store->begin()).code, "DUET-4009");
    good(transaction.commit());
}

TEST(StoreTransaction, InWhichACallFailedCannotBeCommitted) {
    const auto store = good(open_sqlite(":memory:"));
    good(store->open_org("acme"));
    auto transaction = good(store->begin());
    good(store->set_fact("acme", "a", "1"));
    bad(store->link("acme", 77, Side::Crm, {"Contact", "003A"}));
    EXPECT_EQ(bad(store->set_fact("acme", "b", "2")).code, "DUET-4009");
    EXPECT_EQ(bad(transaction.commit()).code, "DUET-4009");
    EXPECT_EQ(good(store->fact("acme", "a")), "");
    good(store->set_fact("acme", "c", "3"));
    EXPECT_EQ(good(store->fact("acme", "c")), "3");
}

TEST(StoreFailure, AFullDiskKeepsWhatWasAcknowledgedAndTheWorkGoesOnWithRoom) {
    const Folder folder;
    good(open_sqlite(folder.file()));
    auto database = good(Database::open(folder.file()));
    Database& connection = *database;
    SqliteStore store({}, std::move(database));
    good(store.open_org("acme"));
    good(connection.script("PRAGMA max_page_count = 120"));

    int stored = 0;
    std::optional<Error> failure;
    while (!failure && stored < 100'000) {
        auto transaction = good(store.begin());
        for (int i = 0; i < 10 && !failure; ++i) {
            const auto key = std::to_string(stored + i);
            const auto put = store.put_seen("acme", contact(key, key + "@example.com"), {}, kKeys);
            if (!put) failure = put.error();
        }
        if (failure) {
            EXPECT_EQ(bad(transaction.commit()).code, "DUET-4006");
        } else {
            good(transaction.commit());
            stored += 10;
        }
    }
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, ErrorKind::Broken);
    EXPECT_EQ(failure->code, "DUET-4006");
    EXPECT_NE(failure->message.find("Free disk space"), std::string::npos) << failure->message;
    EXPECT_EQ(good(store.seen_counts("acme")).at({Side::Crm, "Contact"}), stored);

    good(connection.script("PRAGMA max_page_count = 100000"));
    good(store.put_seen("acme", contact("last", "last@example.com"), {}, kKeys));
    EXPECT_EQ(good(store.seen_counts("acme")).at({Side::Crm, "Contact"}), stored + 1);
    good(quick_check(connection));
}

/// While it lives, no file of this process may grow beyond so many bytes.
class FileLimit {
public:
    explicit FileLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST(StoreFailure, AFileThatMayNotGrowIsAFullDiskAndNoFailingOne) {
    const Folder folder;
    const auto store = good(open_sqlite(folder.file()));
    good(store->open_org("acme"));
    int stored = 0;
    const auto put = [&]() -> Status {
        const auto key = std::to_string(stored);
        return store->put_seen("acme", contact(key, key + "@example.com"), {}, kKeys);
    };
    {
        const FileLimit limit(std::filesystem::file_size(folder.file() + "-wal") + 100'000);
        auto done = put();
        for (; done && stored < 10'000; done = put()) ++stored;
        EXPECT_EQ(bad(done).code, "DUET-4006");
        EXPECT_EQ(bad(put()).code, "DUET-4006");
    }
    good(put());
    EXPECT_EQ(good(store->seen_counts("acme")).at({Side::Crm, "Contact"}), stored + 1);
}

TEST(StoreFailure, AStartWithoutRoomSaysSoAndKeepsTheMarkOfAnUncleanStop) {
    const Folder folder;
    const std::string lock = folder.file() + ".lock";
    std::ofstream(lock) << "12345\n";
    {
        const FileLimit limit(0);
        EXPECT_EQ(bad(open_sqlite(folder.file())).code, "DUET-4006");
    }
    EXPECT_TRUE(good(LockFile::take(lock)).was_left());
}

/// A closed file with some hundred rows.
void make_file(const std::string& path) {
    const auto store = good(open_sqlite(path));
    good(store->open_org("acme"));
    auto transaction = good(store->begin());
    for (int i = 0; i < 500; ++i) {
        const auto key = std::to_string(i);
        good(store->put_seen("acme", contact(key, key + "@example.com", "001A"), kReferences,
                             kKeys));
    }
    good(transaction.commit());
}

void overwrite(const std::string& path, std::streamoff from, std::size_t bytes) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(from);
    const std::string noise(bytes, '\xA5');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
    ASSERT_TRUE(file.good());
}

TEST(StoreFailure, AFileThatIsNoDatabaseIsRefused) {
    const Folder folder;
    make_file(folder.file());
    overwrite(folder.file(), 0, 4096);
    const Error error = bad(open_sqlite(folder.file()));
    EXPECT_EQ(error.code, "DUET-4005");
    EXPECT_NE(error.message.find("put back the last copy"), std::string::npos) << error.message;
}

TEST(StoreFailure, DamageInsideIsFoundAtTheStartAfterAnUncleanStop) {
    const Folder folder;
    make_file(folder.file());
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(folder.file()));
    overwrite(folder.file(), 4096L * 30, static_cast<std::size_t>(size) - 4096U * 30);
    // The owner's number left in the lock file is the sign of an unclean stop.
    std::ofstream(folder.file() + ".lock") << "12345\n";
    const Error error = bad(open_sqlite(folder.file()));
    EXPECT_EQ(error.code, "DUET-4005");
    EXPECT_NE(error.message.find("is damaged"), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("example.com"), std::string::npos) << error.message;
    // Refused again: the sign stays until a start finds the file sound.
    EXPECT_EQ(bad(open_sqlite(folder.file())).code, "DUET-4005");
}

TEST(StoreFailure, DamageMetWhileRunningEndsAllWork) {
    const Folder folder;
    make_file(folder.file());
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(folder.file()));
    constexpr long kKept = 4096L * 80;  // the schema, and what the start reads
    overwrite(folder.file(), kKept, static_cast<std::size_t>(size - kKept));
    {
        const auto store = good(open_sqlite(folder.file()));
        const auto walked =
            store->each_seen("acme", Side::Crm, "Contact", [](const SeenRow&) { return true; });
        EXPECT_EQ(bad(walked).code, "DUET-4005");
        EXPECT_EQ(bad(store->open_org("acme")).code, "DUET-4005");
    }
    EXPECT_EQ(bad(open_sqlite(folder.file())).code, "DUET-4005");
}

/// Stores contacts 1, 2, 3, ... with a cursor each, and tells each one that is durable.
[[noreturn]] void write_for_ever(const std::string& path, int acknowledge) {
    auto opened = open_sqlite(path);
    if (!opened || !(*opened)->open_org("acme")) ::_exit(1);
    Store& store = **opened;
    auto next = std::stoll("0" + (*store.object_state("acme", Side::Crm, "Contact")).cursor.text);
    for (;;) {
        ++next;
        auto transaction = store.begin();
        if (!transaction) ::_exit(2);
        const auto key = std::to_string(next);
        if (!store.put_seen("acme", contact(key, key + "@example.com"), {}, kKeys)) ::_exit(3);
        const ObjectState state{Cursor{key}, false, {}, at(next)};
        if (!store.set_object_state("acme", Side::Crm, "Contact", state)) ::_exit(4);
        if (!transaction->commit()) ::_exit(5);
        if (::write(acknowledge, &next, sizeof next) != sizeof next) ::_exit(6);
    }
}

long long last_acknowledged(int pipe) {
    long long number = 0;
    long long last = 0;
    while (::read(pipe, &number, sizeof number) == sizeof number) last = number;
    return last;
}

TEST(StoreCrash, WhatWasAcknowledgedSurvivesKill9) {
    const Folder folder;
    long long acknowledged = 0;
    for (int round = 0; round < 6; ++round) {
        SCOPED_TRACE(testing::Message() << "round " << round);
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(pipe[0]);
            write_for_ever(folder.file(), pipe[1]);
        }
        ::close(pipe[1]);
        long long first = 0;
        ASSERT_EQ(::read(pipe[0], &first, sizeof first), static_cast<ssize_t>(sizeof first));
        std::this_thread::sleep_for(std::chrono::milliseconds(7 + 13 * round));
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
        acknowledged = std::max(first, last_acknowledged(pipe[0]));
        ::close(pipe[0]);

        const auto store = good(open_sqlite(folder.file()));
        const auto cursor =
            std::stoll(good(store->object_state("acme", Side::Crm, "Contact")).cursor.text);
        // The last commit may be durable though its acknowledgement was never sent.
        EXPECT_GE(cursor, acknowledged);
        EXPECT_LE(cursor, acknowledged + 1);
        EXPECT_EQ(good(store->seen_counts("acme")).at({Side::Crm, "Contact"}), cursor);
        long long rows = 0;
        good(store->each_seen("acme", Side::Crm, "Contact", [&](const SeenRow&) {
            ++rows;
            return true;
        }));
        EXPECT_EQ(rows, cursor);
        EXPECT_EQ(good(store->with_key("acme", Side::Crm, "Contact", "Email",
                                       std::to_string(cursor) + "@example.com"))
                      .size(),
                  1U);
    }
    EXPECT_GT(acknowledged, 6);
}

}  // namespace
}  // namespace duet::store
