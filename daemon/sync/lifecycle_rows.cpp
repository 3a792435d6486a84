#include "daemon/sync/lifecycle_rows.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/conventions.h"
#include "mappings/document/digest.h"
#include "mappings/document/lifecycle.h"
#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

using document::EventRowsRule;
using store::SeenRow;

// What is deleted goes first: for a moment a move is missing, but none is there twice.
constexpr int kRowDeletes = 1;
constexpr int kUpdates = 2;
constexpr int kCreates = 3;
constexpr std::size_t kDigits = 16;  // of the digest: 64 bits, of the moves of one person

// What makes a move the move that it is; the rest of a row may change with the person.
constexpr std::string EventRowsRule::*kMove[] = {
    &EventRowsRule::from,   &EventRowsRule::to,    &EventRowsRule::at,     &EventRowsRule::trigger,
    &EventRowsRule::record, &EventRowsRule::cycle, &EventRowsRule::skipped};

Value words(const std::string& of_row) { return of_row.empty() ? Value{} : text(of_row); }

std::string spelled(const Value& value) {
    if (value == Value{false}) return {};  // a CRM may tell an empty box as blank
    if (const auto* number = std::get_if<Decimal>(&value))
        return fmt::format("{}", number->to_double());
    return display(value);
}

std::string key_of(store::EntityId person, const std::string& move, int number) {
    const std::string digest = document::sha256_hex(fmt::format("{}\n{}", move, number));
    return fmt::format("{}{}-{}", document::kEventKeyPrefix, person, digest.substr(0, kDigits));
}

}  // namespace

EventRows::EventRows(Org& org, RecordCache& cache) : org_(org), cache_(cache) {
    const document::Documents& documents = org.model.documents();
    const document::EntityDocument* person = documents.find(EntityKind::Person);
    const document::Lifecycle* lifecycle = documents.lifecycle.get();
    if (lifecycle == nullptr || !lifecycle->event_rows || person == nullptr) return;
    info_ = org.model.catalogs().crm.find(lifecycle->event_rows->object);
    if (info_ == nullptr) return;
    rule_ = &*lifecycle->event_rows;
    for (const std::string& object : person->objects.crm) {
        if (const FieldInfo* field = reference_to(*info_, object))
            persons_.emplace(object, field->name);
    }
}

Result<OwnRows> EventRows::wanted(store::EntityId person, const store::EntityRows& stored,
                                  const Record* record,
                                  const std::vector<lifecycle::Row>& history) {
    OwnRows wanted;
    if (rule_ == nullptr) return wanted;
    std::vector<Made> made;
    if (record != nullptr) made = made_of(person, record, history);
    auto held = held_by(person, stored, made, record != nullptr);
    if (!held) return std::move(held).error();
    RowWish wish{"event_rows " + info_->name, info_->name, rule_->cap_per_cycle, {}};
    add_changes(*held, std::move(made), wish);
    if (!wish.changes.empty()) wanted.wishes.push_back(std::move(wish));
    return wanted;
}

std::vector<EventRows::Made> EventRows::made_of(store::EntityId person, const Record* record,
                                                const std::vector<lifecycle::Row>& history) {
    std::vector<Made> made;
    std::map<std::string, int> numbers;  // how often a move was told
    for (const lifecycle::Row& row : history) {
        Made one{{}, fields_of(row, record)};
        one.row.move = move_of(one.fields);
        one.row.key = key_of(person, one.row.move, ++numbers[one.row.move]);
        made.push_back(std::move(one));
    }
    return made;
}

Fields EventRows::fields_of(const lifecycle::Row& row, const Record* record) {
    Fields fields;
    const auto set = [&](const std::string& name, const Value& value) {
        const FieldInfo* field = name.empty() ? nullptr : info_->find(name);
        if (field == nullptr) return;
        fields.set(field->name, merge::convert(value, field).value.value_or(Value{}));
    };
    const std::string& crm = org_.model.documents().names.crm;
    set(rule_->from, words(row.from));
    set(rule_->to, words(row.to));
    // CRMs keep whole seconds.
    set(rule_->at, Value{DateTime{std::chrono::floor<std::chrono::seconds>(row.at)}});
    set(rule_->trigger, words(row.event));
    set(rule_->record, words(row.record));
    set(rule_->cycle, Value{Decimal{row.cycle}});
    set(rule_->skipped, Value{row.skipped});
    set(rule_->owner, document::is_user_key(crm, row.owner) ? words(row.owner) : Value{});
    set(rule_->campaign, words(live_campaign(row.campaign)));
    if (record == nullptr) return fields;
    set(rule_->account, account_of(*record));
    for (const auto& [object, field] : persons_)
        set(field, same_name(object, record->id.object) ? text(record->id.key) : Value{});
    return fields;
}

std::string EventRows::move_of(const Fields& fields) const {
    std::string move;
    for (const auto part : kMove) {
        const FieldInfo* field =
            (rule_->*part).empty() ? nullptr : info_->find(std::string_view(rule_->*part));
        move += (field == nullptr ? std::string{} : spelled(fields.get(field->name))) + "\n";
    }
    return move;
}

Value EventRows::account_of(const Record& record) const {
    const ObjectInfo* own = org_.model.catalogs().crm.find(record.id.object);
    const FieldInfo* to_account =
        rule_->account.empty() ? nullptr : info_->find(std::string_view(rule_->account));
    if (own == nullptr || to_account == nullptr) return {};
    for (const std::string& account : to_account->references) {
        const FieldInfo* up = reference_to(*own, account);
        if (up != nullptr) return record.fields.get(up->name);
    }
    return {};
}

/// A reference to a campaign that is gone would be refused.
std::string EventRows::live_campaign(const std::string& key) {
    const std::string campaign = document::campaign_name(org_.model.documents().names.crm).object;
    if (key.empty() || org_.model.find(Side::Crm, campaign) == nullptr) return key;
    const SeenRow* row = cache_.get(Side::Crm, {campaign, key});
    return row == nullptr || row->deleted ? std::string{} : key;
}

void EventRows::add_held(const std::string& key, std::vector<Held>& held) {
    const bool is_known =
        std::any_of(held.begin(), held.end(), [&](const Held& one) { return one.row.id == key; });
    const SeenRow* row = is_known ? nullptr : cache_.get(Side::Crm, {info_->name, key});
    if (row == nullptr || row->deleted) return;
    const FieldInfo* field = info_->find(std::string_view(rule_->key));
    const std::string* own =
        field == nullptr ? nullptr : as_text(row->record.fields.get(field->name));
    // Others may keep rows of their own there.
    if (own == nullptr || !own->starts_with(document::kEventKeyPrefix)) return;
    held.push_back({{key, *own, move_of(row->record.fields)}, row->record.fields});
}

bool EventRows::refers_to_others(const Fields& row, const std::set<RecordId>& own) const {
    return std::any_of(persons_.begin(), persons_.end(), [&](const auto& reference) {
        const std::string* target = as_text(row.get(reference.second));
        if (target == nullptr || own.count({reference.first, *target}) != 0) return false;
        // Who was deleted or merged into somebody is nobody any more.
        const SeenRow* person = cache_.get(Side::Crm, {reference.first, *target});
        return person != nullptr && !person->deleted && person->survivor.key.empty();
    });
}

Status EventRows::add_by_key(const std::vector<Made>& made, const std::set<RecordId>& own,
                             std::vector<Held>& held) {
    for (const Made& one : made) {
        const bool is_held = std::any_of(held.begin(), held.end(), [&](const Held& row) {
            return row.row.key == one.row.key || row.row.move == one.row.move;
        });
        if (is_held) continue;
        auto keys = org_.store.with_key(org_.name, Side::Crm, info_->name, rule_->key, one.row.key);
        if (!keys) return std::move(keys).error();
        for (const std::string& key : *keys) {
            const SeenRow* row = cache_.get(Side::Crm, {info_->name, key});
            if (row != nullptr && !refers_to_others(row->record.fields, own)) add_held(key, held);
        }
    }
    return Done{};
}

Result<std::vector<EventRows::Held>> EventRows::held_by(store::EntityId person,
                                                        const store::EntityRows& stored,
                                                        const std::vector<Made>& made,
                                                        bool has_record) {
    std::vector<Held> held;
    std::set<RecordId> own;
    for (const store::Link& link : stored.links) {
        if (link.side != Side::Crm) continue;
        own.insert(link.id);
        const auto field = persons_.find(link.id.object);
        if (field == persons_.end()) continue;
        for (const std::string& key :
             cache_.referring(Side::Crm, info_->name, field->second, link.id.key))
            add_held(key, held);
    }
    auto added = add_by_key(made, own, held);
    if (!added) return std::move(added).error();
    if (has_record) return held;
    // A CRM empties references to what it deletes; then only their keys tell whose rows they were.
    added = add_by_key(made_of(person, nullptr, stored.moves), own, held);
    if (!added) return std::move(added).error();
    return held;
}

void EventRows::add_changes(const std::vector<Held>& held, std::vector<Made> made,
                            RowWish& wish) const {
    std::vector<lifecycle::EventRow> there, wanted;
    for (const Held& one : held) there.push_back(one.row);
    for (const Made& one : made) wanted.push_back(one.row);
    const auto plan = lifecycle::plan_event_rows(there, wanted);
    for (const std::size_t gone : plan.deletes) {
        RowChange& change =
            wish.add(WriteKind::Delete, kRowDeletes, "no such move is in the history");
        change.key = held[gone].row.id;
        change.before = held[gone].fields;
    }
    for (const auto& [one, as] : plan.kept) {
        Fields fields, before;
        for (const auto& [name, value] : made[as].fields) {
            const Value& there_now = held[one].fields.get(name);
            if (merge::same(there_now, value)) continue;
            fields.set(name, value);
            before.set(name, there_now);
        }
        if (fields.empty()) continue;
        RowChange& change = wish.add(WriteKind::Update, kUpdates, "the row follows the person");
        change.key = held[one].row.id;
        change.fields = std::move(fields);
        change.before = std::move(before);
    }
    for (const std::size_t one : plan.creates) {
        RowChange& change = wish.add(WriteKind::Create, kCreates, "the person moved");
        const FieldInfo* key = info_->find(std::string_view(rule_->key));
        change.key_field = key == nullptr ? rule_->key : key->name;
        change.key_value = made[one].row.key;
        for (const auto& [name, value] : made[one].fields) {
            if (!is_blank(value)) change.fields.set(name, value);
        }
        change.fields.set(change.key_field, text(change.key_value));
    }
}

}  // namespace duet::sync
