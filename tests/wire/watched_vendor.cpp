#include "tests/wire/watched_vendor.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/state.h"

namespace duet::wire {
namespace {

using nlohmann::json;

/// The columns of a table that anybody in these worlds writes.
struct Table {
    const char* object;
    const char* name;
    const char* stamp;
    const char* is_gone;  // an expression
    std::vector<const char*> texts;
    std::vector<const char*> flags;
};

const std::vector<Table>& tables(Side side) {
    static const std::vector<const char*> kPerson{"Email", "FirstName", "LastName",
                                                  "Phone", "Title",     "Department",
                                                  "Fax",   "Tag__c",    "Duet_Stage__c"};
    static const std::vector<Table> kCrm{
        {"Contact", "Contact", "SystemModstamp", "IsDeleted", kPerson, {"HasOptedOutOfEmail"}},
        {"Lead",
         "Lead",
         "SystemModstamp",
         "(IsDeleted OR IsConverted)",
         kPerson,
         {"HasOptedOutOfEmail"}}};
    static const std::vector<Table> kMarketing{
        {"prospect",
         "pardot_prospects",
         "updatedAt",
         "isDeleted",
         {"email", "firstName", "lastName", "phone", "jobTitle", "department", "fax", "tag__c",
          "duet_stage__c", "salesforceContactId", "salesforceLeadId"},
         {"optedOut"}},
        {"list", "pardot_lists", "updatedAt", "isDeleted", {"name"}, {}},
        {"list-membership",
         "pardot_list_memberships",
         "updatedAt",
         "isDeleted",
         {"listId", "prospectId"},
         {"optedOut"}}};
    return side == Side::Crm ? kCrm : kMarketing;
}

std::string query_of(const Table& table) {
    std::string sql = "SELECT Id, " + std::string(table.stamp) + ", " + table.is_gone;
    for (const char* field : table.texts) sql += ", \"" + std::string(field) + "\"";
    for (const char* field : table.flags) sql += ", \"" + std::string(field) + "\"";
    return sql + " FROM \"" + table.name + "\"";
}

json to_json(const Value& value) {
    if (display(value).empty()) return nullptr;
    if (const bool* flag = std::get_if<bool>(&value)) return *flag;
    return display(value);
}

bool is_live(const Change& change) { return change.kind == ChangeKind::Upserted; }

}  // namespace

WatchedVendor::WatchedVendor(Side side, sandbox::Apis& apis, const Clock& clock)
    : side_(side), apis_(apis), clock_(clock), people_(apis, clock) {
    look();
}

void WatchedVendor::note(std::string_view fault) const {
    if (watch_.on_fault) watch_.on_fault(fault);
}

// --- every version of every row -------------------------------------------------------------

std::optional<WatchedVendor::Difference> WatchedVendor::compare(Change now, std::string stamp) {
    Row& row = objects_[now.record.id.object][now.record.id.key];
    const Change* was = row.versions.empty() ? nullptr : &row.versions.back().change;
    const bool is_same = was != nullptr && was->kind == now.kind &&
                         was->record.fields == now.record.fields &&
                         row.versions.back().stamp == stamp;
    if (is_same) return std::nullopt;
    Difference found;
    found.id = now.record.id;
    found.write.id = now.record.id;
    found.write.kind = WriteKind::Update;
    if (was == nullptr || (!is_live(*was) && is_live(now))) found.write.kind = WriteKind::Create;
    if (was != nullptr && is_live(*was) && !is_live(now)) found.write.kind = WriteKind::Delete;
    for (const auto& [name, value] : now.record.fields) {
        const bool is_new = found.write.kind == WriteKind::Create;
        if (is_new || was->record.fields.get(name) != value) found.write.fields.set(name, value);
    }
    found.is_written = found.write.kind != WriteKind::Update || !found.write.fields.empty();
    const Instant at = clock_.now();
    row.versions.push_back({std::move(now), std::move(stamp), at, at + lag_});
    return found;
}

std::vector<WatchedVendor::Difference> WatchedVendor::look() {
    std::vector<Difference> found;
    apis_.with_state([&](sandbox::SandboxState& state) {
        for (const Table& table : tables(side_)) {
            auto row = state.database.prepare(query_of(table));
            while (row.step()) {
                Change now;
                now.record.id = {table.object, std::string(row.text(0))};
                now.kind = row.integer(2) != 0 ? ChangeKind::Deleted : ChangeKind::Upserted;
                int column = 3;
                for (const char* field : table.texts)
                    now.record.fields.set(field, text(std::string(row.text(column++))));
                for (const char* field : table.flags)
                    now.record.fields.set(field, Value{row.integer(column++) != 0});
                auto one = compare(std::move(now), std::string(row.text(1)));
                if (one) found.push_back(*std::move(one));
            }
        }
    });
    return found;
}

const WatchedVendor::Row* WatchedVendor::find_row(const RecordId& id) const {
    const auto object = objects_.find(id.object);
    if (object == objects_.end()) return nullptr;
    const auto row = object->second.find(id.key);
    return row == object->second.end() ? nullptr : &row->second;
}

const Fields* WatchedVendor::find_record(const RecordId& id) const {
    const Row* row = find_row(id);
    if (row == nullptr || !is_live(row->versions.back().change)) return nullptr;
    return &row->versions.back().change.record.fields;
}

Value WatchedVendor::value(const RecordId& id, const std::string& field) const {
    const Fields* fields = find_record(id);
    return fields == nullptr ? Value{} : fields->get(field);
}

std::size_t WatchedVendor::versions(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr ? 0 : row->versions.size();
}

std::size_t WatchedVendor::versions_told(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr ? 0 : row->told;
}

const Change* WatchedVendor::told(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr || row->told == 0 ? nullptr : &row->versions[row->told - 1].change;
}

bool WatchedVendor::was_told_alive(const RecordId& id) const {
    const Row* row = find_row(id);
    return row != nullptr && row->was_told_alive;
}

Instant WatchedVendor::visible_at(const RecordId& id) const {
    const Row* row = find_row(id);
    return row == nullptr ? Instant{} : row->versions.back().visible_at;
}

std::map<std::string, Fields> WatchedVendor::records(const std::string& object) const {
    std::map<std::string, Fields> live;
    const auto rows = objects_.find(object);
    if (rows == objects_.end()) return live;
    for (const auto& [key, row] : rows->second) {
        const Change& change = row.versions.back().change;
        if (is_live(change)) live.emplace(key, change.record.fields);
    }
    return live;
}

void WatchedVendor::tell(const Change& change) {
    const auto object = objects_.find(change.record.id.object);
    if (object == objects_.end()) return;
    const auto found = object->second.find(change.record.id.key);
    // Whoever does not exist yet, for one who reads late, is said to be gone.
    if (found == object->second.end()) return;
    Row& row = found->second;
    const auto is_it = [&](const Version& version) {
        if (is_live(version.change) != is_live(change)) return false;
        const Fields& held = version.change.record.fields;
        return !is_live(change) ||
               std::all_of(change.record.fields.begin(), change.record.fields.end(),
                           [&](const Fields::Entry& field) {
                               const Value* known = held.find(field.first);
                               return known == nullptr || display(*known) == display(field.second);
                           });
    };
    const auto told = std::find_if(row.versions.rbegin(), row.versions.rend(), is_it);
    if (told == row.versions.rend()) {
        if (!is_live(change)) return;
        throw std::logic_error("Duet was told of a " + change.record.id.object + " " +
                               change.record.id.key +
                               " that never was: " + encode(change.record.fields));
    }
    const auto number = static_cast<std::size_t>(row.versions.rend() - told);
    if (number < row.versions.size()) note("stale read");
    row.told = std::max(row.told, number);
    row.was_told_alive = row.was_told_alive || is_live(change);
}

// --- what people do -------------------------------------------------------------------------

void WatchedVendor::by_people(const std::function<void()>& act) {
    const auto late = std::exchange(hide_next_, {});
    const auto behind = [&](std::chrono::seconds time) {
        people_.control("clock", {{"stamps_behind_seconds", time.count()}});
    };
    if (late.count() > 0) {
        note("late row");
        behind(late);
    }
    // Pages in a browser take nothing of the quota of the API.
    const std::int64_t used = used_;
    if (used > 0) uses_quota(0);
    act();
    if (used > 0) uses_quota(used);
    if (late.count() > 0) behind({});
    look();
}

std::string WatchedVendor::account_of_everybody() {
    if (account_.empty()) account_ = people_.add("Account", {{"Name", "Acme"}});
    return account_;
}

std::string WatchedVendor::account_of(const std::string& contact_key) {
    return people_.rows("Contact", {"AccountId"}).at(contact_key).at("AccountId");
}

std::string WatchedVendor::add(const std::string& object, Fields fields) {
    json body = json::object();
    std::map<std::string, std::string> names;  // which no API lets anybody write
    for (const auto& [name, value] : fields) {
        if (name.starts_with("salesforce")) {
            names[name] = display(value);
        } else if (!display(value).empty()) {
            const bool is_id = name == "listId" || name == "prospectId";
            body[name] = is_id ? json(std::stoll(display(value))) : to_json(value);
        }
    }
    std::string key;
    by_people([&] {
        if (object == "Contact") body["AccountId"] = account_of_everybody();
        if (object == "Lead") body["Company"] = "Acme";
        if (object == "prospect") body["company"] = "Acme";
        key = people_.add(object, body);
        for (const auto& [name, crm] : names) {
            apis_.with_state([&](sandbox::SandboxState& state) {
                state.database
                    .prepare("UPDATE pardot_prospects SET \"" + name +
                             "\" = ?1, salesforceId = ?1 WHERE id = ?2")
                    .bind(1, crm)
                    .bind(2, static_cast<std::int64_t>(std::stoll(key)))
                    .run();
            });
        }
    });
    return key;
}

void WatchedVendor::edit(const RecordId& id, const std::string& field, Value value) {
    by_people([&] { people_.edit(id, {{field, to_json(value)}}); });
}

void WatchedVendor::remove(const RecordId& id) {
    by_people([&] { people_.remove(id); });
}

void WatchedVendor::undelete(const RecordId& id) {
    by_people([&] { people_.undelete(id); });
}

void WatchedVendor::merge(const RecordId& loser, const RecordId& survivor) {
    by_people([&] { people_.merge(loser, survivor); });
}

std::string WatchedVendor::convert(const std::string& lead_key) {
    std::string contact;
    by_people([&] { contact = people_.convert(lead_key); });
    return contact;
}

void WatchedVendor::convert_into(const std::string& lead_key, const std::string& contact_key) {
    by_people([&] { people_.convert_into(lead_key, contact_key, account_of(contact_key)); });
}

}  // namespace duet::wire
