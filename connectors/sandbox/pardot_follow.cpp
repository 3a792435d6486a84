#include <string>
#include <vector>

#include "connectors/sandbox/pardot_people.h"
#include "connectors/sandbox/pardot_rows.h"

namespace duet::sandbox {

namespace {

// The vendor's connector writes this in place of the id of a person who was deleted in the CRM.
constexpr const char* kDeletedMarker = "[[crm_deleted]]";

struct Linked {
    std::int64_t prospect = 0;
    std::string crm_id;
    bool binned = false;
    bool marked = false;  // holds the marker; `crm_id` is what it held before
};

struct Person {
    bool found = false;
    bool deleted = false;
    std::string master;   // where it was merged into
    std::string contact;  // what a converted lead became
};

Person person_of(SandboxState& state, const std::string& crm_id) {
    const bool lead = crm_id.starts_with("00Q");
    Statement row = state.database.prepare(
        lead
            ? "SELECT IsDeleted, COALESCE(MasterRecordId,''), COALESCE(ConvertedContactId,'') FROM "
              "Lead WHERE Id=?1"
            : "SELECT IsDeleted, COALESCE(MasterRecordId,''), '' FROM Contact WHERE Id=?1");
    row.bind(1, crm_id);
    if (!row.step()) return {};
    return {true, row.integer(0) != 0, std::string(row.text(1)), std::string(row.text(2))};
}

std::vector<Linked> linked_prospects(SandboxState& state) {
    std::vector<Linked> found;
    Statement rows = state.database.prepare(
        "SELECT p.id, COALESCE(k.crm_id, p.salesforceId), p.isDeleted, k.crm_id IS NOT NULL FROM "
        "pardot_prospects p LEFT JOIN sandbox_crm_link k ON k.prospect = p.id WHERE k.crm_id IS "
        "NOT NULL OR (p.isDeleted = 0 AND p.salesforceId IS NOT NULL) ORDER BY p.id");
    while (rows.step()) {
        found.push_back({rows.integer(0), std::string(rows.text(1)), rows.integer(2) != 0,
                         rows.integer(3) != 0});
    }
    return found;
}

bool is_linked(SandboxState& state, const std::string& crm_id, std::int64_t but) {
    Statement other = state.database.prepare(
        "SELECT 1 FROM pardot_prospects WHERE salesforceId = ?1 AND isDeleted = 0 AND id <> ?2");
    other.bind(1, crm_id).bind(2, but);
    return other.step();
}

void write(SandboxState& state, std::int64_t prospect, const std::string& crm_id, bool binned) {
    PardotRow values{{"salesforceId", crm_id},
                     {"salesforceLeadId", std::monostate{}},
                     {"salesforceContactId", std::monostate{}},
                     {"isDeleted", std::int64_t{binned ? 1 : 0}}};
    if (crm_id.starts_with("00Q")) values.insert_or_assign("salesforceLeadId", crm_id);
    if (crm_id.starts_with("003")) values.insert_or_assign("salesforceContactId", crm_id);
    update_pardot_row(state, *pardot_collection("prospects"), prospect, std::move(values), {});
}

/// Remembers what the marker stands for, so that an undelete in the CRM finds the prospect.
void mark_deleted(SandboxState& state, const Linked& one, bool bin) {
    state.database.prepare("INSERT OR REPLACE INTO sandbox_crm_link VALUES(?1,?2)")
        .bind(1, one.prospect)
        .bind(2, one.crm_id)
        .run();
    write(state, one.prospect, kDeletedMarker, bin);
}

void forget_mark(SandboxState& state, std::int64_t prospect) {
    state.database.prepare("DELETE FROM sandbox_crm_link WHERE prospect = ?1")
        .bind(1, prospect)
        .run();
}

bool follow_one(SandboxState& state, const Linked& one, bool bin) {
    const Person person = person_of(state, one.crm_id);
    if (one.marked) {
        if (!person.found || person.deleted || is_linked(state, one.crm_id, one.prospect)) {
            return false;
        }
        forget_mark(state, one.prospect);
        write(state, one.prospect, one.crm_id, false);
        return true;
    }
    if (person.found && person.deleted && !person.master.empty()) {
        // The survivor's own prospect stays; without one this prospect is the survivor's now.
        if (is_linked(state, person.master, one.prospect)) {
            if (!bin) return false;
            write(state, one.prospect, one.crm_id, true);
        } else {
            write(state, one.prospect, person.master, false);
        }
        return true;
    }
    if (!person.found || person.deleted) {
        mark_deleted(state, one, bin);
        return true;
    }
    if (person.contact.empty()) return false;
    if (is_linked(state, person.contact, one.prospect)) {
        if (!bin) return false;
        write(state, one.prospect, one.crm_id, true);
    } else {
        write(state, one.prospect, person.contact, false);
    }
    return true;
}

}  // namespace

std::int64_t follow_crm(SandboxState& state) {
    state.database.exec(
        "CREATE TABLE IF NOT EXISTS sandbox_crm_link"
        "(prospect INTEGER PRIMARY KEY, crm_id TEXT NOT NULL)");
    const bool bin = state.setting("pardot.crm_deletes_bin", "true") == "true";
    std::int64_t changed = 0;
    for (const Linked& one : linked_prospects(state)) {
        if (!one.crm_id.starts_with("00Q") && !one.crm_id.starts_with("003")) continue;
        changed += follow_one(state, one, bin) ? 1 : 0;
    }
    return changed;
}

}  // namespace duet::sandbox
