#pragma once

#include <string>

#include "daemon/report/markup.h"
#include "daemon/report/report.h"

/// The parts of the page. Each draws what the report has and leaves out what it has not.
namespace duet::report {

/// The funnel, where people stand now and over time, and who moved where.
void write_people(Markup& page, const Report& report);
/// Where leads came from, and how many of them were won.
void write_origins(Markup& page, const Report& report);
/// Companies by stage, what became of deals and the win rates, how well deals are kept, shares that
/// documents ask for.
void write_business(Markup& page, const Report& report);
/// Campaigns: revenue and pipeline by model side by side, cost, and what no campaign touched.
void write_campaigns(Markup& page, const Report& report);
/// Channels of journeys: conversions and value by model side by side, removal effects.
void write_channels(Markup& page, const Report& report);
/// Companies that had never bought, by the campaign that brought them; campaigns with those below.
void write_names(Markup& page, const Report& report);
/// Sizes of lists, now and over time.
void write_lists(Markup& page, const Report& report);
/// What the daemon did lately, and what waits for a person.
void write_work(Markup& page, const Report& report);

}  // namespace duet::report
