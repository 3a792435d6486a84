// Every call of the disk fails once, in every way it can, while the store opens a file that was
// left open, writes, checkpoints and closes or is killed. Each failure is told by its code, nothing
// that was acknowledged is lost, and the file stays sound.
#include <set>

#include "tests/daemon/store/disk_fixture.h"

namespace duet::store {
namespace {

constexpr std::int64_t kLast = 24;
constexpr int kMostProcesses = 4;

struct Case {
    DiskCall call;
    DiskFault fault;
    std::set<std::string> codes;  // by which it may be told
};

/// "(short read, read)", for messages.
std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << to_string(one.fault) << " of " << to_string(one.call);
}

/// One life of the state: processes follow each other until all is written.
class Life {
public:
    Life(FaultDisk& disk, const Case& one, bool kills) : disk_(disk), case_(one), kills_(kills) {
        workload_.start_at(kBefore);
    }

    void live() {
        for (int process = 0; process < kMostProcesses; ++process) {
            if (run_process()) return;
        }
        ADD_FAILURE() << "a fault that came once was met " << kMostProcesses << " times";
    }

    [[nodiscard]] Workload& workload() noexcept { return workload_; }
    [[nodiscard]] int reported() const noexcept { return reported_; }

private:
    /// True: all is written.
    bool run_process() {
        auto session = open_on(disk_, true);
        if (!session) {
            note(session.error());
            disk_.ends_process();
            return false;
        }
        while (auto error = go_on(*session->store)) {
            note(*error);
            if (session->database->is_dead()) {
                EXPECT_EQ(bad(session->store->mode("acme")).code, error->code);
                if (kills_) disk_.ends_process();
                return false;
            }
            if (++tries_ > 3) {
                ADD_FAILURE() << "it does not go on";
                return true;
            }
        }
        if (kills_) disk_.ends_process();
        return true;
    }

    std::optional<Error> go_on(Store& store) {
        if (auto found = workload_.resume(store); !found) return found.error();
        return workload_.run(store, kLast);
    }

    void note(const Error& error) {
        ++reported_;
        EXPECT_EQ(error.kind, ErrorKind::Broken);
        EXPECT_TRUE(case_.codes.contains(error.code)) << error.code << ": " << error.message;
        EXPECT_NE(error.message.find(kDiskPath), std::string::npos) << error.message;
    }

    FaultDisk& disk_;
    const Case& case_;
    bool kills_;
    Workload workload_;
    int reported_ = 0;
    int tries_ = 0;
};

/// How often a run without faults makes the call.
std::int64_t calls_of_a_quiet_life(DiskCall call, bool kills) {
    FaultDisk disk;
    disk.copy_from(left_open());
    const Case none{call, DiskFault::Error, {}};
    Life life(disk, none, kills);
    life.live();
    EXPECT_EQ(life.reported(), 0);
    return disk.calls(call);
}

/// A life in which the n-th call goes wrong, and after it a power cut; how often it was told.
int disturb(const Case& one, std::int64_t n, bool kills) {
    FaultDisk disk;
    disk.copy_from(left_open());
    disk.fails(one.call, n, one.fault);
    Life life(disk, one, kills);
    life.live();
    EXPECT_EQ(disk.failed(), 1) << "the call never came";
    EXPECT_EQ(life.workload().acknowledged(), kLast);

    Dice dice(static_cast<std::uint64_t>(n));
    disk.cut_power(dice);
    const Session after = good(open_on(disk, true));
    good(life.workload().resume(*after.store));
    life.workload().judge(after);
    EXPECT_EQ(life.workload().acknowledged(), kLast);
    return life.reported();
}

class DiskFaultTest : public testing::TestWithParam<Case> {};

TEST_P(DiskFaultTest, LosesNothingAtAnyCall) {
    const Case& one = GetParam();
    std::int64_t reported = 0;
    for (const bool kills : {false, true}) {
        const std::int64_t calls = calls_of_a_quiet_life(one.call, kills);
        for (std::int64_t n = 1; n <= calls; ++n) {
            SCOPED_TRACE(testing::Message() << one << ", number " << n << " of " << calls
                                            << (kills ? ", killed" : ", closed"));
            reported += disturb(one, n, kills);
            if (HasFailure()) return;
        }
    }
    // What SQLite makes good by itself, such as a checkpoint that is tried again, nobody is told.
    EXPECT_EQ(reported > 0, !one.codes.empty());
}

const std::set<std::string> kNoRoom{"DUET-4006"};
const std::set<std::string> kDisk{"DUET-4007"};

INSTANTIATE_TEST_SUITE_P(Each, DiskFaultTest,
                         testing::Values(Case{DiskCall::Read, DiskFault::Error, kDisk},
                                         Case{DiskCall::Write, DiskFault::Error, kDisk},
                                         Case{DiskCall::Write, DiskFault::Torn, kDisk},
                                         Case{DiskCall::Write, DiskFault::Full, kNoRoom},
                                         Case{DiskCall::Write, DiskFault::Quota, kNoRoom},
                                         Case{DiskCall::Truncate, DiskFault::Error, kDisk},
                                         Case{DiskCall::Sync, DiskFault::Error, kDisk},
                                         Case{DiskCall::Sync, DiskFault::Dropped, kDisk},
                                         Case{DiskCall::Size, DiskFault::Error, kDisk},
                                         Case{DiskCall::Lock, DiskFault::Error, kDisk},
                                         Case{DiskCall::SharedMemory, DiskFault::Error, kDisk},
                                         Case{DiskCall::SharedMemory, DiskFault::Full, kNoRoom},
                                         Case{DiskCall::Open, DiskFault::Error, {"DUET-4001"}},
                                         Case{DiskCall::Delete, DiskFault::Error, {}}),
                         [](const testing::TestParamInfo<Case>& param_info) {
                             std::string name = std::string(to_string(param_info.param.call)) +
                                                "_" + to_string(param_info.param.fault);
                             std::replace(name.begin(), name.end(), ' ', '_');
                             return name;
                         });

TEST(DiskFullTest, WorkGoesOnInTheSameProcessOnceThereIsRoom) {
    FaultDisk disk;
    disk.copy_from(left_open());
    Session session = good(open_on(disk, true));
    Workload workload;
    workload.start_at(kBefore);
    disk.holds_at_most(disk.bytes() + 20'000);
    const auto error = workload.run(*session.store, kLast);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, "DUET-4006");
    // As often as anyone asks.
    for (int i = 0; i < 3; ++i) EXPECT_EQ(workload.run(*session.store, kLast)->code, "DUET-4006");
    disk.holds_at_most(0);
    EXPECT_FALSE(workload.run(*session.store, kLast));
    session.store.reset();
    const Session after = good(open_on(disk, false));
    good(workload.resume(*after.store));
    workload.judge(after);
    EXPECT_EQ(workload.acknowledged(), kLast);
}

TEST(DiskShortTest, AFileThatEndsEarlyIsRefusedHoweverItWasLeft) {
    FaultDisk whole;
    whole.make_file(kDiskPath);
    {
        const Session session = good(open_on(whole, false));
        Workload workload;
        ASSERT_FALSE(workload.run(*session.store, kLast));
    }
    const std::int64_t size = whole.file_bytes(kDiskPath);
    // Of a page that is there in part SQLite makes a whole one; only a check can tell.
    for (std::int64_t left = 1; left <= size - 4'096; left += 1'023) {
        for (const bool unclean : {false, true}) {
            SCOPED_TRACE(testing::Message() << left << " of " << size << " bytes");
            FaultDisk disk;
            disk.copy_from(whole);
            disk.cut_file(kDiskPath, left);
            EXPECT_EQ(bad(open_on(disk, unclean)).code, "DUET-4005");
            if (HasFailure()) return;
        }
    }
}

TEST(DiskReadTest, AStartThatCannotReadItsFileDoesNotCallItDamaged) {
    FaultDisk disk;
    disk.copy_from(left_open());
    // Every page is read by the check at an unclean start; the log's by recovery before.
    disk.fails(DiskCall::Read, 60, DiskFault::Error);
    const Error error = bad(open_on(disk, true));
    EXPECT_EQ(error.code, "DUET-4007");
    EXPECT_EQ(error.message.find("damaged"), std::string::npos) << error.message;
}

}  // namespace
}  // namespace duet::store
