#include <algorithm>

#include "daemon/report/charts.h"
#include "daemon/report/numbers.h"

namespace duet::report {
namespace {

constexpr double kBody = 300;  // height of all bands together
constexpr double kLeast = 34;  // room for the two lines of a name
constexpr double kNode = 10;   // width of a node
constexpr double kThinnestFlow = 1;

/// One end of the bands.
struct Node {
    double value = 0;
    double top = 0;
    double height = 0;
    double taken = 0;  // by bands that were drawn
};

/// Stacks the nodes of one side; the height of the stack.
double stack(std::vector<Node>& nodes, double scale) {
    double y = 0;
    for (Node& node : nodes) {
        if (node.value <= 0) continue;
        node.height = std::max(kThinnestFlow, node.value * scale);
        const double room = std::max(kLeast, node.height);
        node.top = y + (room - node.height) / 2;
        y += room + 8;
    }
    return std::max(0.0, y - 8);
}

void draw_names(Markup& page, const std::vector<std::string>& names, const std::vector<Node>& nodes,
                const FlowChart& chart, double x, double text_x, double room, Anchor anchor) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const Node& node = nodes[i];
        if (node.value <= 0) continue;
        page.single("rect", {{"x", length(x)},
                             {"y", length(node.top)},
                             {"width", length(kNode)},
                             {"height", length(node.height)},
                             {"class", "node"},
                             {"data-v", length(node.value)}});
        const double middle = node.top + node.height / 2;
        draw_text(page, text_x, middle - 2, fitted(names[i], room + 14), "label strong", anchor);
        draw_text(page, text_x, middle + 14, shown(Cell(node.value), chart.value.kind),
                  "value small", anchor);
    }
}

void draw_band(Markup& page, const FlowChart& chart, const FlowChart::Move& move, Node& from,
               Node& to, double left, double right) {
    const double out = from.height * move.value / from.value;
    const double in = to.height * move.value / to.value;
    const double y1 = from.top + from.taken;
    const double y2 = to.top + to.taken;
    from.taken += out;
    to.taken += in;
    const double middle = (left + right) / 2;
    const auto curve = [&](double ya, double xb, double yb) {
        return "C" + length(middle) + " " + length(ya) + " " + length(middle) + " " + length(yb) +
               " " + length(xb) + " " + length(yb);
    };
    page.open("path", {{"class", "band " + colour(move.from)},
                       {"data-v", length(move.value)},
                       {"d", "M" + length(left) + " " + length(y1) + curve(y1, right, y2) + "L" +
                                 length(right) + " " + length(y2 + in) +
                                 curve(y2 + in, left, y1 + out) + "Z"}});
    page.leaf("title", {},
              chart.from[move.from] + " to " + chart.to[move.to] + ": " +
                  shown_whole(Cell(move.value), chart.value));
    page.close();
}

}  // namespace

void draw_flow(Markup& page, const FlowChart& chart, const Canvas& canvas) {
    std::vector<Node> from(chart.from.size());
    std::vector<Node> to(chart.to.size());
    double total = 0;
    for (const auto& move : chart.moves) {
        from[move.from].value += move.value;
        to[move.to].value += move.value;
        total += move.value;
    }
    const double scale = total > 0 ? kBody / total : 0;
    const double left_height = stack(from, scale);
    const double right_height = stack(to, scale);
    const double height = std::max(left_height, right_height) + 12;
    for (Node& node : from) node.top += (height - left_height) / 2;
    for (Node& node : to) node.top += (height - right_height) / 2;
    const double side = canvas.is_narrow ? 108 : 150;
    const double left = side;
    const double right = canvas.width - side - kNode;
    open_drawing(page, canvas, height, chart.words);
    auto moves = chart.moves;
    std::stable_sort(moves.begin(), moves.end(), [](const auto& a, const auto& b) {
        return a.from != b.from ? a.from < b.from : a.to < b.to;
    });
    for (const auto& move : moves) {
        if (move.value > 0)
            draw_band(page, chart, move, from[move.from], to[move.to], left + kNode, right);
    }
    draw_names(page, chart.from, from, chart, left, left - 8, side - 10, Anchor::End);
    draw_names(page, chart.to, to, chart, right, right + kNode + 8, side - 10, Anchor::Start);
    page.close();
}

}  // namespace duet::report
