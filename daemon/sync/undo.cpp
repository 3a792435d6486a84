#include "daemon/sync/undo.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/store/keys.h"
#include "daemon/sync/apply_writes.h"
#include "daemon/sync/own_rows.h"
#include "daemon/sync/undo_checks.h"
#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

using nlohmann::json;
using store::AuditRow;
using Rows = std::vector<const AuditRow*>;  // of one record, the newest first

constexpr std::size_t kMostRows = 50'000;

Error refused_undo(std::string message) {
    return Error{ErrorKind::Rejected, std::move(message), "DUET-5031", "", {}};
}

/// The rows that are meant, the newest first.
Result<std::vector<AuditRow>> select(const Org& org, const UndoSelection& wanted) {
    std::vector<AuditRow> rows;
    const auto add = [&](Result<std::vector<AuditRow>> found) -> Status {
        if (!found) return std::move(found).error();
        if (found->size() >= kMostRows || rows.size() >= kMostRows)
            return refused_undo("That means more than 50,000 writes; narrow it.");
        std::move(found->begin(), found->end(), std::back_inserter(rows));
        return Done{};
    };
    Status added = refused_undo("Name a cycle, a record, a field or a time.");
    if (wanted.entities) {
        added = Done{};
        for (const store::EntityId id : *wanted.entities) {
            if (added) added = add(org.store.audit_of(org.name, id, kMostRows));
        }
    } else if (wanted.cycle) {
        added = add(org.store.audit_of_cycle(org.name, *wanted.cycle, kMostRows));
    } else if (wanted.since) {
        added = add(org.store.audit_since(org.name, *wanted.since, kMostRows));
    } else if (!wanted.field.empty()) {
        added = add(org.store.audit_of_field(org.name, wanted.field, kMostRows));
    }
    if (!added) return std::move(added).error();
    std::erase_if(rows, [&](const AuditRow& row) {
        const bool other_cycle = wanted.cycle && row.cycle != *wanted.cycle;
        const bool too_old = wanted.since && row.at < *wanted.since;
        const bool other_record = !wanted.record_key.empty() &&
                                  row.record.key != wanted.record_key &&
                                  row.record.key != store::long_id(wanted.record_key);
        const bool other_field = !wanted.field.empty() && !same_name(row.field, wanted.field) &&
                                 !same_name(row.rule, wanted.field);
        return other_cycle || too_old || other_record || other_field;
    });
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
    return rows;
}

std::string cause_of(const AuditRow& row, const UndoSelection& wanted) {
    return fmt::format("undo of cycle {}{}", row.cycle,
                       wanted.by.empty() ? "" : ", asked for by " + wanted.by);
}

/// The work on all selected writes.
class Undoer {
public:
    Undoer(Org& org, const UndoSelection& wanted) : org_(org), wanted_(wanted), checks_(org) {}

    /// Nothing is undone on the word of a record that could not be read.
    Status record(const Rows& rows) {
        auto looked = look_at(rows);
        if (looked && checks_.failure()) return *checks_.failure();
        return looked;
    }

    UndoPlan take() { return std::move(plan_); }

private:
    enum class Made : std::uint8_t { Undone, Kept };

    Status look_at(const Rows& rows) {
        auto context =
            checks_.look_at(rows.front()->side, rows.front()->record, rows.front()->entity);
        if (!context) return std::move(context).error();
        if (!context->refusal.empty()) return keep(rows, context->refusal);
        if (const auto why = why_rows_stay(rows.front()->rule)) return keep(rows, *why);
        if (rows.front()->rule.starts_with("member status ")) {
            return keep(rows,
                        "the list keeps the status of its members, and would write it again; "
                        "take keep_status out of the documents");
        }
        for (const AuditRow* row : rows) {
            if (!row->field.empty()) continue;
            if (row->rule.starts_with("consent ")) {
                keep(*row, "what a person said about consent is not undone");
            } else if (row->rule.starts_with("list ")) {
                membership(*row, *context);
            } else if (row->kind == WriteKind::Create) {
                auto kept = made(*row, *context);
                if (!kept) return std::move(kept).error();
                if (*kept == Made::Undone) return Done{};
            } else {
                keep(*row,
                     "Duet deleted it; take it out of the vendor's recycle bin, and it is "
                     "linked again");
            }
        }
        return fields(rows, *context);
    }

    void keep(const AuditRow& row, std::string why) { plan_.kept.push_back({row, std::move(why)}); }
    Status keep(const Rows& rows, const std::string& why) {
        for (const AuditRow* row : rows) keep(*row, why);
        return Done{};
    }

    PlannedWrite start(const AuditRow& row, const UndoContext& context, WriteKind kind) const {
        PlannedWrite made;
        made.entity_kind = context.plan.entity.kind;
        made.in_flight.entity = context.plan.entity.id;
        made.in_flight.side = row.side;
        made.in_flight.write.kind = kind;
        made.in_flight.write.id = row.record;
        return made;
    }

    /// Duet made this record: it goes again, when nobody has had a hand in it.
    Result<Made> made(const AuditRow& row, const UndoContext& context) {
        auto why = checks_.why_not_deleted(row, context);
        if (!why) return std::move(why).error();
        if (!why->empty()) {
            keep(row, *why);
            return Made::Kept;
        }
        PlannedWrite gone = start(row, context, WriteKind::Delete);
        gone.in_flight.before = context.row->record.fields;
        gone.in_flight.reasons =
            json{{"", {{"rule", row.rule}, {"cause", cause_of(row, wanted_)}}}}.dump();
        plan_.writes.push_back(std::move(gone));
        return Made::Undone;
    }

    void membership(const AuditRow& row, const UndoContext& context) {
        PlannedWrite write = start(row, context, WriteKind::Delete);
        const std::string why = row.kind == WriteKind::Create
                                    ? checks_.why_not_left(row, context)
                                    : checks_.why_not_joined(row, context, write.in_flight.write);
        if (!why.empty()) return keep(row, why);
        const bool joins = row.kind == WriteKind::Delete;
        write.list = display(row.after);
        if (!joins) {
            write.kinds = {"leave_list"};
            write.in_flight.before = context.row->record.fields;
        }
        write.in_flight.reasons = json{{"",
                                        {{"rule", row.rule},
                                         {"list", write.list},
                                         {"cause", cause_of(row, wanted_)},
                                         {"pin",
                                          {{"rule", row.rule},
                                           {"held", encode(Value{joins})},
                                           {"refused", encode(Value{!joins})}}}}}}
                                      .dump();
        plan_.writes.push_back(std::move(write));
    }

    /// For each field what stood before the oldest of its writes, where the newest still stands.
    Status fields(const Rows& rows, const UndoContext& context) {
        const bool is_made = std::any_of(rows.begin(), rows.end(), [](const AuditRow* row) {
            return row->field.empty() && row->kind == WriteKind::Create;
        });
        std::map<std::string, std::pair<const AuditRow*, const AuditRow*>> newest_and_oldest;
        for (const AuditRow* row : rows) {
            // A record that stays keeps what it was made with, unless a field was asked for.
            if (row->field.empty() || (is_made && row->kind == WriteKind::Create)) continue;
            auto& pair = newest_and_oldest[row->field];
            if (pair.first == nullptr) pair.first = row;
            pair.second = row;
        }
        PlannedWrite write = start(*rows.front(), context, WriteKind::Update);
        auto reasons = json::object();
        for (const auto& [name, pair] : newest_and_oldest) {
            const auto& [newest, oldest] = pair;
            auto why = checks_.why_not_set(*newest, oldest->before, context);
            if (!why) return std::move(why).error();
            if (!why->empty()) {
                keep(*newest, *why);
                continue;
            }
            put(write, *newest, oldest->before);
            json& reason = reasons[name];
            reason = {{"rule", newest->rule}, {"cause", cause_of(*oldest, wanted_)}};
            if (json pin = checks_.pin_for(*newest, context); !pin.is_null()) reason["pin"] = pin;
            add_kinds(write, checks_.brake_kinds(*newest, context));
        }
        if (write.in_flight.write.fields.empty()) return Done{};
        add_kinds(write, brake_kinds_of(write.in_flight.before, write.in_flight.write.fields,
                                        org_.system(write.in_flight.side)));
        write.in_flight.reasons = reasons.dump();
        plan_.writes.push_back(std::move(write));
        return Done{};
    }

    static void put(PlannedWrite& write, const AuditRow& newest, const Value& wanted) {
        write.in_flight.write.fields.set(newest.field, wanted);
        write.in_flight.before.set(newest.field, newest.after);
    }

    static void add_kinds(PlannedWrite& write, std::vector<std::string> kinds) {
        for (std::string& kind : kinds) {
            if (std::find(write.kinds.begin(), write.kinds.end(), kind) == write.kinds.end())
                write.kinds.push_back(std::move(kind));
        }
    }

    Org& org_;
    const UndoSelection& wanted_;
    UndoChecks checks_;
    UndoPlan plan_;
};

}  // namespace

Result<UndoPlan> plan_undo(Org& org, const UndoSelection& selection, std::stop_token stop) {
    auto rows = select(org, selection);
    if (!rows) return std::move(rows).error();
    std::map<std::tuple<Side, RecordId>, Rows> by_record;
    for (const AuditRow& row : *rows) by_record[{row.side, row.record}].push_back(&row);
    Undoer undoer(org, selection);
    for (const auto& [key, of_record] : by_record) {
        if (auto done = undoer.record(of_record); !done) return std::move(done).error();
    }
    UndoPlan plan = undoer.take();
    if (auto looked = drop_touched(org, *rows, plan, stop); !looked)
        return std::move(looked).error();
    return plan;
}

}  // namespace duet::sync
