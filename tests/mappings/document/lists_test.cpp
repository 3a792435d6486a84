// What lists may say, and what is wrong in them.
#include "mappings/document/lists.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

using Names = std::set<std::string>;

const std::string kPeople = "entity: person\nmatch: [crm_id]\n";

std::vector<Source> sources(const std::string& keys, const char* what = "pardot_list: Drip") {
    return {{"people.yaml", kPeople},
            {"a.yaml",
             "lists:\n  - " + std::string(what) + "\n    member_when: Title = \"Buyer\"\n" + keys}};
}

ListRule rule_of(const std::string& keys, const char* what = "pardot_list: Drip") {
    return load_good(sources(keys, what), &test_catalogs()).lists.front();
}

std::string wrong(const std::string& keys, const char* what = "pardot_list: Drip") {
    return findings_of(sources(keys, what), &test_catalogs());
}

TEST(ListRules, HaveTheManualsDefaults) {
    const ListRule rule = rule_of("");
    EXPECT_EQ(rule.side, Side::Marketing);
    EXPECT_EQ(rule.cap, 0);
    EXPECT_FALSE(rule.order);
    EXPECT_EQ(rule.grace.count(), 0);
    EXPECT_EQ(rule.join_after.count(), 0);
    EXPECT_EQ(rule.hold_out.percent, 0);
    EXPECT_EQ(rule.added, ByHand::Correct);
    EXPECT_EQ(rule.removed, ByHand::Correct);
}

TEST(ListRules, AStatusIsKeptWhereThereIsOneAndPeopleHaveNoSay) {
    const char* kCampaign = "salesforce_campaign: Nurture";
    const std::string kept = "    status: Sent\n    keep_status: always\n";
    EXPECT_TRUE(load_good(sources(kept, kCampaign), nullptr).lists.front().keeps_status);
    EXPECT_FALSE(
        load_good(sources("    status: Sent\n", kCampaign), nullptr).lists.front().keeps_status);
    const auto wrong_offline = [&](const std::string& keys) {
        return findings_of(sources(keys, kCampaign), nullptr);
    };
    EXPECT_TRUE(says(wrong_offline("    keep_status: always\n"), "needs a \"status\" to keep"));
    EXPECT_TRUE(says(wrong_offline(kept + "    by_hand: respect\n"), "keeps no status"));
    EXPECT_TRUE(says(wrong_offline("    status: Sent\n    keep_status: often\n"), "keep_status"));
}

TEST(ListRules, SayHowManyForHowLongAndByWhoseHand) {
    const ListRule rule = rule_of(
        "    cap: 500\n    order: { lowest: Prospect.score }\n    grace_hours: 24\n"
        "    join_after_hours: 2\n    hold_out: { percent: 10 }\n"
        "    by_hand: { added: respect }\n    tags: [drip, spring]\n    among: "
        "HasOptedOutOfEmail\n");
    EXPECT_EQ(rule.cap, 500);
    ASSERT_TRUE(rule.order);
    EXPECT_FALSE(rule.order->highest_first);
    EXPECT_EQ(rule.grace, std::chrono::hours{24});
    EXPECT_EQ(rule.join_after, std::chrono::hours{2});
    EXPECT_EQ(rule.hold_out.percent, 10);
    EXPECT_EQ(rule.hold_out.group, "Drip");
    EXPECT_EQ(rule.added, ByHand::Respect);
    EXPECT_EQ(rule.removed, ByHand::Correct);
    EXPECT_TRUE(rule.has_tag("spring"));
    EXPECT_EQ(rules_of(rule).size(), 3U);
}

TEST(ListRules, OfSellersRespectWhatPeopleDo) {
    EXPECT_EQ(rule_of("    tags: seller\n").added, ByHand::Respect);
    EXPECT_EQ(rule_of("    tags: seller\n").removed, ByHand::Respect);
    EXPECT_EQ(rule_of("    tags: seller\n    by_hand: correct\n").removed, ByHand::Correct);
}

TEST(ListRules, WhatIsWrongIsShown) {
    EXPECT_TRUE(says(wrong("    order: { highest: Prospect.score }\n"), "there is no \"cap\""));
    EXPECT_TRUE(says(wrong("    cap: 5\n    order: { highest: Title, lowest: Title }\n"),
                     "needs one of highest and lowest"));
    EXPECT_TRUE(says(wrong("    cap: 5\n    order: { highest: Title }\n"), "DUET-2012"));
    EXPECT_TRUE(says(wrong("    hold_out: { group: x }\n"), "\"percent\""));
    EXPECT_TRUE(says(wrong("    hold_out: { percent: 95 }\n"), "90"));
    EXPECT_TRUE(says(wrong("    by_hand: keep\n"), "respect"));
    EXPECT_TRUE(says(wrong("    status: Sent\n"), "only members of campaigns have a status"));
    EXPECT_TRUE(says(wrong("    salesforce_campaign: Other\n"), "one list or one campaign"));
    EXPECT_TRUE(says(wrong("    grace_hours: 0\n"), "grace_hours"));
}

TEST(ListRules, OfACampaignReadItsMembersAndTheirKey) {
    const char* kCampaign = "salesforce_campaign: Nurture";
    const auto documents = load_good(sources("    status: Sent\n", kCampaign), &test_catalogs());
    EXPECT_EQ(documents.lists.front().side, Side::Crm);
    EXPECT_EQ(documents.lists.front().status, "Sent");
    std::map<std::string, Names> needed;
    for (const Need& need : needs(documents, test_catalogs()))
        needed[need.object] = {need.fields.begin(), need.fields.end()};
    EXPECT_EQ(needed["CampaignMember"],
              (Names{"CampaignId", "ContactId", "Duet_Key__c", "LeadId", "Status"}));
    EXPECT_TRUE(needed["Campaign"].contains("Name"));
    EXPECT_FALSE(needed.contains("list-membership"));
    PerSide<Catalog> bare = test_catalogs();
    for (ObjectInfo& object : bare.crm.objects)
        std::erase_if(object.fields, [](const auto& field) { return field.name == "Duet_Key__c"; });
    EXPECT_TRUE(says(findings_of(sources("", kCampaign), &bare),
                     "members of campaigns need Duet_Key__c of CampaignMember in salesforce"));
}

TEST(ListRules, AListAndACampaignNeedNamesOfTheirOwn) {
    EXPECT_TRUE(says(wrong("  - salesforce_campaign: Drip\n    member_when: \"TRUE\"\n"),
                     "names of their own"));
}

TEST(ListRules, ElevenListsOfSellersAreAWarningAndTenAreNone) {
    const auto with = [](int number) {
        std::string text = "lists:\n";
        for (int i = 0; i < number; ++i)
            text += "  - { pardot_list: S" + std::to_string(i) +
                    ", member_when: \"FALSE\", tags: seller }\n";
        return list_warnings(load_good({{"people.yaml", kPeople}, {"a.yaml", text}}, nullptr));
    };
    EXPECT_TRUE(with(10).empty());
    ASSERT_EQ(with(11).size(), 1U);
    EXPECT_TRUE(says(with(11).front(), "11 lists have the tag seller"));
}

}  // namespace
}  // namespace duet::document
