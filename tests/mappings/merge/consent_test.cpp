#include "mappings/merge/consent.h"

#include <string>

#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {
namespace {

constexpr const char* kConsent =
    "fields:\n"
    "  - name: mail\n"
    "    salesforce: [HasOptedOutOfEmail, { not: { contact: DoNotCall, lead: DoNotCall } }]\n"
    "    pardot: [optedOut, { not: isDoNotCall }]\n"
    "    consent: strictest\n";

/// DoNotCall stands for a field that says the opposite: false is the opt-out.
struct Consents : Case {
    Consents() : Case(kConsent) { say(false, true, false, true); }

    void say(bool crm_out, bool crm_may, bool marketing_out, bool marketing_may) {
        facts.values = {{"HasOptedOutOfEmail", Value{crm_out}},
                        {"DoNotCall", Value{crm_may}},
                        {"Prospect.optedOut", Value{marketing_out}},
                        {"Prospect.isDoNotCall", Value{marketing_may}}};
    }
    void apply(const Decision& decision) {
        for (const PlannedField& write : decision.writes) {
            facts.values[(write.side == kCrm ? "" : "Prospect.") + write.field] = write.after;
        }
        agreed = decision.agreed;
        inputs.allowances = decision.allowances;
    }
    [[nodiscard]] bool all_are(bool out) {
        return facts.values["HasOptedOutOfEmail"] == Value{out} &&
               facts.values["Prospect.optedOut"] == Value{out} &&
               facts.values["DoNotCall"] == Value{!out} &&
               facts.values["Prospect.isDoNotCall"] == Value{!out};
    }
    void allow() {
        inputs.allowances["mail"] = {"crm.HasOptedOutOfEmail", "crm.DoNotCall",
                                     "marketing.optedOut", "marketing.isDoNotCall"};
        agreed["mail"] = {Value{false}, Value{false}};
    }
};

TEST(Consent, EveryOptOutReachesEveryFieldWhicheverWayItPoints) {
    for (int which = 0; which < 4; ++which) {
        SCOPED_TRACE(which);
        Consents one;
        one.say(which == 0, which != 1, which == 2, which != 3);
        const Decision decision = one.decide();
        EXPECT_EQ(decision.writes.size(), 3U);
        for (const PlannedField& write : decision.writes)
            EXPECT_EQ(write.reason, Reason::ConsentTightened);
        one.apply(decision);
        EXPECT_TRUE(one.all_are(true));
        one.apply(one.decide());
        EXPECT_TRUE(one.decide().writes.empty());
        EXPECT_EQ(one.agreed.at("mail").crm, Value{true});
    }
}

TEST(Consent, ABlankSaysNothing) {
    Consents one;
    one.facts.values = {{"DoNotCall", Value{true}}};
    EXPECT_TRUE(one.decide().writes.empty());
    one.facts.values["Prospect.optedOut"] = Value{true};
    const Decision decision = one.decide();
    EXPECT_NE(write_of(decision, kCrm, "HasOptedOutOfEmail"), nullptr);
    EXPECT_NE(write_of(decision, kCrm, "DoNotCall"), nullptr);
    EXPECT_EQ(write_of(decision, kMarketing, "isDoNotCall"), nullptr) << "blank lets nobody in";
}

TEST(Consent, AnAgreedOptOutIsPutBackEvenWhenBothSidesForgotIt) {
    Consents one;
    one.agreed["mail"] = {Value{true}, Value{true}};
    one.apply(one.decide());
    EXPECT_TRUE(one.all_are(true));
}

TEST(Consent, AFieldThatCannotBeReadLoosensNothing) {
    Consents one;
    one.say(true, false, true, false);
    one.agreed["mail"] = {Value{true}, Value{true}};
    one.facts.broken["Prospect.optedOut"] = one.facts.broken["HasOptedOutOfEmail"] = "no access";
    one.facts.values["DoNotCall"] = Value{true};
    const Decision decision = one.decide();
    ASSERT_EQ(decision.writes.size(), 1U);
    EXPECT_EQ(decision.writes.front().field, "DoNotCall");
    EXPECT_EQ(decision.writes.front().after, Value{false});
}

TEST(Consent, OneSideAloneIsTightenedAmongItsOwnFields) {
    Consents one;
    one.without(kMarketing);
    one.say(true, true, false, true);
    const Decision decision = one.decide();
    ASSERT_EQ(decision.writes.size(), 1U);
    EXPECT_EQ(decision.writes.front().field, "DoNotCall");
}

TEST(Consent, AnAllowanceLetsThePersonBackInEverywhereAndEnds) {
    Consents one;
    one.say(true, false, true, false);
    one.allow();
    const Decision decision = one.decide();
    EXPECT_EQ(decision.writes.size(), 4U);
    for (const PlannedField& write : decision.writes)
        EXPECT_EQ(write.reason, Reason::ConsentAllowed);
    one.apply(decision);
    EXPECT_TRUE(one.all_are(false));
    one.apply(one.decide());
    EXPECT_TRUE(one.inputs.allowances.empty());
    EXPECT_EQ(one.agreed.at("mail").crm, Value{false});
    // The next opt-out wins as the first did.
    one.facts.values["Prospect.optedOut"] = Value{true};
    one.apply(one.decide());
    EXPECT_TRUE(one.all_are(true));
}

TEST(Consent, ANewOptOutEndsAnAllowanceThatIsStillAtWork) {
    Consents one;
    one.say(true, false, true, false);
    one.allow();
    // Both of the CRM's were turned; then the person opts out there once more.
    one.inputs.allowances["mail"] = {"marketing.optedOut", "marketing.isDoNotCall"};
    one.say(true, true, true, false);
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.allowances.empty());
    one.apply(decision);
    EXPECT_TRUE(one.all_are(true));
}

TEST(Consent, AnOptOutOfAMergedRecordEndsAnAllowance) {
    Consents one;
    one.say(true, false, true, false);
    one.allow();
    one.agreed["mail"] = {Value{true}, Value{false}};
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.allowances.empty());
    EXPECT_TRUE(decision.writes.empty()) << "everybody is out already";
}

TEST(Consent, AnAllowanceWaitsForBothSides) {
    Consents one;
    one.say(true, false, true, false);
    one.allow();
    one.inputs.sides.crm.ready = false;
    const Decision decision = one.decide();
    EXPECT_TRUE(decision.writes.empty());
    EXPECT_EQ(decision.allowances, one.inputs.allowances);
}

TEST(Consent, ANewRecordStartsWithTheOptOutInEveryField) {
    Case one(std::string(kConsent) +
             "create:\n  pardot:\n    when: 'TRUE'\n    object: prospect\n    key: email\n");
    one.without(kMarketing);
    one.facts.values = {{"DoNotCall", Value{false}}};
    const Decision out = one.decide();
    ASSERT_EQ(out.creates.size(), 1U);
    EXPECT_EQ(out.creates.front().fields.get("optedOut"), Value{true});
    EXPECT_EQ(out.creates.front().fields.get("isDoNotCall"), Value{false});
    // A spoken yes goes along; silence stays silence.
    one.facts.values["DoNotCall"] = Value{true};
    EXPECT_EQ(one.decide().creates.front().fields.get("isDoNotCall"), Value{true});
    EXPECT_EQ(one.decide().creates.front().fields.find("optedOut"), nullptr);
    one.facts.values.erase("DoNotCall");
    EXPECT_EQ(one.decide().creates.front().fields.find("isDoNotCall"), nullptr);
}

}  // namespace
}  // namespace duet::merge
