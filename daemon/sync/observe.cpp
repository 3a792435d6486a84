#include "daemon/sync/observe.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sync/erase.h"
#include "daemon/sync/evidence.h"
#include "daemon/sync/identity.h"
#include "daemon/sync/store_read.h"
#include "mappings/domain_text.h"

namespace duet::sync {
namespace {

using store::ObjectState;
using store::RowClass;
using store::SeenRow;

// A bound that no healthy pull reaches: 200 million rows at 2,000 a page.
constexpr int kMaxPagesPerCycle = 100'000;
// How long a vendor's figure of the allowance counts; one call in that time is what it costs to
// ask.
constexpr std::chrono::minutes kFigureLife{15};

SeenRow seen_from(const Change& change, Side side, const std::optional<SeenRow>& before) {
    SeenRow row;
    row.side = side;
    row.record = change.record;
    row.deleted = change.kind == ChangeKind::Deleted || change.kind == ChangeKind::Merged;
    row.survivor = change.survivor;
    if (before) {
        row.written_at = before->written_at;
        row.own_stamp = before->own_stamp;
        row.changed = before->changed;
        if (row.deleted) {
            // A tombstone carries few fields; what was known stays readable.
            for (const auto& [name, value] : before->record.fields) {
                if (row.record.fields.find(name) == nullptr) row.record.fields.set(name, value);
            }
        }
    }
    return row;
}

bool is_same(const SeenRow& a, const SeenRow& b) {
    return a.deleted == b.deleted && a.survivor == b.survivor && a.record.fields == b.record.fields;
}

RowClass classify(const std::optional<SeenRow>& before, const SeenRow& now) {
    if (!before) return RowClass::Changed;
    if (now.record.modified < before->record.modified) return RowClass::Repeat;
    if (!is_same(*before, now)) return RowClass::Changed;
    if (now.record.modified == before->record.modified) return RowClass::Repeat;
    return before->written_at == Instant{} ? RowClass::Unchanged : RowClass::Echo;
}

/// Deletes, and some updates, are acknowledged without a stamp. A read with the stamp from before
/// such a write shows the record as it was, while reads may lag so far behind.
bool may_be_from_before(const Org& org, const std::optional<SeenRow>& before, const SeenRow& now) {
    return before && before->written_at != Instant{} && before->own_stamp == DateTime{} &&
           now.record.modified == before->record.modified &&
           org.clock.now() - before->written_at < org.connectors[now.side]->read_lag();
}

void count(RowClass row_class, store::CycleRow& counts) {
    ++counts.pulled;
    if (row_class == RowClass::Repeat) ++counts.repeats;
    if (row_class == RowClass::Echo) ++counts.echoes;
    if (row_class == RowClass::Unchanged) ++counts.unchanged;
}

/// References that pointed elsewhere before: their old targets depend on this row too.
std::vector<std::pair<std::string, std::string>> moved_references(
    const ObjectModel& object, const std::optional<SeenRow>& before, const SeenRow& now) {
    std::vector<std::pair<std::string, std::string>> moved;
    if (!before) return moved;
    for (const std::string& field : object.references) {
        std::string old_target = referred_by(before->record.fields, field);
        if (!old_target.empty() && old_target != referred_by(now.record.fields, field))
            moved.emplace_back(field, std::move(old_target));
    }
    return moved;
}

/// Who shared a match value with a record that gave it up may be clear to match now.
Status queue_sharers(Org& org, const ObjectModel& object, const SeenRow& before, const SeenRow& now,
                     const document::MatchRule& rule) {
    const auto field_on = [&](Side side) {
        return side == Side::Crm ? rule.crm_field : rule.marketing_fields.front();
    };
    const auto value_of = [&](const SeenRow& row) -> const Value& {
        const FieldInfo* field = object.info->find(field_on(object.side));
        return row.record.fields.get(field == nullptr ? field_on(object.side) : field->name);
    };
    const std::string* given_up = as_text(value_of(before));
    const bool is_gone = now.deleted || !now.survivor.key.empty();
    if (given_up == nullptr || (!is_gone && value_of(now) == value_of(before))) return Done{};
    for (const Side side : kSides) {
        for (const std::string& name : object.entity->objects[side]) {
            const ObjectModel* sharing = org.model.find(side, name);
            const FieldInfo* field =
                sharing == nullptr ? nullptr : sharing->info->find(field_on(side));
            if (field == nullptr) continue;
            auto keys =
                org.store.with_key(org.name, side, sharing->info->name, field->name, *given_up);
            if (!keys) return std::move(keys).error();
            for (std::string& key : *keys) {
                if (side == object.side && key == now.record.id.key) continue;
                auto added = org.store.add_changed(
                    org.name, {0, side, {sharing->info->name, std::move(key)}, 0, {}});
                if (!added) return added;
            }
        }
    }
    return Done{};
}

Status queue_sharers(Org& org, const ObjectModel& object, const SeenRow& before,
                     const SeenRow& now) {
    if (object.entity == nullptr) return Done{};
    // Whoever was in doubt because of this record may be clear now.
    auto waiting = org.store.reviews_naming(org.name, {object.side, now.record.id});
    if (!waiting) return std::move(waiting).error();
    for (const store::Link& record : *waiting) {
        auto added = org.store.add_changed(org.name, {0, record.side, record.id, 0, {}});
        if (!added) return added;
    }
    for (const document::MatchRule& rule : object.entity->match) {
        if (rule.kind != document::MatchRule::Kind::Equal) continue;
        if (auto queued = queue_sharers(org, object, before, now, rule); !queued) return queued;
    }
    return Done{};
}

/// How a row came.
struct Told {
    Instant polled{};       // when the read before began; epoch: that tells nothing
    std::int64_t pass = 0;  // of the object's full compare
    bool compares = false;  // the pass meets the row by this
    bool backfill = false;  // with the first load of its object
};

Result<RowClass> store_change(Org& org, const ObjectModel& object, const Change& change,
                              const Told& told, store::CycleRow& counts) {
    auto before = org.store.seen(org.name, object.side, change.record.id);
    if (!before) return std::move(before).error();
    // A tombstone of a row that was never seen says nothing to anybody, unless the person left a
    // list: that holds for whatever membership comes next.
    const bool is_left = object.side == Side::Marketing && org.model.lists().is_left(change.record);
    if (!*before && change.kind == ChangeKind::Deleted && !is_left) {
        ++counts.pulled;
        ++counts.unchanged;
        return RowClass::Unchanged;
    }
    SeenRow now = seen_from(change, object.side, *before);
    now.compare_pass = told.pass;
    note_changes(org, object, *before ? &**before : nullptr, told.polled, now);
    const RowClass row_class =
        may_be_from_before(org, *before, now) ? RowClass::Repeat : classify(*before, now);
    count(row_class, counts);
    if (row_class == RowClass::Repeat) {
        if (!told.compares || (*before)->compare_pass == told.pass) return row_class;
        auto met = org.store.note_compared(org.name, object.side, now.record.id, told.pass);
        if (!met) return std::move(met).error();
        return row_class;
    }
    if (row_class == RowClass::Echo) {
        now.written_at = Instant{};
        // Where the write's answer told no stamp, this is the one it left.
        if (now.own_stamp == DateTime{}) now.own_stamp = now.record.modified;
    }
    if (auto stored = org.store.put_seen(org.name, now, object.references, object.keys); !stored) {
        return std::move(stored).error();
    }
    if (row_class != RowClass::Changed) return row_class;
    if (*before) {
        if (auto queued = queue_sharers(org, object, **before, now); !queued)
            return std::move(queued).error();
        const bool was_gone = (*before)->deleted || !(*before)->survivor.key.empty();
        if (was_gone && !now.deleted && now.survivor.key.empty()) {
            Identity identity(org.store, org.name, org.model);
            auto back = identity.came_back(object.side, now.record.id);
            if (!back) return std::move(back).error();
        }
    }
    auto added =
        org.store.add_changed(org.name, {0, object.side, now.record.id, counts.id,
                                         moved_references(object, *before, now), told.backfill});
    if (!added) return std::move(added).error();
    return row_class;
}

/// Starts the reading of an object anew when the documents ask for other fields than before:
/// rows that were stored without a field would look unreadable.
Result<ObjectState> state_for(Org& org, const ObjectModel& object) {
    std::string wanted;
    for (const std::string& field : object.selection.fields) wanted += field + " ";
    // Which domain a row refers to is stored with the row.
    for (const std::string& field : object.references) {
        if (is_domain_reference(field)) wanted += field + " ";
    }
    const std::string fact = "selection." + org.system(object.side) + "." + object.info->name;
    auto known = org.store.fact(org.name, fact);
    if (!known) return std::move(known).error();
    if (*known == wanted) return org.store.object_state(org.name, object.side, object.info->name);
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    if (auto set = org.store.set_fact(org.name, fact, wanted); !set) return std::move(set).error();
    if (auto set = org.store.set_object_state(org.name, object.side, object.info->name, {}); !set) {
        return std::move(set).error();
    }
    // A full compare under way reads the fields of before, perhaps from a job that is done already.
    auto comparison = org.store.comparison(org.name, object.side, object.info->name);
    if (!comparison) return std::move(comparison).error();
    comparison->phase = store::ComparePhase::None;
    comparison->cursor.clear();
    if (auto set = org.store.set_comparison(org.name, object.side, object.info->name, *comparison);
        !set) {
        return std::move(set).error();
    }
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return ObjectState{};
}

/// How the reading of one object went.
struct Read {
    std::optional<Error> fault{};  // of the connector
    bool is_loading = false;       // its first load goes on in the next cycle
};

/// `slice_ends`: when a first load leaves the rest to the next cycle, after a page at least.
Result<Read> observe_object(Org& org, const ObjectModel& object, store::CycleRow& counts,
                            std::chrono::steady_clock::time_point slice_ends,
                            std::stop_token stop) {
    auto state = state_for(org, object);
    if (!state) return std::move(state).error();
    Progress progress{org.system(object.side), object.info->name, 0, !state->backfilled, false};
    Cursor cursor = state->cursor;
    // What was read of a first load in an earlier cycle may have changed since.
    const bool goes_on = !state->backfilled && !cursor.text.empty();
    const Instant began = goes_on ? Instant{} : org.clock.now();
    for (int page_number = 0; page_number < kMaxPagesPerCycle; ++page_number) {
        if (stop.stop_requested()) {
            return Read{Error{ErrorKind::Transient, "Stopped while reading.", "DUET-5001", "", {}}};
        }
        if (is_over_budget(org, object.side)) {
            return Read{Error{ErrorKind::RateLimited,
                              "Duet's share of the daily API limit of " + org.system(object.side) +
                                  " is used up; reading goes on when the quota is back.",
                              "DUET-5002",
                              "",
                              {}}};
        }
        auto page = org.connectors[object.side]->changes(object.selection, cursor,
                                                         org.settings.page_size, stop);
        if (!page) return Read{std::move(page).error()};
        if (auto stored = store_page(org, object, *page, began, counts); !stored)
            return std::move(stored).error();
        progress.rows += page->rows_pulled;
        progress.done = page->last;
        if (org.on_progress) org.on_progress(progress);
        if (page->last) return Read{};
        if (page->backfill && org.clock.steady() >= slice_ends) return Read{{}, true};
        if (page->next == cursor && page->changes.empty()) {
            return Read{
                Error{ErrorKind::Broken,
                      "A page of " + object.info->name + " neither ends nor moves the cursor.",
                      "DUET-5003",
                      "",
                      {}}};
        }
        cursor = page->next;
    }
    return Read{
        Error{ErrorKind::Broken, "More pages than one cycle may read.", "DUET-5004", "", {}}};
}

}  // namespace

bool is_over_budget(const Org& org, Side side) {
    const Budget budget = org.connectors[side]->budget();
    if (!budget.limit_per_day || !budget.used_today) return false;
    // Without a call nobody hears that the quota is back.
    if (budget.told_at && org.clock.steady() - *budget.told_at >= kFigureLife) return false;
    const double allowed =
        static_cast<double>(*budget.limit_per_day) * (1.0 - org.settings.reserve_share);
    return static_cast<double>(*budget.used_today) >= allowed;
}

Status store_page(Org& org, const ObjectModel& object, const ChangePage& page, Instant began,
                  store::CycleRow& counts) {
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    store::CycleRow after = counts;
    auto state = org.store.object_state(org.name, object.side, object.info->name);
    if (!state) return std::move(state).error();
    auto comparison = org.store.comparison(org.name, object.side, object.info->name);
    if (!comparison) return std::move(comparison).error();
    const Told told{state->polled_at, comparison->pass, org.catching_up, page.backfill};
    Doorkeeper door(org, object);
    if (auto opened = door.open(); !opened) return opened;
    Change instead;
    for (const Change& pulled : page.changes) {
        auto verdict = door.judge(pulled, instead);
        if (!verdict) return std::move(verdict).error();
        const Change& change = *verdict == Doorkeeper::Verdict::Blanked ? instead : pulled;
        if (*verdict == Doorkeeper::Verdict::Erased) {
            ++after.pulled;
            ++after.filtered;
        } else if (auto stored = store_change(org, object, change, told, after); !stored) {
            return std::move(stored).error();
        }
        if (!state->high_water || change.record.modified > *state->high_water) {
            state->high_water = change.record.modified;
        }
    }
    state->cursor = page.next;
    state->backfilled = state->backfilled || !page.backfill || page.last;
    state->read_at = org.clock.now();
    if (page.last) state->polled_at = began;
    if (auto set = org.store.set_object_state(org.name, object.side, object.info->name, *state);
        !set) {
        return set;
    }
    if (auto done = transaction->commit(); !done) return done;
    counts = after;
    return Done{};
}

Result<Met> store_read(Org& org, const ObjectModel& object, Change read) {
    auto state = org.store.object_state(org.name, object.side, object.info->name);
    if (!state) return std::move(state).error();
    auto comparison = org.store.comparison(org.name, object.side, object.info->name);
    if (!comparison) return std::move(comparison).error();
    auto before = org.store.seen(org.name, object.side, read.record.id);
    if (!before) return std::move(before).error();
    // A record that is gone has no stamp.
    if (*before) read.record.modified = std::max(read.record.modified, (*before)->record.modified);
    Doorkeeper door(org, object);
    if (auto opened = door.open(); !opened) return std::move(opened).error();
    Change instead;
    auto verdict = door.judge(read, instead);
    if (!verdict) return std::move(verdict).error();
    if (*verdict == Doorkeeper::Verdict::Erased) return Met::AsSeen;
    store::CycleRow nobodys;
    auto row_class =
        store_change(org, object, *verdict == Doorkeeper::Verdict::Blanked ? instead : read,
                     {state->polled_at, comparison->pass}, nobodys);
    if (!row_class) return std::move(row_class).error();
    return *row_class == RowClass::Changed ? Met::Newer : Met::AsSeen;
}

Result<Met> store_compared_change(Org& org, const ObjectModel& object, const Change& pulled,
                                  std::int64_t pass, store::CycleRow& counts) {
    auto state = org.store.object_state(org.name, object.side, object.info->name);
    if (!state) return std::move(state).error();
    Doorkeeper door(org, object);
    if (auto opened = door.open(); !opened) return std::move(opened).error();
    Change instead;
    auto verdict = door.judge(pulled, instead);
    if (!verdict) return std::move(verdict).error();
    if (*verdict == Doorkeeper::Verdict::Erased) {
        ++counts.pulled;
        ++counts.filtered;
        return Met::AsSeen;
    }
    const Change& change = *verdict == Doorkeeper::Verdict::Blanked ? instead : pulled;
    auto before = org.store.seen(org.name, object.side, change.record.id);
    if (!before) return std::move(before).error();
    // Since when it is so nobody can tell, so no read counts as one before it.
    auto row_class = store_change(org, object, change, {Instant{}, pass, true}, counts);
    if (!row_class) return std::move(row_class).error();
    if (*row_class != RowClass::Changed) return Met::AsSeen;
    const bool has_old_stamp = *before && change.record.modified == (*before)->record.modified;
    const bool is_newer =
        !has_old_stamp && state->high_water && change.record.modified > *state->high_water;
    return is_newer ? Met::Newer : Met::Drifted;
}

Result<Observed> observe(Org& org, Side side, store::CycleRow& counts, std::stop_token stop) {
    Observed observed;
    const auto slice_ends = org.clock.steady() + org.settings.first_load_slice;
    for (const ObjectModel& object : org.model.objects()) {
        if (object.side != side) continue;
        auto read = observe_object(org, object, counts, slice_ends, stop);
        if (!read) return std::move(read).error();
        if (read->fault) {
            observed.error = std::move(read->fault);
            observed.loading.clear();
            return observed;
        }
        if (read->is_loading) observed.loading.insert(object.info->name);
    }
    observed.ready = observed.loading.empty();
    return observed;
}

}  // namespace duet::sync
