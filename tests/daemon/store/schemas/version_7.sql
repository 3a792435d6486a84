-- A state file as schema version 7 laid it out, with a row in most tables. It stays as it is when
-- the schema moves on: files of that time must still open.
PRAGMA application_id = 1148544372;
PRAGMA user_version = 7;
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
INSERT INTO "allowances" VALUES('acme',2,'mail','[["crm.HasOptedOutOfEmail"]]',1514764800000000,'ada','wrote to us');
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
    documents TEXT NOT NULL, lost_value TEXT, crm_stamp BIGINT NOT NULL DEFAULT 0, marketing_stamp BIGINT NOT NULL DEFAULT 0, evidence SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org, audit_id)
);
INSERT INTO "audit" VALUES('acme',1,1,1514851200000000,2,1,'update','prospect','41','firstName','','sAnn','people.yaml:3','salesforce changed it','d7',NULL,0,0,0);
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
CREATE TABLE changed (
    org TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    cycle BIGINT NOT NULL,
    old_references TEXT NOT NULL, backfill SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org, sequence)
);
INSERT INTO "changed" VALUES('acme',1,0,'Contact','003xx000004TmiQAAS',1,'[["AccountId","001xx000003DHOyAAO"]]',0);
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
CREATE TABLE counters (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (org, name)
) WITHOUT ROWID;
INSERT INTO "counters" VALUES('acme','audit',1);
INSERT INTO "counters" VALUES('acme','changed',1);
INSERT INTO "counters" VALUES('acme','cycle',1);
INSERT INTO "counters" VALUES('acme','entity',2);
INSERT INTO "counters" VALUES('acme','write',1);
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
INSERT INTO "cycles" VALUES('acme',1,1514851200000000,1514851201000000,'interval',1,0,0,0,1,0,0,0,1,'');
CREATE TABLE decisions (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    at BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (org, entity, at)
) WITHOUT ROWID;
INSERT INTO "decisions" VALUES('acme',2,1514851200000000,1,'filtered','outside the scope of the documents');
CREATE TABLE dirty (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    cause TEXT NOT NULL, lane SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org, entity)
) WITHOUT ROWID;
INSERT INTO "dirty" VALUES('acme',2,'edited',0);
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
INSERT INTO "edges" VALUES('acme',2,'task score','9f2c11d04ab7','spent',1,'score:003xx000004TmiQAAS:1','',1514764800000000,0);
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
    ambiguous TEXT NOT NULL, broken TEXT NOT NULL DEFAULT '[]', out_since BIGINT NOT NULL DEFAULT 0, parted SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org, entity)
);
INSERT INTO "entities" VALUES('acme',2,'person','{"Email":["sAnn@example.com"],"Phone":["s+1 555","s1555"]}','MQL',1514764800000000,1514937600000000,'clean','','','[["needs_title","held"]]',0,0);
CREATE TABLE erasures (
    org TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    at BIGINT NOT NULL,
    erased_by TEXT NOT NULL,
    removed TEXT NOT NULL,
    PRIMARY KEY (org, receipt)
);
CREATE TABLE facts (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (org, name)
);
INSERT INTO "facts" VALUES('','program','0.1.0');
INSERT INTO "facts" VALUES('acme','documents_version','d7');
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
INSERT INTO "held" VALUES('acme','delete',120,50,1,1514851200000000,0);
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
INSERT INTO "in_flight" VALUES('acme',1,1,2,1,'update','prospect','41','{"phone":"s1555"}','','','{"phone":""}','{}',1514851200000000,0,0,0);
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
INSERT INTO "lifecycle_rows" VALUES('acme',2,1,'','MQL',1514851200000000,'qualified','003xx000004TmiQAAS','','','',1,0,0);
CREATE TABLE lifecycle_spans (
    org TEXT NOT NULL,
    entity BIGINT NOT NULL,
    name TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (org, entity, name, began_at)
) WITHOUT ROWID;
INSERT INTO "lifecycle_spans" VALUES('acme',2,'qualified',1514851200000000,0);
CREATE TABLE links (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    entity BIGINT NOT NULL,
    PRIMARY KEY (org, side, object, record_key),
    FOREIGN KEY (org, entity) REFERENCES entities (org, entity)
) WITHOUT ROWID;
INSERT INTO "links" VALUES('acme',0,'Contact','003xx000004TmiQAAS',2);
INSERT INTO "links" VALUES('acme',1,'prospect','41',2);
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
INSERT INTO "list_days" VALUES('acme','Drip',17532,1,1,0,0,0,0,1,0);
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
INSERT INTO "list_members" VALUES('acme','Drip',2,'on',1,1514764800000000,1,0,0,0,0,-9223372036854775808,0,1514764800000000);
CREATE TABLE list_states (
    org TEXT NOT NULL,
    list TEXT NOT NULL,
    evaluated_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    agreed_at BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    PRIMARY KEY (org, list)
) WITHOUT ROWID;
INSERT INTO "list_states" VALUES('acme','Drip',1514764800000000,1514764800000000,1514764800000000,0);
CREATE TABLE objects (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    cursor_text TEXT NOT NULL,
    backfilled SMALLINT NOT NULL,
    high_water_at BIGINT,
    read_at BIGINT NOT NULL, polled_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org, side, object)
);
INSERT INTO "objects" VALUES('acme',0,'Contact','2018-01-02T00:00:00Z',1,1514764800000000,1514851200000000,0);
CREATE TABLE orgs (
    org TEXT NOT NULL,
    mode TEXT NOT NULL,
    fence BIGINT NOT NULL,
    PRIMARY KEY (org)
);
INSERT INTO "orgs" VALUES('acme','apply',3);
INSERT INTO "orgs" VALUES('globex','observe',1);
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
INSERT INTO "pins" VALUES('acme',2,'phone',1,'s1444','s1555',1514851200000000,1);
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
INSERT INTO "quarantine" VALUES('acme',2,1,'','prospect','41','DUET-5001','61','Refused.','f1',1514851200000000,1514851200000000,1,1514937600000000,'','','','');
CREATE TABLE review_candidates (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    record_key TEXT NOT NULL,
    review BIGINT NOT NULL,
    PRIMARY KEY (org, side, object, record_key, review)
) WITHOUT ROWID;
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
INSERT INTO "reviews" VALUES('acme',1,0,'Contact','003xx000004TmiRAAS','several','two prospects have its address','[]',1514764800000000);
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
    indexed TEXT NOT NULL, changed_fields TEXT NOT NULL DEFAULT '', own_stamp BIGINT NOT NULL DEFAULT 0, compare_pass BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org, side, object, record_key)
);
INSERT INTO "seen" VALUES('acme',0,'Contact','003xx000004TmiQAAS','{"AccountId":"s001xx000003DHP0AAO","Email":"sAnn@example.com"}',1514764800000000,0,'','',0,'[["k","Email","ann@example.com"],["r","AccountId","001xx000003DHP0AAO"]]','[["Email","1514764800000000","1514764860000000",""]]',0,0);
CREATE TABLE seen_keys (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    field TEXT NOT NULL,
    key_value TEXT NOT NULL,
    record_key TEXT NOT NULL,
    PRIMARY KEY (org, side, object, field, key_value, record_key)
) WITHOUT ROWID;
INSERT INTO "seen_keys" VALUES('acme',0,'Contact','Email','ann@example.com','003xx000004TmiQAAS');
CREATE TABLE seen_references (
    org TEXT NOT NULL,
    side SMALLINT NOT NULL,
    object TEXT NOT NULL,
    field TEXT NOT NULL,
    target TEXT NOT NULL,
    record_key TEXT NOT NULL,
    PRIMARY KEY (org, side, object, field, target, record_key)
) WITHOUT ROWID;
INSERT INTO "seen_references" VALUES('acme',0,'Contact','AccountId','001xx000003DHP0AAO','003xx000004TmiQAAS');
CREATE TABLE tallies (
    org TEXT NOT NULL,
    tally TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (org, tally, name)
) WITHOUT ROWID;
INSERT INTO "tallies" VALUES('acme','seen.crm','Contact',1);
INSERT INTO "tallies" VALUES('acme','stage','MQL',1);
INSERT INTO "tallies" VALUES('acme','state.person','clean',1);
CREATE TABLE tombstones (
    org TEXT NOT NULL,
    digest TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    PRIMARY KEY (org, digest)
) WITHOUT ROWID;
CREATE INDEX entities_by_timer ON entities (org, timer_at) WHERE timer_at IS NOT NULL;
CREATE INDEX links_by_entity ON links (org, entity);
CREATE INDEX in_flight_by_entity ON in_flight (org, entity);
CREATE INDEX audit_by_entity ON audit (org, entity, audit_id);
CREATE INDEX audit_by_cycle ON audit (org, cycle, audit_id);
CREATE INDEX edges_pending ON edges (org, target) WHERE phase = 'pending';
CREATE UNIQUE INDEX reviews_by_record ON reviews (org, side, object, record_key);
CREATE INDEX choices_by_chosen ON choices (org, chosen_side, chosen_object, chosen_key);
CREATE INDEX audit_by_time ON audit (org, at, audit_id);
CREATE INDEX decisions_by_time ON decisions (org, at);
CREATE INDEX dirty_fresh ON dirty (org, entity) WHERE lane = 0;
CREATE INDEX quarantine_by_retry ON quarantine (org, retry_at, entity);
CREATE INDEX quarantine_by_cause ON quarantine (org, cause);
CREATE INDEX list_members_by_entity ON list_members (org, entity);
CREATE INDEX list_members_by_seat ON list_members (org, list, seat, order_key DESC)
    WHERE seat <> 0;
