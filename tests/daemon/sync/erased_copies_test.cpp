// Copies of the state are older than some erasures: nobody comes back by one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "daemon/service/person.h"
#include "daemon/store/maintenance.h"
#include "daemon/sync/upkeep.h"
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ErasedCopies : public SettledWorld {
protected:
    ErasedCopies() : SettledWorld(in_file()) {
        world.crm().edit(contact, "Phone", text("555-MARKED"));
        bob = {"Contact", world.add_contact("bob@example.com", "Builder")};
        world.run_until_quiet();
    }
    std::string back_up() {
        std::string copy = world.state_file() + ".copy";
        const auto made = store::back_up(world.state_file(), copy);
        EXPECT_TRUE(made) << made.error().message;
        return copy;
    }
    /// Puts the copy back, and throws it away: it is not Duet's to clean.
    void puts_back(const std::string& copy) {
        world.puts_back(copy);
        fs::remove(copy);
    }
    json ask(json body) {
        body["by"] = "officer";
        body["dry_run"] = false;
        auto answer = service::answer_person_request(world.org(), "erase", body, {});
        if (!answer) {
            ADD_FAILURE() << answer.error().message;
            return {};
        }
        return *std::move(answer);
    }
    json erase(const std::string& who = kAda) { return ask({{"who", who}}); }
    /// What of Ada stands in any file of the state's folder; empty: nothing.
    [[nodiscard]] std::string left() const {
        const std::string bytes = world.stored_bytes();
        for (const std::string& part : {std::string("ada@example"), std::string("555-MARKED"),
                                        std::string("Lovelace"), contact.key}) {
            if (bytes.find(part) != std::string::npos) return part;
        }
        return "";
    }
    [[nodiscard]] bool is_sound(const std::string& path) const {
        const auto checked = store::check(path);
        EXPECT_TRUE(checked && checked->findings.empty());
        return checked && checked->findings.empty();
    }
    [[nodiscard]] std::string replaced() const { return world.state_file() + ".replaced"; }
    bool is_known(const RecordId& id) { return world.store().seen("acme", kCrm, id)->has_value(); }

    RecordId bob;
};

TEST_F(ErasedCopies, WhoWasErasedSinceStaysErasedWhenACopyIsPutBack) {
    const std::string copy = back_up();  // from before there was a key for digests
    erase();
    puts_back(copy);
    EXPECT_EQ(left(), "");
    EXPECT_TRUE(is_sound(world.state_file()));
    EXPECT_TRUE(is_known(bob));
    EXPECT_EQ(ask(json{{"receipts", true}})["receipts"].size(), 1U);

    const auto writes = world.marketing().writes().size();
    world.crm().edit(contact, "Phone", text("555-MARKED-2"));
    world.run_until_quiet();
    EXPECT_EQ(left(), "") << "both sides were read once more";
    EXPECT_EQ(world.marketing().writes().size(), writes);
    EXPECT_EQ(world.value(kMarketing, "bob@example.com", "lastName"), text("Builder"));
    EXPECT_EQ(erase("bob@example.com")["receipt"], 2) << "no number is given twice";
}

TEST_F(ErasedCopies, WhatHungOnThemGoesAndWhatRefersToThemIsBlank) {
    Fields joined;
    joined.set("listId", text(world.marketing().records("list").begin()->first));
    joined.set("prospectId", text(prospect.key));
    const std::string key = world.marketing().add("list-membership", std::move(joined));
    world.run_until_quiet();
    ASSERT_TRUE(*world.store().seen("acme", kMarketing, {"list-membership", key}));
    const std::string copy = back_up();
    erase();
    puts_back(copy);
    EXPECT_FALSE(*world.store().seen("acme", kMarketing, {"list-membership", key}));
    EXPECT_TRUE(is_sound(world.state_file()));
    world.run_until_quiet();
    EXPECT_FALSE(*world.store().seen("acme", kMarketing, {"list-membership", key}));
}

TEST_F(ErasedCopies, AWriteThatWasInFlightWhenTheCopyWasMadeGoesWithThem) {
    world.marketing().loses_next_answer();
    world.crm().edit(contact, "Phone", text("555-MARKED-3"));
    world.run_cycle();
    ASSERT_FALSE(world.store().in_flight("acme")->empty());
    const std::string copy = back_up();
    world.run_until_quiet();
    erase();
    puts_back(copy);
    EXPECT_TRUE(world.store().in_flight("acme")->empty());
    EXPECT_EQ(left(), "");
    world.run_until_quiet();
    EXPECT_EQ(left(), "");
}

TEST_F(ErasedCopies, WhoWasReadmittedSinceMayComeAgain) {
    erase();
    const std::string copy = back_up();  // they are erased in it
    ask(json{{"who", kAda}, {"readmit", true}});
    puts_back(copy);
    world.run_until_quiet();
    EXPECT_TRUE(is_known(contact));
    EXPECT_EQ(world.marketing().records("prospect").size(), 2U);
}

TEST_F(ErasedCopies, WhoIsErasedLaterIsGoneFromTheStateThatWasReplacedToo) {
    puts_back(back_up());
    ASSERT_TRUE(fs::exists(replaced()));
    world.run_until_quiet();
    const json receipt = erase();
    EXPECT_EQ(receipt["bytes_gone"], true) << receipt;
    EXPECT_EQ(left(), "");
    EXPECT_TRUE(is_sound(replaced()));
    // Others are kept, for whoever restored the wrong copy.
    fs::remove(world.state_file() + ".other");
    fs::copy_file(replaced(), world.state_file() + ".other");
    puts_back(world.state_file() + ".other");
    EXPECT_TRUE(is_known(bob));
    EXPECT_FALSE(is_known(contact));
}

TEST_F(ErasedCopies, AReplacedStateThatCannotBeCleanedIsToldAndTriedAgain) {
    std::ofstream(replaced()) << "ada@example.com in a file that is none of ours";
    const json receipt = erase();
    EXPECT_EQ(receipt["bytes_gone"], false);
    EXPECT_NE(receipt["warning"].get<std::string>().find(replaced()), std::string::npos) << receipt;
    EXPECT_EQ(receipt["warning"].get<std::string>().find("ada@"), std::string::npos);
    ASSERT_TRUE(sync::keep_up(world.org()));
    EXPECT_EQ(*world.store().fact("acme", "scrub_due"), "1");
    fs::remove(replaced());
    ASSERT_TRUE(sync::keep_up(world.org()));
    EXPECT_EQ(*world.store().fact("acme", "scrub_due"), "");
    EXPECT_EQ(left(), "");
}

TEST_F(ErasedCopies, WhatABrokenOffRestoreLeftIsRemovedByAnErasure) {
    std::ofstream(world.state_file() + ".restoring") << "ada@example.com";
    erase();
    EXPECT_EQ(left(), "");
}

}  // namespace
}  // namespace duet::world
