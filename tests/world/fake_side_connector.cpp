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
};

Place place_of(const Cursor& cursor) {
    Place place;
    const char* end = cursor.text.data() + cursor.text.size();
    const auto read = std::from_chars(cursor.text.data(), end, place.shown);
    place.ended = read.ptr != end;
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
                                     std::stop_token) {
    if (auto fault = meet_fault()) return std::move(*fault);
    if (std::exchange(fails_page_, false)) return error(ErrorKind::Transient, "CUT_OFF");
    update_visibility(what.object);
    const auto& shown = shown_[what.object];
    Place place = place_of(from);
    if (place.ended) place.shown -= std::min(place.shown, options_.overlap);
    const std::size_t count = std::min({limit, options_.page_cap, shown.size() - place.shown});
    ChangePage page;
    page.backfill = from.text.empty();
    for (std::size_t i = place.shown; i < place.shown + count; ++i) {
        const Row& row = objects_[what.object][shown[i]];
        page.changes.push_back(selected(what, visible(row, clock_.now())->change));
    }
    page.rows_pulled = count;
    page.last = place.shown + count == shown.size();
    page.next.text = std::to_string(place.shown + count) + (page.last ? "." : "");
    return page;
}

Result<std::vector<Change>> FakeSide::read(const Selection& what, std::span<const std::string> keys,
                                           std::stop_token) {
    if (auto fault = meet_fault()) return std::move(*fault);
    std::vector<Change> found;
    for (const std::string& key : keys) {
        const Row* row = find_row({what.object, key});
        const Version* version = row == nullptr ? nullptr : visible(*row, clock_.now());
        Change gone;
        gone.kind = ChangeKind::Deleted;
        gone.record.id = {what.object, key};
        found.push_back(version == nullptr ? gone : selected(what, version->change));
    }
    return found;
}

Result<std::vector<Record>> FakeSide::find(const Selection& what, std::string_view field,
                                           std::string_view value, std::stop_token) {
    if (auto fault = meet_fault()) return std::move(*fault);
    std::vector<Record> found;
    for (const auto& [key, row] : objects_[what.object]) {
        const Version* version = visible(row, clock_.now());
        if (version == nullptr || version->change.kind != ChangeKind::Upserted) continue;
        if (merge::same(version->change.record.fields.get(field), text(value)))
            found.push_back(selected(what, version->change).record);
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
        if (bad != bad_fields_.end()) return error(ErrorKind::Rejected, bad->second);
        const ObjectInfo* object = options_.catalog.find(write.id.object);
        if (object == nullptr || object->find(field) == nullptr)
            return error(ErrorKind::Rejected, "NO_SUCH_FIELD");
    }
    if (write.kind == WriteKind::Create) return std::nullopt;
    if (find_record(write.id) == nullptr) return error(ErrorKind::Rejected, "ENTITY_IS_DELETED");
    return std::nullopt;
}

Result<Written> FakeSide::execute(const Write& write) {
    if (auto refused = refusal(write)) return std::move(*refused);
    RecordId id = write.id;
    if (write.kind == WriteKind::Create) {
        id.key = add(id.object, write.fields);
    } else {
        Change change = current(id);
        for (const auto& [field, value] : write.fields) change.record.fields.set(field, value);
        if (write.kind == WriteKind::Delete) change.kind = ChangeKind::Deleted;
        put(std::move(change));
    }
    executed_.push_back({write.kind, id, write.fields});
    Written written;
    written.id = id;
    written.created = write.kind == WriteKind::Create;
    if (options_.tells_stamps) written.stamp = current(id).record.modified;
    return written;
}

Result<std::vector<Result<Written>>> FakeSide::write(std::span<const Write> batch,
                                                     std::stop_token) {
    if (auto fault = meet_fault()) return std::move(*fault);
    if (std::exchange(lose_request_, false)) return error(ErrorKind::InDoubt, "LOST");
    std::vector<Result<Written>> outcomes;
    for (const Write& write : batch) outcomes.push_back(execute(write));
    if (std::exchange(crash_after_write_, false)) throw Crash{};
    if (std::exchange(lose_answer_, false)) return error(ErrorKind::InDoubt, "LOST");
    return outcomes;
}

std::size_t FakeSide::batch_size(std::string_view, WriteKind) const { return options_.batch; }

Budget FakeSide::budget() const {
    Budget told;
    told.limit_per_day = options_.calls_per_day;
    if (options_.calls_per_day) told.used_today = used_today_;
    told.calls_made = calls_;
    return told;
}

}  // namespace duet::world
