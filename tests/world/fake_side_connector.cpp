// The vendor's side of the wire: what FakeSide answers to the daemon.
#include <algorithm>
#include <charconv>
#include <utility>

#include "mappings/merge/convert.h"
#include "tests/world/fake_side.h"

namespace duet::world {
namespace {

/// Where a read stands: rows shown so far, and whether it had come to its end.
struct Place {
    std::size_t shown = 0;
    bool ended = false;
    bool history = false;  // still the first read
};

/// Nothing: the text is not a cursor of a double's.
std::optional<Place> place_of(const Cursor& cursor) {
    Place place;
    place.history = cursor.text.empty();
    if (place.history) return place;
    const char* end = cursor.text.data() + cursor.text.size();
    const auto read = std::from_chars(cursor.text.data(), end, place.shown);
    const std::string_view mark(read.ptr, end);
    place.ended = mark == ".";
    place.history = mark == "h";
    if (read.ec != std::errc{} || !(mark.empty() || place.ended || place.history))
        return std::nullopt;
    return place;
}

}  // namespace

Status FakeSide::check(std::span<const Selection> needs, std::stop_token) {
    if (auto fault = meet_fault()) return std::move(*fault);
    for (const Selection& need : needs) {
        const ObjectInfo* object = options_.catalog.find(need.object);
        if (object == nullptr) return error(ErrorKind::Rejected, "NO_SUCH_OBJECT");
        for (const std::string& field : need.fields) {
            if (object->find(field) == nullptr) return error(ErrorKind::Rejected, "NO_SUCH_FIELD");
        }
    }
    return Done{};
}

Result<Catalog> FakeSide::discover(std::stop_token) {
    if (auto fault = meet_fault()) return std::move(*fault);
    return options_.catalog;
}

const FakeSide::Version* FakeSide::visible(const Row& row, Instant at) {
    const Version* newest = nullptr;
    for (const Version& version : row.versions) {
        if (version.visible_at <= at) newest = &version;
    }
    return newest;
}

Change FakeSide::selected(const Selection& what, const Change& change) const {
    for (const std::string& field : what.fields) asked_.insert(what.object + "." + field);
    Change made = change;
    made.record.fields = {};
    const ObjectInfo* object = options_.catalog.find(what.object);
    for (const std::string& name : what.fields) {
        const FieldInfo* field = object == nullptr ? nullptr : object->find(name);
        if (field == nullptr || field->name == hidden_field_) continue;
        // The vendors give the key as a field too.
        const bool is_key = same_name(field->name, "id");
        made.record.fields.set(field->name, is_key ? text(change.record.id.key)
                                                   : change.record.fields.get(field->name));
    }
    return made;
}

/// What a read gives of this version, which the daemon knows from now on.
Change FakeSide::tell(const Selection& what, Row& row, const Version& version) {
    const auto number = static_cast<std::size_t>(&version - row.versions.data()) + 1;
    if (number < row.versions.size()) note("stale read");
    row.told = std::max(row.told, number);
    row.was_told_alive = row.was_told_alive || version.change.kind == ChangeKind::Upserted;
    return selected(what, version.change);
}

/// Appends what has become visible since it was last asked, oldest first.
void FakeSide::update_visibility(const std::string& object) {
    const Instant now = clock_.now();
    struct New {
        Instant at;
        std::string key;
    };
    std::vector<New> found;
    for (const auto& [key, row] : objects_[object]) {
        std::size_t& known = shown_versions_[{object, key}];
        const Version* newest = visible(row, now);
        if (newest == nullptr) continue;
        const auto count = static_cast<std::size_t>(newest - row.versions.data()) + 1;
        if (count <= known) continue;
        known = count;
        found.push_back({newest->visible_at, key});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const New& a, const New& b) { return a.at < b.at; });
    for (New& row : found) shown_[object].push_back(std::move(row.key));
}

Result<ChangePage> FakeSide::changes(const Selection& what, const Cursor& from, std::size_t limit,
                                     std::stop_token stop) {
    if (stop.stop_requested()) return error(ErrorKind::Transient, "STOPPED");
    if (auto fault = meet_fault()) return std::move(*fault);
    if (options_.catalog.find(what.object) == nullptr) {
        return error(ErrorKind::Broken, "NO_SUCH_OBJECT");
    }
    if (std::exchange(fails_page_, false)) {
        note("cut page");
        ++unanswered_;
        return error(ErrorKind::Transient, "CUT_OFF");
    }
    update_visibility(what.object);
    const auto& shown = shown_[what.object];
    const auto known = place_of(from);
    if (!known) return error(ErrorKind::Broken, "NO_CURSOR");
    Place place = *known;
    if (place.ended) place.shown -= std::min(place.shown, options_.overlap);
    const std::size_t count = std::min({limit, options_.page_cap, shown.size() - place.shown});
    ChangePage page;
    page.backfill = place.history;
    for (std::size_t i = place.shown; i < place.shown + count; ++i) {
        if (find_row({what.object, shown[i]}) == nullptr) continue;  // purged
        Row& row = objects_[what.object][shown[i]];
        page.changes.push_back(tell(what, row, *visible(row, clock_.now())));
    }
    if (from.text.empty()) {
        for (const std::string& key : untold_[what.object]) {
            if (find_row({what.object, key}) == nullptr) continue;
            Row& row = objects_[what.object][key];
            page.changes.push_back(tell(what, row, row.versions.back()));
        }
    }
    page.rows_pulled = count;
    page.last = place.shown + count == shown.size();
    const char* const mark = page.last ? "." : place.history ? "h" : "";
    page.next.text = std::to_string(place.shown + count) + mark;
    return page;
}

Result<std::vector<Change>> FakeSide::read(const Selection& what, std::span<const std::string> keys,
                                           std::stop_token stop) {
    if (stop.stop_requested()) return error(ErrorKind::Transient, "STOPPED");
    if (auto fault = meet_fault()) return std::move(*fault);
    std::vector<Change> found;
    for (const std::string& key : keys) {
        auto& rows = objects_[what.object];
        const auto row = rows.find(key);
        const Version* version = row == rows.end() ? nullptr : visible(row->second, clock_.now());
        Change gone;
        gone.kind = ChangeKind::Deleted;
        gone.record.id = {what.object, key};
        found.push_back(version == nullptr ? gone : tell(what, row->second, *version));
    }
    return found;
}

Result<std::vector<Record>> FakeSide::find(const Selection& what, std::string_view field,
                                           std::string_view value, std::stop_token) {
    if (auto fault = meet_fault()) return std::move(*fault);
    if (rejects_find_) return error(ErrorKind::Transient, "NO_SEARCH");
    std::vector<Record> found;
    for (auto& [key, row] : objects_[what.object]) {
        const Version* version = visible(row, clock_.now());
        // A converted lead can still be asked for; a merged or deleted record cannot.
        const bool is_there = version != nullptr && (version->change.kind == ChangeKind::Upserted ||
                                                     version->change.kind == ChangeKind::Converted);
        if (!is_there) continue;
        if (merge::same(version->change.record.fields.get(field), text(value)))
            found.push_back(tell(what, row, *version).record);
    }
    return found;
}

std::optional<Error> FakeSide::refusal(const Write& write) const {
    if (const auto bad = bad_keys_.find(write.id.key); bad != bad_keys_.end())
        return error(ErrorKind::Rejected, bad->second);
    if (const auto locked = locked_keys_.find(write.id.key); locked != locked_keys_.end())
        return error(ErrorKind::Transient, locked->second);
    for (const auto& [field, value] : write.fields) {
        const auto bad = bad_fields_.find(field);
        if (bad != bad_fields_.end()) {
            Error refused = error(ErrorKind::Rejected, bad->second);
            refused.message.back() = ';';
            refused.message += " fields: " + field + ".";
            return refused;
        }
        const ObjectInfo* object = options_.catalog.find(write.id.object);
        if (object == nullptr || object->find(field) == nullptr)
            return error(ErrorKind::Rejected, "NO_SUCH_FIELD");
    }
    if (write.kind != WriteKind::Update) return std::nullopt;
    if (find_record(write.id) == nullptr) return error(ErrorKind::Rejected, "ENTITY_IS_DELETED");
    return std::nullopt;
}

std::string FakeSide::holder_of(const Write& create) const {
    std::string newest;
    const auto upserted_by = options_.upserts.find(create.id.object);
    if (upserted_by == options_.upserts.end() ||
        !same_name(upserted_by->second, create.key_field)) {
        return newest;
    }
    DateTime stamp;
    const auto rows = objects_.find(create.id.object);
    if (rows == objects_.end()) return newest;
    for (const auto& [key, row] : rows->second) {
        const Change& now = row.versions.back().change;
        if (now.kind != ChangeKind::Upserted) continue;
        const Value& held = now.record.fields.get(create.key_field);
        if (!merge::same(held, text(create.key_value)) || now.record.modified < stamp) continue;
        newest = key;
        stamp = now.record.modified;
    }
    return newest;
}

Result<Written> FakeSide::execute(const Write& write) {
    if (const auto fault = std::exchange(refuse_next_, std::nullopt)) {
        const bool is_lock = fault->kind == ErrorKind::Transient;
        if (!write.id.key.empty()) (is_lock ? locked_keys_ : bad_keys_)[write.id.key] = fault->code;
        note(is_lock ? "row lock" : "refusal");
        return error(fault->kind, fault->code);
    }
    if (auto refused = refusal(write)) {
        note(refused->kind == ErrorKind::Transient ? "row lock" : "refusal");
        return std::move(*refused);
    }
    RecordId id = write.id;
    // A delete wants the record gone, and it is.
    if (write.kind == WriteKind::Delete && find_record(id) == nullptr)
        return Written{id, false, {}};
    // What a vendor acknowledges is committed: replicas lag behind it, but it comes no later.
    const auto hidden = std::exchange(hide_next_, {});
    if (write.kind == WriteKind::Create) id.key = holder_of(write);
    const bool is_new = id.key.empty();
    if (is_new) {
        id.key = add(id.object, write.fields);
    } else {
        // Whoever hides an edit holds the row's lock, and this write came after it.
        for (Version& version : objects_[id.object][id.key].versions)
            version.visible_at = std::min(version.visible_at, clock_.now() + lag_);
        Change change = current(id);
        for (const auto& [field, value] : write.fields) change.record.fields.set(field, value);
        if (write.kind == WriteKind::Delete) change.kind = ChangeKind::Deleted;
        put(std::move(change));
    }
    hide_next_ = hidden;
    const bool is_upsert = write.kind == WriteKind::Create && !is_new;
    executed_.push_back({is_upsert ? WriteKind::Update : write.kind, id, write.fields});
    if (watch_.on_write) watch_.on_write(write, id);
    Written written;
    written.id = id;
    written.created = is_new;
    // Of a delete both vendors answer no more than that it is done.
    if (options_.tells_stamps && write.kind != WriteKind::Delete)
        written.stamp = current(id).record.modified;
    return written;
}

Result<std::vector<Result<Written>>> FakeSide::write(std::span<const Write> batch,
                                                     std::stop_token stop) {
    if (stop.stop_requested()) return error(ErrorKind::Transient, "STOPPED");
    if (auto fault = meet_fault()) return std::move(*fault);
    if (std::exchange(lose_request_, false)) {
        note("lost request");
        ++unanswered_;
        return error(ErrorKind::InDoubt, "LOST");
    }
    std::vector<Result<Written>> outcomes;
    for (const Write& write : batch) outcomes.push_back(execute(write));
    if (std::exchange(crash_after_write_, false)) {
        note("crash after write");
        throw Crash{};
    }
    if (std::exchange(lose_answer_, false)) {
        note("lost answer");
        ++unanswered_;
        return error(ErrorKind::InDoubt, "LOST");
    }
    return outcomes;
}

std::size_t FakeSide::batch_size(std::string_view, WriteKind) const { return options_.batch; }

Budget FakeSide::budget() const {
    Budget told;
    if (options_.calls_per_day && told_used_) {
        told.limit_per_day = options_.calls_per_day;
        told.used_today = told_used_;
        told.told_at = told_at_;
    }
    told.calls_made = calls_;
    return told;
}

}  // namespace duet::world
