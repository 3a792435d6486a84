#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/report/report.h"
#include "daemon/service/lifecycle_report.h"
#include "daemon/sync/org.h"
#include "mappings/attribution/facts.h"
#include "mappings/attribution/model.h"
#include "mappings/attribution/report.h"
#include "mappings/lifecycle/funnel.h"

/// The parts of a report; report.cpp puts them together.
namespace duet::service {

/// What a report is about.
struct ReportScope {
    ReportPeriod asked{};
    formula::Moment moment{};  // with the org's zone
    std::vector<attribution::Model> models{};
    std::string currency{};  // of the org, where only the person knows it; empty: not known
};

/// Of histories, gathered on the way through them.
struct PeopleFacts {
    std::map<store::EntityId, DateTime> qualified{};  // first entry to where cycles begin
    std::map<std::string, long> qualified_by{};       // campaign id -> entries in the period
    std::string qualified_stage{};                    // the documents' name of it
};

/// A report of the org without figures or tables.
[[nodiscard]] report::Report empty_report(const sync::Org& org, const ReportScope& scope);
/// What histories tell of people: the tables below, and figures of all of it.
void add_funnel(const lifecycle::Funnel& funnel, const lifecycle::Model& model,
                const ReportScope& scope, report::Report& report);
/// Tables of people: stages, steps, moves, stage_sizes; figures of all of it.
Status add_people(sync::Org& org, const ReportScope& scope, PeopleFacts& facts,
                  report::Report& report);
/// Tables of companies and deals.
Status add_business(sync::Org& org, const ReportScope& scope, const attribution::OrgFacts& facts,
                    report::Report& report);
/// How well records of open deals are kept, by owner; nothing where the documents do not say.
Status add_hygiene(sync::Org& org, const ReportScope& scope, report::Report& report);
/// Shares that the documents ask for; nothing where they ask for none.
Status add_shares(sync::Org& org, const ReportScope& scope, report::Report& report);
/// Tables of campaigns; nothing but a note where the documents have no attribution.
Status add_campaigns(const ReportScope& scope, const PeopleFacts& people,
                     const attribution::OrgFacts& facts, report::Report& report);
/// Campaigns that have others below them, with all of those; a note on those below themselves.
void add_trees(const ReportScope& scope, const PeopleFacts& people,
               const attribution::OrgFacts& facts, const attribution::Report& won,
               const attribution::Report& pipeline, report::Report& report);
/// Companies that never bought before, by the campaign that brought them.
Status add_new_names(sync::Org& org, const ReportScope& scope, const attribution::OrgFacts& facts,
                     report::Report& report);
/// Tables of lists.
Status add_lists(sync::Org& org, const ReportScope& scope, report::Report& report);
/// What the daemon did, and what waits for a person.
Status add_work(sync::Org& org, const ReportScope& scope, report::Report& report);

/// Whether the period holds any of the day.
[[nodiscard]] bool is_within(Date day, const ReportScope& scope);
/// Whether the deal was won or lost in the period.
[[nodiscard]] bool closed_within(const attribution::OpportunityFacts& deal,
                                 const ReportScope& scope);
/// Deals of the period and open ones, and currencies, as last seen; `unit` as below.
Result<attribution::OrgFacts> gather_deals(sync::Org& org, const ReportScope& scope,
                                           std::string& unit);
/// Those, their people's touches as the documents' first attribution by touches finds them, and
/// campaigns, as last seen. `unit` becomes the corporate currency, where the org says it.
Result<attribution::OrgFacts> gather_facts(sync::Org& org, const ReportScope& scope,
                                           const PeopleFacts& people, std::string& unit);

/// A number, or nothing.
[[nodiscard]] report::Cell cell(const std::optional<double>& value);
[[nodiscard]] report::Cell count(std::int64_t value);

}  // namespace duet::service
