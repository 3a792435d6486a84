#pragma once

#include "daemon/report/report.h"

namespace duet::report {

/// A report of two stages, one step and one campaign with a hostile name; all by hand.
inline Report small_report() {
    Report report{.org = "acme",
                  .as_of = "2018-01-09T09:00:00.000Z",
                  .time_zone = "Europe/Helsinki",
                  .read_at = "2018-01-09T08:55:00.000Z",
                  .since = "2017-01-09T00:00:00.000Z",
                  .until = "2018-01-09T09:00:00.001Z",
                  .horizon_days = 90,
                  .documents = "d1",
                  .made_by = "duet test"};
    report.notes = {"A note & more."};
    report.figures = {{{"people", "Known", Kind::Count, "people"}, 1234.0},
                      {{"rate", "Went on", Kind::Share, "share"}, 0.125},
                      {{"won", "Won", Kind::Money, "EUR"}, Cell()}};
    report.tables = {{"stages",
                      "Stages",
                      "People in each stage.",
                      {{"stage", "Stage"},
                       {"people", "Now", Kind::Count, "people"},
                       {"entries", "Entered", Kind::Count, "people"}},
                      {{"MET", 1000.0, 1500.0}, {"BOUGHT", 234.0, 250.0}}},
                     {"steps",
                      "Steps",
                      "From one to the next.",
                      {{"from", "From"},
                       {"to", "To"},
                       {"entered", "Entered", Kind::Count, "people"},
                       {"rate", "Of the cohort", Kind::Share, "share"},
                       {"days_median", "Median", Kind::Days, "days"}},
                      {{"MET", "BOUGHT", 1500.0, 0.1666666, 5.5}}},
                     {"credits",
                      "Credit",
                      "Money of deals.",
                      {{"campaign", "Campaign"},
                       {"model", "Model"},
                       {"revenue", "Won revenue", Kind::Money, "EUR"},
                       {"pipeline", "Pipeline", Kind::Money, "EUR"}},
                      {{"<script>alert(1)</script>", "first", 1234567.0, 10.0},
                       {"<script>alert(1)</script>", "last", 2.5, Cell()},
                       {"=1+1", "first", -5.0, 0.0}}}};
    return report;
}

}  // namespace duet::report
