#include "tests/simulation/people.h"

#include <algorithm>

#include <fmt/format.h>

#include "tests/world/acme.h"

namespace duet::simulation {
namespace {

using world::SeededRandom;
using world::WatchedSide;

const char* name_of(Side side) { return side == Side::Crm ? "crm" : "marketing"; }
const char* on(const char* const (&names)[2], Side side) { return names[static_cast<int>(side)]; }

// Salesforce keeps 15 days what was deleted. On the last of them nobody tries: whose clock ends it
// is no matter of these worlds. Pardot's bin is emptied by people only.
constexpr std::chrono::days kBinIsSafe{14};
constexpr std::size_t kEmailField = 0;
constexpr std::size_t kLastNameField = 2;
constexpr std::size_t kTitleField = 4;

}  // namespace

void People::populate(std::size_t count) {
    for (const List& one : kLists) {
        Fields list;
        list.set("name", text(one.name));
        lists_.push_back(org_.side(Side::Marketing).add("list", std::move(list)));
    }
    for (std::size_t i = 0; i < count; ++i) {
        SeededRandom dice(seed_ * 1000 + i);
        const std::size_t human = ledger_.add_human(fmt::format("p{}{}", i, kAddressMark));
        const std::size_t where = dice.below(4);
        if (where != 1) make(human, Side::Crm, dice.one_in(3) ? "Lead" : "Contact");
        if (where != 0) make(human, Side::Marketing, "prospect");
    }
}

/// The first one from a chosen place on to whom it can happen.
std::optional<std::size_t> People::some_human(std::uint32_t choice, const Wanted& wanted) const {
    const auto& humans = ledger_.humans();
    for (std::size_t i = 0; i < humans.size(); ++i) {
        const std::size_t at = (choice + i) % humans.size();
        if (wanted(humans[at])) return at;
    }
    return std::nullopt;
}

std::optional<RecordId> People::somebody(Side side, std::uint32_t choice) const {
    const auto human =
        some_human(choice, [&](const Human& one) { return one.live[side].has_value(); });
    return human ? ledger_.humans()[*human].live[side] : std::nullopt;
}

/// Mostly new, sometimes blank, sometimes one that others type too.
std::string People::some_value(const Step& step, std::size_t field) {
    const std::uint32_t drawn = step.c % 10;
    if (drawn == 0 && field != kLastNameField) return "";
    if (field == kTitleField && drawn < 6) {
        static constexpr const char* kTitles[] = {"Chief", "Buyer", "Chief Buyer"};
        return fmt::format("{} {}{}", kTitles[step.c / 16 % 3], kTypedMark, ++typed_);
    }
    if (drawn == 1) return fmt::format("{}-common{}", kTypedMark, step.c / 16 % 2);
    return fmt::format("{}{}", kTypedMark, ++typed_);
}

RecordId People::make(std::size_t human, Side side, const char* object) {
    // The address they have by now.
    const auto& there = ledger_.humans()[human].live[other(side)];
    std::string address = ledger_.humans()[human].address;
    if (there)
        address = display(
            org_.side(other(side)).value(*there, all_fields()[kEmailField].on(other(side))));
    Fields fields;
    const auto set = [&](std::size_t field, const std::string& value) {
        fields.set(all_fields()[field].on(side), text(value));
    };
    set(kEmailField, address);
    set(kLastNameField, fmt::format("{}{}", kTypedMark, ++typed_));
    if (human % 3 == 0) set(kTitleField, fmt::format("Buyer {}{}", kTypedMark, ++typed_));
    if (human % 4 == 1) set(kLastNameField + 1, fmt::format("{}{}", kTypedMark, ++typed_));
    fields.set(on(kOptOut, side), Value{false});
    fields.set(on(kTag, side), text(fmt::format("h{}", human)));
    // Some prospects know their record in the CRM, as those that Pardot's own connector made do.
    if (side == Side::Marketing && there && human % 2 == 0)
        fields.set(world::kCrmIds[there->object == "Contact" ? 0 : 1], text(there->key));
    const RecordId id{object, org_.side(side).add(object, std::move(fields))};
    ledger_.added(human, side, id);
    log_(fmt::format("people add {} {} {} {}", name_of(side), object, id.key, address));
    return id;
}

std::vector<std::string> People::values_of(Side side, const RecordId& id) const {
    std::vector<std::string> values;
    for (const FieldPair& field : all_fields())
        values.push_back(display(org_.side(side).value(id, field.on(side))));
    return values;
}

void People::note_filled(Side side, const RecordId& id, const std::vector<std::string>& before) {
    const auto now = values_of(side, id);
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i] != before[i]) ledger_.typed(side, id, i);
    }
}

void People::type(Side side, const RecordId& id, std::size_t field, const std::string& value) {
    org_.side(side).edit(id, all_fields()[field].on(side), text(value));
    ledger_.typed(side, id, field);
    log_(fmt::format("people type {} {} {} {}=\"{}\"", name_of(side), id.object, id.key,
                     all_fields()[field].on(side), value));
}

bool People::edit(const Step& step, Side side) {
    const auto id = somebody(side, step.a);
    if (!id) return false;
    // Every field but the address.
    const std::size_t field = 1 + step.b % (all_fields().size() - 1);
    type(side, *id, field, some_value(step, field));
    return true;
}

bool People::edit_both(const Step& step) { return edit_half(step, false) && edit_half(step, true); }

bool People::edit_half(const Step& step, bool is_second) {
    const auto human =
        some_human(step.a, [](const Human& one) { return one.live.crm && one.live.marketing; });
    if (!human) return false;
    const PerSide<std::optional<RecordId>> live = ledger_.humans()[*human].live;
    const std::size_t field = 1 + step.b % (all_fields().size() - 1);
    const Side first = step.c % 2 == 0 ? Side::Crm : Side::Marketing;
    const Side side = is_second ? other(first) : first;
    const bool is_same = step.c / 16 % 4 == 0;
    Step own = step;
    if (is_second && !is_same) own.c = step.c * 7 + 3;
    type(side, *live[side], field, some_value(own, field));
    return true;
}

bool People::opt_out(const Step& step, Side side) {
    const auto id = somebody(side, step.a);
    if (!id) return false;
    org_.side(side).edit(*id, on(kOptOut, side), Value{true});
    ledger_.opted_out(side, *id);
    log_(fmt::format("people opt out {} {} {}", name_of(side), id->object, id->key));
    return true;
}

/// Somebody new, or somebody who is not on this side (any more).
bool People::add(const Step& step, Side side) {
    std::optional<std::size_t> human;
    if (step.b % 2 == 0) {
        human = some_human(step.a, [&](const Human& one) {
            return !one.live[side] && one.live[other(side)] && !one.is_blurred;
        });
    }
    if (!human)
        human = ledger_.add_human(fmt::format("p{}{}", ledger_.humans().size(), kAddressMark));
    make(*human, side,
         side == Side::Marketing ? "prospect" : (step.c % 2 == 0 ? "Contact" : "Lead"));
    return true;
}

bool People::remove(const Step& step, Side side) {
    const auto id = somebody(side, step.a);
    if (!id) return false;
    org_.side(side).remove(*id);
    ledger_.removed(side, *id);
    removed_[{side, *id}] = org_.clock.now();
    log_(fmt::format("people delete {} {} {}", name_of(side), id->object, id->key));
    return true;
}

bool People::undelete(const Step& step, Side side) {
    const auto human = some_human(step.a, [&](const Human& one) {
        return !one.live[side] && !one.is_blurred && !one.records[side].empty();
    });
    if (!human) return false;
    const RecordId id = ledger_.humans()[*human].records[side].back();
    const auto removed = removed_.find({side, id});
    if (removed == removed_.end()) return false;
    if (side == Side::Crm && org_.clock.now() - removed->second > kBinIsSafe) return false;
    // Whoever is merged or converted later lies in no bin.
    removed_.erase(removed);
    org_.side(side).undelete(id);
    ledger_.undeleted(side, id);
    log_(fmt::format("people undelete {} {} {}", name_of(side), id.object, id.key));
    return true;
}

bool People::convert(const Step& step) {
    const auto human = some_human(
        step.a, [](const Human& one) { return one.live.crm && one.live.crm->object == "Lead"; });
    if (!human) return false;
    const RecordId lead = *ledger_.humans()[*human].live.crm;
    const auto before = values_of(Side::Crm, lead);
    const RecordId contact{"Contact", org_.side(Side::Crm).convert(lead.key)};
    ledger_.converted(lead, contact);
    note_filled(Side::Crm, contact, before);
    log_(fmt::format("people convert {} to {}", lead.key, contact.key));
    return true;
}

/// Two people of one side become one. `converts`: a lead becomes part of a contact.
bool People::merge(const Step& step, Side side, bool converts) {
    const auto is_a = [&](const char* object) {
        return [&, object](const Human& one) {
            const auto& live = one.live[side];
            return live && (*object == '\0' || live->object == object);
        };
    };
    const char* object = side == Side::Marketing ? "prospect" : "Contact";
    const auto loser = some_human(step.a, is_a(converts ? "Lead" : object));
    if (!loser) return false;
    const auto survivor = some_human(step.b, [&](const Human& one) {
        return is_a(object)(one) && &one != &ledger_.humans()[*loser];
    });
    if (!survivor) return false;
    const RecordId from = *ledger_.humans()[*loser].live[side];
    const RecordId into = *ledger_.humans()[*survivor].live[side];
    const auto before = values_of(side, into);
    const auto members = org_.side(Side::Marketing).records("list-membership");
    if (converts) {
        org_.side(side).convert_into(from.key, into.key);
    } else {
        org_.side(side).merge(from, into);
    }
    if (side == Side::Crm) {
        ledger_.merged(from, into);
    } else {
        ledger_.merged_prospects(from, into, members);
    }
    note_filled(side, into, before);
    log_(fmt::format("people merge {} {} {} into {}", name_of(side), from.object, from.key,
                     into.key));
    return true;
}

bool People::move(const Step& step, Side side) {
    const auto id = somebody(side, step.a);
    if (!id) return false;
    type(side, *id, kEmailField, fmt::format("moved{}{}", ++typed_, kAddressMark));
    return true;
}

bool People::join_list(const Step& step) {
    WatchedSide& marketing = org_.side(Side::Marketing);
    const Value list = text(lists_[step.b % lists_.size()]);
    const auto members = marketing.records("list-membership");
    const auto human = some_human(step.a, [&](const Human& one) {
        return one.live.marketing &&
               std::none_of(members.begin(), members.end(), [&](const auto& row) {
                   return row.second.get("prospectId") == text(one.live.marketing->key) &&
                          row.second.get("listId") == list;
               });
    });
    if (!human) return false;
    Fields row;
    row.set("listId", list);
    row.set("prospectId", text(ledger_.humans()[*human].live.marketing->key));
    row.set("optedOut", Value{false});
    const std::string key = marketing.add("list-membership", std::move(row));
    ledger_.joined_list({"list-membership", key});
    log_("people join list " + key);
    return true;
}

bool People::leave_list(const Step& step, bool quits) {
    WatchedSide& marketing = org_.side(Side::Marketing);
    const auto members = marketing.records("list-membership");
    if (members.empty()) return false;
    auto chosen = members.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(step.a % members.size()));
    const RecordId id{"list-membership", chosen->first};
    if (quits) {
        marketing.edit(id, "optedOut", Value{true});
        ledger_.quit_list(id);
    } else {
        marketing.remove(id);
    }
    log_(fmt::format("people {} list {}", quits ? "quit" : "leave", id.key));
    return true;
}

bool People::reload(const Step& step) {
    const int next = (org_.rule_set() + 1 + static_cast<int>(step.a % 2)) % kRuleSets;
    org_.reload(next);
    ledger_.reloaded(next);
    log_(fmt::format("rules {} are loaded", next));
    return true;
}

bool People::happen(const Step& step) {
    switch (step.kind) {
        case Kind::EditCrm:
            return edit(step, Side::Crm);
        case Kind::EditMarketing:
            return edit(step, Side::Marketing);
        case Kind::EditBoth:
            return edit_both(step);
        case Kind::OptOutCrm:
            return opt_out(step, Side::Crm);
        case Kind::OptOutMarketing:
            return opt_out(step, Side::Marketing);
        case Kind::AddCrm:
            return add(step, Side::Crm);
        case Kind::AddMarketing:
            return add(step, Side::Marketing);
        case Kind::DeleteCrm:
            return remove(step, Side::Crm);
        case Kind::DeleteMarketing:
            return remove(step, Side::Marketing);
        case Kind::UndeleteCrm:
            return undelete(step, Side::Crm);
        case Kind::UndeleteMarketing:
            return undelete(step, Side::Marketing);
        case Kind::Convert:
            return convert(step);
        case Kind::ConvertInto:
            return merge(step, Side::Crm, true);
        case Kind::MergeCrm:
            return merge(step, Side::Crm, false);
        case Kind::MergeMarketing:
            return merge(step, Side::Marketing, false);
        case Kind::JoinList:
            return join_list(step);
        case Kind::LeaveList:
            return leave_list(step, false);
        case Kind::QuitList:
            return leave_list(step, true);
        case Kind::MoveCrm:
            return move(step, Side::Crm);
        case Kind::MoveMarketing:
            return move(step, Side::Marketing);
        default:
            return reload(step);
    }
}

}  // namespace duet::simulation
