// Whom Duet makes: for whom, and whether it may.
#include <fmt/format.h>

#include "tests/simulation/ledger.h"

namespace duet::simulation {
namespace {

const char* tag_on(Side side) { return kTag[static_cast<int>(side)]; }

}  // namespace

const RecordId& Ledger::first_of(const RecordId& id) const {
    const auto lead = leads_.find(id);
    return lead == leads_.end() ? id : lead->second;
}

/// The record on the other side, by the name it had first; an empty one when there is none.
RecordId Ledger::partner_of(const Human& human, Side side) const {
    const auto& live = human.live[other(side)];
    return live ? first_of(*live) : RecordId{};
}

/// Somebody has them there already: who could be known to be there is neither made once more nor
/// written over.
void Ledger::check_blind_create(const Human& human, Side side, const RecordId& live,
                                const RecordId& made_now, const std::string& what) {
    const WatchedSide& there = *sides_[side];
    const Change* told = there.told(live);
    // Whom Duet was last told to be gone, and is undeleted since, is not there for it.
    if (told != nullptr && told->kind != ChangeKind::Upserted) told = nullptr;
    const char* email = all_fields().front().on(side);
    const bool is_same_address = told != nullptr && value_of(told->record.fields, email) ==
                                                        display(there.value(made_now, email));
    // It made that one for the very record that it now makes another for.
    const auto made = made_by_duet_.find({side, live});
    const bool is_ours = made != made_by_duet_.end() && made->second == partner_of(human, side);
    if (is_same_address || is_ours) return fail("created-twice", what + ", who has " + live.key);
    // Who could be read when the cycle began must be known before anybody is made.
    if (told == nullptr && there.visible_at(live) < cycle_began_)
        fail("created-blindly", what + ", who has " + live.key);
}

/// Whether a create is right; it blurs who is who where nobody could have known better.
bool Ledger::may_be_created(Human& human, Side side, const RecordId& id) {
    const WatchedSide& there = *sides_[side];
    const std::string what = fmt::format("{} {} for {}", id.object, id.key, human.address);
    if (const auto& live = human.live[side]) {
        check_blind_create(human, side, *live, id, what);
        blur(human);
        return false;
    }
    for (const RecordId& gone : human.records[side]) {
        // Who was deleted before Duet ever saw them was never there; and whoever Duet did not know
        // then is somebody new.
        const auto left = left_behind_.find({side, gone});
        const bool is_known = left != left_behind_.end() && human.live[other(side)] &&
                              left->second == first_of(*human.live[other(side)]);
        if (!is_known || !there.was_told_alive(gone)) continue;
        fail("made-anew", what + ", whose record was deleted");
        return false;
    }
    return true;
}

void Ledger::set_by_create(Cell& cell, Side side, const std::string& value, const RecordId& id) {
    cell.truth[side] = value;
    cell.memories = {Memory{{}, side}, Memory{value, {}}};
    cell.edits[side].reset();
    cell.own[side] = Cell::Own{value, faults_, doubts_, id, sides_[side]->versions(id)};
}

void Ledger::created(Side side, const Write& write, const RecordId& id) {
    const std::string tag = value_of(write.fields, tag_on(side));
    if (tag.empty()) return fail("created-nobody", id.object + " " + id.key);
    const auto made_for = static_cast<std::size_t>(std::stoul(tag.substr(1)));
    const std::size_t index = whole_of(made_for);
    Human& human = humans_.at(index);
    // Planned before the merge was read.
    if (index != made_for) blur(human);
    if (whose_.count({side, id}) != 0) return wrote_over(human, side, write, id);
    whose_[{side, id}] = index;
    made_by_duet_[{side, id}] = partner_of(human, side);
    const bool is_right = human.is_blurred || may_be_created(human, side, id);
    if (!is_right || human.is_blurred) {
        human.records[side].push_back(id);
        human.live[side] = id;
        return;
    }
    for (std::size_t i = 0; i < human.cells.size(); ++i) {
        Cell& cell = human.cells[i];
        const std::string value = value_of(write.fields, all_fields()[i].on(side));
        if (rule_of(i) != nullptr && views(human, other(side), i).count(value) == 0) {
            fail("created-otherwise",
                 fmt::format("{} {} {}: \"{}\", the other side has \"{}\"", id.object, id.key,
                             all_fields()[i].on(side), value, cell.truth[other(side)]));
        }
        set_by_create(cell, side, value, id);
        if (rule_of(i) == nullptr) cell.memories = {Memory{}};
    }
    human.records[side].push_back(id);
    human.live[side] = id;
    note_met(human);
}

/// A create by address that changed the record which had it already.
void Ledger::wrote_over(Human& human, Side side, const Write& write, const RecordId& id) {
    Human& had = *human_of(side, id);
    const std::string what = fmt::format("{} {} for {}", id.object, id.key, human.address);
    // Who took the address of somebody else meanwhile: what becomes of both is not foreseen.
    if (&had != &human || human.live[side] != id) {
        blur(human);
        return blur(had);
    }
    if (human.is_blurred) return;
    // Said once more, by the same key: nobody is made twice by that.
    const auto made = made_by_duet_.find({side, id});
    const bool is_ours = made != made_by_duet_.end() && made->second == partner_of(human, side);
    if (!is_ours) check_blind_create(human, side, id, id, what);
    for (std::size_t i = 0; i < human.cells.size(); ++i) {
        const Value* value = write.fields.find(all_fields()[i].on(side));
        Cell& cell = human.cells[i];
        if (value == nullptr || rule_of(i) == nullptr) {
            note_agreement(human, i, cell);
            continue;
        }
        const std::string where = fmt::format("{} {}", what, all_fields()[i].on(side));
        if (views(human, other(side), i).count(display(*value)) == 0) {
            fail("created-otherwise", fmt::format("{}: \"{}\", the other side has \"{}\"", where,
                                                  display(*value), cell.truth[other(side)]));
        }
        check_overwritten(cell, side, where);
        set_by_create(cell, side, display(*value), id);
    }
    made_by_duet_[{side, id}] = partner_of(human, side);
}

}  // namespace duet::simulation
