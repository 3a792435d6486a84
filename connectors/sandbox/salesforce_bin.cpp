#include <chrono>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_dml.h"

namespace duet::sandbox {

namespace {

constexpr std::int64_t kBinKeptMs = std::int64_t{15} * 24 * 3600 * 1000;  // 15 days

Refusal not_in_bin(const char* code) { return {code, "Entity is not in the recycle bin", {}}; }

struct Binned {
    std::string id, object;
};

/// The rows that a deletion took along, itself included; none when it is not in the bin, or went
/// there with another.
std::vector<Binned> group_of(SandboxState& state, const std::string& root) {
    std::vector<Binned> group;
    auto rows = state.database.prepare("SELECT id, object FROM sandbox_bin WHERE root=?1");
    rows.bind(1, root);
    while (rows.step()) group.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
    return group;
}

void forget_group(SandboxState& state, const std::string& root) {
    for (const char* table : {"sandbox_bin", "sandbox_bin_link"}) {
        state.database.prepare(std::string("DELETE FROM ") + table + " WHERE root=?1")
            .bind(1, root)
            .run();
    }
}

void erase_group(SandboxState& state, const std::string& root) {
    for (const Binned& gone : group_of(state, root)) {
        state.database.prepare("DELETE FROM \"" + gone.object + "\" WHERE Id=?1")
            .bind(1, gone.id)
            .run();
    }
    forget_group(state, root);
}

bool is_alive(SandboxState& state, const std::string& id) {
    const Object* object = object_of_id(state.schema, id);
    if (object == nullptr) return false;
    const auto row = load_row(state, table_of(state, *object), id);
    return row && !row->truth("IsDeleted");
}

/// A lookup that points at what was deleted in the meantime comes back empty.
void clear_dead_lookups(SandboxState& state, const Binned& back) {
    const Table& table = table_of(state, back.object);
    const auto before = load_row(state, table, back.id);
    Row row = *before;
    for (const Field& field : table.object().fields) {
        if (field.reference_to.empty() || !field.nillable || row.is_null(field.name)) continue;
        if (!is_alive(state, row.text(field.name))) row.set(field.name, SqlValue{});
    }
    update_row(state, *before, row);
}

/// Lookups that the deletion cleared and nobody has set since.
void restore_lookups(SandboxState& state, const std::string& root, const std::string& stamp) {
    struct Link {
        std::string object, id, field, value;
    };
    std::vector<Link> links;
    {
        auto rows = state.database.prepare(
            "SELECT object, id, field, value FROM sandbox_bin_link WHERE root=?1");
        rows.bind(1, root);
        while (rows.step()) {
            links.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                             std::string(rows.text(2)), std::string(rows.text(3))});
        }
    }
    for (const Link& link : links) {
        const auto before = load_row(state, table_of(state, link.object), link.id);
        if (!before || before->truth("IsDeleted") || !before->is_null(link.field)) continue;
        Row row = *before;
        row.set(link.field, link.value);
        move_stamp(row, stamp);
        update_row(state, *before, row);
    }
}

}  // namespace

void note_in_bin(SandboxState& state, const Row& row, const std::string& root) {
    state.database.prepare("INSERT OR REPLACE INTO sandbox_bin VALUES(?1,?2,?3,?4)")
        .bind(1, row.text("Id"))
        .bind(2, row.table().object().name)
        .bind(3, root)
        .bind(4, state.clock.now_ms())
        .run();
}

void note_cleared(SandboxState& state, const std::string& root, const Row& child,
                  const std::string& field) {
    state.database.prepare("INSERT OR REPLACE INTO sandbox_bin_link VALUES(?1,?2,?3,?4,?5)")
        .bind(1, root)
        .bind(2, child.table().object().name)
        .bind(3, child.text("Id"))
        .bind(4, field)
        .bind(5, child.text(field))
        .run();
}

void empty_expired_bin(SandboxState& state) {
    std::set<std::string> roots;
    {
        auto rows = state.database.prepare("SELECT DISTINCT root FROM sandbox_bin WHERE at_ms<=?1");
        rows.bind(1, state.clock.now_ms() - kBinKeptMs);
        while (rows.step()) roots.emplace(rows.text(0));
    }
    for (const std::string& root : roots) erase_group(state, root);
}

Outcome Writer::undelete(const std::string& id) {
    if (auto broken = broken_row()) return {.errors = {*broken}};
    const std::string key = id18(id);
    if (key.empty()) return {.errors = {{"MALFORMED_ID", "malformed id " + id, {"Id"}}}};
    const auto group = group_of(state_, key);
    const Object* object = object_of_id(state_.schema, key);
    if (group.empty() || object == nullptr) return {.errors = {not_in_bin("UNDELETE_FAILED")}};
    if (!object->undeletable) {
        return {.errors = {{"UNDELETE_FAILED", object->label + " cannot be undeleted", {}}}};
    }
    const auto root = load_row(state_, table_of(state_, *object), key);
    for (const Field& field : object->fields) {
        if (auto refused = check_unique(*root, field)) return {.errors = {*refused}};
    }
    const std::string stamp = state_.write_stamp();
    for (const Binned& back : group) {
        const auto before = load_row(state_, table_of(state_, back.object), back.id);
        Row row = *before;
        row.set_truth("IsDeleted", false);
        row.set("MasterRecordId", SqlValue{});
        stamp_changed(row, stamp, user_id_);
        update_row(state_, *before, row);
        touch(state_, row, ripple_);
    }
    for (const Binned& back : group) clear_dead_lookups(state_, back);
    restore_lookups(state_, key, stamp);
    forget_group(state_, key);
    return {.id = key};
}

Outcome Writer::erase(const std::string& id) {
    const std::string key = id18(id);
    if (key.empty()) return {.errors = {{"MALFORMED_ID", "malformed id " + id, {"Id"}}}};
    if (group_of(state_, key).empty()) return {.errors = {not_in_bin("DELETE_FAILED")}};
    erase_group(state_, key);
    return {.id = key};
}

Outcome Writer::hard_delete(const Object& object, const std::string& id) {
    const std::string key = id18(id);
    if (group_of(state_, key).empty()) {
        Outcome removed = remove(object, id);
        if (!removed.ok()) return removed;
    }
    return erase(id);
}

}  // namespace duet::sandbox
