#include "daemon/sync/settle.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/campaign_figures.h"
#include "daemon/sync/consent.h"
#include "daemon/sync/evidence.h"
#include "daemon/sync/holders.h"
#include "daemon/sync/ping_pong.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/put_aside.h"
#include "daemon/sync/settle_done.h"
#include "mappings/document/conventions.h"
#include "mappings/document/scope.h"
#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

using store::InFlight;
using store::SeenRow;

/// Whether the record holds, in the field of a rule, what was agreed for its side.
bool holds_agreed(const Told& told, const ObjectModel& object, const std::string& rule_name,
                  const Value& agreed) {
    if (!told.found || told.is_changed_since || object.entity == nullptr) return true;
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
    for (const auto& [field, value] : write.write.fields) {
        // What somebody changed since comes with the record as a change.
        if (!told.is_changed_since || told.holds_as_sent(field, value))
            row.record.fields.set(field, told.holds(field, value));
    }
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
        const bool is_agreed = told.is_changed_since || told.holds_as_sent(field, value);
        if (reason == reasons.end() || !is_agreed) continue;
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

}  // namespace

const Value& Told::holds(const std::string& field, const Value& sent) const {
    return found ? found->fields.get(field) : sent;
}

bool Told::holds_as_sent(const std::string& field, const Value& sent) const {
    return !found || merge::same(sent, found->fields.get(field));
}

Fields Told::as_sent(Fields sent) const {
    Fields kept;
    for (const auto& [field, value] : sent) {
        if (holds_as_sent(field, value)) kept.set(field, value);
    }
    return kept;
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
    if (!told.is_audited) {
        if (auto kept = audit(org, write, row->record.id); !kept) return kept;
    }
    return watch_for_ping_pong(org, write);
}

namespace {

Result<Settled> doubt(Org& org, InFlight write) {
    write.in_doubt = true;
    write.look_after = org.clock.now() + org.connectors[write.side]->read_lag();
    if (auto kept = org.store.update_in_flight(org.name, write); !kept)
        return std::move(kept).error();
    return Settled::InDoubt;
}

/// Whether a create was answered with a record that was there and is not known to be its entity's.
Result<char> wrote_over(Org& org, const InFlight& write, const Written& written) {
    if (write.write.kind != WriteKind::Create || written.created) return char{0};
    auto may = may_write_over(org, write);
    if (!may || *may == 0) return may;
    auto owner = org.store.entity_of(org.name, write.side, written.id);
    if (!owner) return std::move(owner).error();
    return static_cast<char>(*owner != write.entity);
}

/// What was written over somebody's partner is no word of theirs: it does not travel, and what the
/// other side holds is put back. The key alone they had by themselves.
Status disown(Org& org, const InFlight& write, const Written& written) {
    const ObjectModel* object = org.model.find(write.side, written.id.object);
    auto owner = org.store.entity_of(org.name, write.side, written.id);
    if (!owner) return std::move(owner).error();
    if (object == nullptr || object->entity == nullptr || !*owner) return Done{};
    InFlight update = write;
    update.write.kind = WriteKind::Update;
    auto row = row_after(org, update, {written});
    if (!row) return std::move(row).error();
    if (auto put = org.store.put_seen(org.name, *row, object->references, object->keys); !put)
        return put;
    auto entity = org.store.entity(org.name, **owner);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Done{};
    for (const document::FieldRule& rule : object->entity->fields) {
        const std::string path{rule.fields[write.side].on(object->info->name)};
        const Value* sent = write.write.fields.find(object->canonical(path));
        if (sent == nullptr || rule.consent != document::Consent::None ||
            same_name(path, write.write.key_field)) {
            continue;
        }
        PerSide<Value>& halves = (*entity)->agreed[rule.name];
        halves[write.side] = *sent;
        halves[other(write.side)] = Value{};
    }
    // Decided once the look has asked whose it is now.
    return org.store.save_entity(org.name, **entity);
}

/// Somebody made it since the side was asked, or reads lagged. Who it is, a look must tell as of
/// any create in doubt. That it was written over is told at once; what it said of consent before is
/// not known, so a yes that went along counts for nothing.
Result<Settled> doubt_record(Org& org, InFlight write, const Written& written) {
    write.write.id = written.id;
    add_to_cause(write, org.system(write.side) + " wrote it over " + std::string(kWasThere));
    if (auto told = audit(org, write, written.id); !told) return std::move(told).error();
    if (auto disowned = disown(org, write, written); !disowned) return std::move(disowned).error();
    if (auto doubted = doubt_permission(org, write, write.entity); !doubted)
        return std::move(doubted).error();
    return doubt(org, std::move(write));
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

void add_to_cause(InFlight& write, std::string_view sentence) {
    auto reasons = nlohmann::json::parse(write.reasons, nullptr, false);
    if (!reasons.is_object()) reasons = nlohmann::json::object();
    auto& whole = reasons[""];
    const std::string cause = whole.is_object() ? whole.value("cause", "") : "";
    whole["cause"] = cause + (cause.empty() ? "" : "; ") + std::string(sentence);
    write.reasons = reasons.dump();
}

Status doubt_permission(Org& org, const InFlight& create, store::EntityId id) {
    auto entity = org.store.entity(org.name, id);
    if (!entity) return std::move(entity).error();
    const ObjectModel* object = org.model.find(create.side, create.write.id.object);
    if (!*entity || object == nullptr || object->entity == nullptr) return Done{};
    for (const document::FieldRule& rule : object->entity->fields) {
        const auto& flags = rule.consents[create.side];
        const bool said_yes =
            std::any_of(flags.begin(), flags.end(), [&](const document::ConsentField& flag) {
                const std::string field{flag.field.on(object->info->name)};
                return flag.inverted &&
                       create.write.fields.get(object->canonical(field)) == Value{true};
            });
        if (said_yes) (*entity)->agreed[rule.name] = {Value{true}, Value{true}};
    }
    if (auto saved = org.store.save_entity(org.name, **entity); !saved) return saved;
    return org.store.mark_dirty(org.name, id, "what its record said of consent was written over");
}

Result<Settled> settle(Org& org, const InFlight& write, const Result<Written>& outcome) {
    Settled settled = Settled::Done;
    if (outcome) {
        auto was_there = wrote_over(org, write, *outcome);
        if (!was_there) return std::move(was_there).error();
        if (*was_there != 0) return doubt_record(org, write, *outcome);
        if (auto done = settle_done(org, write, {*outcome}); !done) return std::move(done).error();
    } else if (outcome.error().kind == ErrorKind::InDoubt) {
        return doubt(org, write);
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

}  // namespace duet::sync
