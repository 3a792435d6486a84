// Who is part of whom after merges, and what Duet must ask people about then.
#include <algorithm>
#include <utility>

#include "tests/simulation/ledger.h"
#include "tests/world/acme.h"

namespace duet::simulation {
namespace {

constexpr const char* kMergedDoubt = "merged";
constexpr const char* kChangedDoubt = "changed";
constexpr const char* kTakenDoubt = "taken";
constexpr const char* kMembership = "list-membership";

}  // namespace

std::size_t Ledger::index_of(const Human& human) const {
    return static_cast<std::size_t>(&human - humans_.data());
}

std::size_t Ledger::whole_of(std::size_t human) const {
    for (auto part = part_of_.find(human); part != part_of_.end(); part = part_of_.find(human))
        human = part->second;
    return human;
}

void Ledger::note_met(Human& human) {
    if (human.live.crm && human.live.marketing)
        human.met = {first_of(*human.live.crm), *human.live.marketing};
}

bool Ledger::has_met(const Human& human) const {
    return human.live.crm && human.live.marketing && human.met.crm == first_of(*human.live.crm) &&
           sides_.crm->was_told_alive(*human.live.crm) &&
           human.met.marketing == *human.live.marketing;
}

/// Whether somebody opted out one of their records, or of those who were merged with them.
bool Ledger::may_be_out(const Human& human) const {
    std::vector<std::size_t> all{index_of(human)};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Human& one = humans_[all[i]];
        for (const Side side : kSides) {
            for (const RecordId& id : one.records[side]) {
                if (must_be_out_.count({side, id}) != 0) return true;
            }
        }
        for (const std::size_t next : one.merged_with) {
            if (std::find(all.begin(), all.end(), next) == all.end()) all.push_back(next);
        }
    }
    return false;
}

/// Into what it went by merges and conversions; itself, when it did not.
RecordId Ledger::end_of(RecordId crm) const {
    for (auto end = ends_.find(crm); end != ends_.end(); end = ends_.find(crm)) crm = end->second;
    return crm;
}

/// The live record of the CRM that a prospect's fields name.
std::optional<RecordId> Ledger::named_by(const RecordId& prospect) const {
    static constexpr const char* kObjects[] = {"Contact", "Lead"};
    for (std::size_t i = 0; i < world::kCrmIds.size(); ++i) {
        const std::string key = display(sides_.marketing->value(prospect, world::kCrmIds[i]));
        if (key.empty()) continue;
        const RecordId end = end_of({kObjects[i], key});
        if (sides_.crm->find_record(end) != nullptr) return end;
    }
    return std::nullopt;
}

/// Those whose own record went into this one.
std::vector<Human*> Ledger::waiting_for(const RecordId& crm) {
    std::vector<Human*> waiting;
    for (Human& human : humans_) {
        const bool is_waiting = human.waits_for && human.live.marketing;
        if (is_waiting && end_of(*human.waits_for) == crm) waiting.push_back(&human);
    }
    return waiting;
}

/// What the review queue must hold of those who are clear, once all is quiet.
std::vector<Doubt> Ledger::foreseen() const {
    std::vector<Doubt> doubts;
    for (const Human& human : humans_) {
        if (human.is_blurred || !human.live.marketing) continue;
        const RecordId& prospect = *human.live.marketing;
        if (human.waits_for) {
            doubts.push_back({Side::Marketing, prospect, kMergedDoubt, {end_of(*human.waits_for)}});
            continue;
        }
        const auto named = human.live.crm ? named_by(prospect) : std::nullopt;
        if (!named || *named == *human.live.crm) continue;
        doubts.push_back({Side::Marketing, prospect, kChangedDoubt, {*named}});
        doubts.push_back({Side::Crm, *named, kTakenDoubt, {prospect}});
    }
    return doubts;
}

void Ledger::blur_doubted(const Human& human) {
    for (const Doubt& doubt : foreseen()) {
        if (doubt.kind == kMergedDoubt) continue;
        Human* first = human_of(doubt.side, doubt.record);
        Human* second = human_of(other(doubt.side), doubt.candidates.front());
        if (first != &human && second != &human) continue;
        if (first != nullptr) blur(*first);
        if (second != nullptr) blur(*second);
    }
}

void Ledger::absorb(Human& from, Human& into) {
    for (const Side side : kSides) {
        auto& records = into.records[side];
        for (const RecordId& id : from.records[side]) {
            whose_[{side, id}] = index_of(into);
            if (into.live[side] != id) absorbed_.insert({side, id});
        }
        records.insert(records.begin(), from.records[side].begin(), from.records[side].end());
        from.records[side].clear();
        from.live[side].reset();
    }
    from.waits_for.reset();
    from.is_part_of_another = true;
    part_of_[index_of(from)] = index_of(into);
}

/// The prospect of `from` is that of `into` from now on.
void Ledger::join_prospect(Human& from, Human& into, bool begins_anew) {
    for (std::size_t i = 0; i < into.cells.size(); ++i) {
        Cell& cell = into.cells[i];
        Cell& was = from.cells[i];
        note_agreement(into, i, cell);
        note_agreement(from, i, was);
        cell.truth.marketing = was.truth.marketing;
        cell.edits.marketing = was.edits.marketing;
        cell.own.marketing = was.own.marketing;
        std::vector<Memory> memories{Memory{}};
        for (const Cell* known : {&cell, &was}) {
            for (const Memory& memory : known->memories) {
                const Memory kept{memory.agreed, {}};
                const bool is_new =
                    std::find(memories.begin(), memories.end(), kept) == memories.end();
                if (is_new && !begins_anew) memories.push_back(kept);
            }
        }
        cell.memories = std::move(memories);
    }
    into.live.marketing = std::exchange(from.live.marketing, std::nullopt);
    note_met(into);
}

/// A record is gone: who waited for its place, or for the record itself.
void Ledger::leave_waiting(Human& human, Side side, const RecordId& gone) {
    const bool is_place = side == Side::Marketing;
    if (is_place && !human.live.crm) return;
    if (is_place && human.is_contested) blur(human);
    const auto waiting = waiting_for(is_place ? *human.live.crm : gone);
    if (waiting.empty()) return;
    Human& first = *waiting.front();
    if (is_place && waiting.size() == 1 && !human.is_blurred && !first.is_blurred) {
        join_prospect(first, human, false);
        return absorb(first, human);
    }
    // Which of them takes the place is not foreseen, nor what they do without it.
    for (Human* one : waiting) blur(*one);
    if (is_place) blur(human);
}

/// A prospect that waited is back: it waits again, or takes the place that is free now.
void Ledger::wait_again(Human& human) {
    Human* first = human_of(Side::Crm, end_of(*human.waits_for));
    const bool is_free = first != nullptr && first->live.crm && !first->live.marketing;
    if (first == nullptr || first->is_blurred || human.live.crm || !first->live.crm) {
        blur(human);
    } else if (is_free) {
        join_prospect(human, *first, false);
        absorb(human, *first);
    }
}

void Ledger::merged(const RecordId& loser, const RecordId& survivor) {
    ends_[loser] = survivor;
    if (must_be_out_.count({Side::Crm, loser}) != 0) must_be_out_.insert({Side::Crm, survivor});
    Human* from = human_of(Side::Crm, loser);
    Human* into = human_of(Side::Crm, survivor);
    if (from == nullptr || into == nullptr) return;
    for (const Human* one : {from, into}) blur_doubted(*one);
    const bool knew_from = has_met(*from);
    const bool knew_into = has_met(*into);
    if (from->live.crm == loser) from->live.crm.reset();
    const auto& partner = from->live.marketing;
    if (partner && sides_.marketing->was_told_alive(*partner))
        left_behind_[{Side::Crm, loser}] = *partner;
    if (from == into) return blur(*into);
    into->merged_with.push_back(index_of(*from));
    // Who has met a partner keeps it, whoever comes.
    if (from->is_blurred || into->is_blurred || (partner && !knew_from) ||
        (partner && into->live.marketing && !knew_into)) {
        blur(*from);
        if (!knew_into) blur(*into);
        into->is_contested = true;
        return;
    }
    if (partner && into->live.marketing) {
        from->waits_for = survivor;
        return;
    }
    // Which of them is first to find the place free is not foreseen.
    const auto waiting = waiting_for(survivor);
    if (partner && !waiting.empty()) {
        for (Human* one : waiting) blur(*one);
        blur(*from);
        return blur(*into);
    }
    if (partner) join_prospect(*from, *into, false);
    absorb(*from, *into);
}

void Ledger::carry_memberships(const std::string& loser, const std::string& survivor,
                               const Rows& members) {
    const WatchedSide& there = *sides_.marketing;
    const auto is_left = [](const Fields& row) { return row.get("optedOut") == Value{true}; };
    for (const auto& lost : members) {
        const Fields& row = lost.second;
        if (row.get("prospectId") != text(loser)) continue;
        const auto own = std::find_if(members.begin(), members.end(), [&](const auto& other_one) {
            return other_one.second.get("prospectId") == text(survivor) &&
                   other_one.second.get("listId") == row.get("listId");
        });
        const bool is_alone = own == members.end();
        const RecordId kept{kMembership, is_alone ? lost.first : own->first};
        const bool must_be_left = is_left(row) || (!is_alone && is_left(own->second));
        const Fields* now = there.find_record(kept);
        const bool is_right = now != nullptr && now->get("prospectId") == text(survivor) &&
                              is_left(*now) == must_be_left;
        const bool is_one = is_alone || there.find_record({kMembership, lost.first}) == nullptr;
        if (!is_right || !is_one) fail("merged-otherwise", kMembership + (" " + kept.key));
        const std::pair pair{display(row.get("listId")), survivor};
        if (must_be_left) quit_[pair] = kept;
        auto& rows = members_[pair];
        if (std::find(rows.begin(), rows.end(), kept.key) == rows.end()) rows.push_back(kept.key);
    }
}

void Ledger::merged_prospects(const RecordId& loser, const RecordId& survivor,
                              const Rows& members) {
    carry_memberships(loser.key, survivor.key, members);
    if (must_be_out_.count({Side::Marketing, loser}) != 0)
        must_be_out_.insert({Side::Marketing, survivor});
    Human* from = human_of(Side::Marketing, loser);
    Human* into = human_of(Side::Marketing, survivor);
    if (from == nullptr || into == nullptr) return;
    removed(Side::Marketing, loser);
    if (from == into) return blur(*into);
    into->merged_with.push_back(index_of(*from));
    const auto named = named_by(survivor);
    Human* owner = named ? human_of(Side::Crm, *named) : nullptr;
    if (owner == nullptr || owner == into) return;
    const bool is_clear = !owner->is_blurred && !into->is_blurred && !owner->live.marketing;
    // It keeps its partner, and people are asked.
    if (is_clear && has_met(*into)) return;
    if (!is_clear || into->live.crm) {
        blur(*into);
        return blur(*owner);
    }
    owner->merged_with.push_back(index_of(*into));
    join_prospect(*into, *owner, true);
    absorb(*into, *owner);
}

void Ledger::judge_doubts(const std::vector<Doubt>& queue) {
    const std::vector<Doubt> expected = foreseen();
    const auto is_same = [](const Doubt& a, const Doubt& b) {
        return a.side == b.side && a.record == b.record && a.kind == b.kind &&
               a.candidates == b.candidates;
    };
    const auto holds = [&](const std::vector<Doubt>& all, const Doubt& one) {
        return std::any_of(all.begin(), all.end(),
                           [&](const Doubt& other_one) { return is_same(one, other_one); });
    };
    for (const Doubt& doubt : expected) {
        if (holds(queue, doubt)) {
            ++doubts_found_;
        } else {
            fail("not-asked", doubt.kind + ": nobody is asked about " + doubt.record.key);
        }
    }
    for (const Doubt& doubt : queue) {
        bool is_clear = true;
        const auto ask = [&](Side side, const RecordId& id) {
            const Human* human = human_of(side, id);
            is_clear = is_clear && human != nullptr && !human->is_blurred;
        };
        ask(doubt.side, doubt.record);
        for (const RecordId& id : doubt.candidates) ask(other(doubt.side), id);
        if (is_clear && !holds(expected, doubt))
            fail("asked-in-vain", doubt.kind + ": somebody is asked about " + doubt.record.key);
    }
}

}  // namespace duet::simulation
