#include "mappings/merge/say.h"

#include <string>

#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {
namespace {

using document::FieldRule;
using document::Policy;

/// A rule as an admin writes it; `more` are further keys, a line each.
FieldRule rule(const std::string& more) {
    const auto documents = document::load_good({{"people.yaml",
                                                 "entity: person\nmatch: [email]\nfields:\n  - "
                                                 "salesforce: LeadSource\n    pardot: source\n" +
                                                     more}},
                                               nullptr);
    return documents.entities.front().fields.front();
}

std::optional<Value> said(const FieldRule& by, const char* value, Side to) {
    return say(by, text(value), to, nullptr, nullptr).value;
}

TEST(Say, AMapSpeaksBothWaysAndTheFirstOfManyIsTheWayBack) {
    const FieldRule both = rule("    map: { Web: online, Internet: online, Phone: call }\n");
    EXPECT_EQ(said(both, "Web", kMarketing), text("online"));
    EXPECT_EQ(said(both, " Internet ", kMarketing), text("online"));
    EXPECT_EQ(said(both, "online", kCrm), text("Web"));
    EXPECT_EQ(said(both, "call", kCrm), text("Phone"));
}

TEST(Say, AMapMaySpeakOneWayOnly) {
    const FieldRule one = rule(
        "    map:\n      to_pardot: { Web: online }\n      to_salesforce: { online: Website }\n");
    EXPECT_EQ(said(one, "Web", kMarketing), text("online"));
    EXPECT_EQ(said(one, "online", kCrm), text("Website"));
    const FieldRule toward = rule("    map: { to_pardot: { Web: online } }\n");
    EXPECT_EQ(said(toward, "anything", kCrm), text("anything"));
}

TEST(Say, WhatTheMapDoesNotNameGoesAsThePolicySays) {
    const auto with = [](const std::string& more) {
        return say(rule("    map: { Web: online }\n" + more), text("Fax"), kMarketing, nullptr,
                   nullptr);
    };
    EXPECT_EQ(with("    unmapped: pass\n").value, text("Fax"));
    EXPECT_EQ(with("    unmapped: default\n    default: other\n").value, text("other"));
    EXPECT_EQ(with("    default: { to_pardot: other }\n").value, text("other"));
    for (const auto& [word, policy] : {std::pair{"keep", Policy::Keep},
                                       {"error", Policy::Error},
                                       {"quarantine", Policy::Quarantine}}) {
        const Said kept = with("    unmapped: " + std::string(word) + "\n");
        EXPECT_FALSE(kept.value) << word;
        EXPECT_EQ(kept.fault, Fault::Unmapped) << word;
        EXPECT_EQ(kept.policy, policy) << word;
    }
    EXPECT_EQ(with("").policy, Policy::Error) << "the default of a map without a default";
}

TEST(Say, ABlankIsNeitherMappedNorReplaced) {
    const FieldRule mapped = rule("    map: { Web: online }\n    default: other\n");
    EXPECT_EQ(say(mapped, Value{}, kMarketing, nullptr, nullptr).value, Value{});
    EXPECT_EQ(say(mapped, text("  "), kMarketing, nullptr, nullptr).fault, Fault::None);
}

TEST(Say, AMapReadsBooleansAndWritesTheTargetsType) {
    const FieldRule flags = rule("    map: { 'true': 1, 'false': 0 }\n");
    const FieldInfo number = field(FieldType::Number);
    EXPECT_EQ(say(flags, Value{false}, kMarketing, nullptr, &number).value, Value{Decimal{0}});
    const FieldInfo flag = field(FieldType::Boolean);
    EXPECT_EQ(say(flags, Value{Decimal{1}}, kCrm, &number, &flag).value, Value{true});
}

TEST(Say, OptionsOfAListAreMappedOneByOne) {
    const FieldRule mapped = rule("    map: { Red: r, Blue: b }\n    unmapped: pass\n");
    const FieldInfo list = field(FieldType::MultiPicklist);
    EXPECT_EQ(say(mapped, text("Blue; Green;Red"), kMarketing, &list, nullptr).value,
              text("b;Green;r"));
    FieldRule strict = mapped;
    strict.unmapped = Policy::Quarantine;
    EXPECT_FALSE(say(strict, text("Blue;Green"), kMarketing, &list, nullptr).value);
}

TEST(Say, EachFaultHasItsPolicy) {
    const FieldInfo shorter = field(FieldType::Text, 3);
    const FieldInfo day = field(FieldType::Date);
    FieldInfo options = field(FieldType::Picklist);
    options.restricted = true;
    options.options = {"Hot", "Other"};
    const auto fault_of = [](const std::string& more, const char* value, const FieldInfo& target) {
        return say(rule(more), text(value), kMarketing, nullptr, &target);
    };
    EXPECT_EQ(fault_of("", "abcd", shorter).value, text("abc"));
    EXPECT_EQ(fault_of("", "abcd", shorter).policy, Policy::Truncate);
    EXPECT_FALSE(fault_of("    too_long: quarantine\n", "abcd", shorter).value);
    EXPECT_EQ(fault_of("    too_long: default\n    default: x\n", "abcd", shorter).value,
              text("x"));
    EXPECT_EQ(fault_of("", "soon", day).policy, Policy::Error);
    EXPECT_EQ(fault_of("    unparsable: keep\n", "soon", day).policy, Policy::Keep);
    EXPECT_EQ(fault_of("    unparsable: default\n    default: 2018-01-02\n", "soon", day).value,
              Value{*parse_date("2018-01-02")});
    EXPECT_EQ(fault_of("", "Warm", options).policy, Policy::Error);
    EXPECT_EQ(fault_of("    unknown_option: pass\n", "Warm", options).value, text("Warm"));
    EXPECT_EQ(fault_of("    unknown_option: default\n    default: Other\n", "Warm", options).value,
              text("Other"));
}

TEST(Say, ADefaultThatDoesNotFitIsNotSent) {
    const FieldInfo day = field(FieldType::Date);
    const Said none = say(rule("    unparsable: default\n    default: never\n"), text("soon"),
                          kMarketing, nullptr, &day);
    EXPECT_FALSE(none.value);
    EXPECT_EQ(none.policy, Policy::Error);
}

constexpr const char* kSource =
    "fields:\n"
    "  - salesforce: LeadSource\n"
    "    pardot: source\n"
    "    map: { Web: online }\n"
    "  - salesforce: Title\n"
    "    pardot: jobTitle\n";

TEST(SayInADecision, AnErrorLeavesTheFieldCountsAndLetsTheOthersGo) {
    Case one(kSource);
    one.facts.values = {{"LeadSource", text("Fax")}, {"Title", text("Dr")}};
    const Decision decision = one.decide();
    EXPECT_EQ(write_of(decision, kMarketing, "source"), nullptr);
    EXPECT_NE(write_of(decision, kMarketing, "jobTitle"), nullptr);
    EXPECT_TRUE(warns_of(decision, "source: the rule's value map does not name the value"));
}

TEST(SayInADecision, AQuarantineHoldsTheRecordUntilTheValueFits) {
    Case one(std::string(kSource) + "    too_long: quarantine\n" +
             "  - salesforce: HasOptedOutOfEmail\n    pardot: optedOut\n    consent: strictest\n");
    FieldInfo& title = one.catalogs.marketing.objects.front().fields.front();
    for (FieldInfo& info : one.catalogs.marketing.objects.front().fields) {
        if (info.name == "jobTitle") info.length = 3;
    }
    ASSERT_FALSE(title.name.empty());
    one.facts.values = {{"LeadSource", text("Web")},
                        {"Title", text("Professor")},
                        {"HasOptedOutOfEmail", Value{true}}};
    const Decision held = one.decide();
    EXPECT_EQ(held.state, State::Quarantined);
    EXPECT_EQ(held.validation, "jobTitle");
    EXPECT_NE(held.reason.find("longer than the 3 characters"), std::string::npos);
    ASSERT_EQ(held.writes.size(), 1U) << "nothing but the opt-out";
    EXPECT_EQ(held.writes.front().field, "optedOut");

    one.facts.values["Title"] = text("Dr");
    const Decision freed = one.decide();
    EXPECT_EQ(freed.state, State::Planned);
    EXPECT_NE(write_of(freed, kMarketing, "jobTitle"), nullptr);
}

TEST(SayInADecision, AConstantIsWrittenWhereItIsNotHeld) {
    Case one(
        "fields:\n  - pardot: source\n    constant: Duet\n  - salesforce: Duet_Email_Clicks__c\n"
        "    constant: 7\n    blank: fill_only\n");
    const Decision decision = one.decide();
    ASSERT_NE(write_of(decision, kMarketing, "source"), nullptr);
    EXPECT_EQ(write_of(decision, kMarketing, "source")->after, text("Duet"));
    ASSERT_NE(write_of(decision, kCrm, "Duet_Email_Clicks__c"), nullptr);
    EXPECT_EQ(write_of(decision, kCrm, "Duet_Email_Clicks__c")->after, Value{Decimal{7}});
    one.facts.values = {{"Prospect.source", text("Duet")}, {"Duet_Email_Clicks__c", Decimal{9}}};
    EXPECT_TRUE(one.decide().writes.empty());
}

}  // namespace
}  // namespace duet::merge
