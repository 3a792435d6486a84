// What `duet explain` tells: what was done, what was not, and how it stood at a moment.
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/person.h"
#include "daemon/sync/pause.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/upkeep.h"
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

using nlohmann::json;

class StoryTest : public SettledWorld {
protected:
    StoryTest() : StoryTest(WorldOptions{}) {}
    explicit StoryTest(WorldOptions options) : SettledWorld(std::move(options)) {}

    json explain(const service::Question& question = {}) {
        auto told = service::explain(world.org(), kAda, question);
        if (!told) {
            ADD_FAILURE() << told.error().message;
            return {};
        }
        return (*told)["entities"][0];
    }
    /// Why something of this kind is not done; empty: it is not told.
    std::string why_not(const std::string& kind) {
        const json told = explain();
        for (const json& one : told["not_done"]) {
            if (one["kind"] == kind) return one["sentence"];
        }
        return {};
    }
    void set_phone(const std::string& phone) {
        world.crm().edit(contact, "Phone", text(phone));
        world.run_until_quiet();
    }
};

TEST_F(StoryTest, AtAMomentTellsTheValueThenAndWhoSetIt) {
    set_phone("5550100");
    const Instant between = world.clock.now();
    world.clock.pass(1h);
    set_phone("5550199");
    const json then = explain({"phone", between})["then"];
    ASSERT_EQ(then["fields"].size(), 1U);
    EXPECT_EQ(then["fields"][0]["value"], "5550100");
    const std::string sentence = then["fields"][0]["sentence"];
    EXPECT_NE(sentence.find("was \"5550100\", as Duet had set it at 2018-01-02T"),
              std::string::npos)
        << sentence;
    const json now = explain({"phone", world.clock.now()})["then"];
    EXPECT_EQ(now["fields"][0]["value"], "5550199");
    EXPECT_EQ(explain({"phone", between})["story"].size(), 1U) << "the later one is not told";
}

TEST_F(StoryTest, BeforeTheFirstWriteTheValueIsTheOneItReplaced) {
    world.marketing().edit(prospect, "phone", text("5550100"));
    world.run_until_quiet();
    const Instant before = world.clock.now();
    world.clock.pass(1h);
    set_phone("5550199");
    const json fields = explain({"phone", before})["then"]["fields"];
    ASSERT_EQ(fields.size(), 2U);  // of both records
    for (const json& field : fields) EXPECT_EQ(field["value"], "5550100") << field;
}

TEST_F(StoryTest, TheLoserOfAConflictAndBothStampsAreKept) {
    set_phone("5550100");
    world.crm().edit(contact, "Phone", text("5550111"));
    world.clock.pass(5s);
    world.marketing().edit(prospect, "phone", text("5550122"));
    world.clock.pass(60s);
    world.run_until_quiet();
    const json row = explain({"phone", {}})["story"][0];
    EXPECT_EQ(row["lost"], "5550122");
    EXPECT_NE(row["sentence"].get<std::string>().find("\"5550122\" lost"), std::string::npos);
    EXPECT_NE(row["stamps"]["salesforce"], "");
    EXPECT_NE(row["stamps"]["pardot"], "");
    EXPECT_NE(row["stamps"]["pardot"], row["stamps"]["salesforce"]);
}

TEST_F(StoryTest, WhatIsUnchangedSaysSo) {
    EXPECT_NE(why_not("unchanged").find("is not written: both sides already hold"),
              std::string::npos)
        << why_not("unchanged");
}

TEST_F(StoryTest, WhatTheBrakeHoldsSaysSo) {
    set_phone("5550100");
    world.settings.brake["blank"] = {0, 0};
    world.crm().edit(contact, "Phone", Value{});
    world.run_cycle();
    world.run_cycle();
    EXPECT_NE(why_not("braked").find("duet brake release"), std::string::npos);
    const Instant held = world.clock.now();
    world.settings.brake["blank"] = {50, 0.5};
    world.clock.pass(1h);
    world.run_until_quiet();
    ASSERT_EQ(world.value(kMarketing, kAda, "phone"), Value{});
    EXPECT_EQ(why_not("braked"), "");
    // It is over, and still can be asked for.
    const json then = explain({"", held})["then"];
    ASSERT_TRUE(then.contains("decision")) << then;
    EXPECT_NE(then["decision"]["reason"].get<std::string>().find("the brake holds"),
              std::string::npos)
        << then;
    EXPECT_NE(then["decision"]["until"], "");
}

TEST_F(StoryTest, WhatIsPausedSaysSo) {
    sync::Pauses pauses;
    sync::Pause pardot;
    pardot.what = sync::Pause::What::Side;
    pardot.side = kMarketing;
    pardot.by = "ada";
    pauses.put(pardot);
    ASSERT_TRUE(pauses.save(world.store(), "acme"));
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    world.run_cycle();
    EXPECT_NE(why_not("paused").find("pardot is paused; it goes on by `duet resume`"),
              std::string::npos)
        << why_not("paused");
}

TEST_F(StoryTest, WhatTheVendorRefusedSaysSo) {
    world.marketing().rejects_field("phone", "13");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    world.run_cycle();
    EXPECT_NE(why_not("quarantined"), "");
    EXPECT_EQ(explain()["put_aside"][0]["remote_code"], "13");
}

TEST_F(StoryTest, WhatIsAmbiguousSaysSo) {
    world.add_contact("twin@example.com", "One");
    world.add_contact("twin@example.com", "Two");
    world.run_until_quiet();
    auto told = service::explain(world.org(), "twin@example.com", {});
    ASSERT_TRUE(told);
    bool is_told = false;
    for (const json& entity : (*told)["entities"]) {
        for (const json& one : entity["not_done"]) is_told = is_told || one["kind"] == "ambiguous";
    }
    EXPECT_TRUE(is_told) << (*told).dump(1);
}

TEST_F(StoryTest, WhatIsPinnedSaysSo) {
    set_phone("5550100");
    const store::EntityId ada = world.entity_of(kCrm, contact).id;
    world.crm().edit(contact, "Phone", text("5550199"));
    ASSERT_TRUE(world.store().put_pin("acme", {ada, "phone", kMarketing, text("5550100"),
                                               text("5550199"), world.clock.now(), 1}));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_NE(why_not("pinned").find("phone is not written: an undo put this value back"),
              std::string::npos);
    EXPECT_EQ(explain()["pins"][0]["refused"], "5550199");
}

TEST_F(StoryTest, HistoryIsForgottenByAgeAndProofOfAnOptOutIsNot) {
    world.settings.keep_audit = std::chrono::days{30};
    world.settings.keep_cycles = std::chrono::days{30};
    set_phone("5550100");
    world.crm().edit(contact, "HasOptedOutOfEmail", World::yes());
    world.run_until_quiet();
    world.clock.pass(40 * 24h);
    world.run_until_quiet();
    while (true) {
        world.org().settings = world.settings;
        const auto removed = sync::keep_up(world.org());
        ASSERT_TRUE(removed);
        if (*removed == 0) break;
    }
    const store::EntityId ada = world.entity_of(kCrm, contact).id;
    const auto audit = world.store().audit_of("acme", ada, 99);
    ASSERT_EQ(audit->size(), 1U);
    EXPECT_EQ(audit->front().field, "optedOut");
    EXPECT_TRUE(audit->front().evidence);
    const auto cycles = world.store().cycles("acme", 99);
    EXPECT_LT(cycles->size(), 9U);
    EXPECT_FALSE(cycles->empty());
}

/// Robots are out of scope.
WorldOptions with_scope() {
    WorldOptions options;
    std::string& people = options.documents.front().text;
    const std::string match = "match: [crm_id, email]\n";
    people.replace(people.find(match), match.size(),
                   match + "scope: OR(ISBLANK(Title), NOT(CONTAINS(Title, \"Robot\")))\n");
    return options;
}

class ScopedStoryTest : public StoryTest {
protected:
    ScopedStoryTest() : StoryTest(with_scope()) {}
};

TEST_F(ScopedStoryTest, WhoIsFilteredIsToldSinceWhenAndUntilWhen) {
    world.crm().edit(contact, "Title", text("Robot"));
    world.run_until_quiet();
    EXPECT_NE(why_not("filtered").find("outside the scope"), std::string::npos);
    const Instant out = world.clock.now();
    world.clock.pass(1h);
    world.crm().edit(contact, "Title", text("Human"));
    world.run_until_quiet();
    EXPECT_EQ(why_not("filtered"), "");
    const json then = explain({"", out})["then"]["decision"];
    EXPECT_EQ(then["state"], "filtered");
    EXPECT_NE(then["until"], "");
}

TEST_F(StoryTest, AnExportHoldsEverythingThatIsHeld) {
    world.crm().edit(contact, "Title", text("Buyer"));
    set_phone("5550100");
    auto all = service::export_person(world.org(), kAda);
    ASSERT_TRUE(all);
    const json one = (*all)["entities"][0];
    EXPECT_EQ(one["records"].size(), 2U);
    for (const json& record : one["records"]) {
        const bool is_crm = record["system"] == "salesforce";
        EXPECT_EQ(record["fields"][is_crm ? "Email" : "email"], kAda);
    }
    ASSERT_EQ(one["referring"].size(), 1U);
    EXPECT_EQ(one["referring"][0]["object"], "list-membership");
    EXPECT_EQ(one["agreed"]["phone"]["pardot"], "5550100");
    EXPECT_FALSE(one["audit"].empty());
    for (const char* part :
         {"quarantine", "edges", "allowances", "pins", "decisions", "in_flight", "validations"}) {
        EXPECT_TRUE(one.contains(part)) << part;
    }
}

TEST_F(StoryTest, WhoAskedIsToldByTheKernelToo) {
    EXPECT_EQ(service::who_asks({{"by", "ada"}, {"peer", {{"uid", 7}, {"user", "bob"}}}}),
              "ada (uid 7, bob)");
    EXPECT_EQ(service::who_asks({{"by", "ada"}}), "ada");
    EXPECT_EQ(service::who_asks({{"peer", {{"uid", 7}, {"user", ""}}}}), "uid 7");
}

TEST_F(StoryTest, OfAFieldIsToldHoweverOftenOthersWereWrittenSince) {
    set_phone("5550100");
    store::AuditRow often = world.store().audit_of_field("acme", "phone", 1)->front();
    often.field = often.rule = "score";
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(world.store().add_audit("acme", often));
    const json story = explain({"phone", {}})["story"];
    ASSERT_EQ(story.size(), 1U);
    EXPECT_EQ(story[0]["after"], "5550100");
}

}  // namespace
}  // namespace duet::world
