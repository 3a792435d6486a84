#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/world/crm_test.h"
#include "tests/world/lifecycle_world.h"

/// A lifecycle of the documents' own over the objects of lifecycle_world. Its names are those of
/// no preset, so that nothing can know them but documents.
namespace duet::world {

inline constexpr const char* kLifecyclePeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { name: stage, salesforce: Duet_Stage__c, pardot: duet_stage__c, direction: both, value: Duet.Stage }
  - { salesforce: First_Warm__c, pardot: first_warm__c, direction: both, value: Duet.First_Warm }
  - { salesforce: Cycle__c, value: Duet.Cycle }
create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
)";

/// Of accounts, that have a stage by their people's.
inline constexpr const char* kLifecycleAccounts = R"(entity: account
match: []
objects: { salesforce: Account, pardot: [] }
fields:
  - { salesforce: Duet_Stage__c, value: Duet.Stage }
)";

/// Further keys of the lifecycle may follow.
inline constexpr const char* kLifecycleRules = R"(lifecycle:
  cycle_starts_at: Warm
  stages:
    - { name: Cold, rank: 1 }
    - { name: Warm, rank: 2 }
    - { name: Sold, rank: 3 }
    - { name: Asleep, rank: -1 }
  events:
    - { name: met, object: [Lead, Contact], at: CreatedDate, owner: OwnerId }
    - { name: turned_down, object: Contact, at: Rejected_On__c }
    - { name: came_by, object: { pardot: visitor-activity }, where: type = 4, at: createdAt }
  spans:
    - { name: bound, object: Contract, via: Account, from: StartDate, until: EndDate }
  conditions:
    - { name: fits, when: Prospect.score >= 100 }
  deals:
    through: OpportunityContactRole
    deal: Opportunity
    joined: CreatedDate
    created: CreatedDate
    closed: ClosedAt__c
    won: IsWon
  transitions:
    - { on: met, from: new, to: Cold, elsewhere: ignore }
    - { on: came_by, from: [Cold, Asleep], to: Warm, new_cycle_from: Asleep, elsewhere: ignore }
    - { on: fits, from: [Cold, Asleep], to: Warm, new_cycle_from: Asleep, elsewhere: ignore }
    - { on: turned_down, from: Warm, to: Asleep }
    - { on: deal_won, from: { ranks: [1, 2] }, to: Sold }
  timers:
    - { name: dozed_off, from: [Cold, Warm], to: Asleep, days: 90, since: [stage, came_by] }
)";

/// A world with such documents, and what happens to its people.
class LifecycleTest : public CrmTest {
protected:
    explicit LifecycleTest(WorldOptions options) : CrmTest(std::move(options)) {}

    /// Of a prospect that is there already; `came_by` tells of it.
    std::string add_visit(const std::string& email, const char* when) {
        Fields fields;
        fields.set("prospectId", text(world.with_email(Side::Marketing, email).key));
        fields.set("type", Value{Decimal{4}});
        fields.set("createdAt", Value{at(when)});
        return world.marketing().add("visitor-activity", std::move(fields));
    }

    /// Of one contact; open when `closed` is empty.
    std::string add_deal(const std::string& contact, const char* created, const char* closed,
                         bool won) {
        Fields fields;
        fields.set("CreatedDate", Value{at(created)});
        if (*closed != '\0') fields.set("ClosedAt__c", Value{at(closed)});
        fields.set("IsWon", Value{won});
        fields.set("IsClosed", Value{*closed != '\0'});
        const std::string key = world.crm().add("Opportunity", std::move(fields));
        Fields role;
        role.set("OpportunityId", text(key));
        role.set("ContactId", text(contact));
        role.set("CreatedDate", Value{at(created)});
        world.crm().add("OpportunityContactRole", std::move(role));
        return key;
    }
};

}  // namespace duet::world
