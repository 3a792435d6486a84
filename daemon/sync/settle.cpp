#include "daemon/sync/settle.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/campaign_figures.h"
#include "daemon/sync/consent.h"
#include "daemon/sync/evidence.h"
#include "daemon/sync/ping_pong.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/put_aside.h"
#include "mappings/document/conventions.h"
#include "mappings/document/scope.h"
#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

using store::InFlight;
using store::SeenRow;

/// What the vendor said of a write: an answer, or the record that a look for it found.
struct Told {
    Written written;
    std::optional<Record> found{};

    /// What it holds now; a record that only may be ours can hold something else than was sent.
    [[nodiscard]] const Value& holds(const std::string& field, const Value& sent) const {
        return found ? found->fields.get(field) : sent;
    }
    [[nodiscard]] bool holds_as_sent(const std::string& field, const Value& sent) const {
        return !found || merge::same(sent, found->fields.get(field));
    }
    [[nodiscard]] Fields as_sent(Fields sent) const;
};

Fields Told::as_sent(Fields sent) const {
    Fields kept;
    for (const auto& [field, value] : sent) {
        if (holds_as_sent(field, value)) kept.set(field, value);
    }
    return kept;
}

/// Whether the record holds, in the field of a rule, what was agreed for its side.
bool holds_agreed(const Told& told, const ObjectModel& object, const std::string& rule_name,
                  const Value& agreed) {
    if (!told.found || object.entity == nullptr) return true;
    for (const document::FieldRule& rule : object.entity->fields) {
        if (rule.name != rule_name) continue;
        const std::string path{rule.fields[object.side].on(object.info->name)};
        const FieldInfo* field = object.info->find(path);
        return field == nullptr || told.holds_as_sent(field->name, agreed);
    }
    return true;
}

/// The row as it must be now that the vendor acknowledged the write.
Result<SeenRow> row_after(Org& org, const InFlight& write, const Told& told) {
    const Written& written = told.written;
    const RecordId id = written.id.key.empty() ? write.write.id : written.id;
    auto before = org.store.seen(org.name, write.side, id);
    if (!before) return std::move(before).error();
    SeenRow row;
    if (*before) {
        row = std::move(**before);
    } else {
        // A record of ours that was never pulled: fields nobody set are blank until it is.
        row.side = write.side;
        row.record.id = id;
        if (const ObjectModel* object = org.model.find(write.side, id.object)) {
            for (const std::string& field : object->selection.fields)
                row.record.fields.set(field, Value{});
        }
    }
    for (const auto& [field, value] : write.write.fields)
        row.record.fields.set(field, told.holds(field, value));
    if (const ObjectModel* object = org.model.find(write.side, id.object))
        note_own_write(org, *object, told.as_sent(write.write.fields), row);
    if (written.stamp && *written.stamp > row.record.modified) row.record.modified = *written.stamp;
    row.own_stamp = written.stamp ? row.record.modified : DateTime{};
    if (write.write.kind == WriteKind::Delete) row.deleted = true;
    row.written_at = org.clock.now();
    return row;
}

/// The value that lost a conflict, both sides' stamps, and whether it proves what a person said.
void add_evidence(const nlohmann::json& reasons, const std::string& field, store::AuditRow& row) {
    row.lost.reset();
    row.stamps = {};
    row.evidence = row.cause.starts_with(merge::to_string(merge::Reason::ConsentTightened)) ||
                   row.cause.starts_with(merge::to_string(merge::Reason::ConsentAllowed));
    if (!reasons.is_object()) return;
    auto reason = reasons.find(field);
    if (reason == reasons.end()) reason = reasons.find("");
    if (reason == reasons.end()) return;
    if (const auto lost = reason->find("lost"); lost != reason->end() && lost->is_string())
        row.lost = decode(lost->get<std::string>());
    const auto stamps = reason->find("stamps");
    if (stamps == reason->end() || !stamps->is_array() || stamps->size() != 2) return;
    const auto at = [&](std::size_t i) {
        return DateTime{std::chrono::milliseconds{(*stamps)[i].get<std::int64_t>()}};
    };
    row.stamps = {at(0), at(1)};
}

Status audit(Org& org, const InFlight& write, const RecordId& id) {
    const auto reasons = nlohmann::json::parse(write.reasons, nullptr, false);
    const auto reason_of = [&](const std::string& field, const char* key) -> std::string {
        if (!reasons.is_object()) return "";
        auto found = reasons.find(field);
        if (found == reasons.end()) found = reasons.find("");
        return found == reasons.end() ? "" : found->value(key, "");
    };
    store::AuditRow row;
    row.cycle = write.cycle;
    row.at = org.clock.now();
    row.entity = write.entity;
    row.side = write.side;
    row.kind = write.write.kind;
    row.record = id;
    row.documents = org.model.documents().version;
    const auto add = [&](const std::string& field) {
        add_evidence(reasons, field, row);
        return org.store.add_audit(org.name, row);
    };
    if (write.write.kind != WriteKind::Update) {
        row.rule = reason_of("", "rule");
        row.cause = reason_of("", "cause");
        row.after = text(reason_of("", "list"));
        if (auto added = add(""); !added) return added;
        if (write.write.kind == WriteKind::Delete || !is_blank(row.after)) return Done{};
    }
    for (const auto& [field, after] : write.write.fields) {
        row.field = field;
        row.before = write.before.get(field);
        row.after = after;
        row.rule = reason_of(field, "rule");
        row.cause = reason_of(field, "cause");
        if (auto added = add(field); !added) return added;
    }
    return Done{};
}

std::optional<Value> decoded(const nlohmann::json& from, const char* key) {
    const auto found = from.find(key);
    if (found == from.end() || !found->is_string()) return std::nullopt;
    return decode(found->get<std::string>());
}

/// The vendor has what the other side said, so both agree on it, whatever either says by now. Were
/// that left to the next plan, an edit that it finds would meet our own write as a conflict.
/// Where a look found something else than was sent, it may be somebody else's: nothing is agreed.
void agree(const InFlight& write, const Told& told, const ObjectModel& object,
           store::Entity& entity) {
    const auto reasons = nlohmann::json::parse(write.reasons, nullptr, false);
    if (!reasons.is_object()) return;
    for (const auto& [field, value] : write.write.fields) {
        const auto reason = reasons.find(field);
        if (reason == reasons.end() || !told.holds_as_sent(field, value)) continue;
        auto from = decoded(*reason, "from");
        if (!from) continue;
        PerSide<Value>& halves = entity.agreed[reason->value("rule", "")];
        halves[write.side] = value;
        halves[other(write.side)] = *std::move(from);
    }
    const auto whole = reasons.find("");
    if (whole == reasons.end() || !whole->contains("agreed")) return;
    for (const auto& [rule, halves] : (*whole)["agreed"].items()) {
        auto crm = decoded(halves, "crm");
        auto marketing = decoded(halves, "marketing");
        if (!crm || !marketing) continue;
        if (holds_agreed(told, object, rule, write.side == Side::Crm ? *crm : *marketing))
            entity.agreed.insert_or_assign(rule, PerSide<Value>{*crm, *marketing});
    }
}

/// The campaign, and those above it whose figures hold its own.
Status mark_upwards(Org& org, RecordId campaign, bool has_trees) {
    const auto* words = document::money_words(org.model.documents().names.crm);
    for (int step = 0; step <= (has_trees ? kStepsUpCampaigns : 0); ++step) {
        auto entity = org.store.entity_of(org.name, Side::Crm, campaign);
        if (!entity) return std::move(entity).error();
        if (*entity) {
            auto marked =
                org.store.mark_dirty(org.name, **entity, "rows of its influence were written");
            if (!marked) return marked;
        }
        auto row = org.store.seen(org.name, Side::Crm, campaign);
        if (!row) return std::move(row).error();
        const std::string* parent =
            *row && words != nullptr ? as_text((*row)->record.fields.get(words->parent)) : nullptr;
        if (parent == nullptr) break;
        campaign.key = *parent;
    }
    return Done{};
}

/// Its own rows do not come back as changes, so what the campaign is credited with follows at once.
Status mark_campaign(Org& org, const InFlight& write, const SeenRow& row) {
    const auto* words = document::influence_words(org.model.documents().names.crm);
    if (words == nullptr || write.side != Side::Crm ||
        !same_name(row.record.id.object, words->object)) {
        return Done{};
    }
    const auto* campaigns = org.model.documents().find(EntityKind::Campaign);
    const std::string* key = as_text(row.record.fields.get(words->campaign));
    if (campaigns == nullptr || key == nullptr || !document::reads_attribution(*campaigns))
        return Done{};
    for (const std::string& object : campaigns->objects.crm) {
        if (auto marked = mark_upwards(org, {object, *key}, reads_tree(*campaigns)); !marked)
            return marked;
    }
    return Done{};
}

Status settle_done(Org& org, const InFlight& write, const Told& told) {
    auto row = row_after(org, write, told);
    if (!row) return std::move(row).error();
    const ObjectModel* object = org.model.find(write.side, row->record.id.object);
    if (object == nullptr) {
        return Error{ErrorKind::Broken,
                     "A write of an object that the documents do not name.",
                     "DUET-5011",
                     "",
                     {}};
    }
    if (auto put = org.store.put_seen(org.name, *row, object->references, object->keys); !put)
        return put;
    auto entity = org.store.entity(org.name, write.entity);
    if (!entity) return std::move(entity).error();
    // A task about a person is no record of the person, though activities may have a document.
    const bool is_own =
        object->entity != nullptr && *entity && object->entity->entity == (*entity)->kind;
    if (write.write.kind == WriteKind::Create && is_own) {
        auto linked = org.store.link(org.name, write.entity, write.side, row->record.id);
        if (!linked) return linked;
    }
    if (is_own && write.write.kind != WriteKind::Delete) {
        agree(write, told, *object, **entity);
        if (auto saved = org.store.save_entity(org.name, **entity); !saved) return saved;
    }
    if (auto marked = mark_campaign(org, write, *row); !marked) return marked;
    if (auto taken = take_back(org, write); !taken) return taken;
    if (auto ended = end_allowances(org, write); !ended) return ended;
    if (auto pinned = pin_undone(org, write); !pinned) return pinned;
    if (auto kept = audit(org, write, row->record.id); !kept) return kept;
    return watch_for_ping_pong(org, write);
}

/// What the vendor holds, compared with what was sent.
enum class Look : std::uint8_t { Done, NotDone, AskLater };

Result<Look> look_for_create(Org& org, InFlight& write, Told& told, std::stop_token stop) {
    const ObjectModel* object = org.model.find(write.side, write.write.id.object);
    if (object == nullptr) return Look::NotDone;
    auto found = org.connectors[write.side]->find(object->selection, write.write.key_field,
                                                  write.write.key_value, stop);
    if (!found) return std::move(found).error();
    const FieldInfo* key = object->info->find(write.write.key_field);
    for (const Record& record : *found) {
        // A membership is found by its person; it is ours when it is of the same list too. Where
        // the key names one record, whatever else changed since it was made is no matter.
        const bool is_ours =
            (key != nullptr && key->unique_key) ||
            std::all_of(object->references.begin(), object->references.end(),
                        [&](const std::string& reference) {
                            const Value* sent = write.write.fields.find(reference);
                            return sent == nullptr ||
                                   merge::same(*sent, record.fields.get(reference));
                        });
        if (!is_ours) continue;
        told.written.id = record.id;
        told.written.stamp = record.modified;
        told.found = record;
        return Look::Done;
    }
    ++write.lookups;
    return write.lookups >= org.settings.doubt_lookups ? Look::NotDone : Look::AskLater;
}

Result<Look> look_at(Org& org, InFlight& write, Told& told, std::stop_token stop) {
    if (write.write.kind == WriteKind::Create) return look_for_create(org, write, told, stop);
    const ObjectModel* object = org.model.find(write.side, write.write.id.object);
    if (object == nullptr) return Look::NotDone;
    const std::string keys[] = {write.write.id.key};
    auto read = org.connectors[write.side]->read(object->selection, keys, stop);
    if (!read) return std::move(read).error();
    told.written.id = write.write.id;
    for (const Change& change : *read) {
        if (change.record.id.key != write.write.id.key) continue;
        if (change.kind == ChangeKind::Deleted) {
            return write.write.kind == WriteKind::Delete ? Look::Done : Look::NotDone;
        }
        if (write.write.kind == WriteKind::Delete) return Look::NotDone;
        for (const auto& [field, value] : write.write.fields) {
            if (!merge::same(value, change.record.fields.get(field))) return Look::NotDone;
        }
        told.written.stamp = change.record.modified;
        return Look::Done;
    }
    return write.write.kind == WriteKind::Delete ? Look::Done : Look::NotDone;
}

/// The process or its store ended in the midst of the write, so nobody knows since when the side
/// may hold it: its reads show it, if at all, once they have caught up with now.
Status set_first_look(Org& org, InFlight& write) {
    write.look_after = org.clock.now() + org.connectors[write.side]->read_lag();
    return org.store.update_in_flight(org.name, write);
}

/// `is_silent` becomes true when the side could not be asked.
Status resolve_one(Org& org, InFlight& write, bool& is_silent, std::stop_token stop) {
    Told told;
    auto look = look_at(org, write, told, stop);
    // A side that cannot be asked now is asked in a later cycle; nothing is planned meanwhile.
    if (!look) {
        is_silent = has_no_answer(look.error()) || concerns_whole_side(look.error());
        return Done{};
    }
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    if (*look == Look::AskLater) {
        write.look_after = org.clock.now() + org.connectors[write.side]->read_lag();
        if (auto kept = org.store.update_in_flight(org.name, write); !kept) return kept;
        return transaction->commit();
    }
    if (*look == Look::Done) {
        if (auto done = settle_done(org, write, told); !done) return done;
    } else if (auto ended = end_allowances(org, write); !ended) {
        return ended;
    }
    if (auto gone = org.store.remove_in_flight(org.name, write.id); !gone) return gone;
    if (auto marked =
            org.store.mark_dirty(org.name, write.entity, "a write in doubt was looked at");
        !marked) {
        return marked;
    }
    return transaction->commit();
}

}  // namespace

bool concerns_whole_side(const Error& error) {
    // 3001 and 3003: no connection came about, so the side saw nothing of the record.
    const bool is_out_of_reach = error.code == "DUET-3001" || error.code == "DUET-3003";
    return error.kind == ErrorKind::RateLimited || error.kind == ErrorKind::Unauthenticated ||
           (error.kind == ErrorKind::Transient && is_out_of_reach);
}

bool has_no_answer(const Error& error) {
    // 3005: the time ran out before the request could be sent.
    return error.kind == ErrorKind::InDoubt || error.code == "DUET-3005";
}

Result<Settled> settle(Org& org, const InFlight& write, const Result<Written>& outcome) {
    Settled settled = Settled::Done;
    if (outcome) {
        if (auto done = settle_done(org, write, {*outcome}); !done) return std::move(done).error();
    } else if (outcome.error().kind == ErrorKind::InDoubt) {
        InFlight doubted = write;
        doubted.in_doubt = true;
        doubted.look_after = org.clock.now() + org.connectors[write.side]->read_lag();
        if (auto kept = org.store.update_in_flight(org.name, doubted); !kept)
            return std::move(kept).error();
        return Settled::InDoubt;
    } else {
        const bool for_good = outcome.error().kind == ErrorKind::Rejected ||
                              outcome.error().kind == ErrorKind::Broken;
        settled = for_good ? Settled::Refused : Settled::Later;
        // When the whole side is closed the record itself is not at fault: no delay of its own.
        if (!concerns_whole_side(outcome.error())) {
            if (auto put = put_aside(org, write, outcome.error(), for_good); !put)
                return std::move(put).error();
        }
    }
    if (auto gone = org.store.remove_in_flight(org.name, write.id); !gone)
        return std::move(gone).error();
    if (auto marked = org.store.mark_dirty(org.name, write.entity, "its write was settled");
        !marked) {
        return std::move(marked).error();
    }
    return settled;
}

Status resolve_doubts(Org& org, std::stop_token stop) {
    auto writes = org.store.in_flight(org.name);
    if (!writes) return std::move(writes).error();
    PerSide<bool> silent{};
    for (InFlight& write : *writes) {
        if (stop.stop_requested()) return Done{};
        if (write.in_doubt && write.look_after == Instant{}) {
            if (auto set = set_first_look(org, write); !set) return set;
        }
        if (silent[write.side]) continue;
        if (!write.in_doubt || write.look_after > org.clock.now()) continue;
        if (is_over_budget(org, write.side) || org.reads_paused[write.side]) continue;
        if (auto done = resolve_one(org, write, silent[write.side], stop); !done) return done;
    }
    return Done{};
}

}  // namespace duet::sync
