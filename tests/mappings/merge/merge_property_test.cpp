#include <functional>
#include <set>

#include <rapidcheck.h>

#include "mappings/merge/convert.h"
#include "mappings/text.h"
#include "tests/mappings/merge/property_world.h"

namespace duet::merge {
namespace {

using document::BlankRule;
using document::Consent;
using document::Direction;
using document::FieldRule;
using document::Policy;
using document::ValueMap;
using document::Winner;

constexpr int kCases = 20'000;  // a property; RC_PARAMS="max_success=..." for more

/// How often each class was drawn. A class that hardly ever comes up proves nothing, so the run
/// fails when one falls under one in a hundred.
class Tally {
public:
    void note(const std::string& name) { ++counts_[name]; }
    void note(const Drawn& drawn) {
        ++total_;
        const auto number = [](auto value) { return std::to_string(static_cast<int>(value)); };
        note("presence " + number(drawn.presence));
        if (drawn.is_consent()) return note("consent");
        note("direction " + number(drawn.rule.direction));
        note("winner " + number(drawn.rule.winner));
        note("blank " + number(drawn.rule.blank));
        note(drawn.rule.map.crm.empty() ? "no map"
                                        : "map, unmapped " + number(drawn.rule.unmapped));
        note("too long " + number(drawn.rule.too_long));
    }
    void expect_all() const {
        std::set<std::string> wanted{"consent", "no map"};
        for (int i = 0; i < 6; ++i) wanted.insert("presence " + std::to_string(i));
        for (int i = 0; i < 3; ++i) {
            for (const char* kind : {"direction ", "winner ", "blank "})
                wanted.insert(kind + std::to_string(i));
        }
        for (const Policy policy :
             {Policy::Pass, Policy::Default, Policy::Keep, Policy::Error, Policy::Quarantine}) {
            wanted.insert("map, unmapped " + std::to_string(static_cast<int>(policy)));
        }
        for (const std::string& name : wanted) {
            const auto found = counts_.find(name);
            EXPECT_GE(found == counts_.end() ? 0 : found->second * 100, total_) << name;
        }
        EXPECT_GE(total_, 1000);
    }

private:
    std::map<std::string, int> counts_;
    int total_ = 0;
};

template <class T>
T draw(std::initializer_list<T> from) {
    return *rc::gen::elementOf(std::vector<T>(from));
}

bool one_in(int count) { return *rc::gen::inRange(0, count) == 0; }

Value draw_value(FieldType type) {
    if (type == FieldType::MultiPicklist)
        return text(draw<const char*>({"", "a", "a;b", "b;a", "b; a", "c", "a;c;b"}));
    return text(draw<const char*>({"", "a", "b", " b ", "A", "long", "lonely", "7", "x1"}));
}

Value draw_flag() { return draw<Value>({Value{}, Value{false}, Value{false}, Value{true}}); }

std::optional<Evidence> draw_evidence() {
    if (one_in(5)) return std::nullopt;
    const int after = *rc::gen::inRange(0, 4);
    const int until = after + *rc::gen::inRange(1, 3);
    return Evidence{DateTime{std::chrono::hours{after}}, DateTime{std::chrono::hours{until}},
                    one_in(5)};
}

void draw_map(FieldRule& rule) {
    if (one_in(3)) return;
    rule.map = {ValueMap{{"x1", "a"}, {"x2", "b"}},
                ValueMap{{"a", "x1"}, {"b", "x2"}, {"A", "x1"}}};
    rule.unmapped =
        draw({Policy::Pass, Policy::Default, Policy::Keep, Policy::Error, Policy::Quarantine});
    if (rule.unmapped == Policy::Default || one_in(4)) rule.fallback = {"d1", "d2"};
}

Drawn draw_case() {
    Drawn made;
    FieldRule& rule = made.rule;
    rule.name = "f";
    rule.fields.crm.path = rule.fields.marketing.path = "F";
    made.presence =
        draw({Presence::Both, Presence::Both, Presence::FirstMeeting, Presence::CrmAlone,
              Presence::MarketingAlone, Presence::Deleted, Presence::Unreadable});
    made.unreadable_crm = one_in(2);
    if (one_in(4)) {
        rule.consent = Consent::Strictest;
        for (const Side side : kSides) {
            rule.consents[side].resize(2);
            rule.consents[side][0].field.path = "Out";
            rule.consents[side][1].field.path = "May";
            rule.consents[side][1].inverted = true;
        }
        for (int i = 0; i < 4; ++i) made.flags.push_back(draw_flag());
        const Value was{one_in(3)};
        made.agreed = {was, was};
        return made;
    }
    rule.direction = draw({Direction::Both, Direction::ToCrm, Direction::ToMarketing});
    rule.winner = draw({Winner::Crm, Winner::Marketing, Winner::MostRecent});
    rule.otherwise = draw({Side::Crm, Side::Marketing});
    rule.blank = draw({BlankRule::Keep, BlankRule::Propagate, BlankRule::FillOnly});
    rule.ignores_case = one_in(3);
    rule.too_long = draw({Policy::Truncate, Policy::Keep, Policy::Quarantine});
    draw_map(rule);
    made.type = one_in(4) ? FieldType::MultiPicklist : FieldType::Text;
    made.is_short = one_in(2);
    made.crm = draw_value(made.type);
    made.marketing = draw_value(made.type);
    made.agreed = {draw_value(made.type), draw_value(made.type)};
    made.changed = {draw_evidence(), draw_evidence()};
    return made;
}

/// For whoever reads a failure.
std::string describe(const Drawn& drawn) {
    const auto number = [](auto value) { return std::to_string(static_cast<int>(value)); };
    const auto changed = [&](const std::optional<Evidence>& when) {
        return when ? format_instant(when->after) + " to " + format_instant(when->until)
                    : "unknown";
    };
    std::string words =
        "presence " + number(drawn.presence) + ", direction " + number(drawn.rule.direction) +
        ", winner " + number(drawn.rule.winner) + ", otherwise " + number(drawn.rule.otherwise) +
        ", blank " + number(drawn.rule.blank) + ", map " +
        std::to_string(drawn.rule.map.crm.size()) + ", unmapped " + number(drawn.rule.unmapped) +
        ", too long " + number(drawn.rule.too_long) + ", type " + to_string(drawn.type) +
        (drawn.is_short ? ", short" : "") + "\n";
    words += "holds \"" + display(drawn.crm) + "\" and \"" + display(drawn.marketing) +
             "\", agreed \"" + display(drawn.agreed.crm) + "\" and \"" +
             display(drawn.agreed.marketing) + "\"\n";
    words += "changed " + changed(drawn.changed.crm) + " and " + changed(drawn.changed.marketing);
    for (const Value& flag : drawn.flags) words += ", " + encode(flag);
    return words;
}

/// Runs `check` on drawn cases. A failure prints its seed and the shrunk draws.
void for_drawn(const std::function<void(const Drawn&)>& check) {
    Tally tally;
    rc::detail::TestMetadata metadata;
    metadata.id = metadata.description =
        testing::UnitTest::GetInstance()->current_test_info()->name();
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = std::max(params.maxSuccess, kCases);
    const auto result = rc::detail::checkTestable(
        [&] {
            const Drawn drawn = draw_case();
            tally.note(drawn);
            RC_LOG() << describe(drawn);
            check(drawn);
        },
        metadata, params);
    if (!result.is<rc::detail::SuccessResult>()) {
        std::ostringstream words;
        rc::detail::printResultMessage(result, words);
        FAIL() << words.str() << "\nseed " << params.seed;
    }
    tally.expect_all();
}

bool same_writes(const Decision& a, const Decision& b, bool mirrored) {
    if (a.writes.size() != b.writes.size() || a.state != b.state) return false;
    for (const PlannedField& one : a.writes) {
        const PlannedField* twin = write_of(b, mirrored ? other(one.side) : one.side, one.field);
        if (twin == nullptr || twin->after != one.after || twin->reason != one.reason) return false;
    }
    return true;
}

// Whatever people typed into either system, one decision settles it.
TEST(MergeProperty, SettlesInOneStep) {
    for_drawn([](const Drawn& drawn) {
        PropertyWorld world(drawn);
        world.apply(world.decide());
        const Decision second = world.decide();
        RC_ASSERT(second.writes.empty());
        world.apply(second);
        RC_ASSERT(world.decide().writes.empty());
    });
}

TEST(MergeProperty, SwappingTheSidesAndTheirRuleSwapsTheDecision) {
    for_drawn([](const Drawn& drawn) {
        RC_PRE(drawn.presence != Presence::Deleted);  // the world deletes prospects only
        PropertyWorld straight(drawn);
        PropertyWorld mirrored(swapped(drawn));
        RC_ASSERT(same_writes(straight.decide(), mirrored.decide(), true));
    });
}

// What is written was held by the other side, cut or mapped, or is the rule's default.
TEST(MergeProperty, NoValueAppearsThatNeitherSideHeldNorTheRuleNames) {
    for_drawn([](const Drawn& drawn) {
        if (drawn.is_consent()) return;
        PropertyWorld world(drawn);
        for (const PlannedField& write : world.decide().writes) {
            const Value& source = write.side == Side::Crm ? drawn.marketing : drawn.crm;
            const std::string whole = display(source);
            std::set<std::string> allowed{whole, whole.substr(0, 4), std::string(trimmed(whole))};
            std::set<std::string> words;
            for (const auto& [from, to] : drawn.rule.map[write.side]) words.insert(to);
            if (drawn.rule.fallback[write.side]) words.insert(*drawn.rule.fallback[write.side]);
            if (drawn.rule.unmapped == Policy::Pass || drawn.rule.map[write.side].empty()) {
                for (const std::string& part : options_of(whole)) words.insert(part);
            }
            if (!drawn.rule.map[write.side].empty()) {
                // A mapped list is made of what the rule names, option by option.
                const auto parts = drawn.type == FieldType::MultiPicklist
                                       ? options_of(display(write.after))
                                       : std::vector<std::string>{display(write.after)};
                for (const std::string& part : parts)
                    RC_ASSERT(words.contains(part) || words.contains(std::string(trimmed(part))) ||
                              allowed.contains(part));
            } else {
                RC_ASSERT(allowed.contains(display(write.after)) ||
                          words.contains(display(write.after)));
            }
        }
    });
}

TEST(MergeProperty, ARepeatedPageAndAnEchoChangeNothing) {
    for_drawn([](const Drawn& drawn) {
        PropertyWorld world(drawn);
        const Decision first = world.decide();
        RC_ASSERT(same_writes(first, world.decide(), false));
        world.apply(first);
        world.apply(world.decide());
        // Each side sends its record once more, as it likes to spell it.
        for (const Side side : kSides) {
            Value& held = world.facts.values[side == Side::Crm ? "F" : "Prospect.F"];
            if (const std::string* word = as_text(held)) {
                held =
                    drawn.type == FieldType::MultiPicklist ? text(*word + ";") : text(" " + *word);
            }
        }
        RC_ASSERT(world.decide().writes.empty());
    });
}

TEST(MergeProperty, ConsentNeverLoosens) {
    for_drawn([](const Drawn& drawn) {
        if (!drawn.is_consent()) return;
        PropertyWorld world(drawn);
        const Decision decision = world.decide();
        for (const PlannedField& write : decision.writes) {
            RC_ASSERT(write.after == Value{write.field == "Out"});
            RC_ASSERT(write.reason == Reason::ConsentTightened);
        }
        const bool was_out =
            drawn.presence != Presence::FirstMeeting && drawn.agreed.crm == Value{true};
        world.apply(decision);
        bool is_out = was_out;
        for (const Side side : kSides) {
            if (world.inputs.sides[side].record == nullptr) continue;
            const std::string out = side == Side::Crm ? "Out" : "Prospect.Out";
            is_out = is_out ||
                     (!world.facts.broken.contains(out) && world.facts.values[out] == Value{true});
        }
        for (const Side side : kSides) {
            if (!is_out || world.inputs.sides[side].record == nullptr) continue;
            const std::string out = side == Side::Crm ? "Out" : "Prospect.Out";
            RC_ASSERT(world.facts.broken.contains(out) || world.held(side, "Out") == Value{true});
            RC_ASSERT(world.held(side, "May") != Value{true});
        }
    });
}

TEST(MergeProperty, ABlankErasesOnlyWhereTheRuleSaysSo) {
    for_drawn([](const Drawn& drawn) {
        PropertyWorld world(drawn);
        const bool may =
            drawn.rule.blank == BlankRule::Propagate && drawn.presence != Presence::FirstMeeting;
        for (const PlannedField& write : world.decide().writes)
            RC_ASSERT(may || !is_blank(write.after));
    });
}

TEST(MergeProperty, WhatCannotBeReadIsNeitherWrittenNorForgotten) {
    for_drawn([](const Drawn& drawn) {
        if (drawn.presence != Presence::Unreadable || drawn.is_consent()) return;
        PropertyWorld world(drawn);
        const Decision decision = world.decide();
        RC_ASSERT(decision.writes.empty());
        RC_ASSERT(decision.agreed.contains("f"));
        RC_ASSERT(decision.agreed.at("f").crm == drawn.agreed.crm);
    });
}

}  // namespace
}  // namespace duet::merge
