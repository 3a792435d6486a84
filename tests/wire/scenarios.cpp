#include "tests/wire/scenarios.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/world/vendor_world.h"

namespace duet::wire {
namespace {

using nlohmann::json;
using world::kCrm;
using world::kMarketing;
using world::VendorWorld;

std::string ada(const std::string& tag) { return tag + "ada@example.com"; }
std::string bob(const std::string& tag, int i = 0) {
    return tag + "bob" + std::to_string(i) + "@example.com";
}

void nobody(VendorWorld&, const std::string&) {}
void contact(VendorWorld& world, const std::string& tag) {
    world.add_contact(ada(tag), "Lovelace");
}
void lead(VendorWorld& world, const std::string& tag) {
    world.people().add("Lead",
                       {{"Email", ada(tag)}, {"LastName", "Lovelace"}, {"Company", "Acme"}});
}
void buyer(VendorWorld& world, const std::string& tag) {
    world.people().add("Contact",
                       {{"Email", ada(tag)}, {"LastName", "Lovelace"}, {"Title", "Buyer"}});
}

void edit(VendorWorld& world, Side side, const std::string& tag, const json& fields) {
    world.people().edit(world.with_email(side, ada(tag)), fields);
}

void expect_both(VendorWorld& world, const std::string& tag, const char* crm, const char* marketing,
                 const std::string& value) {
    EXPECT_EQ(world.value(kCrm, ada(tag), crm), value);
    EXPECT_EQ(world.value(kMarketing, ada(tag), marketing), value);
}

int memberships(VendorWorld& world, const std::string& tag) {
    const RecordId prospect = world.with_email(kMarketing, ada(tag));
    return static_cast<int>(
        world.people().keys_with("list-membership", "prospectId", prospect.key).size());
}

const std::vector<Scenario> kScenarios{
    {"a contact is added", nobody, contact,
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "LastName", "lastName", "Lovelace");
     }},
    {"a prospect is added", nobody,
     [](VendorWorld& world, const std::string& tag) { world.add_prospect(ada(tag), "Lovelace"); },
     [](VendorWorld& world, const std::string& tag) {
         EXPECT_EQ(world.with_email(kCrm, ada(tag)).object, "Lead");
         expect_both(world, tag, "LastName", "lastName", "Lovelace");
     }},
    {"a contact is edited", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"Phone", "1"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Phone", "phone", "1");
     }},
    {"a prospect is edited", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kMarketing, tag, {{"phone", "2"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Phone", "phone", "2");
     }},
    {"a value is cleared", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"Phone", "1"}});
         edit(world, kCrm, tag, {{"Phone", nullptr}, {"FirstName", "Ada"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Phone", "phone", "");
         expect_both(world, tag, "FirstName", "firstName", "Ada");
     }},
    {"both sides edit different fields", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"FirstName", "Ada"}});
         edit(world, kMarketing, tag, {{"lastName", "King"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "FirstName", "firstName", "Ada");
         expect_both(world, tag, "LastName", "lastName", "King");
     }},
    {"both sides edit one field", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"FirstName", "Ada"}});
         edit(world, kMarketing, tag, {{"firstName", "Augusta"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "FirstName", "firstName", "Ada");
     }},
    {"a person opts out in the CRM", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"HasOptedOutOfEmail", true}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "HasOptedOutOfEmail", "optedOut", "1");
     }},
    {"a buyer opts out in marketing", buyer,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kMarketing, tag, {{"optedOut", true}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "HasOptedOutOfEmail", "optedOut", "1");
         EXPECT_EQ(memberships(world, tag), 0);
     }},
    {"somebody becomes a buyer", contact,
     [](VendorWorld& world, const std::string& tag) {
         edit(world, kCrm, tag, {{"Title", "Chief Buyer"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         expect_both(world, tag, "Duet_Stage__c", "duet_stage__c", "BUYER");
         EXPECT_EQ(memberships(world, tag), 1);
     }},
    {"a lead is converted", lead,
     [](VendorWorld& world, const std::string& tag) {
         world.people().convert(world.with_email(kCrm, ada(tag)).key);
         edit(world, kCrm, tag, {{"Phone", "3"}});
     },
     [](VendorWorld& world, const std::string& tag) {
         EXPECT_EQ(world.with_email(kCrm, ada(tag)).object, "Contact");
         expect_both(world, tag, "Phone", "phone", "3");
     }},
    {"several people are added on each side", nobody,
     [](VendorWorld& world, const std::string& tag) {
         for (int i = 0; i < 4; ++i) {
             if (i % 2 == 0) world.add_contact(bob(tag, i), "Bee");
             if (i % 2 == 1) world.add_prospect(bob(tag, i), "Bee");
         }
     },
     [](VendorWorld& world, const std::string& tag) {
         for (int i = 0; i < 4; ++i) {
             EXPECT_EQ(world.value(kCrm, bob(tag, i), "LastName"), "Bee");
             EXPECT_EQ(world.value(kMarketing, bob(tag, i), "lastName"), "Bee");
         }
     }},
};

}  // namespace

const std::vector<Scenario>& scenarios() { return kScenarios; }

std::string scenario_name(std::size_t scenario) {
    std::string name = kScenarios[scenario].name;
    std::replace(name.begin(), name.end(), ' ', '_');
    return name;
}

}  // namespace duet::wire
