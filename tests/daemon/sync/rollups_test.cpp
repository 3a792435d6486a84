// Rollups through the whole cycle: each function, what is left out, and what follows a change.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

constexpr const char* kSpending = R"(entity: person
match: [email]
rollups:
  - { name: Orders, of: Payment, where: Paid, function: COUNT }
  - { name: Spent, of: Payment, where: Paid, function: SUM, field: Amount }
  - { name: Least, of: Payment, where: Paid, function: MIN, field: Amount }
  - { name: Most, of: Payment, where: Paid, function: MAX, field: Amount }
  - { name: First_Of, of: Payment, where: Paid, function: FIRST, field: Note, order_by: Amount }
  - { name: Last_Of, of: Payment, where: Paid, function: LAST, field: Note, order_by: Amount }
fields:
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { name: orders, pardot: orders, direction: to_pardot, value: Rollup.Orders }
  - { name: spent, pardot: spent, direction: to_pardot, value: Rollup.Spent }
  - { name: least, pardot: least, direction: to_pardot, value: Rollup.Least }
  - { name: most, pardot: most, direction: to_pardot, value: Rollup.Most }
  - { name: first_of, pardot: first_of, direction: to_pardot, blank: propagate, value: Rollup.First_Of }
  - { name: last_of, pardot: last_of, direction: to_pardot, blank: propagate, value: Rollup.Last_Of }
)";

WorldOptions with_payments() {
    WorldOptions options;
    options.documents = {{"people.yaml", kSpending}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        ObjectInfo payment;
        payment.name = payment.label = "Payment";
        FieldInfo key = made_field("Id", FieldType::Id);
        key.creatable = key.updatable = false;
        payment.fields = {key, made_field("ContactId", FieldType::Id, "Contact", "Contact"),
                          made_field("Amount", FieldType::Number),
                          made_field("Paid", FieldType::Boolean), made_field("Note")};
        catalogs.crm.objects.push_back(std::move(payment));
        for (ObjectInfo& known : catalogs.marketing.objects) {
            if (known.name != "prospect") continue;
            for (const char* name : {"orders", "spent", "least", "most"})
                known.fields.push_back(made_field(name, FieldType::Number));
            for (const char* name : {"first_of", "last_of"})
                known.fields.push_back(made_field(name));
        }
    };
    return options;
}

Value number(const char* digits) { return Value{*Decimal::parse(digits)}; }

class RollupCycle : public testing::Test {
protected:
    RecordId pay(const char* amount, bool paid = true, const char* note = "") {
        Fields fields;
        if (*note != '\0') fields.set("Note", text(note));
        fields.set("ContactId", text(ada.key));
        if (*amount != '\0') fields.set("Amount", number(amount));
        fields.set("Paid", Value{paid});
        return {"Payment", world.crm().add("Payment", std::move(fields))};
    }
    Value shown(const char* field) {
        world.run_until_quiet();
        return world.marketing().value(prospect, field);
    }

    World world{with_payments()};
    RecordId ada{"Contact", world.add_contact(kAda)};
    RecordId prospect{"prospect", world.add_prospect(kAda)};
};

TEST_F(RollupCycle, EachFunctionCountsWhatTheConditionKeepsAndLeavesBlanksOut) {
    pay("10.50");
    pay("4.25");
    pay("1000", false);
    pay("");
    EXPECT_EQ(shown("orders"), number("3"));
    EXPECT_EQ(shown("spent"), number("14.75"));
    EXPECT_EQ(shown("least"), number("4.25"));
    EXPECT_EQ(shown("most"), number("10.50"));
}

TEST_F(RollupCycle, WhoHasNoChildrenHasACountAndASumOfZeroAndNoLeast) {
    EXPECT_EQ(shown("orders"), number("0"));
    EXPECT_EQ(shown("spent"), number("0"));
    EXPECT_EQ(shown("least"), Value{});
    EXPECT_EQ(shown("most"), Value{});
}

TEST_F(RollupCycle, AChildThatChangesMovesOrGoesChangesItsParentsAndNothingElse) {
    const RecordId other{"Contact", world.add_contact("eve@example.com")};
    const RecordId eve{"prospect", world.add_prospect("eve@example.com")};
    const RecordId first = pay("10");
    const RecordId second = pay("5");
    EXPECT_EQ(shown("spent"), number("15"));
    world.crm().edit(first, "Amount", number("7"));
    EXPECT_EQ(shown("spent"), number("12"));
    world.crm().edit(second, "ContactId", text(other.key));
    EXPECT_EQ(shown("spent"), number("7"));
    EXPECT_EQ(world.marketing().value(eve, "spent"), number("5"));
    world.crm().remove(first);
    EXPECT_EQ(shown("spent"), number("0"));
    EXPECT_EQ(world.marketing().value(eve, "spent"), number("5"));
}

TEST_F(RollupCycle, TheFirstAndTheLastAreByTheirOrderWhateverTheFieldHolds) {
    pay("5", true, "five");
    const RecordId one = pay("1", true, "one");
    pay("9", true, "nine");
    pay("99", false, "not paid");
    pay("", true, "in no order");
    EXPECT_EQ(shown("first_of"), text("one"));
    EXPECT_EQ(shown("last_of"), text("nine"));
    // What decides may be blank; then so is the answer.
    pay("10");
    EXPECT_EQ(shown("last_of"), Value{});
    world.crm().edit(one, "Amount", number("20"));
    EXPECT_EQ(shown("first_of"), text("five"));
    EXPECT_EQ(shown("last_of"), text("one"));
}

TEST_F(RollupCycle, OfSeveralWithOnePlaceTheSmallerIdComesFirst) {
    pay("5", true, "earlier");
    pay("5", true, "later");
    EXPECT_EQ(shown("first_of"), text("earlier"));
    EXPECT_EQ(shown("last_of"), text("later"));
}

TEST_F(RollupCycle, ASumThatDoesNotFitLeavesTheFieldAsItWas) {
    pay("10");
    EXPECT_EQ(shown("spent"), number("10"));
    for (int i = 0; i < 2; ++i) pay("99999999999999999999999999999999999999");
    EXPECT_EQ(shown("spent"), number("10"));
    EXPECT_EQ(world.marketing().value(prospect, "orders"), number("3")) << "the other rules go on";
}

}  // namespace
}  // namespace duet::world
