#include "daemon/sync/routes.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/mappings/document/catalogs.h"

namespace duet::sync {
namespace {

using Kind = Hop::Kind;

const Catalog& crm() { return document::test_catalogs().crm; }

TEST(Paths, APathGoesThroughItsParents) {
    const auto path = resolve_path(crm(), *crm().find("Contact"), "account.numberofemployees");
    ASSERT_TRUE(path);
    ASSERT_EQ(path->steps.size(), 1U);
    EXPECT_EQ(path->steps[0].field, "AccountId");
    EXPECT_EQ(path->steps[0].objects, std::vector<std::string>{"Account"});
    EXPECT_EQ(path->field, "NumberOfEmployees");
}

TEST(Paths, AReferenceToSeveralObjectsNamesThemAll) {
    const auto path = resolve_path(crm(), *crm().find("Lead"), "Owner.Name");
    ASSERT_TRUE(path);
    EXPECT_EQ(path->steps[0].objects, (std::vector<std::string>{"User", "Group"}));
}

TEST(Paths, WhatDoesNotExistIsNoPath) {
    const ObjectInfo& contact = *crm().find("Contact");
    for (const char* path : {"Nothing", "Nothing.Name", "Account.Nothing", "AccountId.Name", "",
                             ".", "Account.", ".Name", "Account..Name"}) {
        EXPECT_FALSE(resolve_path(crm(), contact, path)) << path;
    }
}

TEST(Paths, AReferenceIsFoundByWhatItPointsTo) {
    const ObjectInfo& member = *crm().find("CampaignMember");
    ASSERT_NE(reference_to(member, "lead"), nullptr);
    EXPECT_EQ(reference_to(member, "lead")->name, "LeadId");
    EXPECT_EQ(reference_to(member, "Opportunity"), nullptr);
}

document::Rollup rollup_of(const char* object, const char* via) {
    document::Rollup rollup;
    rollup.of = object;
    rollup.via = via;
    return rollup;
}

TEST(Paths, ChildrenHangOnTheRecordOrOnItsParent) {
    const ObjectInfo& contact = *crm().find("Contact");
    const auto own = join_of(crm(), rollup_of("OpportunityContactRole", ""), contact);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->child_field, "ContactId");
    EXPECT_EQ(own->own_field, "");
    EXPECT_EQ(own->parent_object, "Contact");

    const auto shared = join_of(crm(), rollup_of("Opportunity", "Account"), contact);
    ASSERT_TRUE(shared);
    EXPECT_EQ(shared->child_field, "AccountId");
    EXPECT_EQ(shared->own_field, "AccountId");
    EXPECT_EQ(shared->parent_object, "Account");

    EXPECT_FALSE(join_of(crm(), rollup_of("Opportunity", ""), contact));
    EXPECT_FALSE(join_of(crm(), rollup_of("Event", "Owner"), contact));
    EXPECT_FALSE(join_of(crm(), rollup_of("Nothing", ""), contact));
}

/// The shipped documents, with the routes that they need.
class ShippedRoutes : public testing::Test {
protected:
    ShippedRoutes()
        : documents_(
              document::load_good(document::shipped_documents(), &document::test_catalogs())),
          model_(documents_, document::test_catalogs()) {}

    [[nodiscard]] bool leads(Side side, const char* object, const Route& route) const {
        const ObjectModel* from = model_.find(side, object);
        return from != nullptr &&
               std::find(from->routes.begin(), from->routes.end(), route) != from->routes.end();
    }
    const Model& model() const { return model_; }
    const document::Documents& documents() const { return documents_; }

private:
    document::Documents documents_;
    Model model_;
};

const Hop kRoleToOpportunity{Kind::Up, "Opportunity", "OpportunityId"};
const Hop kContactToRoles{Kind::Down, "OpportunityContactRole", "ContactId"};
const Hop kRoleToContact{Kind::Up, "Contact", "ContactId"};

TEST_F(ShippedRoutes, AnOpportunityReachesItsContactsThroughTheirRoles) {
    EXPECT_TRUE(
        leads(Side::Crm, "Opportunity",
              {Hop{Kind::Down, "OpportunityContactRole", "OpportunityId"}, kRoleToContact}));
    EXPECT_TRUE(leads(Side::Crm, "OpportunityContactRole", {kRoleToContact}));
    EXPECT_TRUE(leads(Side::Crm, "OpportunityContactRole", {kRoleToOpportunity}));
}

TEST_F(ShippedRoutes, AnOpportunityReachesItsAccountAndAnAccountItsContacts) {
    EXPECT_TRUE(leads(Side::Crm, "Opportunity", {Hop{Kind::Up, "Account", "AccountId"}}));
    EXPECT_TRUE(leads(Side::Crm, "Account", {Hop{Kind::Down, "Contact", "AccountId"}}));
}

TEST_F(ShippedRoutes, ACampaignMemberReachesItsPersonAndTheOpportunity) {
    const Hop to_contact{Kind::Up, "Contact", "ContactId"};
    EXPECT_TRUE(leads(Side::Crm, "CampaignMember", {to_contact}));
    EXPECT_TRUE(leads(Side::Crm, "CampaignMember", {Hop{Kind::Up, "Lead", "LeadId"}}));
    EXPECT_TRUE(
        leads(Side::Crm, "CampaignMember", {to_contact, kContactToRoles, kRoleToOpportunity}));
}

TEST_F(ShippedRoutes, AnActivityReachesItsProspectAndThroughTheLinkTheOpportunity) {
    const Hop to_prospect{Kind::Up, "prospect", "prospectId"};
    const Hop to_contact{Kind::Link, "Contact", ""};
    EXPECT_TRUE(leads(Side::Marketing, "visitor-activity", {to_prospect}));
    EXPECT_TRUE(leads(Side::Marketing, "visitor-activity",
                      {to_prospect, to_contact, kContactToRoles, kRoleToOpportunity}));
    // Its campaign's link to the CRM is part of what the touch says.
    EXPECT_TRUE(leads(Side::Marketing, "campaign",
                      {Hop{Kind::Down, "visitor-activity", "campaignId"}, to_prospect, to_contact,
                       kContactToRoles, kRoleToOpportunity}));
}

TEST_F(ShippedRoutes, AMembershipReachesItsProspect) {
    EXPECT_TRUE(
        leads(Side::Marketing, "list-membership", {Hop{Kind::Up, "prospect", "prospectId"}}));
}

TEST_F(ShippedRoutes, EachRouteComesOnce) {
    const auto routes = find_routes(documents(), document::test_catalogs(),
                                    {model().lists(Side::Crm), model().lists()});
    EXPECT_FALSE(routes.empty());
    for (std::size_t i = 0; i < routes.size(); ++i) {
        for (std::size_t j = i + 1; j < routes.size(); ++j) {
            EXPECT_FALSE(routes[i].side == routes[j].side && routes[i].object == routes[j].object &&
                         routes[i].route == routes[j].route)
                << routes[i].object;
        }
    }
}

TEST_F(ShippedRoutes, ParentsArePulledBeforeTheirChildren) {
    const auto place = [&](const char* object) {
        const auto objects = model().objects();
        return std::find_if(objects.begin(), objects.end(),
                            [&](const ObjectModel& one) { return one.info->name == object; }) -
               objects.begin();
    };
    EXPECT_LT(place("Account"), place("Contact"));
    EXPECT_LT(place("Contact"), place("OpportunityContactRole"));
    EXPECT_LT(place("Opportunity"), place("OpportunityContactRole"));
    EXPECT_LT(place("prospect"), place("visitor-activity"));
    EXPECT_LT(place("list"), place("list-membership"));
}

std::vector<FoundRoute> routes_of(const std::string& text) {
    const auto documents = document::load_good({{"rules.yaml", text}}, &document::test_catalogs());
    return find_routes(documents, document::test_catalogs(), {});
}

TEST(Routes, ARuleOverTheRecordAloneNeedsNone) {
    EXPECT_TRUE(routes_of("entity: person\nmatch: [crm_id, email]\nscope: NOT(DoNotCall)\nfields:\n"
                          "  - salesforce: Phone\n    pardot: phone\n")
                    .empty());
}

TEST(Routes, WhoGetsCreditDependsOnTheParentsThatItsConditionNames) {
    const auto routes = routes_of(
        "entity: opportunity\nmatch: [crm_id]\nfields:\n"
        "  - salesforce: Duet_Last_Touch_Campaign__c\n    value: Attribution.Last_Touch\n"
        "attribution:\n"
        "  - name: Last_Touch\n    model: last\n    when: Account.NumberOfEmployees > 10\n"
        "    people: OpportunityContactRole.Contact\n    from: CreatedDate\n    until: CloseDate\n"
        "    touches:\n      - object: CampaignMember\n        time: CreatedDate\n"
        "        campaign: CampaignId\n");
    const Route expected{Hop{Kind::Down, "Opportunity", "AccountId"}};
    EXPECT_TRUE(std::any_of(routes.begin(), routes.end(), [&](const FoundRoute& one) {
        return one.object == "Account" && one.route == expected;
    }));
}

TEST(Routes, WhatStartsOrAnswersATimerLeadsToItsPerson) {
    const document::Documents documents = document::load_good(
        {{"people.yaml", "entity: person\nmatch: [crm_id]\n"},
         {"timers.yaml",
          "timers:\n"
          "  - name: Answer\n"
          "    starts: [{ kind: form, object: { pardot: visitor-activity }, time: createdAt, "
          "within_minutes: 60 }]\n"
          "    answers: [{ object: Task, where: IsClosed, time: CompletedDateTime }]\n"}},
        &document::test_catalogs());
    const auto routes = find_routes(documents, document::test_catalogs(), {});
    const auto leads = [&](Side side, const char* child, const char* person, const char* field) {
        return std::any_of(routes.begin(), routes.end(), [&](const FoundRoute& found) {
            return found.side == side && found.object == child &&
                   found.route == Route{Hop{Kind::Up, person, field}};
        });
    };
    EXPECT_TRUE(leads(Side::Marketing, "visitor-activity", "prospect", "prospectId"));
    EXPECT_TRUE(leads(Side::Crm, "Task", "Lead", "WhoId"));
    EXPECT_TRUE(leads(Side::Crm, "Task", "Contact", "WhoId"));
}

}  // namespace
}  // namespace duet::sync
