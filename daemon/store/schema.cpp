#include "daemon/store/schema.h"

#include <charconv>
#include <string>

#include "daemon/store/errors.h"
#include "daemon/version.h"

namespace duet::store {
namespace {

// Each column is described in README.md. The type names are those of PostgreSQL too; primary
// keys start with the org, so that a shared store can be spread over machines by it. Only narrow
// tables go WITHOUT ROWID: wide rows make it four times slower.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE orgs (
    org TEXT NOT NULL,
    mode TEXT NOT NULL,
    fence BIGINT NOT NULL,
    PRIMARY KEY (org)
);
CREATE TABLE facts (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (org, name)
);
CREATE TABLE counters (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (org, name)
) WITHOUT ROWID;
CREATE TABLE tallies (
    org TEXT NOT NULL,
    tally TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (org, tally, name)
) WITHOUT ROWID;
CREATE TABLE objects (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    cursor_text TEXT NOT NULL,
    backfilled SMALLINT NOT NULL,
    high_water_at BIGINT,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (org, side, object)
);
CREATE TABLE seen (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    fields TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted SMALLINT NOT NULL,
    survivor_object TEXT NOT NULL,
    survivor_key TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    edited_at BIGINT NOT NULL,
    indexed TEXT NOT NULL,
    PRIMARY KEY (org, side, object, record_key)
);
CREATE TABLE seen_references (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    field TEXT NOT NULL,
    target TEXT NOT NULL,
    record_key TEXT NOT NULL,
    PRIMARY KEY (org, side, object, field, target, record_key)
) WITHOUT ROWID;
CREATE TABLE seen_keys (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    field TEXT NOT NULL,
    key_value TEXT NOT NULL,
    record_key TEXT NOT NULL,
    PRIMARY KEY (org, side, object, field, key_value, record_key)
) WITHOUT ROWID;
CREATE TABLE changed (
    org TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    cycle BIGINT NOT NULL,
    old_references TEXT NOT NULL,
    PRIMARY KEY (org, sequence)
);
CREATE TABLE entities (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    kind TEXT NOT NULL,
    agreed TEXT NOT NULL,
    stage TEXT NOT NULL,
    stage_since BIGINT NOT NULL,
    timer_at BIGINT,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    ambiguous TEXT NOT NULL,
    PRIMARY KEY (org, entity)
);
CREATE INDEX entities_by_timer ON entities (org, timer_at) WHERE timer_at IS NOT NULL;
CREATE TABLE links (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    entity BIGINT NOT NULL,
    PRIMARY KEY (org, side, object, record_key),
    FOREIGN KEY (org, entity) REFERENCES entities (org, entity)
) WITHOUT ROWID;
CREATE INDEX links_by_entity ON links (org, entity);
CREATE TABLE dirty (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    cause TEXT NOT NULL,
    PRIMARY KEY (org, entity)
) WITHOUT ROWID;
CREATE TABLE in_flight (
    org TEXT NOT NULL,
    write_id BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    entity BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    fields TEXT NOT NULL,
    key_field TEXT NOT NULL,
    key_value TEXT NOT NULL,
    before_fields TEXT NOT NULL,
    reasons TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    in_doubt SMALLINT NOT NULL,
    lookups BIGINT NOT NULL,
    look_after BIGINT NOT NULL,
    PRIMARY KEY (org, write_id)
);
CREATE INDEX in_flight_by_entity ON in_flight (org, entity);
CREATE TABLE audit (
    org TEXT NOT NULL,
    audit_id BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    at BIGINT NOT NULL,
    entity BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    field TEXT NOT NULL,
    before_value TEXT NOT NULL,
    after_value TEXT NOT NULL,
    rule TEXT NOT NULL,
    cause TEXT NOT NULL,
    documents TEXT NOT NULL,
    PRIMARY KEY (org, audit_id)
);
CREATE INDEX audit_by_entity ON audit (org, entity, audit_id);
CREATE INDEX audit_by_cycle ON audit (org, cycle, audit_id);
CREATE TABLE quarantine (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    code TEXT NOT NULL,
    remote_code TEXT NOT NULL,
    message TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    PRIMARY KEY (org, entity, side)
);
CREATE INDEX quarantine_by_retry ON quarantine (org, retry_at, entity);
CREATE TABLE held (
    org TEXT NOT NULL,
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    number_limit BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    since BIGINT NOT NULL,
    released SMALLINT NOT NULL,
    PRIMARY KEY (org, kind)
);
CREATE TABLE cycles (
    org TEXT NOT NULL,
    cycle BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    pulled BIGINT NOT NULL,
    repeats BIGINT NOT NULL,
    echoes BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    planned BIGINT NOT NULL,
    filtered BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    written BIGINT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (org, cycle)
);
)sql";

// What "most recent" compares is kept by field, and people's way back from an opt-out is kept.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE seen DROP COLUMN edited_at;
ALTER TABLE seen ADD COLUMN changed_fields TEXT NOT NULL DEFAULT '';
ALTER TABLE objects ADD COLUMN polled_at BIGINT NOT NULL DEFAULT 0;
CREATE TABLE allowances (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    rule TEXT NOT NULL,
    flags TEXT NOT NULL,
    at BIGINT NOT NULL,
    allowed_by TEXT NOT NULL,
    because TEXT NOT NULL,
    PRIMARY KEY (org, entity, rule)
);
)sql";

// Which validations an entity breaks, so that they can be counted by rule.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE entities ADD COLUMN broken TEXT NOT NULL DEFAULT '[]';
)sql";

// Rules that act when their condition comes true.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE edges (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    rule TEXT NOT NULL,
    version TEXT NOT NULL,
    phase TEXT NOT NULL,
    was_true SMALLINT NOT NULL,
    target TEXT NOT NULL,
    before_target TEXT NOT NULL,
    passed_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (org, entity, rule)
) WITHOUT ROWID;
CREATE INDEX edges_pending ON edges (org, target) WHERE phase = 'pending';
)sql";

// Who is who by people's word, and who left the scope. Both sides' stamps and the loser's value
// beside each write, what was decided when, what an undo put back, and who is not to come again.
// What was put aside, a write a row, with its cause; full compares; what is new before a first
// load.
constexpr const char* kVersion5 = R"sql(
ALTER TABLE entities ADD COLUMN out_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entities ADD COLUMN parted SMALLINT NOT NULL DEFAULT 0;
CREATE TABLE reviews (
    org TEXT NOT NULL,
    review BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    doubt TEXT NOT NULL,
    reason TEXT NOT NULL,
    candidates TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (org, review)
);
CREATE UNIQUE INDEX reviews_by_record ON reviews (org, side, object, record_key);
CREATE TABLE review_candidates (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    review BIGINT NOT NULL,
    PRIMARY KEY (org, side, object, record_key, review)
) WITHOUT ROWID;
CREATE TABLE choices (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    chosen_side SMALLINT NOT NULL,
    chosen_object TEXT NOT NULL,
    chosen_key TEXT NOT NULL,
    candidates TEXT NOT NULL,
    at BIGINT NOT NULL,
    chosen_by TEXT NOT NULL,
    because TEXT NOT NULL,
    PRIMARY KEY (org, side, object, record_key)
);
CREATE INDEX choices_by_chosen ON choices (org, chosen_side, chosen_object, chosen_key);
ALTER TABLE audit ADD COLUMN lost_value TEXT;
ALTER TABLE audit ADD COLUMN crm_stamp BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN marketing_stamp BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN evidence SMALLINT NOT NULL DEFAULT 0;
UPDATE audit SET evidence = 1 WHERE rule LIKE 'consent %' OR cause LIKE 'an opt-out on either %'
    OR cause LIKE 'the person is let back in%';
CREATE INDEX audit_by_time ON audit (org, at, audit_id);
ALTER TABLE seen ADD COLUMN own_stamp BIGINT NOT NULL DEFAULT 0;
CREATE TABLE decisions (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    at BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (org, entity, at)
) WITHOUT ROWID;
CREATE INDEX decisions_by_time ON decisions (org, at);
CREATE TABLE pins (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    rule TEXT NOT NULL,
    side SMALLINT NOT NULL,
    held_value TEXT NOT NULL,
    refused_value TEXT NOT NULL,
    at BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    PRIMARY KEY (org, entity, rule, side)
);
CREATE TABLE tombstones (
    org TEXT NOT NULL,
    digest TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    PRIMARY KEY (org, digest)
) WITHOUT ROWID;
CREATE TABLE erasures (
    org TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    at BIGINT NOT NULL,
    erased_by TEXT NOT NULL,
    removed TEXT NOT NULL,
    PRIMARY KEY (org, receipt)
);
ALTER TABLE seen ADD COLUMN compare_pass BIGINT NOT NULL DEFAULT 0;
CREATE TABLE compares (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    pass BIGINT NOT NULL,
    phase TEXT NOT NULL,
    cursor_text TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    told BIGINT NOT NULL,
    found BIGINT NOT NULL,
    last_found BIGINT NOT NULL,
    agreed_at BIGINT NOT NULL,
    PRIMARY KEY (org, side, object)
);
ALTER TABLE changed ADD COLUMN backfill SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE dirty ADD COLUMN lane SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX dirty_fresh ON dirty (org, entity) WHERE lane = 0;
DROP INDEX quarantine_by_retry;
ALTER TABLE quarantine RENAME TO quarantine_before;
CREATE TABLE quarantine (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    slot TEXT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    code TEXT NOT NULL,
    remote_code TEXT NOT NULL,
    message TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    cause TEXT NOT NULL,
    field TEXT NOT NULL,
    value_class TEXT NOT NULL,
    dropped_by TEXT NOT NULL,
    PRIMARY KEY (org, entity, side, slot)
);
INSERT INTO quarantine (org, entity, side, slot, object, record_key, code, remote_code, message,
    fingerprint, first_at, last_at, attempts, retry_at, cause, field, value_class, dropped_by)
    SELECT org, entity, side, '', object, record_key, code, remote_code, message,
    fingerprint, first_at, last_at, attempts, retry_at, '', '', '', '' FROM quarantine_before;
DROP TABLE quarantine_before;
CREATE INDEX quarantine_by_retry ON quarantine (org, retry_at, entity);
CREATE INDEX quarantine_by_cause ON quarantine (org, cause);
CREATE TABLE causes (
    org TEXT NOT NULL,
    cause TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    code TEXT NOT NULL,
    remote_code TEXT NOT NULL,
    field TEXT NOT NULL,
    message TEXT NOT NULL,
    catalog TEXT NOT NULL,
    documents TEXT NOT NULL,
    failures BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    PRIMARY KEY (org, cause)
);
)sql";

// Where people were, from what happened to them, and what Duet saw that no field tells.
constexpr const char* kVersion6 = R"sql(
CREATE TABLE lifecycle_rows (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    from_stage TEXT NOT NULL,
    to_stage TEXT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    record_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    owner TEXT NOT NULL,
    campaign TEXT NOT NULL,
    cycle BIGINT NOT NULL,
    skipped SMALLINT NOT NULL,
    reopened SMALLINT NOT NULL,
    PRIMARY KEY (org, entity, sequence)
);
CREATE TABLE lifecycle_spans (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    name TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (org, entity, name, began_at)
) WITHOUT ROWID;
)sql";

constexpr const char* kVersion7 = R"sql(
CREATE TABLE list_members (
    org TEXT NOT NULL,
    list TEXT NOT NULL,
    entity BIGINT NOT NULL,
    standing TEXT NOT NULL,
    wanted SMALLINT NOT NULL,
    since BIGINT NOT NULL,
    is_member SMALLINT NOT NULL,
    by_hand SMALLINT NOT NULL,
    removed SMALLINT NOT NULL,
    covered SMALLINT NOT NULL,
    seat SMALLINT NOT NULL,
    order_key BIGINT NOT NULL,
    until BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org, list, entity)
) WITHOUT ROWID;
CREATE INDEX list_members_by_entity ON list_members (org, entity);
CREATE INDEX list_members_by_seat ON list_members (org, list, seat, order_key DESC)
    WHERE seat <> 0;
CREATE TABLE list_states (
    org TEXT NOT NULL,
    list TEXT NOT NULL,
    evaluated_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    agreed_at BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    PRIMARY KEY (org, list)
) WITHOUT ROWID;
CREATE TABLE list_days (
    org TEXT NOT NULL,
    list TEXT NOT NULL,
    day BIGINT NOT NULL,
    size BIGINT NOT NULL,
    wanted BIGINT NOT NULL,
    covered BIGINT NOT NULL,
    queued BIGINT NOT NULL,
    held_out BIGINT NOT NULL,
    suppressed BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    left_it BIGINT NOT NULL,
    PRIMARY KEY (org, list, day)
) WITHOUT ROWID;
)sql";

constexpr const char* kVersion8 = R"sql(
CREATE TABLE told (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    figure TEXT NOT NULL,
    day BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (org, entity, figure, day)
) WITHOUT ROWID;
)sql";

constexpr const char* kSteps[] = {kVersion1, kVersion2, kVersion3, kVersion4,
                                  kVersion5, kVersion6, kVersion7, kVersion8};

// The rows of org "" are of the file itself.
constexpr std::string_view kWriter = "SELECT value FROM facts WHERE org = '' AND name = 'program'";
constexpr std::string_view kSetWriter =
    "INSERT INTO facts (org, name, value) VALUES ('', 'program', ?1)"
    " ON CONFLICT (org, name) DO UPDATE SET value = excluded.value";

Error too_new(Database& database, std::int64_t found, std::size_t known) {
    // Which program wrote it helps, but a schema of the future owes us no such table.
    std::string writer;
    if (auto row = database.query(kWriter, {}); row.next()) writer = row.string(0);
    return Error{ErrorKind::Broken,
                 "The state file " + database.path() + " has schema version " +
                     std::to_string(found) + ", and Duet " + std::string(version()) +
                     " knows versions up to " + std::to_string(known) + ". Install Duet " +
                     (writer.empty() ? "of the version that wrote it" : writer) +
                     " or newer, or put back a copy of the file that was made before "
                     "the upgrade.",
                 "DUET-4003",
                 {},
                 {}};
}

/// "Page 41: unable to get the page. error code=266" -> 266; 0 when there is none.
int result_code_in(std::string_view finding) {
    constexpr std::string_view kBefore = "error code=";
    const auto at = finding.find(kBefore);
    if (at == std::string_view::npos) return 0;
    int code = 0;
    std::from_chars(finding.data() + at + kBefore.size(), finding.data() + finding.size(), code);
    return code;
}

Status step_forward(Database& database, const char* sql, std::size_t to) {
    if (auto begun = database.begin(); !begun) return begun;
    Status done = database.script(sql);
    if (done) done = database.script("PRAGMA user_version = " + std::to_string(to));
    if (done) done = database.run(kSetWriter, {version()});
    if (!done) {
        database.rollback();
        return done;
    }
    return database.commit();
}

}  // namespace

std::span<const char* const> schema_steps() noexcept { return kSteps; }

Status check_application(Database& database) {
    const auto id = number(database.query("PRAGMA application_id", {}));
    if (!id) return id.error();
    if (*id == kApplicationId) return Done{};
    const auto tables = number(database.query("SELECT count(*) FROM sqlite_master", {}));
    if (!tables) return tables.error();
    if (*id == 0 && *tables == 0) return Done{};
    return Error{
        ErrorKind::Broken,
        database.path() + " is a database of another program. Name another path for Duet's state.",
        "DUET-4004",
        {},
        {}};
}

Status quick_check(Database& database) {
    Query row = database.query("PRAGMA quick_check(1)", {});
    const bool found = row.next();
    if (!found) {
        if (auto status = row.status(); !status) return status;
    }
    if (!found) return damaged(database.path(), "its check gave no answer");
    std::string_view finding = row.text(0);
    if (finding == "ok") return Done{};
    // A page that could not be read is no damage: it may be read next time.
    if (const auto code = result_code_in(finding); code != 0)
        return sqlite_error(database.path(), code, finding);
    // A heading stands before the finding, which names pages and tables, never what is in them.
    finding.remove_prefix(finding.find('\n') + 1);
    return damaged(database.path(), finding);
}

Status migrate(Database& database, std::span<const char* const> steps) {
    const auto found = number(database.query("PRAGMA user_version", {}));
    if (!found) return found.error();
    if (*found < 0 || static_cast<std::size_t>(*found) > steps.size()) {
        return too_new(database, *found, steps.size());
    }
    if (*found == 0) {
        auto marked = database.script("PRAGMA application_id = " + std::to_string(kApplicationId));
        if (!marked) return marked;
    }
    for (auto at = static_cast<std::size_t>(*found); at < steps.size(); ++at) {
        if (auto done = step_forward(database, steps[at], at + 1); !done) return done;
    }
    return Done{};
}

}  // namespace duet::store
