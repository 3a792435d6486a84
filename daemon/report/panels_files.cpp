// What only files of journeys and of leads tell.
#include "daemon/report/panel.h"
#include "daemon/report/panels.h"

namespace duet::report {

void write_origins(Markup& page, const Report& report) {
    const Table* origins = report.find("origins");
    if (origins == nullptr) return;
    const Section section(page, "Leads");
    {
        Panel panel(page, "origins", "Leads and wins by origin", origins->about, Span::Half);
        panel.add(draw_bars, bars_of_each(*origins, "origin", {"leads", "won"}));
        panel.add(whole_table(
            *origins, {"origin", "leads", "won", "won_within_30_days", "won_within_90_days"}));
    }
    Panel panel(page, "origin-rates", "How many were won, and how fast",
                "The share of the leads that were won, and days from first contact to the win.",
                Span::Half);
    panel.add(draw_bars, bars_of(*origins, "origin", "rate"));
    panel.add(draw_bars, bars_of(*origins, "origin", "days_median"));
    panel.add(whole_table(*origins, {"origin", "rate", "days_median", "days_mean"}));
}

void write_channels(Markup& page, const Report& report) {
    const Table* channels = report.find("channels");
    if (channels == nullptr) return;
    const Section section(page, "Channels");
    const auto write = [&](const char* value, const char* id, const char* title,
                           const char* about) {
        const BarChart chart = bars_by_model(*channels, "channel", value);
        if (chart.rows.empty()) return;
        Panel panel(page, id, title, about, Span::Full);
        panel.add(draw_bars, chart);
        panel.add(side_by_side(*channels, "channel", "model", value, kFullColumns));
    };
    write("conversions", "conversions", "Conversions by channel and model",
          "Each model splits the same conversions another way: compare along a channel, add up "
          "along a model.");
    write("value", "value", "Value by channel and model",
          "What the conversions are worth, split in the same ways.");
    write("removal_effect", "removal-effects", "Removal effects",
          "The share of all conversions that would be lost without the channel. They do not add "
          "up to the whole: a conversion may need several channels.");
    if (const Table* positions = report.find("positions"); positions != nullptr) {
        Panel panel(page, "positions", positions->title, positions->about, Span::Full);
        panel.add(*positions);
    }
}

}  // namespace duet::report
