#include "daemon/report/drawing.h"

#include <algorithm>

namespace duet::report {
namespace {

constexpr double kLegendLine = 22;
constexpr double kLegendBox = 12;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// In a wide font, bold, at 13 pixels: better too wide than cut.
double width_of_character(char c) {
    if (!starts_character(c)) return 0;
    if (c >= 'A' && c <= 'Z') return 10.2;
    if (c == ' ' || c == '.' || c == ',' || c == ':' || c == '\'') return 5.4;
    return 8.9;
}

const char* spelled(Anchor anchor) {
    switch (anchor) {
        case Anchor::Start:
            return "start";
        case Anchor::Middle:
            return "middle";
        case Anchor::End:
            break;
    }
    return "end";
}

}  // namespace

std::string colour(std::size_t series) { return "c" + std::to_string(series % kColours + 1); }

void open_drawing(Markup& page, const Canvas& canvas, double height, const Words& words) {
    const std::string title = canvas.id + "-title";
    const std::string description = canvas.id + "-about";
    page.open("svg", {{"class", canvas.is_narrow ? "chart narrow" : "chart wide"},
                      {"id", canvas.id},
                      {"viewBox", "0 0 " + length(canvas.width) + " " + length(height)},
                      {"width", length(canvas.width)},
                      {"height", length(height)},
                      {"role", "img"},
                      {"aria-labelledby", title + " " + description}});
    page.leaf("title", {{"id", title}}, words.title);
    page.leaf("desc", {{"id", description}}, words.description);
}

void draw_text(Markup& page, double x, double y, std::string_view text, std::string_view classes,
               Anchor anchor) {
    page.leaf("text",
              {{"x", length(x)},
               {"y", length(y)},
               {"class", std::string(classes)},
               {"text-anchor", spelled(anchor)}},
              text);
}

void draw_line(Markup& page, double x1, double y1, double x2, double y2, std::string_view classes) {
    page.single("line", {{"x1", length(x1)},
                         {"y1", length(y1)},
                         {"x2", length(x2)},
                         {"y2", length(y2)},
                         {"class", std::string(classes)}});
}

double width_of(std::string_view text) {
    double width = 0;
    for (const char c : text) width += width_of_character(c);
    return width;
}

std::string fitted(const std::string& text, double width) {
    if (width_of(text) <= width) return text;
    double taken = width_of("M");
    for (std::size_t i = 0; i < text.size(); ++i) {
        taken += width_of_character(text[i]);
        if (starts_character(text[i]) && taken > width && i > 0) {
            std::string cut = text.substr(0, i);
            cut.erase(cut.find_last_not_of(' ') + 1);
            return cut + "…";
        }
    }
    return text;
}

double draw_legend(Markup& page, const std::vector<std::string>& names, double y, double width) {
    double x = 0;
    double line = y;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = fitted(names[i], width - 2 * kLegendBox);
        const double needed = kLegendBox + 6 + width_of(name) + 18;
        if (x > 0 && x + needed - 18 > width) {
            x = 0;
            line += kLegendLine;
        }
        page.single("rect", {{"x", length(x)},
                             {"y", length(line)},
                             {"width", length(kLegendBox)},
                             {"height", length(kLegendBox)},
                             {"rx", "2"},
                             {"class", colour(i)}});
        draw_text(page, x + kLegendBox + 6, line + 11, name, "label");
        x += needed;
    }
    return line + kLegendLine - y;
}

}  // namespace duet::report
