#include "tests/world/fake_side.h"

#include <algorithm>
#include <stdexcept>

namespace duet::world {

// --- what people do there ---------------------------------------------------------------------

std::string FakeSide::next_key(const std::string& object) {
    ++last_key_;
    if (!options_.long_keys) return std::to_string(1000 + last_key_);
    std::string digits = std::to_string(last_key_);
    digits.insert(0, 12 - digits.size(), '0');
    return (object + "xxx").substr(0, 3) + digits + "AAA";
}

void FakeSide::put(Change change) {
    const Instant now = clock_.now();
    Row& row = objects_[change.record.id.object][change.record.id.key];
    change.record.modified = std::chrono::floor<std::chrono::milliseconds>(now + skew_);
    change.record.modified -= change.record.modified.time_since_epoch() % options_.stamp_step;
    if (hide_next_.count() > 0) note("late row");
    Instant visible_at = now + lag_ + std::exchange(hide_next_, {});
    // One record's versions never overtake each other.
    if (!row.versions.empty()) visible_at = std::max(visible_at, row.versions.back().visible_at);
    row.versions.push_back({std::move(change), visible_at});
}

std::string FakeSide::add(const std::string& object, Fields fields) {
    Change change;
    change.record.id = {object, next_key(object)};
    change.record.fields = std::move(fields);
    const std::string key = change.record.id.key;
    put(std::move(change));
    return key;
}

const FakeSide::Row* FakeSide::find_row(const RecordId& id) const {
    const auto object = objects_.find(id.object);
    if (object == objects_.end()) return nullptr;
    const auto row = object->second.find(id.key);
    return row == object->second.end() ? nullptr : &row->second;
}

const Change& FakeSide::current(const RecordId& id) const {
    const Row* row = find_row(id);
    if (row == nullptr) throw std::logic_error("no such record: " + id.object + " " + id.key);
    return row->versions.back().change;
}

void FakeSide::edit(const RecordId& id, const std::string& field, Value value) {
    Change change = current(id);
    change.record.fields.set(field, std::move(value));
    put(std::move(change));
}

void FakeSide::remove(const RecordId& id) {
    Change change = current(id);
    change.kind = ChangeKind::Deleted;
    put(std::move(change));
}

void FakeSide::undelete(const RecordId& id) {
    Change change = current(id);
    change.kind = ChangeKind::Upserted;
    change.survivor = {};
    put(std::move(change));
}

void FakeSide::purge(const RecordId& id) {
    // Its place in the order of changes stays, so that cursors still count right.
    objects_[id.object].erase(id.key);
}

void FakeSide::edits_silently(const RecordId& id, const std::string& field, Value value) {
    for (Version& version : objects_[id.object][id.key].versions)
        version.change.record.fields.set(field, value);
}

std::string FakeSide::adds_silently(const std::string& object, const std::string& email) {
    Fields fields;
    fields.set(options_.long_keys ? "Email" : "email", text(email));
    fields.set(options_.long_keys ? "LastName" : "lastName", text("Doe"));
    fields.set(options_.long_keys ? "HasOptedOutOfEmail" : "optedOut", Value{false});
    const std::string key = add(object, std::move(fields));
    // Told as if it had come before everything else.
    shown_versions_[{object, key}] = 1;
    untold_[object].push_back(key);
    return key;
}

void FakeSide::merge(const RecordId& loser, const RecordId& survivor) {
    Change change = current(loser);
    Change kept = current(survivor);
    if (options_.names_survivors) {
        change.kind = ChangeKind::Merged;
        change.survivor = survivor;
    } else {
        change.kind = ChangeKind::Deleted;
    }
    const bool has_id = std::any_of(
        options_.crm_ids.begin(), options_.crm_ids.end(),
        [&](const std::string& name) { return !is_blank(kept.record.fields.get(name)); });
    for (const std::string& name : options_.crm_ids) {
        Value id = change.record.fields.get(name);
        change.record.fields.set(name, {});
        if (!has_id) kept.record.fields.set(name, std::move(id));
    }
    for (const std::string& name : options_.refusals) {
        if (change.record.fields.get(name) == Value{true})
            kept.record.fields.set(name, Value{true});
    }
    put(std::move(change));
    put(std::move(kept));
    move_memberships(loser.key, survivor.key);
}

void FakeSide::move_memberships(const std::string& loser, const std::string& survivor) {
    if (!options_.memberships) return;
    const SideOptions::Memberships& its = *options_.memberships;
    const auto all = records(its.object);
    for (const auto& row : all) {
        if (row.second.get(its.person) != text(loser)) continue;
        const RecordId lost{its.object, row.first};
        const auto held = std::find_if(all.begin(), all.end(), [&](const auto& other) {
            return other.second.get(its.person) == text(survivor) &&
                   other.second.get(its.list) == row.second.get(its.list);
        });
        if (held == all.end()) {
            edit(lost, its.person, text(survivor));
            continue;
        }
        const bool is_left = row.second.get(its.left) == Value{true};
        if (is_left) edit({its.object, held->first}, its.left, Value{true});
        remove(lost);
    }
}

void FakeSide::convert_into(const std::string& lead_key, const std::string& contact_key) {
    Change lead = current({"Lead", lead_key});
    lead.kind = ChangeKind::Converted;
    lead.survivor = {"Contact", contact_key};
    put(std::move(lead));
    put(current({"Contact", contact_key}));
}

std::string FakeSide::convert(const std::string& lead_key) {
    Change lead = current({"Lead", lead_key});
    const ObjectInfo* contact = options_.catalog.find("Contact");
    Fields fields;
    for (const auto& [name, value] : lead.record.fields) {
        const FieldInfo* field = contact->find(name);
        // The external key stays with the lead: a second holder would be refused.
        if (field != nullptr && !field->unique_key) fields.set(name, value);
    }
    const std::string key = add("Contact", std::move(fields));
    lead.kind = ChangeKind::Converted;
    lead.survivor = {"Contact", key};
    put(std::move(lead));
    return key;
}

// --- faults
// ---------------------------------------------------------------------------------------

void FakeSide::fails_next(int calls, ErrorKind kind, std::string remote_code) {
    for (int i = 0; i < calls; ++i) faults_.push_back({kind, remote_code});
}

void FakeSide::accepts_all() {
    bad_keys_.clear();
    bad_fields_.clear();
    locked_keys_.clear();
}

void FakeSide::heals() {
    faults_.clear();
    accepts_all();
    lose_answer_ = lose_request_ = crash_after_write_ = fails_page_ = is_down_ = false;
    hide_next_ = {};
    refuse_next_.reset();
}

Error FakeSide::error(ErrorKind kind, std::string code) const {
    return {kind, options_.name + " answered with " + code + ".", "DUET-3999", code, {}};
}

void FakeSide::note(std::string_view fault) const {
    if (watch_.on_fault) watch_.on_fault(fault);
}

std::optional<Error> FakeSide::meet_fault() {
    if (watch_.on_call) watch_.on_call();
    ++calls_;
    if (is_down_) {
        note("down");
        ++unanswered_;
        return error(ErrorKind::Transient, "DOWN");
    }
    told_at_ = clock_.steady();
    const bool is_spent = options_.calls_per_day && used_today_ >= *options_.calls_per_day;
    if (!is_spent) ++used_today_;
    told_used_ = used_today_;
    if (is_spent) return error(ErrorKind::RateLimited, "REQUEST_LIMIT_EXCEEDED");
    if (faults_.empty()) return std::nullopt;
    note("failed call");
    Fault fault = std::move(faults_.front());
    faults_.pop_front();
    return error(fault.kind, fault.code);
}

// --- what a test looks at
// -------------------------------------------------------------------------

const Fields* FakeSide::find_record(const RecordId& id) const {
    const Row* row = find_row(id);
    if (row == nullptr) return nullptr;
    const Change& change = row->versions.back().change;
    return change.kind == ChangeKind::Upserted ? &change.record.fields : nullptr;
}

Value FakeSide::value(const RecordId& id, const std::string& field) const {
    const Fields* fields = find_record(id);
    return fields == nullptr ? Value{} : fields->get(field);
}

std::size_t FakeSide::versions(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr ? 0 : row->versions.size();
}

std::size_t FakeSide::versions_told(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr ? 0 : row->told;
}

const Change* FakeSide::told(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr || row->told == 0 ? nullptr : &row->versions[row->told - 1].change;
}

bool FakeSide::was_told_alive(const RecordId& id) const {
    const Row* row = find_row(id);
    return row != nullptr && row->was_told_alive;
}

Instant FakeSide::visible_at(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr ? Instant{} : row->versions.back().visible_at;
}

std::map<std::string, Fields> FakeSide::records(const std::string& object) const {
    std::map<std::string, Fields> live;
    const auto rows = objects_.find(object);
    if (rows == objects_.end()) return live;
    for (const auto& [key, row] : rows->second) {
        const Change& change = row.versions.back().change;
        if (change.kind == ChangeKind::Upserted) live.emplace(key, change.record.fields);
    }
    return live;
}

namespace {
std::int64_t count(const std::vector<Executed>& writes, WriteKind kind, std::string_view object) {
    return std::count_if(writes.begin(), writes.end(), [&](const Executed& write) {
        return write.kind == kind && write.id.object == object;
    });
}
}  // namespace

std::int64_t FakeSide::creates(std::string_view object) const {
    return count(executed_, WriteKind::Create, object);
}
std::int64_t FakeSide::updates(std::string_view object) const {
    return count(executed_, WriteKind::Update, object);
}
std::int64_t FakeSide::deletes(std::string_view object) const {
    return count(executed_, WriteKind::Delete, object);
}

}  // namespace duet::world
