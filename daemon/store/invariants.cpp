#include "daemon/store/invariants.h"

#include <iterator>
#include <string_view>

#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

/// An invariant between tables: a query that counts what breaks it, an org a row.
struct Rule {
    const char* broken;  // "...: 3 in org acme"
    std::string_view sql;
};

constexpr Rule kRules[] = {
    {"entities without a link",
     "SELECT org, count(*) FROM entities e WHERE NOT EXISTS (SELECT 1 FROM links l WHERE"
     " l.org = e.org AND l.entity = e.entity) GROUP BY org"},
    {"links to no entity",
     "SELECT org, count(*) FROM links l WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = l.org AND e.entity = l.entity) GROUP BY org"},
    {"dirty marks of no entity",
     "SELECT org, count(*) FROM dirty d WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = d.org AND e.entity = d.entity) GROUP BY org"},
    {"writes in flight of no entity",
     "SELECT org, count(*) FROM in_flight w WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = w.org AND e.entity = w.entity) GROUP BY org"},
    {"quarantine rows of no entity",
     "SELECT org, count(*) FROM quarantine q WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = q.org AND e.entity = q.entity) GROUP BY org"},
    {"pins of no entity",
     "SELECT org, count(*) FROM pins x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"edges of no entity",
     "SELECT org, count(*) FROM edges x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"allowances of no entity",
     "SELECT org, count(*) FROM allowances x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"decisions of no entity",
     "SELECT org, count(*) FROM decisions x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"rows of a lifecycle of no entity",
     "SELECT org, count(*) FROM lifecycle_rows x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"spans of a lifecycle of no entity",
     "SELECT org, count(*) FROM lifecycle_spans x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"list members of no entity",
     "SELECT org, count(*) FROM list_members x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"figures of no entity",
     "SELECT org, count(*) FROM told x WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = x.org AND e.entity = x.entity) GROUP BY org"},
    {"reviews of no record",
     "SELECT org, count(*) FROM reviews x WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = x.org AND s.side = x.side AND s.object = x.object AND"
     " s.record_key = x.record_key) GROUP BY org"},
    {"candidates of reviews of no record",
     "SELECT org, count(*) FROM review_candidates x WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = x.org AND s.side = x.side AND s.object = x.object AND"
     " s.record_key = x.record_key) GROUP BY org"},
    {"references of no record",
     "SELECT org, count(*) FROM seen_references r WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = r.org AND s.side = r.side AND s.object = r.object AND"
     " s.record_key = r.record_key) GROUP BY org"},
    {"match keys of no record",
     "SELECT org, count(*) FROM seen_keys k WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = k.org AND s.side = k.side AND s.object = k.object AND"
     " s.record_key = k.record_key) GROUP BY org"},
    {"changed rows of no record",
     "SELECT org, count(*) FROM changed c WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = c.org AND s.side = c.side AND s.object = c.object AND"
     " s.record_key = c.record_key) GROUP BY org"},
    {"objects whose live records are counted wrong",
     "SELECT o.org, count(*) FROM (SELECT org, side, object, sum(1 - deleted) AS live FROM seen"
     " GROUP BY org, side, object) o WHERE o.live <> coalesce((SELECT number FROM tallies t WHERE"
     " t.org = o.org AND t.tally = CASE o.side WHEN 0 THEN 'seen.crm' ELSE 'seen.marketing' END"
     " AND t.name = o.object), 0) GROUP BY o.org"},
    {"states whose entities are counted wrong",
     "SELECT o.org, count(*) FROM (SELECT org, kind, state, count(*) AS live FROM entities"
     " GROUP BY org, kind, state) o WHERE o.live <> coalesce((SELECT number FROM tallies t WHERE"
     " t.org = o.org AND t.tally = 'state.' || o.kind AND t.name = o.state), 0) GROUP BY o.org"},
    {"numbers of entities given out twice",
     "SELECT e.org, count(*) FROM entities e WHERE e.entity > coalesce((SELECT value FROM counters"
     " c WHERE c.org = e.org AND c.name = 'entity'), 0) GROUP BY e.org"},
    {"cycles whose rows do not add up",
     "SELECT org, count(*) FROM cycles WHERE ended_at > 0 AND pulled <> repeats + echoes +"
     " unchanged + planned + filtered + quarantined + waiting GROUP BY org"},
    {"rows of orgs that are not in the table of orgs",
     "SELECT org, count(*) FROM seen s WHERE NOT EXISTS (SELECT 1 FROM orgs o WHERE"
     " o.org = s.org) GROUP BY org"},
};

}  // namespace

std::size_t invariants() noexcept { return std::size(kRules) + 1; }

Result<std::vector<std::string>> broken_invariants(Database& database) {
    std::vector<std::string> findings;
    Query sound = database.query("PRAGMA integrity_check(5)", {});
    while (sound.next()) {
        if (sound.text(0) != "ok") findings.push_back("SQLite says: " + sound.string(0));
    }
    if (auto status = sound.status(); !status) return std::move(status).error();
    for (const Rule& rule : kRules) {
        Query row = database.query(rule.sql, {});
        while (row.next()) {
            findings.push_back(std::string(rule.broken) + ": " + std::to_string(row.integer(1)) +
                               " in org " + row.string(0));
        }
        if (auto status = row.status(); !status) return std::move(status).error();
    }
    return findings;
}

Result<std::vector<std::string>> SqliteStore::broken() { return broken_invariants(*database_); }

}  // namespace duet::store
