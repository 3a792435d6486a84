// kill -9 again and again while people edit both sides, Pardot's reads lag and the vendors fail:
// nothing is lost, nothing is done twice, and the next process is there at once. DUET_KILLS sets
// how many, DUET_KILL_SEED repeats a run's moments.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kProspects = "/api/v5/objects/prospects";
constexpr int kSeededPeople = 8;  // contacts of the seed that have a prospect
constexpr int kMorePeople = 52;   // contacts that people add before the first kill
constexpr int kPeople = kSeededPeople + kMorePeople;
constexpr int kEditsBeforeStart = 8;   // on each side, a round; more follow until it is killed
constexpr int kNewBeforeStart = 2;     // people on each side, a round
constexpr int kReadLagSeconds = 60;    // Pardot's reads are so far behind: its v5 guide
constexpr int kKillsBetweenLooks = 5;  // after so many all is let settle and looked at
constexpr auto kFirstDay = std::chrono::year{2018} / 1 / 2;
// A process must answer so soon after its start, on what the one before it left.
constexpr milliseconds kRestartMax{2000};
constexpr int kStartsOfOneState =
    5;  // one of so many must do it, for on a loaded machine one may not

unsigned from_environment(const char* name, unsigned otherwise) {
    const char* set = std::getenv(name);
    return set == nullptr ? otherwise : static_cast<unsigned>(std::stoul(set));
}

/// What people did, and so what both sides must say.
struct Ledger {
    std::map<std::string, std::string> titles;  // typed into Salesforce, by address
    std::map<std::string, std::string> phones;  // typed into Pardot
    std::vector<std::string> new_contacts;
    std::vector<std::string> new_prospects;
    std::set<std::string> out;
};

class KillTest : public testing::Test {
protected:
    KillTest() : seed_(from_environment("DUET_KILL_SEED", std::random_device{}())), random_(seed_) {
        std::cout << "DUET_KILL_SEED=" << seed_ << "\n";
        write_small_seed(folder_.path() + "/seed", "acme");
        world_ = std::make_unique<Rehearsal>(folder_.path() + "/seed", org());
        vendors().must("POST", "/sandbox/settings", {{"pardot.read_lag_seconds", kReadLagSeconds}});
        json rows = json::array();
        for (int number = kSeededPeople + 1; number <= kPeople; ++number) {
            rows.push_back({{"attributes", {{"type", "Contact"}}},
                            {"LastName", fmt::format("Kilroy{}", number)},
                            {"Email", address(number)}});
            world_->unspoken.add(rows.back()["LastName"].get<std::string>());
        }
        vendors().must("POST", "/services/data/v62.0/composite/sobjects", {{"records", rows}});
        settle();
        learn_ids();
    }

    static RehearsalOrg org() {
        RehearsalOrg org;
        org.more = "    brake:\n      create: {count: 5000, percent: 100}\n";
        org.read_lag_seconds = kReadLagSeconds;
        return org;
    }

    int pick(int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random_);
    }

    VendorClient& vendors() { return world_->vendors; }
    DaemonProcess& daemon() { return world_->daemon; }

    /// Vendors' clocks and the next process's: minutes pass between its lives.
    void pass(int minutes) {
        minutes_ += minutes;
        const std::chrono::year_month_day day{std::chrono::sys_days{kFirstDay} +
                                              std::chrono::days{minutes_ / 1440}};
        const std::string now =
            fmt::format("{}-{:02}-{:02}T{:02}:{:02}:00Z", int{day.year()}, unsigned{day.month()},
                        unsigned{day.day()}, minutes_ / 60 % 24, minutes_ % 60);
        vendors().must("POST", "/sandbox/clock", {{"now", now}});
        daemon().write_config({world_->org}, "fixed_clock: " + now + "\n");
    }

    static std::string address(int number) {
        return fmt::format("{}{}@acme.example", number <= kSeededPeople ? "contact" : "kilroy",
                           number);
    }

    /// What vendors call everybody.
    void learn_ids() {
        for (const json& row : vendors().query("SELECT Id, Email FROM Contact"))
            contacts_[row["Email"].get<std::string>()] = row["Id"].get<std::string>();
        for (const json& row : vendors().collection("prospects", "id,email"))
            prospects_[row["email"].get<std::string>()] = row["id"].dump();
    }

    std::vector<json> prospects(const std::string& email) {
        return vendors().collection("prospects", "id,email,jobTitle,phone,optedOut",
                                    "email=" + email);
    }

    /// Faults meet people too: they click again.
    void insist(const std::string& path, const json& fields) {
        const bool done = eventually([&] {
            const int status = vendors().call("PATCH", path, fields).status;
            return status >= 200 && status < 300;
        });
        EXPECT_TRUE(done) << path;
    }

    void somebody_edits_in_salesforce() {
        const std::string who = address(pick(1, kPeople));
        ledger_.titles[who] = fmt::format("Title {}", ++edits_);
        insist(kObjects + ("Contact/" + contacts_.at(who)), {{"Title", ledger_.titles[who]}});
    }

    void somebody_edits_in_pardot() {
        const std::string who = address(pick(1, kPeople));
        ledger_.phones[who] = fmt::format("+49 7071 {:05}", ++edits_);
        world_->unspoken.add(ledger_.phones[who]);
        insist(fmt::format("{}/{}?fields=id", kProspects, prospects_.at(who)),
               {{"phone", ledger_.phones[who]}});
    }

    void people_come() {
        const std::string late = fmt::format("late{}@acme.example", ++comers_);
        ledger_.new_contacts.push_back(late);
        vendors().must("POST", kObjects + std::string("Contact"),
                       {{"LastName", "Latecomer"}, {"Email", late}});
        const std::string web = fmt::format("web{}@acme.example", comers_);
        ledger_.new_prospects.push_back(web);
        vendors().must("POST", std::string(kProspects) + "?fields=id",
                       {{"lastName", "Webster"}, {"company", "Web Ltd"}, {"email", web}});
    }

    void people_work() {
        for (int edit = 0; edit < kEditsBeforeStart; ++edit) {
            somebody_edits_in_salesforce();
            somebody_edits_in_pardot();
        }
        for (int comer = 0; comer < kNewBeforeStart; ++comer) people_come();
        if (pick(0, 5) != 0) return;
        const std::string leaver = address(pick(1, kPeople));
        ledger_.out.insert(leaver);
        insist(kObjects + ("Contact/" + contacts_.at(leaver)), {{"HasOptedOutOfEmail", true}});
    }

    /// Vendors fail and dawdle; one write of a kind is held back for long, to be killed in.
    void vendors_fail() {
        const auto fault = [&](json body) { vendors().must("POST", "/sandbox/faults", body); };
        static const std::vector<std::pair<const char*, const char*>> kWrites{
            {"PATCH", "/objects/prospects/"},
            {"POST", "/prospects/do/upsertLatestByEmail"},
            {"PATCH", "/composite/sobjects"},
            {"POST", "/objects/list-memberships"}};
        const auto chosen = static_cast<std::size_t>(pick(0, 3));
        const auto& [method, path] = kWrites[chosen];
        holds_back_edits_ = chosen == 0;
        fault({{"method", method}, {"path", path}, {"skip", pick(0, 3)}, {"delay_ms", 1500}});
        const auto chance = [&](json body, double probability) {
            body["times"] = 0;
            body["probability"] = probability;
            body["seed"] = pick(1, 1'000'000);
            fault(std::move(body));
        };
        // Seldom: a cycle of some 30 calls that fails among its reads never comes to write.
        chance({{"path", "/services"}, {"error", 503}}, 0.005);
        chance({{"path", "/api"}, {"drop_after", true}}, 0.02);
        chance({{"path", "/services"}, {"drop_before", true}}, 0.01);
        chance({{"path", "/api"}, {"error", 66}}, 0.005);
        chance({{"operation", "salesforce.collections.*"}, {"rows", {0}}}, 0.2);
        chance({{"path", "/"}, {"delay_ms", 10}}, 0.5);
    }

    /// Starts it on what its forerunner left. A start that takes long is done again on that very
    /// state, for it may have been the machine's other work.
    void start_in_time() {
        namespace fs = std::filesystem;
        const std::string left = folder_.path() + "/left";
        fs::remove_all(left);
        fs::copy(daemon().state_directory(), left, fs::copy_options::recursive);
        milliseconds best = milliseconds::max();
        for (int start = 0; start < kStartsOfOneState && best >= kRestartMax; ++start) {
            if (start > 0) {
                daemon().process().kill_now();
                fs::remove_all(daemon().state_directory());
                fs::copy(left, daemon().state_directory(), fs::copy_options::recursive);
            }
            const Started took = daemon().start();
            EXPECT_LT(took.computed, kRestartMax) << "of processor time";
            best = std::min(best, took.wall - std::min(took.wall, took.queued));
            slowest_start_ = std::max(slowest_start_, took.wall);
            most_computed_ = std::max(most_computed_, took.computed);
        }
        EXPECT_LT(best, kRestartMax) << "not counting what it waited for a processor";
        slowest_best_ = std::max(slowest_best_, best);
    }

    /// Kills it at some moment of its first cycle: in its start, among its reads, in a write.
    void live_and_die() {
        start_in_time();
        if (pick(0, 2) == 0) {
            std::this_thread::sleep_for(milliseconds{pick(0, 400)});
        } else {
            eventually(
                [&] {
                    somebody_edits_in_salesforce();
                    if (!holds_back_edits_) somebody_edits_in_pardot();
                    const auto faults = vendors().must("GET", "/sandbox/faults");
                    return faults["waiting"] < 7;
                },
                milliseconds{2000});
            std::this_thread::sleep_for(milliseconds{pick(0, 60)});
        }
        daemon().process().kill_now();
        const int rows = daemon().rows_in_flight();
        EXPECT_GE(rows, 0) << "the state could not be read";
        kills_in_flight_ += rows > 0 ? 1 : 0;
        vendors().must("DELETE", "/sandbox/faults");
    }

    /// Once vendors behave and time has passed, all is as people left it. Creates in doubt are
    /// looked for twice, each time after Pardot's lag; what failed is tried after its delay.
    void settle() {
        json last;
        for (const int minutes : {30, 2, 2, 1500, 2, 2}) {
            pass(minutes);
            daemon().start();
            last = cycles_until_nothing_is_written();
            daemon().process().kill_now();
        }
        EXPECT_EQ(last["in_doubt"], 0) << last;
        pass(2);
    }

    json cycles_until_nothing_is_written() {
        json last;
        for (int cycle = 0; cycle < 12; ++cycle) {
            last = daemon().sync();
            if (last["written"] == 0 && last["not_sent"] == 0) return last;
        }
        ADD_FAILURE() << "never quiet: " << last;
        return last;
    }

    void expect_nothing_lost_and_nothing_twice() {
        for (const auto& [email, title] : ledger_.titles) {
            const auto rows = prospects(email);
            ASSERT_EQ(rows.size(), 1U) << email;
            EXPECT_EQ(rows[0]["jobTitle"], title) << email;
        }
        for (const auto& [email, phone] : ledger_.phones) {
            const auto rows =
                vendors().query("SELECT Phone FROM Contact WHERE Email = '" + email + "'");
            ASSERT_EQ(rows.size(), 1U) << email;
            EXPECT_EQ(rows[0]["Phone"], phone) << email;
        }
        for (const std::string& email : ledger_.out)
            EXPECT_EQ(prospects(email).at(0)["optedOut"], true) << email;
        for (const std::string& email : ledger_.new_contacts)
            EXPECT_EQ(prospects(email).size(), 1U) << email;
        for (const std::string& email : ledger_.new_prospects) {
            EXPECT_EQ(vendors().query("SELECT Id FROM Lead WHERE Email = '" + email + "'").size(),
                      1U)
                << email;
        }
        expect_nobody_twice();
    }

    void expect_nobody_twice() {
        std::map<std::string, int> people;
        for (const json& row : vendors().collection("prospects", "id,email,isDeleted"))
            ++people["prospect " + row["email"].dump()];
        for (const char* object : {"Lead", "Contact"}) {
            for (const json& row : vendors().query(std::string("SELECT Email FROM ") + object))
                ++people[object + (" " + row["Email"].dump())];
        }
        for (const json& row :
             vendors().collection("list-memberships", "id,listId,prospectId,isDeleted")) {
            ++people["member " + row["listId"].dump() + " " + row["prospectId"].dump()];
        }
        for (const auto& [who, times] : people) EXPECT_EQ(times, 1) << who;
    }

    TemporaryFolder folder_;
    unsigned seed_;
    std::mt19937 random_;
    std::unique_ptr<Rehearsal> world_;
    Ledger ledger_;
    std::map<std::string, std::string> contacts_;   // ids by address
    std::map<std::string, std::string> prospects_;  // the same
    int minutes_ = 9 * 60;
    int edits_ = 0;
    int comers_ = 0;                 // on each side
    bool holds_back_edits_ = false;  // the write held back may be one of Pardot's people
    int kills_in_flight_ = 0;
    milliseconds slowest_start_{0};
    milliseconds slowest_best_{0};
    milliseconds most_computed_{0};
};

TEST_F(KillTest, NothingIsLostAndNothingDoneTwiceWhateverTheMoment) {
    SCOPED_TRACE(testing::Message() << "DUET_KILL_SEED=" << seed_);
    const int kills = static_cast<int>(from_environment("DUET_KILLS", 25));
    for (int round = 1; round <= kills; ++round) {
        SCOPED_TRACE(testing::Message() << "kill " << round);
        pass(5);
        expect_nobody_twice();
        people_work();
        vendors_fail();
        live_and_die();
        if (round % kKillsBetweenLooks == 0 || round == kills) {
            settle();
            expect_nothing_lost_and_nothing_twice();
        }
        if (HasFailure()) break;
    }
    std::cout << kills << " kills, " << kills_in_flight_ << " with writes in flight; " << edits_
              << " edits, " << comers_ << " new people on each side; slowest start "
              << slowest_start_.count() << " ms, " << slowest_best_.count()
              << " ms not counting waits for a processor and repeated starts, at most "
              << most_computed_.count() << " ms computed\n";
    EXPECT_GT(kills_in_flight_, kills / 10) << "the moments are no longer in the midst of writes";
}

}  // namespace
}  // namespace duet::world
