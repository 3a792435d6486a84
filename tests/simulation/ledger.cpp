#include "tests/simulation/ledger.h"

#include <algorithm>

#include <fmt/format.h>

namespace duet::simulation {
namespace {

// A record read longer ago than this is read again before it is overwritten (CycleSettings).
constexpr std::chrono::seconds kStaleAfter{120};
constexpr std::chrono::seconds kSlack{2};

void add_once(std::vector<Memory>& memories, const Memory& memory) {
    if (std::find(memories.begin(), memories.end(), memory) == memories.end())
        memories.push_back(memory);
}

}  // namespace

const std::vector<FieldPair>& all_fields() { return rules(kRuleSets - 1).fields; }

void Ledger::fail(std::string kind, std::string what) {
    failures_.push_back({std::move(kind), std::move(what)});
}

Human* Ledger::human_of(Side side, const RecordId& id) {
    const auto known = whose_.find({side, id});
    return known == whose_.end() ? nullptr : &humans_[known->second];
}

std::string Ledger::held(Side side, const RecordId& id, const FieldPair& field) const {
    return display(sides_[side]->value(id, field.on(side)));
}

const FieldPair* Ledger::rule_of(std::size_t field) const {
    return rules(rule_set_).find(Side::Crm, all_fields()[field].crm);
}

/// What Duet may take for the side's value: the truth, unless it was not told of all of it.
std::set<std::string> Ledger::views(const Human& human, Side side, std::size_t field) const {
    const Cell& cell = human.cells[field];
    std::set<std::string> all{cell.truth[side]};
    const auto& records = human.records[side];
    const bool is_all_told = std::all_of(records.begin(), records.end(), [&](const RecordId& id) {
        return sides_[side]->versions(id) == sides_[side]->versions_told(id);
    });
    if (human.live[side] && is_all_told) return all;
    if (cell.own[side]) all.insert(cell.own[side]->value);
    for (const RecordId& id : human.records[side]) {
        const Change* told = sides_[side]->told(id);
        // Of its own write it has heard; a read of what was there before says nothing.
        const bool is_stale = cell.own[side] && cell.own[side]->record == id &&
                              cell.own[side]->doubts == doubts_ &&
                              sides_[side]->versions_told(id) < cell.own[side]->version;
        if (told != nullptr && !is_stale)
            all.insert(value_of(told->record.fields, all_fields()[field].on(side)));
    }
    return all;
}

/// Where both sides may look alike to Duet, it may remember that.
void Ledger::note_agreement(const Human& human, std::size_t field, Cell& cell) const {
    if (rule_of(field) == nullptr) return;
    const auto crm = views(human, Side::Crm, field);
    for (const std::string& value : views(human, Side::Marketing, field)) {
        if (crm.count(value) != 0) add_once(cell.memories, {value, {}});
    }
}

// --- what people did --------------------------------------------------------------------------

std::size_t Ledger::add_human(std::string address) {
    Human human;
    human.address = std::move(address);
    human.cells.resize(all_fields().size());
    humans_.push_back(std::move(human));
    return humans_.size() - 1;
}

void Ledger::added(std::size_t index, Side side, const RecordId& id) {
    Human& human = humans_[index];
    whose_[{side, id}] = index;
    blur_doubted(human);
    if (human.live[side] || human.waits_for || human.is_part_of_another) blur(human);
    human.records[side].push_back(id);
    human.live[side] = id;
    for (std::size_t i = 0; i < human.cells.size(); ++i) {
        Cell& cell = human.cells[i];
        cell.truth[side] = held(side, id, all_fields()[i]);
        cell.memories = {Memory{}};
        cell.own[side].reset();
        cell.edits[side] = Cell::Edit{id, 1, sides_[side]->visible_at(id)};
    }
}

void Ledger::typed(Side side, const RecordId& id, std::size_t field) {
    Human* human = human_of(side, id);
    if (human == nullptr || human->is_blurred) return;
    Cell& cell = human->cells[field];
    note_agreement(*human, field, cell);
    // What Duet wrote to the other side is no change of that side, whatever became of the answer.
    std::erase_if(cell.memories,
                  [&](const Memory& memory) { return memory.pending && *memory.pending != side; });
    for (Memory& memory : cell.memories) memory.pending.reset();
    cell.truth[side] = held(side, id, all_fields()[field]);
    cell.edits[side] = Cell::Edit{id, sides_[side]->versions(id), sides_[side]->visible_at(id)};
}

void Ledger::opted_out(Side side, const RecordId& id) { must_be_out_.insert({side, id}); }

void Ledger::removed(Side side, const RecordId& id) {
    Human* human = human_of(side, id);
    if (human == nullptr || human->live[side] != id) return;
    blur_doubted(*human);
    human->live[side].reset();
    const auto& there = human->live[other(side)];
    if (there && sides_[other(side)]->was_told_alive(*there))
        left_behind_[{side, id}] = first_of(*there);
    leave_waiting(*human, side, id);
}

void Ledger::undeleted(Side side, const RecordId& id) {
    Human* human = human_of(side, id);
    if (human == nullptr) return;
    blur_doubted(*human);
    const RecordId& met = human->met[side];
    const bool was_another = !met.key.empty() && met != first_of(id);
    if (human->live[side] || was_another || absorbed_.count({side, id}) != 0) blur(*human);
    human->live[side] = id;
    // A record that was merged is itself again: whose partner is whose is not foreseen.
    if (const auto end = ends_.find(id); end != ends_.end()) {
        blur(*human);
        if (Human* into = human_of(side, end_of(id))) blur(*into);
        ends_.erase(end);
    }
    if (human->waits_for) wait_again(*human);
}

void Ledger::converted(const RecordId& lead, const RecordId& contact) {
    const std::size_t index = whose_.at({Side::Crm, lead});
    whose_[{Side::Crm, contact}] = index;
    leads_[contact] = lead;
    ends_[lead] = contact;
    Human& human = humans_[index];
    human.records.crm.push_back(contact);
    human.live.crm = contact;
    if (must_be_out_.count({Side::Crm, lead}) != 0) must_be_out_.insert({Side::Crm, contact});
}

void Ledger::joined_list(const RecordId& membership) {
    const Fields* row = sides_.marketing->find_record(membership);
    if (row == nullptr) return;
    members_[{value_of(*row, "listId"), value_of(*row, "prospectId")}].push_back(membership.key);
}

void Ledger::quit_list(const RecordId& membership) {
    const Fields* row = sides_.marketing->find_record(membership);
    if (row == nullptr) return;
    quit_[{value_of(*row, "listId"), value_of(*row, "prospectId")}] = membership;
}

void Ledger::reloaded(int rule_set) {
    for (Human& human : humans_) {
        for (std::size_t i = 0; i < human.cells.size(); ++i)
            note_agreement(human, i, human.cells[i]);
    }
    const auto had = rules(rule_set_).fields.size();
    rule_set_ = rule_set;
    if (rules(rule_set).fields.size() >= had) return;
    // What a rule that is gone had agreed on may be forgotten.
    for (Human& human : humans_) {
        for (std::size_t i = 0; i < human.cells.size(); ++i) {
            if (rule_of(i) == nullptr) add_once(human.cells[i].memories, Memory{});
        }
    }
}

// --- what Duet did ----------------------------------------------------------------------------

void Ledger::wrote(Side side, const Write& write, const RecordId& id) {
    if (write.id.object == "list-membership") return wrote_membership(write, id);
    if (write.kind == WriteKind::Create) return created(side, write, id);
    if (write.kind == WriteKind::Delete)
        return fail("deleted-a-person", fmt::format("{} {}", id.object, id.key));
    updated(side, write, id);
}

void Ledger::updated(Side side, const Write& write, const RecordId& id) {
    const Value* consent = write.fields.find(kOptOut[static_cast<int>(side)]);
    if (consent != nullptr && *consent != Value{true})
        fail("consent-loosened", fmt::format("{} {}", id.object, id.key));
    Human* human = human_of(side, id);
    if (human == nullptr) return fail("unknown-record", id.object + " " + id.key);
    if (human->is_blurred) return;
    for (std::size_t i = 0; i < all_fields().size(); ++i) {
        const Value* value = write.fields.find(all_fields()[i].on(side));
        if (value != nullptr) updated_field(*human, side, i, display(*value), id);
    }
}

void Ledger::updated_field(Human& human, Side side, std::size_t field, const std::string& value,
                           const RecordId& id) {
    Cell& cell = human.cells[field];
    const FieldPair* rule = rule_of(field);
    const std::string where =
        fmt::format("{} {} {}", id.object, id.key, all_fields()[field].on(side));
    if (rule == nullptr) return fail("no-rule", where);
    if (cell.truth[side] == value) return;  // said once more: it changes nothing
    note_agreement(human, field, cell);
    const auto crm = views(human, Side::Crm, field);
    const auto marketing = views(human, Side::Marketing, field);
    bool is_right = false;
    for (const Memory& memory : cell.memories) {
        for (const std::string& a : crm) {
            for (const std::string& b : marketing) {
                const auto wanted = outcome_of(*rule, memory.agreed, a, b).writes;
                is_right = is_right || std::find(wanted.begin(), wanted.end(),
                                                 std::pair{side, value}) != wanted.end();
            }
        }
    }
    if (!is_right) {
        std::string agreed;
        for (const Memory& memory : cell.memories)
            agreed += fmt::format(" {}", memory.agreed ? "\"" + *memory.agreed + "\"" : "nothing");
        fail("wrong-write",
             fmt::format("{}: wrote \"{}\"; crm \"{}\", marketing \"{}\", agreed on{}", where,
                         value, cell.truth.crm, cell.truth.marketing, agreed));
    }
    check_overwritten(cell, side, where);
    for (Memory& memory : cell.memories) memory.pending = side;
    add_once(cell.memories, {value, {}});
    cell.truth[side] = value;
    cell.edits[side].reset();
    cell.own[side] = Cell::Own{value, faults_, doubts_, id, sides_[side]->versions(id)};
}

/// An edit that Duet was never told of may be lost only while it could not have known of it.
void Ledger::check_overwritten(const Cell& cell, Side side, const std::string& where) {
    const auto& edit = cell.edits[side];
    if (!edit || edit->version <= sides_[side]->versions_told(edit->record)) return;
    const auto blind = clock_.now() - edit->visible_at;
    if (blind <= kStaleAfter + call_time_ + kSlack) return;
    fail("overwrote-blindly",
         fmt::format("{}: \"{}\" could be read for {} s", where, cell.truth[side],
                     std::chrono::duration_cast<std::chrono::seconds>(blind).count()));
}

const Fields* Ledger::told_member(const RecordId& membership, const std::string& prospect) const {
    const Change* told = sides_.marketing->told(membership);
    if (told == nullptr || value_of(told->record.fields, "prospectId") != prospect) return nullptr;
    return &told->record.fields;
}

void Ledger::wrote_membership(const Write& write, const RecordId& id) {
    const WatchedSide& there = *sides_.marketing;
    if (write.kind == WriteKind::Delete) {
        for (const auto& [pair, membership] : quit_) {
            if (membership == id && there.told(id) != nullptr &&
                there.told(id)->record.fields.get("optedOut") == Value{true})
                fail("list-opt-out-deleted", id.key);
        }
        return;
    }
    const std::pair pair{value_of(write.fields, "listId"), value_of(write.fields, "prospectId")};
    if (const auto quit = quit_.find(pair); quit != quit_.end()) {
        const Fields* told = told_member(quit->second, pair.second);
        if (told != nullptr && told->get("optedOut") == Value{true})
            fail("list-opt-out-renewed", id.key);
    }
    std::vector<std::string>& rows = members_[pair];
    for (const std::string& row : rows) {
        if (row == id.key) return;  // the vendor brought back the one that was there
        const RecordId before{"list-membership", row};
        if (there.find_record(before) != nullptr && told_member(before, pair.second) != nullptr)
            fail("joined-twice", id.key + " beside " + row);
    }
    rows.push_back(id.key);
}

void Ledger::cycle_ended(bool was_clean) {
    if (!was_clean) return;
    for (Human& human : humans_) {
        if (human.is_blurred) continue;
        const bool is_told = std::all_of(kSides.begin(), kSides.end(), [&](Side side) {
            const auto& live = human.live[side];
            return live && sides_[side]->versions_told(*live) == sides_[side]->versions(*live);
        });
        const Cell& address = human.cells.front();
        if (is_told && address.truth.crm == address.truth.marketing) note_met(human);
        for (Cell& cell : human.cells) {
            std::erase_if(cell.memories, [&](const Memory& memory) {
                return memory.pending && cell.own[*memory.pending] &&
                       cell.own[*memory.pending]->faults == faults_ && cell.memories.size() > 1;
            });
        }
    }
}

}  // namespace duet::simulation
