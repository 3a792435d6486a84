#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/markup.h"

/// What all charts share. A chart is drawn twice, for a wide page and for a narrow one, because a
/// drawing that is only scaled cannot be read on a phone; the style sheet shows one of them.
namespace duet::report {

/// Where a chart is drawn. Lengths are CSS pixels at its natural size.
struct Canvas {
    double width = 0;
    bool is_narrow = false;
    std::string id;  // unique in the page
};

/// Colours are classes of the style sheet, "c1" to "c8": told apart by those who see no red or no
/// green, and by lightness. More series than that share them.
inline constexpr std::size_t kColours = 8;
[[nodiscard]] std::string colour(std::size_t series);

/// What a screen reader is told instead of the picture.
struct Words {
    std::string title;
    std::string description;
};

/// Opens the drawing; the caller closes it.
void open_drawing(Markup& page, const Canvas& canvas, double height, const Words& words);

enum class Anchor { Start, Middle, End };
void draw_text(Markup& page, double x, double y, std::string_view text, std::string_view classes,
               Anchor anchor = Anchor::Start);
void draw_line(Markup& page, double x1, double y1, double x2, double y2, std::string_view classes);

/// About how wide a text of 13 pixels is: the page chooses its font, so nobody knows exactly.
[[nodiscard]] double width_of(std::string_view text);
/// The text, or its beginning and "…" where it is wider.
[[nodiscard]] std::string fitted(const std::string& text, double width);

/// Names beside squares of their colours, in as many lines as they need from `y` on; the height.
double draw_legend(Markup& page, const std::vector<std::string>& names, double y, double width);

}  // namespace duet::report
