#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/charts.h"
#include "daemon/report/tables.h"

/// What the parts of the page are made of; their own business.
namespace duet::report {

inline constexpr double kFullWidth = 1108;  // of a chart across the page, in CSS pixels
inline constexpr double kHalfWidth = 526;
inline constexpr double kNarrowWidth = 332;

enum class Span { Half, Full };
inline constexpr std::size_t kHalfColumns = 5;  // of figures in a table, so that it fits
inline constexpr std::size_t kFullColumns = 8;

/// A box with a heading, what it shows, and then charts and tables until it is destroyed.
class Panel {
public:
    Panel(Markup& page, std::string_view id, std::string_view title, std::string_view about,
          Span span);
    ~Panel();
    Panel(const Panel&) = delete;
    Panel& operator=(const Panel&) = delete;

    /// Draws it for wide and for narrow pages; `draw` is one of charts.h.
    template <class Chart>
    void add(void (*draw)(Markup&, const Chart&, const Canvas&), const Chart& chart) {
        ++charts_;
        draw(page_, chart, canvas(false));
        draw(page_, chart, canvas(true));
    }
    void add(const PageTable& table) { write_table(page_, table); }
    void add(const Table& table) { write_table(page_, whole_table(table)); }
    /// Where there is nothing to draw.
    void say(std::string_view sentence);

private:
    [[nodiscard]] Canvas canvas(bool is_narrow) const;

    Markup& page_;
    std::string id_;
    Span span_;
    int charts_ = 0;
};

/// A heading over panels that stand side by side until it is destroyed.
class Section {
public:
    Section(Markup& page, std::string_view title);
    ~Section();
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;

private:
    Markup& page_;
};

/// The column, which must be there.
[[nodiscard]] const Column& column_of(const Table& table, std::string_view id);

/// One bar a row.
[[nodiscard]] BarChart bars_of(const Table& table, std::string_view label, std::string_view value);

/// The same with a bar for each of several columns, which are of one kind and unit.
[[nodiscard]] BarChart bars_of_each(const Table& table, std::string_view label,
                                    const std::vector<std::string>& values);

/// Rows of something and a model as bars, the models side by side: at most `kMostModels` of them,
/// and of the rows those that have most by one of them. Rows of nobody's credit are left out.
[[nodiscard]] BarChart bars_by_model(const Table& table, std::string_view label,
                                     std::string_view value);
inline constexpr std::size_t kMostModels = 4;
inline constexpr std::size_t kMostRows = 8;

/// Long rows as lines: days along, a line for each text of `across`, at most `most` lines: those
/// that are largest at the end.
[[nodiscard]] LineChart lines_of(const Table& table, std::string_view day, std::string_view across,
                                 std::string_view value, std::size_t most);

}  // namespace duet::report
