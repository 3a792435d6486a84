// Who becomes ready for sales is put on the campaign that made them so, through the whole cycle.
#include <gtest/gtest.h>

#include "daemon/sync/apply_writes.h"
#include "daemon/sync/undo.h"
#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { salesforce: Duet_Stage__c, value: Duet.Stage }
  - { salesforce: Brought_By__c, value: Duet.Campaign_Ready }
create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
)";

constexpr const char* kLifecycle = R"(lifecycle:
  cycle_starts_at: Ready
  stages:
    - { name: Known, rank: 1 }
    - { name: Ready, rank: 2 }
  events:
    - { name: met, object: [Lead, Contact], at: CreatedDate }
    - { name: answered, object: CampaignMember, where: HasResponded, at: CreatedDate, campaign: CampaignId }
    - { name: asked, object: { pardot: visitor-activity }, where: type = 4, at: createdAt, campaign: campaign_id__c }
    - { name: came_by, object: { pardot: visitor-activity }, where: type = 2, at: createdAt, campaign: campaign_id__c }
  conditions:
    - { name: fits, when: Prospect.score >= 100 }
  transitions:
    - { on: met, from: new, to: Known, elsewhere: ignore }
    - { on: [asked, answered], from: Known, to: Ready, elsewhere: ignore }
    - { during: fits, from: Known, to: Ready }
)";

constexpr const char* kOn = "  campaign_member: { at: Ready, status: Sent }\n";

void add_campaigns(PerSide<Catalog>& catalogs) {
    add_lifecycle_objects(catalogs);
    ObjectInfo campaign;
    campaign.name = campaign.label = "Campaign";
    FieldInfo id = made_field("Id", FieldType::Id);
    id.creatable = id.updatable = false;
    campaign.fields = {id, made_field("Name")};
    ObjectInfo member;
    member.name = member.label = "CampaignMember";
    FieldInfo own = made_field("Duet_Key__c");
    own.unique_key = true;
    member.fields = {id,
                     made_field("CampaignId", FieldType::Id, "Campaign", "Campaign"),
                     made_field("ContactId", FieldType::Id, "Contact", "Contact"),
                     made_field("LeadId", FieldType::Id, "Lead", "Lead"),
                     made_field("Status"),
                     made_field("HasResponded", FieldType::Boolean),
                     made_field("CreatedDate", FieldType::DateTime),
                     own};
    catalogs.crm.objects.push_back(std::move(campaign));
    catalogs.crm.objects.push_back(std::move(member));
    for (ObjectInfo& known : catalogs.crm.objects) {
        if (known.name == "Contact" || known.name == "Lead")
            known.fields.push_back(made_field("Brought_By__c"));
    }
    for (ObjectInfo& known : catalogs.marketing.objects) {
        if (known.name == "visitor-activity") known.fields.push_back(made_field("campaign_id__c"));
    }
}

WorldOptions with(const std::string& lines, const std::string& more = {}) {
    WorldOptions options;
    options.documents = {{"people.yaml", kPeople}, {"lifecycle.yaml", kLifecycle + lines + more}};
    options.adjust_catalogs = add_campaigns;
    return options;
}

class CampaignMemberCycle : public testing::Test {
protected:
    explicit CampaignMemberCycle(const std::string& lines = kOn, const std::string& more = {})
        : world(with(lines, more)) {
        world.settings.brake["create"] = {1000, 1};
        spring = campaign("Spring");
        fair = campaign("Fair");
        ada = contact("ada@example.com");
        settle();
    }

    std::string campaign(const char* name) {
        Fields fields;
        fields.set("Name", text(name));
        return world.crm().add("Campaign", std::move(fields));
    }
    RecordId contact(const char* email) {
        Fields fields;
        fields.set("Email", text(email));
        fields.set("LastName", text("Lovelace"));
        fields.set("HasOptedOutOfEmail", Value{false});
        fields.set("CreatedDate", Value{at("2017-10-01T09:00")});
        return {"Contact", world.crm().add("Contact", std::move(fields))};
    }
    void visit(const std::string& of, const char* when, int type, const char* email = kAda) {
        Fields fields;
        fields.set("prospectId", text(world.with_email(Side::Marketing, email).key));
        fields.set("type", Value{Decimal{type}});
        fields.set("createdAt", Value{at(when)});
        fields.set("campaign_id__c", text(of));
        world.marketing().add("visitor-activity", std::move(fields));
    }
    void score(int points) {
        world.marketing().edit(world.with_email(Side::Marketing, kAda), "score",
                               Value{Decimal{points}});
    }
    std::string member(const std::string& of, const RecordId& person, bool has_responded) {
        Fields fields;
        fields.set("CampaignId", text(of));
        fields.set("ContactId", text(person.key));
        fields.set("HasResponded", Value{has_responded});
        fields.set("CreatedDate", Value{at("2017-11-01T09:00")});
        return world.crm().add("CampaignMember", std::move(fields));
    }
    void settle() {
        world.clock.pass(180s);
        world.run_until_quiet();
    }
    std::map<std::string, Fields> members() { return world.crm().records("CampaignMember"); }
    Value stage() { return world.value(Side::Crm, kAda, "Duet_Stage__c"); }

    static constexpr const char* kAda = "ada@example.com";
    World world;
    std::string spring, fair;
    RecordId ada;
};

TEST_F(CampaignMemberCycle, WhoAsksBecomesAMemberOfThatCampaignAndTheNextCycleSendsNothing) {
    EXPECT_TRUE(members().empty());
    visit(spring, "2017-12-01T10:00", 4);
    settle();
    EXPECT_EQ(stage(), text("Ready"));
    ASSERT_EQ(members().size(), 1U);
    const Fields made = members().begin()->second;
    EXPECT_EQ(made.get("CampaignId"), text(spring));
    EXPECT_EQ(made.get("ContactId"), text(ada.key));
    EXPECT_EQ(made.get("Status"), text("Sent"));
    EXPECT_EQ(made.get("Duet_Key__c"), text("duet-member-" + spring + ":" + ada.key));
    EXPECT_EQ(world.value(Side::Crm, kAda, "Brought_By__c"), text(spring));
    world.clock.pass(300s);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 0);
}

TEST_F(CampaignMemberCycle, AScoreBelongsToTheLastCampaignBeforeIt) {
    visit(spring, "2017-11-01T10:00", 2);
    visit(fair, "2017-12-01T10:00", 2);
    settle();
    EXPECT_EQ(stage(), text("Known"));
    score(100);
    settle();
    EXPECT_EQ(stage(), text("Ready"));
    ASSERT_EQ(members().size(), 1U);
    EXPECT_EQ(members().begin()->second.get("CampaignId"), text(fair));
    visit(spring, "2018-12-30T10:00", 2);
    settle();
    EXPECT_EQ(members().size(), 1U) << "what comes later did not make her ready";
}

TEST_F(CampaignMemberCycle, WhoIsAMemberStaysAsTheyAre) {
    member(spring, ada, true);
    settle();
    EXPECT_EQ(stage(), text("Ready"));
    ASSERT_EQ(members().size(), 1U);
    EXPECT_TRUE(is_blank(members().begin()->second.get("Duet_Key__c")));
}

TEST_F(CampaignMemberCycle, AMemberThatDuetMadeIsNothingThatSheDid) {
    const RecordId bo = contact("bo@example.com");
    Fields fields;
    fields.set("CampaignId", text(spring));
    fields.set("ContactId", text(bo.key));
    fields.set("HasResponded", Value{true});
    fields.set("CreatedDate", Value{at("2017-11-01T09:00")});
    fields.set("Duet_Key__c", text("duet-member-" + spring + ":" + bo.key));
    world.crm().add("CampaignMember", std::move(fields));
    settle();
    EXPECT_EQ(world.value(Side::Crm, "bo@example.com", "Duet_Stage__c"), text("Known"));
}

TEST_F(CampaignMemberCycle, WhomPeopleTookOffStaysOff) {
    visit(spring, "2017-12-01T10:00", 4);
    settle();
    ASSERT_EQ(members().size(), 1U);
    world.crm().remove({"CampaignMember", members().begin()->first});
    settle();
    world.crm().edit(ada, "LastName", text("King"));
    settle();
    EXPECT_TRUE(members().empty());
}

TEST_F(CampaignMemberCycle, ALostAnswerMakesNoSecondMember) {
    visit(spring, "2017-12-01T10:00", 4);
    world.clock.pass(180s);
    world.crm().loses_next_answer();
    settle();
    settle();
    EXPECT_EQ(members().size(), 1U);
}

TEST_F(CampaignMemberCycle, WhatWasUndoneIsNotDoneAgain) {
    visit(spring, "2017-12-01T10:00", 4);
    settle();
    ASSERT_EQ(members().size(), 1U);
    sync::UndoSelection selection;
    selection.entities = {world.entity_of(Side::Crm, ada).id};
    selection.record_key = members().begin()->first;
    selection.by = "test";
    auto undo = sync::plan_undo(world.org(), selection, {});
    ASSERT_TRUE(undo);
    ASSERT_EQ(undo->writes.size(), 1U);
    auto applied = sync::apply_writes(world.org(), std::move(undo->writes), "undo", {});
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->count(sync::Fate::Done), 1);
    EXPECT_TRUE(members().empty());
    world.crm().edit(ada, "LastName", text("King"));
    settle();
    EXPECT_TRUE(members().empty());
}

TEST_F(CampaignMemberCycle, TooManyAtOnceAreHeld) {
    world.settings.brake["create"] = {0, 0};
    visit(spring, "2017-12-01T10:00", 4);
    for (int i = 0; i < 4; ++i) {
        world.clock.pass(180s);
        ASSERT_TRUE(world.run_cycle());
    }
    EXPECT_EQ(stage(), text("Ready"));
    EXPECT_TRUE(members().empty()) << "the brake holds creates until a person says yes";
    world.settings.brake["create"] = {1000, 1};
    settle();
    EXPECT_EQ(members().size(), 1U);
}

class CappedMembers : public CampaignMemberCycle {
protected:
    CappedMembers() : CampaignMemberCycle("  campaign_member: { at: Ready, cap_per_cycle: 1 }\n") {}
};

TEST_F(CappedMembers, OneACycleFollowTheOthers) {
    contact("bo@example.com");
    contact("cy@example.com");
    settle();
    for (const char* email : {kAda, "bo@example.com", "cy@example.com"})
        visit(spring, "2017-12-01T10:00", 4, email);
    world.clock.pass(180s);
    ASSERT_TRUE(world.run_cycle());
    EXPECT_EQ(members().size(), 1U);
    settle();
    settle();
    settle();
    EXPECT_EQ(members().size(), 3U);
}

class WithoutTheKey : public CampaignMemberCycle {
protected:
    WithoutTheKey() : CampaignMemberCycle("") {}
};

TEST_F(WithoutTheKey, NobodyIsPutAnywhere) {
    visit(spring, "2017-12-01T10:00", 4);
    settle();
    EXPECT_EQ(stage(), text("Ready"));
    EXPECT_TRUE(members().empty());
}

class OwnedByAList : public CampaignMemberCycle {
protected:
    OwnedByAList()
        : CampaignMemberCycle(
              kOn,
              "lists:\n  - { salesforce_campaign: Spring, member_when: Title = \"Buyer\" }\n") {}
};

TEST_F(OwnedByAList, TheListDecides) {
    visit(spring, "2017-12-01T10:00", 4);
    settle();
    EXPECT_EQ(stage(), text("Ready"));
    EXPECT_TRUE(members().empty());
}

}  // namespace
}  // namespace duet::world
