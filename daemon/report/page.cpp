#include "daemon/report/page.h"

#include <nlohmann/json.hpp>

#include "daemon/report/markup.h"
#include "daemon/report/numbers.h"
#include "daemon/report/panels.h"
#include "daemon/report/style.h"
#include "daemon/report/tables.h"

namespace duet::report {
namespace {

/// "2018-01-02 09:00" of "2018-01-02T09:00:00.000Z".
std::string minute_of(const std::string& instant) {
    if (instant.size() < 16) return instant;
    return instant.substr(0, 10) + " " + instant.substr(11, 5);
}

/// As of when, in which zone, about which period: as far as the report has them.
std::string when_of(const Report& report) {
    std::string when = "As of " + minute_of(report.as_of) + " UTC";
    if (!report.time_zone.empty()) when += "; days are those of " + report.time_zone;
    if (report.since.empty()) return when + ".";
    return when + ". The period is from " + minute_of(report.since) + " until " +
           minute_of(report.until) + " UTC.";
}

void write_head(Markup& page, const Report& report) {
    page.open("head");
    page.single("meta", {{"charset", "utf-8"}});
    page.single("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    page.single("meta",
                {{"http-equiv", "Content-Security-Policy"},
                 {"content", "default-src 'none'; style-src '" + std::string(style_digest()) +
                                 "'; base-uri 'none'; form-action 'none'"}});
    page.single("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
    page.single("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    page.leaf("title", {},
              "Duet report: " + report.org +
                  (report.as_of.empty() ? "" : ", " + report.as_of.substr(0, 10)));
    page.open("style").verbatim(style_sheet()).close();
    page.close();
}

void write_figures(Markup& page, const Report& report) {
    if (report.figures.empty()) return;
    page.open("ul", {{"class", "cards"}});
    for (const Figure& figure : report.figures) {
        page.open("li");
        Attributes attributes{{"class", "big"}, {"data-at", "figures/" + figure.column.id}};
        if (const auto* number = std::get_if<double>(&figure.value))
            attributes.emplace_back("data-v", plain_number(*number));
        const bool is_count = figure.column.kind == Kind::Count;
        page.leaf("span", attributes,
                  is_count ? shown(figure.value, figure.column.kind)
                           : shown_whole(figure.value, figure.column));
        page.leaf("span", {{"class", "of"}},
                  is_count ? heading(figure.column) : figure.column.title);
        page.close();
    }
    page.close();
}

void write_header(Markup& page, const Report& report) {
    page.open("header");
    page.leaf("span", {{"class", "tag"}}, "Duet report");
    page.leaf("h1", {},
              (report.title.empty() ? "Sales and marketing, one picture" : report.title) + ": " +
                  report.org);
    if (!report.as_of.empty()) page.leaf("p", {{"class", "sub"}, {"id", "as-of"}}, when_of(report));
    if (!report.read_at.empty())
        page.leaf("p", {{"class", "sub"}},
                  "Both systems were last read at " + minute_of(report.read_at) + " UTC.");
    page.leaf("p", {{"class", "sub"}},
              "Counts and sums only: no names or addresses of people are in this page.");
    page.close();
    write_figures(page, report);
    if (report.notes.empty()) return;
    page.open("ul", {{"class", "notes"}});
    for (const std::string& note : report.notes) page.leaf("li", {}, note);
    page.close();
}

}  // namespace

std::string html_page(const Report& report) {
    Markup page;
    page.verbatim("<!DOCTYPE html>\n");
    page.open("html", {{"lang", "en"}});
    write_head(page, report);
    page.open("body").open("div", {{"class", "page"}});
    write_header(page, report);
    page.open("main");
    write_people(page, report);
    write_origins(page, report);
    write_business(page, report);
    write_campaigns(page, report);
    write_channels(page, report);
    write_names(page, report);
    write_lists(page, report);
    write_work(page, report);
    page.close();
    page.leaf("footer", {},
              "Made by " + report.made_by +
                  (report.documents.empty() ? "" : " with documents " + report.documents) +
                  ". A dash is a figure that is not known or would divide by nothing. The same "
                  "figures as JSON are in this file, in the block with the id \"report\".");
    page.close();
    const auto form =
        to_json(report).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    page.open("script", {{"type", "application/json"}, {"id", "report"}})
        .verbatim(script_safe(form))
        .close();
    return page.take() + "\n";
}

}  // namespace duet::report
