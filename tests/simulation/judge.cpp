// What must be true once everything is healed and quiet.
#include <algorithm>

#include <fmt/format.h>

#include "tests/simulation/ledger.h"

namespace duet::simulation {

void Ledger::judge(const std::vector<Doubt>& queue) {
    members_.clear();
    waiting_.clear();
    for (const auto& [key, row] : sides_.marketing->records("list-membership")) {
        members_[{display(row.get("listId")), display(row.get("prospectId"))}].push_back(key);
    }
    doubted_.clear();
    for (const Doubt& doubt : foreseen()) doubted_.insert({doubt.side, doubt.record});
    for (Human& human : humans_) {
        if (human.is_blurred) {
            for (const Side side : kSides) {
                for (const RecordId& id : human.records[side]) {
                    if (must_be_out_.count({side, id}) == 0 || is_out(side, id)) continue;
                    if (sides_[side]->find_record(id) != nullptr)
                        fail("opt-out-lost", id.object + " " + id.key);
                }
            }
        } else if (!human.is_part_of_another) {
            judge_person(human);
        }
    }
    judge_doubts(queue);
    for (const auto& [key, row] : sides_.marketing->records("list")) {
        if (display(row.get("name")) == kLists[2].name) judge_places(key);
    }
}

void Ledger::judge_person(Human& human) {
    const auto& live = human.live;
    for (const Side side : kSides) {
        if (!live[side]) continue;
        for (std::size_t i = 0; i < human.cells.size(); ++i) {
            const std::string value = held(side, *live[side], all_fields()[i]);
            if (value != human.cells[i].truth[side])
                fail("altered",
                     fmt::format("{} {}: \"{}\" is now \"{}\"", human.address,
                                 all_fields()[i].on(side), human.cells[i].truth[side], value));
        }
    }
    judge_consent(human);
    // Who is in doubt is left as they are, but for consent.
    if (is_doubted(human)) return;
    judge_presence(human, Side::Crm);
    judge_presence(human, Side::Marketing);
    note_met(human);
    if (live.crm && live.marketing) {
        for (std::size_t i = 0; i < human.cells.size(); ++i) judge_field(human, i);
    }
    judge_rules(human);
}

bool Ledger::is_doubted(const Human& human) const {
    return std::any_of(kSides.begin(), kSides.end(), [&](Side side) {
        return human.live[side] && doubted_.count({side, *human.live[side]}) != 0;
    });
}

void Ledger::judge_field(Human& human, std::size_t field) {
    Cell& cell = human.cells[field];
    const FieldPair* rule = rule_of(field);
    if (rule == nullptr) {
        cell.memories = {Memory{}};
        return;
    }
    const auto& [crm, marketing] = cell.truth;
    if (crm == marketing) {
        cell.memories = {Memory{crm, {}}};
        return;
    }
    note_agreement(human, field, cell);
    std::erase_if(cell.memories, [&](const Memory& memory) {
        return !outcome_of(*rule, memory.agreed, crm, marketing).may_rest;
    });
    for (Memory& memory : cell.memories) memory.pending.reset();
    if (!cell.memories.empty()) return;
    fail("not-in-step", fmt::format("{} {}: crm \"{}\", marketing \"{}\"", human.address, rule->crm,
                                    crm, marketing));
    cell.memories = {Memory{}};
}

/// Who is on one side alone is made on the other one, unless people deleted them there.
void Ledger::judge_presence(const Human& human, Side side) {
    if (human.live[side] || !human.live[other(side)] || !human.records[side].empty()) return;
    const Cell& last_name = human.cells[2];
    if (human.cells[0].truth[other(side)].empty()) return;
    if (side == Side::Crm && last_name.truth.marketing.empty()) return;
    fail("not-created", fmt::format("{} is on one side only", human.address));
}

bool Ledger::is_out(Side side, const RecordId& id) const {
    return sides_[side]->value(id, kOptOut[static_cast<int>(side)]) == Value{true};
}

void Ledger::judge_consent(const Human& human) {
    bool must = false;
    bool ever = false;
    for (const Side side : kSides) {
        for (const RecordId& id : human.records[side]) {
            if (must_be_out_.count({side, id}) == 0) continue;
            ever = true;
            must = must || human.live[side] == id;
        }
    }
    for (const Side side : kSides) {
        if (!human.live[side]) continue;
        const RecordId& id = *human.live[side];
        const bool out = is_out(side, id);
        if (must) must_be_out_.insert({side, id});
        if (must && !out) fail("opt-out-lost", id.object + " " + id.key);
        if (!ever && out && !may_be_out(human))
            fail("opted-out-by-nobody", id.object + " " + id.key);
    }
}

std::string Ledger::title_of(const Human& human) const {
    return human.live.crm ? display(sides_.crm->value(*human.live.crm, "Title")) : "";
}

/// The stage and the lists, of which the rules of all sets say the same but for a word and a
/// number.
void Ledger::judge_rules(const Human& human) {
    const bool is_buyer = title_of(human).find(rules(rule_set_).word) != std::string::npos;
    bool out = false;
    for (const Side side : kSides) {
        if (!human.live[side]) continue;
        out = out || is_out(side, *human.live[side]);
        const std::string stage =
            display(sides_[side]->value(*human.live[side], kStage[static_cast<int>(side)]));
        if (stage != (is_buyer ? "BUYER" : "KNOWN"))
            fail("wrong-stage", fmt::format("{} is {}", human.address, stage));
    }
    if (human.live.marketing) judge_lists(human, is_buyer, out);
}

void Ledger::judge_lists(const Human& human, bool is_buyer, bool out) {
    for (const auto& [list, row] : sides_.marketing->records("list")) {
        const std::pair pair{list, human.live.marketing->key};
        if (quit_.count(pair) != 0) continue;
        const auto rows = members_.find(pair);
        const std::size_t count = rows == members_.end() ? 0 : rows->second.size();
        const bool has_places = display(row.get("name")) == kLists[2].name;
        bool belongs = is_buyer && !out;
        if (has_places) {
            belongs = human.live.crm && !out &&
                      !display(sides_.crm->value(*human.live.crm, "Department")).empty();
            if (belongs && count == 0) waiting_.insert(human.address);
        }
        // Who belongs on a list that has only so many places may wait for one.
        if ((count != 0) != belongs && !(has_places && belongs))
            fail("wrong-list", fmt::format("{} is {} times on the list {}", human.address, count,
                                           display(row.get("name"))));
    }
}

/// No more than it may have, and none is free while somebody waits.
void Ledger::judge_places(const std::string& list) {
    std::size_t taken = 0;
    for (const auto& [pair, rows] : members_) {
        const bool is_there = sides_.marketing->find_record({"prospect", pair.second}) != nullptr;
        if (pair.first == list && is_there && quit_.count(pair) == 0) ++taken;
    }
    const auto places = static_cast<std::size_t>(rules(rule_set_).places);
    if (taken > places) fail("too-many-on-list", fmt::format("{} where {} may be", taken, places));
    if (taken < places && !waiting_.empty())
        fail("place-left-open",
             fmt::format("{} of {} are taken, and {} waits", taken, places, *waiting_.begin()));
}

}  // namespace duet::simulation
