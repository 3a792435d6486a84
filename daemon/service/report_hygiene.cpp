#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "daemon/service/report_parts.h"
#include "daemon/sync/all_records.h"
#include "mappings/document/hygiene.h"
#include "mappings/merge/evaluate.h"

namespace duet::service {
namespace {

using document::HygieneRule;
using report::Kind;
using report::Table;

struct Kept {
    long open = 0;
    long faulty = 0;

    [[nodiscard]] report::Cell score() const {
        if (open == 0) return {};
        return 1 - static_cast<double>(faulty) / static_cast<double>(open);
    }
};

/// Asks every deal as last seen.
class Judge {
public:
    Judge(sync::Org& org, const ReportScope& scope, const HygieneRule& rule)
        : org_(org),
          moment_(scope.moment),
          rule_(rule),
          document_(*org.model.documents().find(EntityKind::Opportunity)) {}

    Status ask_all() {
        sync::AllRecords deals(org_.model, org_.store, org_.name, moment_);
        if (auto found = deals.find(document_.objects.crm); !found) return found;
        return deals.look(
            [&](const store::SeenRow& row, const sync::EntityFacts::Sources& sources) {
                ask(row.record, sources);
            });
    }

    std::map<std::string, Kept> by_owner{};
    Kept all{};
    long unknown = 0;
    std::string failure{};  // the first

private:
    void fail(std::string why) {
        ++unknown;
        if (failure.empty()) failure = std::move(why);
    }

    void ask(const Record& deal, const sync::EntityFacts::Sources& sources) {
        sync::EntityFacts facts(sources, document_, {&deal, nullptr});
        std::optional<DateTime> ignored;
        auto open = merge::ask(rule_.open_when, facts, moment_, ignored);
        if (open.failure) return fail(std::move(*open.failure));
        if (!open.yes) return;
        auto faulty = merge::ask(rule_.faulty_when, facts, moment_, ignored);
        if (faulty.failure) return fail(std::move(*faulty.failure));
        auto owner = merge::evaluate(rule_.owner, facts, moment_, ignored);
        if (auto* why = std::get_if<std::string>(&owner)) return fail(std::move(*why));
        const Value& name = std::get<Value>(owner);
        for (Kept* kept : {&all, &by_owner[is_blank(name) ? "(nobody)" : display(name)]}) {
            ++kept->open;
            if (faulty.yes) ++kept->faulty;
        }
    }

    sync::Org& org_;
    formula::Moment moment_;
    const HygieneRule& rule_;
    const document::EntityDocument& document_;
};

Table table_of(const std::map<std::string, Kept>& by_owner) {
    Table table{"hygiene",
                "How well records of open deals are kept",
                "Deals that are open now, by owner: those with which something is wrong, as the "
                "documents tell faults, and the share of those with which nothing is. The lowest "
                "share comes first.",
                {{"owner", "Owner"},
                 {"open", "Open", Kind::Count, "deals"},
                 {"faulty", "With faults", Kind::Count, "deals"},
                 {"score", "Without faults", Kind::Share, "share"}}};
    std::vector<std::pair<std::string, Kept>> owners(by_owner.begin(), by_owner.end());
    const auto rank = [](const Kept& kept) {
        // By 1 - faulty / open, exactly; of equal scores the one with more deals.
        return std::tuple(-static_cast<double>(kept.faulty) / static_cast<double>(kept.open),
                          -kept.open);
    };
    std::stable_sort(owners.begin(), owners.end(),
                     [&](const auto& a, const auto& b) { return rank(a.second) < rank(b.second); });
    for (const auto& [owner, kept] : owners)
        table.rows.push_back({owner, count(kept.open), count(kept.faulty), kept.score()});
    return table;
}

}  // namespace

Status add_hygiene(sync::Org& org, const ReportScope& scope, report::Report& report) {
    const HygieneRule* rule = org.model.documents().hygiene.get();
    if (rule == nullptr) return Done{};
    Judge judge(org, scope, *rule);
    if (auto asked = judge.ask_all(); !asked) return asked;
    if (judge.unknown > 0) {
        report.notes.push_back(fmt::format(
            "Deals whose hygiene cannot be told, and that are left out: {}. The first: {}",
            judge.unknown, judge.failure));
    }
    report.figures.push_back(
        {{"hygiene", "Open deals without faults", Kind::Share, "share"}, judge.all.score()});
    report.tables.push_back(table_of(judge.by_owner));
    return Done{};
}

}  // namespace duet::service
