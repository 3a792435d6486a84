// `duet lists` through the real programs, on an org whose lists rules own.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using nlohmann::json;

constexpr const char* kLists = R"(lists:
  - pardot_list: Welcome
    member_when: 'LastName = "Wanted"'
    suppress_when: DoNotCall
  - pardot_list: Nowhere to be found
    member_when: 'LastName = "Wanted"'
)";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

class ListsWorld : public testing::Test {
protected:
    ListsWorld() {
        write_small_seed(folder_.path() + "/seed", "acme");
        RehearsalOrg org;
        org.documents = folder_.path() + "/documents";
        std::filesystem::copy(default_documents(), org.documents);
        write_text(org.documents + "/lists.yaml", kLists);
        world_ = std::make_unique<Rehearsal>(folder_.path() + "/seed", org);
        world_->vendors.must("POST", "/api/v5/objects/lists", {{"name", "Welcome"}});
        world_->daemon.start();
        world_->daemon.sync_until_quiet();
    }

    void add_contact(const char* email, bool do_not_call) {
        world_->vendors.must(
            "POST", "/services/data/v62.0/sobjects/Contact",
            {{"LastName", "Wanted"}, {"Email", email}, {"DoNotCall", do_not_call}});
    }
    Finished lists(std::vector<std::string> more = {}) {
        more.insert(more.begin(), "lists");
        return world_->daemon.duet(more);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world_;
};

TEST_F(ListsWorld, SizeStandingsAndWhySomebodyIsOnOneOrNot) {
    add_contact("on@wanted.example", false);
    add_contact("off@wanted.example", true);
    const std::string later = "2018-01-02T10:00:00Z";
    world_->vendors.must("POST", "/sandbox/clock", {{"now", later}});
    world_->daemon.ask("clock", {{"now", later}});
    world_->daemon.sync_until_quiet();

    const Finished all = lists();
    ASSERT_EQ(all.code, 0) << all.error;
    EXPECT_TRUE(has(all.out, "Welcome")) << all.out;
    EXPECT_TRUE(has(all.out, "Nowhere to be found (not there)")) << all.out;
    const json told = json::parse(lists({"--json"}).out);
    ASSERT_EQ(told["lists"].size(), 2U);
    EXPECT_EQ(told["lists"][0]["size"], 1);
    EXPECT_EQ(told["lists"][0]["suppressed"], 1);
    EXPECT_EQ(told["lists"][1]["exists"], false);

    const Finished one = lists({"welcome"});
    ASSERT_EQ(one.code, 0) << one.error;
    EXPECT_TRUE(has(one.out, "member_when: LastName = \"Wanted\"")) << one.out;
    EXPECT_TRUE(has(one.out, "suppressed: 1")) << one.out;
    EXPECT_TRUE(has(one.out, "(on it)")) << one.out;

    const Finished on = lists({"Welcome", "on@wanted.example"});
    ASSERT_EQ(on.code, 0) << on.error;
    EXPECT_TRUE(has(on.out, "is on it")) << on.out;
    const Finished off = lists({"Welcome", "off@wanted.example"});
    EXPECT_TRUE(has(off.out, "is not on it (suppressed)")) << off.out;
    EXPECT_TRUE(has(off.out, "DoNotCall")) << "the rule that keeps them off: " << off.out;
}

TEST_F(ListsWorld, WhatNobodyKnowsIsSaidSo) {
    Finished run = lists({"Welcme"});
    EXPECT_EQ(run.code, 1);
    EXPECT_TRUE(has(run.error, "DUET-6093")) << run.error;
    run = lists({"Welcome", "nobody@nowhere.example"});
    EXPECT_EQ(run.code, 1);
    EXPECT_TRUE(has(run.error, "DUET-6010")) << run.error;
    run = lists({"--csv"});
    EXPECT_EQ(run.code, 0);
    EXPECT_TRUE(run.out.starts_with("list,size,")) << run.out;
}

}  // namespace
}  // namespace duet::world
