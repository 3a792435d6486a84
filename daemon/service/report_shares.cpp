// Shares that documents ask for: of some records those of which more is true.
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "daemon/service/report_parts.h"
#include "daemon/sync/all_records.h"
#include "mappings/document/shares.h"
#include "mappings/merge/evaluate.h"

namespace duet::service {
namespace {

using document::ShareRule;
using report::Column;
using report::Kind;
using report::Table;

struct Counted {
    long counted = 0;
    long met = 0;

    [[nodiscard]] report::Cell rate() const {
        if (counted == 0) return {};
        return static_cast<double>(met) / static_cast<double>(counted);
    }
};

/// Counts the records of one share as last seen.
class ShareCounter {
public:
    ShareCounter(sync::Org& org, const ReportScope& scope, const ShareRule& rule)
        : org_(org), scope_(scope), rule_(rule) {}

    Status count_all() {
        sync::AllRecords records(org_.model, org_.store, org_.name, scope_.moment);
        if (auto found = records.find({rule_.object}, true); !found) return found;
        return records.look(
            [&](const store::SeenRow& row, const sync::EntityFacts::Sources& sources) {
                sync::RecordFacts facts(sources.paths, Side::Crm, row.record);
                if (auto why = count(facts)) {
                    ++unknown;
                    if (failure.empty()) failure = *std::move(why);
                }
            });
    }

    Counted all{};
    std::map<std::string, Counted> by{};
    long unknown = 0;
    std::string failure{};  // the first

private:
    /// Nothing, or why it cannot be told.
    std::optional<std::string> count(merge::FactSource& facts) {
        std::optional<DateTime> ignored;
        if (rule_.at) {
            auto at = merge::evaluate(*rule_.at, facts, scope_.moment, ignored);
            if (auto* why = std::get_if<std::string>(&at)) return std::move(*why);
            if (!is_in_period(std::get<Value>(at))) return std::nullopt;
        }
        auto counted = merge::ask(rule_.counted_when, facts, scope_.moment, ignored);
        if (counted.failure) return std::move(counted.failure);
        if (!counted.yes) return std::nullopt;
        auto met = merge::ask(rule_.met_when, facts, scope_.moment, ignored);
        if (met.failure) return std::move(met.failure);
        std::string name;
        if (rule_.by) {
            auto told = merge::evaluate(*rule_.by, facts, scope_.moment, ignored);
            if (auto* why = std::get_if<std::string>(&told)) return std::move(*why);
            const Value& value = std::get<Value>(told);
            name = is_blank(value) ? "(none)" : display(value);
        }
        add(all, met.yes);
        if (rule_.by) add(by[name], met.yes);
        return std::nullopt;
    }

    static void add(Counted& sum, bool is_met) {
        ++sum.counted;
        if (is_met) ++sum.met;
    }

    [[nodiscard]] bool is_in_period(const Value& at) const {
        if (const auto* instant = std::get_if<DateTime>(&at))
            return scope_.asked.period.holds(*instant);
        const auto* day = std::get_if<Date>(&at);
        return day != nullptr && is_within(*day, scope_);
    }

    sync::Org& org_;
    const ReportScope& scope_;
    const ShareRule& rule_;
};

Table with_counts(Table table) {
    table.columns.push_back({"counted", "Counted", Kind::Count, "records"});
    table.columns.push_back({"met", "Of these", Kind::Count, "records"});
    table.columns.push_back({"rate", "Share", Kind::Share, "share"});
    return table;
}

}  // namespace

Status add_shares(sync::Org& org, const ReportScope& scope, report::Report& report) {
    const auto& rules = org.model.documents().shares;
    if (rules == nullptr || rules->empty()) return Done{};
    Table shares = with_counts({"shares",
                                "Shares",
                                "What the documents ask for: records that are counted, those of "
                                "them of which more is true, and their share. Of the period where "
                                "the documents say when a record counts.",
                                {{"share", "What"}}});
    Table parts = with_counts({"shares_by",
                               "Shares, by what the documents name",
                               "The same by a text of each record.",
                               {{"share", "What"}, {"by", "By"}}});
    for (const ShareRule& rule : *rules) {
        ShareCounter counter(org, scope, rule);
        if (auto counted = counter.count_all(); !counted) return counted;
        const Counted& all = counter.all;
        shares.rows.push_back({rule.name, count(all.counted), count(all.met), all.rate()});
        for (const auto& [name, part] : counter.by)
            parts.rows.push_back(
                {rule.name, name, count(part.counted), count(part.met), part.rate()});
        if (counter.unknown == 0) continue;
        report.notes.push_back(
            fmt::format("Records of which \"{}\" cannot be told, and that are left out: {}. The "
                        "first: {}",
                        rule.name, counter.unknown, counter.failure));
    }
    report.tables.push_back(std::move(shares));
    if (!parts.rows.empty()) report.tables.push_back(std::move(parts));
    return Done{};
}

}  // namespace duet::service
