#include "daemon/report/panel.h"
#include "daemon/report/panels.h"

namespace duet::report {

void write_names(Markup& page, const Report& report) {
    const Table* trees = report.find("campaign_trees");
    const Table* names = report.find("new_names");
    if (trees == nullptr && names == nullptr) return;
    const Section section(page, "New names, and campaigns as a whole");
    if (names != nullptr) {
        Panel panel(page, "new-names", names->title, names->about, Span::Full);
        panel.add(*names);
    }
    if (trees != nullptr) {
        Panel panel(page, "campaign-trees", trees->title, trees->about, Span::Full);
        panel.add(side_by_side(*trees, "campaign", "model", "revenue", kFullColumns));
        panel.add(side_by_side(*trees, "campaign", "model", "roi", kFullColumns));
        panel.add(*trees);
    }
}

}  // namespace duet::report
