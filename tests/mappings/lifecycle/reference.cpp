#include "tests/mappings/lifecycle/reference.h"

#include <stdexcept>
#include <utility>

namespace duet::lifecycle {
namespace {

StageSet stages(std::vector<std::string> names) {
    StageSet set;
    set.stages = std::move(names);
    return set;
}

StageSet ranks(int low, int high, std::vector<std::string> names = {}, bool start = false) {
    StageSet set = stages(std::move(names));
    set.ranks = std::pair{low, high};
    set.start = start;
    return set;
}

TransitionRule way(std::vector<std::string> on, StageSet from, std::string to) {
    TransitionRule rule;
    rule.on = std::move(on);
    rule.from = std::move(from);
    rule.to = std::move(to);
    return rule;
}

TransitionRule back(std::vector<std::string> on, std::vector<std::string> from) {
    TransitionRule rule = way(std::move(on), stages(std::move(from)), "NURTURE");
    rule.fall_back = FallBack{"CUSTOMER", "contract"};
    return rule;
}

void add_ways_up(LifecycleRules& rules) {
    auto& ways = rules.transitions;
    StageSet nobody;
    nobody.start = true;
    ways.push_back(way({"visited"}, nobody, "VISITOR"));
    ways.back().ignore_elsewhere = true;
    ways.push_back(way({"known"}, ranks(0, 0, {}, true), "KNOWN"));
    ways.back().ignore_elsewhere = true;
    ways.push_back(way({"activity"}, ranks(0, 10, {"NURTURE", "DORMANT"}), "ENGAGED"));
    ways.back().ignore_elsewhere = true;
    const StageSet below_mql = ranks(0, 29, {"NURTURE", "DORMANT", "CUSTOMER"});
    const StageSet outside = stages({"NURTURE", "DORMANT", "CUSTOMER"});
    ways.push_back(way({"hand_raise", "activated"}, below_mql, "MQL"));
    ways.back().new_cycle_from = outside;
    ways.push_back(way({"promoted"}, below_mql, "MQL"));
    ways.back().new_cycle_from = outside;
    ways.back().cool_off = CoolOff{{"rejected"}, 30};
    TransitionRule qualified = way({}, below_mql, "MQL");
    qualified.during = "qualified";
    qualified.new_cycle_from = outside;
    qualified.cool_off = CoolOff{{"rejected"}, 30};
    ways.push_back(qualified);
    ways.push_back(way({"accepted"}, stages({"MQL"}), "SAL"));
    ways.push_back(way({"qualified_by_sales"}, stages({"SAL"}), "SQL"));
    ways.push_back(
        way({"deal_opened"}, ranks(0, 59, {"NURTURE", "DORMANT", "CUSTOMER"}), "OPPORTUNITY"));
    ways.back().new_cycle_from = outside;
    ways.push_back(way({"deal_won"}, stages({"OPPORTUNITY"}), "CUSTOMER"));
    ways.push_back(way({"deal_reopened"}, stages({"NURTURE"}), "OPPORTUNITY"));
    ways.back().reopens = true;
    ways.back().skips = false;
}

void add_ways_down(LifecycleRules& rules) {
    auto& ways = rules.transitions;
    ways.push_back(back({"rejected"}, {"MQL", "SAL"}));
    ways.back().needs_reason = true;
    ways.push_back(way({"unqualified"}, stages({"MQL", "SAL", "SQL"}), "DISQUALIFIED"));
    ways.back().needs_reason = true;
    ways.push_back(back({"deal_lost", "deal_lapsed"}, {"OPPORTUNITY"}));
    ways.back().unless = {"open_deal"};
    ways.push_back(way({"user_reopened"}, stages({"DISQUALIFIED"}), "KNOWN"));
    ways.push_back(way({"put_on_nurture"}, ranks(0, 59), "NURTURE"));
}

void add_timers(LifecycleRules& rules) {
    TimerRule check;
    check.name = "check";
    check.from = stages({"SQL", "OPPORTUNITY"});
    check.days = 30;
    check.since = {"stay"};
    rules.timers.push_back(check);
    TimerRule archive = check;
    archive.name = "archived";
    archive.to = "NURTURE";
    archive.days = 90;
    archive.extended_by = {"stage", "deal_moved"};
    archive.extension_days = 30;
    archive.fall_back = FallBack{"CUSTOMER", "contract"};
    rules.timers.push_back(archive);
    TimerRule dormant;
    dormant.name = "inactive";
    dormant.from = stages({"KNOWN", "ENGAGED", "NURTURE"});
    dormant.to = "DORMANT";
    dormant.days = 180;
    dormant.since = {"stage", "activity", "touch"};
    dormant.unless = {"planned"};
    rules.timers.push_back(dormant);
    TimerRule churned;
    churned.name = "churned";
    churned.from = stages({"CUSTOMER"});
    churned.to = "NURTURE";
    churned.days = 30;
    churned.since = {"contract"};
    churned.unless = {"contract"};
    rules.timers.push_back(churned);
}

}  // namespace

DateTime at(const std::string& text) {
    const bool is_day = text.size() == 10;
    const auto parsed = parse_instant(is_day ? text + "T00:00:00Z"
                                             : text.substr(0, 10) + "T" + text.substr(11) +
                                                   (text.size() == 16 ? ":00Z" : "Z"));
    if (!parsed) throw std::invalid_argument(text);
    return *parsed;
}

Date day(const std::string& text) { return parse_date(text).value(); }

LifecycleRules reference_rules() {
    LifecycleRules rules;
    rules.stages = {{"VISITOR", 0, "marketing"},    {"KNOWN", 10, "marketing"},
                    {"ENGAGED", 20, "marketing"},   {"MQL", 30, "marketing"},
                    {"SAL", 40, "sales"},           {"SQL", 50, "sales"},
                    {"OPPORTUNITY", 60, "sales"},   {"CUSTOMER", 70, "success"},
                    {"NURTURE", -10, "marketing"},  {"DORMANT", -20, "marketing"},
                    {"DISQUALIFIED", -30, "nobody"}};
    rules.cycle_starts_at = "MQL";
    add_ways_up(rules);
    add_ways_down(rules);
    add_timers(rules);
    rules.tags = {{"TRIAL", "trial"}};
    rules.lapses.push_back({"overdue", 30, 30, {}, {}});
    rules.lapses.push_back({"silent", {}, {}, {}, 60});
    rules.lapses.push_back({"stuck", {}, 45, 2.0, 30});
    rules.account.customer = "CUSTOMER";
    rules.account.left_out = {"DISQUALIFIED"};
    rules.account.counted = {"MQL"};
    rules.account.required_roles = {"Decision Maker", "Economic Buyer", "Influencer", "User"};
    rules.account.substages = {{"CHURNED", "contract_end", 0, 31, {}, "renewed"},
                               {"ONBOARDING", "first_won", 0, 0, 90, {}},
                               {"RENEWAL-30", "contract_end", 0, -30, 30, {}},
                               {"RENEWAL-60", "contract_end", 0, -60, 29, {}},
                               {"RENEWAL-90", "contract_end", 0, -90, 29, {}},
                               {"RENEWAL-120", "contract_end", 0, -120, 29, {}},
                               {"UPSELL-WINDOW", "last_won", 3, 0, 90, {}},
                               {"ADOPTING", {}, 0, 0, {}, {}}};
    return rules;
}

Facts reference_person() {
    Facts facts;
    const auto add = [&](const char* time, const char* name, const char* record, int order,
                         const char* reason = "") {
        facts.events.push_back({at(time), order, record, name, reason, "ann", "spring"});
    };
    add("2025-01-10 09:00", "known", "00Q1", 1);
    add("2025-02-03 14:00", "hand_raise", "va1", 4);
    add("2025-02-04 10:00", "accepted", "00Q1", 1);
    add("2025-02-11 10:00", "qualified_by_sales", "00Q1", 1);
    add("2025-02-14 12:00", "deal_opened", "0061", 0);
    add("2025-04-28 12:00", "deal_moved", "0061", 0);  // or it would be archived on 2025-05-12
    add("2025-05-20 12:00", "deal_lost", "0061", 0, "price");
    add("2025-11-04 08:00", "hand_raise", "va2", 4);
    add("2025-11-04 20:00", "accepted", "00Q1", 1);
    add("2025-11-12 08:00", "qualified_by_sales", "00Q1", 1);
    add("2025-11-20 08:00", "deal_opened", "0062", 0);
    add("2026-01-15 08:00", "deal_won", "0062", 0);
    facts.spans.push_back(
        {"open_deal", "0061", at("2025-02-14 12:00"), at("2025-05-20 12:00"), 0, "", "", ""});
    facts.spans.push_back(
        {"open_deal", "0062", at("2025-11-20 08:00"), at("2026-01-15 08:00"), 0, "", "", ""});
    return facts;
}

}  // namespace duet::lifecycle
