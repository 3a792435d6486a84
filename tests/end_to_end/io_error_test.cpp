// The disk under a running duetd fails at one write, or one sync, of its state: the process says so
// and ends with 70, the next one finds its state whole, and everything arrives, once. A few moments
// of a cycle; all of them with DUET_EVERY_DISK_CALL set.
#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/end_to_end/failing_disk.h"
#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr int kMomentsInShort = 4;
constexpr int kEdits = 6;   // people of a round whose phone changes on one side
constexpr int kEnded = 70;  // EX_SOFTWARE: systemd starts it again

/// The counters, in a file that the daemon maps too.
class SharedDisk {
public:
    explicit SharedDisk(const std::string& path) : path_(path) {
        write_text(path, std::string(sizeof(FailingDisk), '\0'));
        const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
        void* bytes =
            mmap(nullptr, sizeof(FailingDisk), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
        if (bytes == MAP_FAILED) throw std::runtime_error("cannot map " + path);
        disk_ = static_cast<FailingDisk*>(bytes);
    }
    ~SharedDisk() { munmap(disk_, sizeof(FailingDisk)); }
    SharedDisk(const SharedDisk&) = delete;
    SharedDisk& operator=(const SharedDisk&) = delete;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    FailingDisk* operator->() const noexcept { return disk_; }

private:
    std::string path_;
    FailingDisk* disk_ = nullptr;
};

class IoErrorTest : public testing::TestWithParam<DiskWork> {
protected:
    IoErrorTest() {
        write_small_seed(folder_.path() + "/seed", "acme");
        world_ = std::make_unique<Rehearsal>(folder_.path() + "/seed");
        daemon().set_environment(
            {{"LD_PRELOAD", DUET_FAILING_DISK}, {kFailingDiskVariable, disk_.path()}});
        daemon().start();
        daemon().sync_until_quiet();
    }

    VendorClient& vendors() { return world_->vendors; }
    DaemonProcess& daemon() { return world_->daemon; }

    /// So that the next cycle has some updates to send.
    void people_edit() {
        ++round_;
        for (int person = 1; person <= kEdits; ++person) {
            const auto rows = vendors().query("SELECT Id FROM Contact WHERE Email = 'contact" +
                                              std::to_string(person) + "@acme.example'");
            vendors().must(
                "PATCH",
                "/services/data/v62.0/sobjects/Contact/" + rows.at(0)["Id"].get<std::string>(),
                {{"Title", title()}});
        }
    }
    [[nodiscard]] std::string title() const { return "Title " + std::to_string(round_); }

    void expect_arrived_once() {
        for (int person = 1; person <= kEdits; ++person) {
            const auto rows =
                vendors().collection("prospects", "id,jobTitle",
                                     "email=contact" + std::to_string(person) + "@acme.example");
            ASSERT_EQ(rows.size(), 1U);
            EXPECT_EQ(rows[0]["jobTitle"], title());
        }
    }

    /// Calls that a cycle with such edits makes of the disk.
    std::int64_t count() {
        people_edit();
        const std::int64_t before = disk_->of(GetParam()).calls;
        daemon().sync();
        const std::int64_t made = disk_->of(GetParam()).calls - before;
        daemon().sync_until_quiet();
        return made;
    }

    /// Fails the n-th call of a cycle; whether it came to that.
    bool fail(std::int64_t n) {
        people_edit();
        auto& counter = disk_->of(GetParam());
        const std::int64_t failed = counter.failed;
        counter.fail_at = counter.calls + n;
        const json answer = daemon().ask("sync");
        const bool is_told = answer.is_object() && answer.value("code", "") == "DUET-4007";
        counter.fail_at = 0;
        // Only a checkpoint may fail without a word: its work is done again by the next one.
        if (is_told) {
            ++told_;
            EXPECT_EQ(daemon().process().wait(std::chrono::seconds{20}), kEnded) << daemon().log();
            EXPECT_NE(daemon().log().find("The disk failed to read or write"), std::string::npos);
            daemon().start();
        }
        daemon().sync_until_quiet();
        EXPECT_EQ(daemon().ask("status")["orgs"][0]["in_flight"], 0);
        expect_arrived_once();
        return counter.failed == failed + 1;
    }

    TemporaryFolder folder_;
    SharedDisk disk_{folder_.path() + "/disk"};
    std::unique_ptr<Rehearsal> world_;
    int round_ = 0;
    int told_ = 0;
};

TEST_P(IoErrorTest, EndsTheProcessAndTheNextOneLosesNothing) {
    const std::int64_t counted = count();
    ASSERT_GT(counted, 1) << "nothing was watched";
    const bool is_long = std::getenv("DUET_EVERY_DISK_CALL") != nullptr;
    const std::int64_t step =
        is_long ? 1 : std::max<std::int64_t>(1, counted / (kMomentsInShort + 1));
    std::int64_t tried = 0;
    for (std::int64_t n = 1; is_long || tried < kMomentsInShort; n += step) {
        SCOPED_TRACE(testing::Message() << "call " << n << " of " << counted);
        if (!fail(n)) break;  // no cycle makes so many
        if (HasFailure()) return;
        ++tried;
    }
    // As full pages part, one cycle writes a page more or less than another.
    EXPECT_GE(tried, is_long ? counted * 3 / 4 : std::min<std::int64_t>(counted, kMomentsInShort));
    EXPECT_GT(told_, 0);
    const auto checked = daemon().duet({"store", "check"});
    EXPECT_EQ(checked.code, 0) << checked.out << checked.error;
}

INSTANTIATE_TEST_SUITE_P(Disk, IoErrorTest, testing::Values(DiskWork::Write, DiskWork::Sync),
                         [](const testing::TestParamInfo<DiskWork>& one) {
                             return one.param == DiskWork::Write ? "Write" : "Sync";
                         });

}  // namespace
}  // namespace duet::world
