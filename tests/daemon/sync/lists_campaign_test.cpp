// Campaigns of the CRM as lists, through the whole cycle.
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

FieldInfo plain(std::string name, FieldType type = FieldType::Text) {
    FieldInfo made;
    made.name = std::move(name);
    made.label = made.name;
    made.type = type;
    if (type == FieldType::Text) made.length = 80;
    return made;
}

FieldInfo id_of(std::string name, const char* to = nullptr) {
    FieldInfo made = plain(std::move(name), FieldType::Id);
    if (to == nullptr) made.creatable = made.updatable = false;
    if (to != nullptr) made.references = {to};
    return made;
}

WorldOptions with_campaign(const std::string& keys) {
    WorldOptions options;
    options.documents[1] = {"lists.yaml",
                            "lists:\n  - salesforce_campaign: Nurture\n    status: Sent\n"
                            "    member_when: Title = \"Buyer\"\n" +
                                keys};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        ObjectInfo campaign;
        campaign.name = campaign.label = "Campaign";
        campaign.fields = {id_of("Id"), plain("Name")};
        ObjectInfo member;
        member.name = member.label = "CampaignMember";
        FieldInfo own = plain("Duet_Key__c");
        own.unique_key = true;
        member.fields = {id_of("Id"),
                         id_of("CampaignId", "Campaign"),
                         id_of("ContactId", "Contact"),
                         id_of("LeadId", "Lead"),
                         plain("Status"),
                         own};
        catalogs.crm.objects.push_back(std::move(campaign));
        catalogs.crm.objects.push_back(std::move(member));
    };
    return options;
}

class CampaignCycle : public testing::Test {
protected:
    explicit CampaignCycle(const std::string& keys = "") : world(with_campaign(keys)) {
        Fields named;
        named.set("Name", text("Nurture"));
        campaign = world.crm().add("Campaign", std::move(named));
        Fields fields;
        fields.set("Email", text("ada@example.com"));
        fields.set("LastName", text("Lovelace"));
        fields.set("Title", text("Buyer"));
        fields.set("HasOptedOutOfEmail", Value{false});
        contact = {"Contact", world.crm().add("Contact", std::move(fields))};
        settle();
    }
    void settle() {
        world.clock.pass(120s);
        world.run_until_quiet();
    }
    void title(const char* title) {
        world.crm().edit(contact, "Title", text(title));
        settle();
    }
    std::map<std::string, Fields> members() { return world.crm().records("CampaignMember"); }

    World world;
    std::string campaign;
    RecordId contact;
};

TEST_F(CampaignCycle, MembersJoinWithStatusAndKeyAndLeave) {
    ASSERT_EQ(members().size(), 1U);
    const Fields member = members().begin()->second;
    EXPECT_EQ(member.get("CampaignId"), text(campaign));
    EXPECT_EQ(member.get("ContactId"), text(contact.key));
    EXPECT_EQ(member.get("Status"), text("Sent"));
    EXPECT_EQ(member.get("Duet_Key__c"), text("duet-member-" + campaign + ":" + contact.key));
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 0);
    title("Clerk");
    EXPECT_TRUE(members().empty());
    title("Buyer");
    EXPECT_EQ(members().size(), 1U);
}

TEST_F(CampaignCycle, AStatusThatPeopleChangeIsLeftAlone) {
    ASSERT_EQ(members().size(), 1U);
    world.crm().edit({"CampaignMember", members().begin()->first}, "Status", text("Responded"));
    settle();
    ASSERT_EQ(members().size(), 1U);
    EXPECT_EQ(members().begin()->second.get("Status"), text("Responded"));
}

TEST_F(CampaignCycle, ALostAnswerMakesNoSecondMember) {
    title("Clerk");
    world.crm().edit(contact, "Title", text("Buyer"));
    world.clock.pass(120s);
    world.crm().loses_next_answer();
    settle();
    EXPECT_EQ(members().size(), 1U);
}

class KeptStatus : public CampaignCycle {
protected:
    KeptStatus() : CampaignCycle("    keep_status: always\n") {}
};

TEST_F(KeptStatus, OfAMemberThatDuetMadeComesBack) {
    ASSERT_EQ(members().size(), 1U);
    const RecordId member{"CampaignMember", members().begin()->first};
    world.crm().edit(member, "Status", text("Responded"));
    settle();
    ASSERT_EQ(members().size(), 1U);
    EXPECT_EQ(members().begin()->first, member.key) << "the same member, not another";
    EXPECT_EQ(members().begin()->second.get("Status"), text("Sent"));
    world.clock.pass(300s);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 0);
}

TEST_F(KeptStatus, OfAMemberWhomPeoplePutOnIsTheirs) {
    Fields fields;
    fields.set("Email", text("bo@example.com"));
    fields.set("LastName", text("Bolt"));
    fields.set("Title", text("Buyer"));
    fields.set("HasOptedOutOfEmail", Value{false});
    const std::string bo = world.crm().add("Contact", std::move(fields));
    Fields own;
    own.set("CampaignId", text(campaign));
    own.set("ContactId", text(bo));
    own.set("Status", text("Invited"));
    const std::string key = world.crm().add("CampaignMember", std::move(own));
    settle();
    EXPECT_EQ(members().at(key).get("Status"), text("Invited"));
}

class RespectedCampaign : public CampaignCycle {
protected:
    RespectedCampaign() : CampaignCycle("    by_hand: respect\n") {}
};

TEST_F(RespectedCampaign, WhoPeoplePutOnStaysAndWhoTheyTookOffStaysOff) {
    title("Clerk");
    ASSERT_TRUE(members().empty());
    Fields fields;
    fields.set("CampaignId", text(campaign));
    fields.set("ContactId", text(contact.key));
    fields.set("Status", text("Sent"));
    const std::string key = world.crm().add("CampaignMember", std::move(fields));
    settle();
    EXPECT_EQ(members().size(), 1U) << "put on by hand, though the rule is false";
    title("Buyer");
    world.crm().remove({"CampaignMember", key});
    settle();
    EXPECT_TRUE(members().empty()) << "taken off by hand, though the rule is true";
}

}  // namespace
}  // namespace duet::world
