// kill -9 again and again while people edit both sides and the vendors fail: nothing is lost,
// nothing is done twice, and the next process is there at once. DUET_KILLS sets how many,
// DUET_KILL_SEED repeats a run's moments.
#include <algorithm>
#include <cstdlib>
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

constexpr const char* kObjects = "/services/data/v62.0/sobjects/";
constexpr const char* kProspects = "/api/v5/objects/prospects";
constexpr int kPeople = 8;             // contacts of the seed that have a prospect
constexpr int kKillsBetweenLooks = 5;  // after so many all is let settle and looked at
constexpr auto kFirstDay = std::chrono::year{2018} / 1 / 2;
constexpr milliseconds kRestartWanted{2000};  // printed; a loaded machine may take longer
constexpr milliseconds kRestartLongest{20000};

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
    }

    static RehearsalOrg org() {
        RehearsalOrg org;
        org.more = "    brake:\n      create: {count: 5000, percent: 100}\n";
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

    static std::string contact_address(int number) {
        return fmt::format("contact{}@acme.example", number);
    }

    std::string contact_id(const std::string& email) {
        const auto rows = vendors().query("SELECT Id FROM Contact WHERE Email = '" + email + "'");
        return rows.at(0)["Id"].get<std::string>();
    }

    std::vector<json> prospects(const std::string& email) {
        return vendors().collection("prospects", "id,email,jobTitle,phone,optedOut",
                                    "email=" + email);
    }

    void people_work(int round) {
        const std::string one = contact_address(pick(1, kPeople));
        ledger_.titles[one] = fmt::format("Title {}", round);
        vendors().must("PATCH", kObjects + ("Contact/" + contact_id(one)),
                       {{"Title", ledger_.titles[one]}});
        const std::string other = contact_address(pick(1, kPeople));
        ledger_.phones[other] = fmt::format("555-{:04}", round);
        vendors().must("PATCH",
                       fmt::format("{}/{}?fields=id", kProspects, prospects(other)[0]["id"].dump()),
                       {{"phone", ledger_.phones[other]}});
        ledger_.new_contacts.push_back(fmt::format("late{}@acme.example", round));
        vendors().must("POST", kObjects + std::string("Contact"),
                       {{"LastName", "Late"}, {"Email", ledger_.new_contacts.back()}});
        ledger_.new_prospects.push_back(fmt::format("web{}@acme.example", round));
        vendors().must(
            "POST", std::string(kProspects) + "?fields=id",
            {{"lastName", "Web"}, {"company", "Web Ltd"}, {"email", ledger_.new_prospects.back()}});
        if (pick(0, 5) == 0) {
            ledger_.out.insert(one);
            vendors().must("PATCH", kObjects + ("Contact/" + contact_id(one)),
                           {{"HasOptedOutOfEmail", true}});
        }
    }

    /// Vendors fail and dawdle; one write of a kind is held back for long, to be killed in.
    void vendors_fail() {
        const auto fault = [&](json body) { vendors().must("POST", "/sandbox/faults", body); };
        static const std::vector<std::pair<const char*, const char*>> kWrites{
            {"PATCH", "/objects/prospects/"},
            {"POST", "/prospects/do/upsertLatestByEmail"},
            {"PATCH", "/composite/sobjects"},
            {"POST", "/objects/list-memberships"}};
        const auto& [method, path] = kWrites[static_cast<std::size_t>(pick(0, 3))];
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

    /// Kills it at some moment of its first cycle: in its start, among its reads, in a write.
    void live_and_die() {
        const auto before = steady_clock::now();
        daemon().start();
        const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - before);
        slowest_start_ = std::max(slowest_start_, took);
        if (pick(0, 2) == 0) {
            std::this_thread::sleep_for(milliseconds{pick(0, 400)});
        } else {
            eventually(
                [&] {
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

    /// Once vendors behave and time has passed, all is as people left it.
    void settle() {
        for (const int minutes : {30, 1500}) {
            pass(minutes);
            daemon().start();
            const json last = daemon().sync_until_quiet();
            EXPECT_EQ(last["in_doubt"], 0) << last;
            daemon().process().kill_now();
        }
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
    int minutes_ = 9 * 60;
    int kills_in_flight_ = 0;
    milliseconds slowest_start_{0};
};

TEST_F(KillTest, NothingIsLostAndNothingDoneTwiceWhateverTheMoment) {
    SCOPED_TRACE(testing::Message() << "DUET_KILL_SEED=" << seed_);
    const int kills = static_cast<int>(from_environment("DUET_KILLS", 25));
    for (int round = 1; round <= kills; ++round) {
        SCOPED_TRACE(testing::Message() << "kill " << round);
        pass(5);
        people_work(round);
        vendors_fail();
        live_and_die();
        expect_nobody_twice();
        if (round % kKillsBetweenLooks == 0 || round == kills) {
            settle();
            expect_nothing_lost_and_nothing_twice();
        }
        if (HasFailure()) break;
    }
    std::cout << kills << " kills, " << kills_in_flight_ << " with writes in flight; slowest start "
              << slowest_start_.count() << " ms (wanted: under " << kRestartWanted.count()
              << " ms)\n";
    EXPECT_GT(kills_in_flight_, kills / 10) << "the moments are no longer in the midst of writes";
    EXPECT_LT(slowest_start_, kRestartLongest);
}

}  // namespace
}  // namespace duet::world
