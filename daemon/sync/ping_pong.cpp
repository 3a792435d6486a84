#include "daemon/sync/ping_pong.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/sync/put_aside.h"

namespace duet::sync {
namespace {

using store::AuditRow;
using store::InFlight;
using store::Quarantined;

constexpr std::size_t kRowsLookedAt = 256;  // the newest writes of one entity, field by field
constexpr Instant kNever{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

/// Two values, in one order whichever was there first.
std::string pair_of(const Value& a, const Value& b) {
    std::string first = encode(a);
    std::string second = encode(b);
    if (second < first) std::swap(first, second);
    return std::to_string(first.size()) + " " + first + second;
}

/// Whether `value` is the first or the second of a pair_of().
bool is_one_of(std::string_view pair, std::string_view value) {
    std::size_t size = 0;
    const char* const end = pair.data() + pair.size();
    const char* const at = std::from_chars(pair.data(), end, size).ptr;
    if (at == end) return false;
    const std::string_view both = pair.substr(static_cast<std::size_t>(at - pair.data()) + 1);
    return both.substr(0, size) == value || both.substr(std::min(size, both.size())) == value;
}

std::string slot_of_field(const RecordId& record, std::string_view field) {
    return fmt::format("field {} {} {}", record.object, record.key, field);
}

bool tightens_consent(const std::string& reasons, const std::string& field) {
    const auto parsed = nlohmann::json::parse(reasons, nullptr, false);
    const auto reason = parsed.is_object() ? parsed.find(field) : parsed.end();
    if (!parsed.is_object() || reason == parsed.end()) return false;
    return reason->value("cause", "")
        .starts_with(merge::to_string(merge::Reason::ConsentTightened));
}

/// "people.yaml:5" and what else wrote one of the two values.
std::string who_wrote(const std::vector<const AuditRow*>& rows, const Value& value,
                      const std::string& otherwise) {
    for (const AuditRow* row : rows) {
        if (row->after == value) return fmt::format("rule \"{}\" ({})", row->rule, row->cause);
    }
    return otherwise;
}

Status freeze(Org& org, const InFlight& write, const std::string& field,
              const std::vector<const AuditRow*>& rows) {
    const Value& after = write.write.fields.get(field);
    const Value& before = write.before.get(field);
    Quarantined row;
    row.entity = write.entity;
    row.side = write.side;
    row.slot = slot_of_field(write.write.id, field);
    row.record = write.write.id;
    row.code = kFrozenCode;
    row.field = field;
    const ObjectModel* object = org.model.find(write.side, write.write.id.object);
    row.value_class = value_class(after, object == nullptr ? nullptr : object->info->find(field));
    row.message = fmt::format(
        "{} went back and forth between two values, {} times within {} minutes; one comes from {}, "
        "the other from {}.",
        field, rows.size(),
        std::chrono::duration_cast<std::chrono::minutes>(org.settings.ping_pong_within).count(),
        who_wrote(rows, after, "nobody known"),
        who_wrote(rows, before, "something else in " + org.system(write.side)));
    row.fingerprint = pair_of(before, after);
    row.first_at = row.last_at = org.clock.now();
    row.attempts = static_cast<int>(rows.size());
    row.retry_at = kNever;
    row.cause =
        fmt::format("{}/{}/{}/{}", org.system(row.side), row.record.object, row.code, field);

    store::Cause cause;
    cause.name = row.cause;
    cause.side = row.side;
    cause.object = row.record.object;
    cause.code = row.code;
    cause.field = field;
    cause.message = row.message;
    cause.catalog = digest_of(object == nullptr ? nullptr : object->info);
    cause.documents = org.model.documents().version;
    cause.failures = 1;
    cause.first_at = cause.last_at = row.last_at;
    if (auto put = org.store.put_cause(org.name, cause); !put) return put;
    return org.store.put_quarantine(org.name, row);
}

}  // namespace

Status watch_for_ping_pong(Org& org, const InFlight& write) {
    const int times = org.settings.ping_pong_times;
    if (times == 0 || write.write.kind != WriteKind::Update) return Done{};
    auto audit = org.store.audit_of(org.name, write.entity, kRowsLookedAt);
    if (!audit) return std::move(audit).error();
    // A field that was written less often than that cannot have come so far.
    if (audit->size() < static_cast<std::size_t>(times)) return Done{};
    const Instant since = org.clock.now() - org.settings.ping_pong_within;
    for (const auto& [field, after] : write.write.fields) {
        const std::string pair = pair_of(write.before.get(field), after);
        std::vector<const AuditRow*> same;
        for (const AuditRow& row : *audit) {
            const bool is_it = row.side == write.side && row.record == write.write.id &&
                               row.field == field && row.kind == WriteKind::Update &&
                               row.at >= since && pair_of(row.before, row.after) == pair;
            if (is_it) same.push_back(&row);
        }
        if (same.size() < static_cast<std::size_t>(times)) continue;
        if (tightens_consent(write.reasons, field)) continue;
        if (auto frozen = freeze(org, write, field, same); !frozen) return frozen;
    }
    return Done{};
}

Frost apply_frost(const Quarantined& row, const Value* now_held, Instant now, EntityPlan& plan) {
    if (row.retry_at <= now) return Frost::Thaws;
    for (auto planned = plan.writes.begin(); planned != plan.writes.end(); ++planned) {
        store::InFlight& made = planned->in_flight;
        const Value* after = made.write.fields.find(row.field);
        if (made.side != row.side || made.write.kind != WriteKind::Update ||
            made.write.id != row.record || after == nullptr)
            continue;
        if (pair_of(made.before.get(row.field), *after) != row.fingerprint) return Frost::Thaws;
        if (tightens_consent(made.reasons, row.field)) return Frost::Thaws;
        made.write.fields.erase(row.field);
        made.before.erase(row.field);
        if (!made.write.fields.empty()) return Frost::Holds;
        plan.writes.erase(planned);
        if (plan.writes.empty()) {
            plan.decision.state = merge::State::Quarantined;
            plan.decision.reason = row.message;
        }
        return Frost::Holds;
    }
    // At rest: with one of the two values it may begin again at any time, with a third it is over.
    if (now_held == nullptr) return Frost::Thaws;
    return is_one_of(row.fingerprint, encode(*now_held)) ? Frost::Holds : Frost::Thaws;
}

}  // namespace duet::sync
