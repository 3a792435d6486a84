// What a list costs: nothing while it is as it should be, one write for one change.
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

/// A list by a field of the company, which no rule takes to Pardot: only the membership travels.
class ListWrites : public testing::Test {
protected:
    ListWrites() : world_(options()) {
        list_ = world_.add_list("Customers");
        for (const char* name : {"one", "two", "three"}) {
            Fields account;
            account.set("Name", text(name));
            account.set("Type", text("Prospect"));
            const std::string key = world_.crm().add("Account", std::move(account));
            Fields contact;
            contact.set("Email", text(std::string(name) + "@example.com"));
            contact.set("LastName", text(name));
            contact.set("AccountId", text(key));
            contact.set("HasOptedOutOfEmail", Value{false});
            world_.crm().add("Contact", std::move(contact));
            accounts_.push_back({"Account", key});
        }
        world_.clock.pass(120s);
        world_.run_until_quiet();
    }

    static WorldOptions options() {
        WorldOptions options;
        options.documents[1] = {"lists.yaml",
                                "lists:\n  - pardot_list: Customers\n"
                                "    member_when: Account.Type = \"Customer\"\n"};
        return options;
    }

    void type(std::size_t account, const char* type) {
        world_.crm().edit(accounts_[account], "Type", text(type));
        world_.clock.pass(120s);
    }
    std::size_t all_writes() {
        return world_.crm().writes().size() + world_.marketing().writes().size();
    }
    std::int64_t made() { return world_.marketing().creates("list-membership"); }
    std::int64_t removed() { return world_.marketing().deletes("list-membership"); }

    World world_;
    std::string list_;
    std::vector<RecordId> accounts_;
};

TEST_F(ListWrites, OneChangeIsOneWriteAndAListAsItShouldBeNone) {
    const std::size_t before = all_writes();
    ASSERT_EQ(made(), 0);
    world_.clock.pass(24h);
    world_.run_until_quiet();
    EXPECT_EQ(all_writes(), before) << "nothing changed";

    type(1, "Customer");
    world_.run_until_quiet();
    EXPECT_EQ(made(), 1);
    EXPECT_EQ(all_writes(), before + 1);

    world_.clock.pass(24h);
    world_.run_until_quiet();
    EXPECT_EQ(all_writes(), before + 1) << "it stands as it should";

    type(1, "Prospect");
    world_.run_until_quiet();
    EXPECT_EQ(removed(), 1);
    EXPECT_EQ(all_writes(), before + 2);
}

}  // namespace
}  // namespace duet::world
