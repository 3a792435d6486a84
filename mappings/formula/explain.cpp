// What every part of a formula came to in one evaluation.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "mappings/formula/compiled.h"
#include "mappings/formula/machine.h"
#include "mappings/formula/unicode.h"

namespace duet::formula {
namespace {

constexpr std::size_t kShownUnits = 1'000;

Value shortened(const Cell& cell) {
    const auto* held = std::get_if<std::string_view>(&cell);
    if (held == nullptr) return to_value(cell);
    return text(held->substr(0, byte_of_unit(*held, kShownUnits)));
}

/// Nodes in the order in which the code reaches one end of theirs.
class Milestones {
public:
    Milestones(const std::vector<CodeRange>& ranges, std::uint32_t CodeRange::*end)
        : ranges_(ranges), end_(end), nodes_(ranges.size()) {
        std::iota(nodes_.begin(), nodes_.end(), NodeIndex{0});
        std::stable_sort(nodes_.begin(), nodes_.end(),
                         [&](NodeIndex a, NodeIndex b) { return place(a) < place(b); });
    }

    template <class Use>
    void each_at(std::uint32_t wanted, Use use) const {
        auto node = std::lower_bound(nodes_.begin(), nodes_.end(), wanted,
                                     [&](NodeIndex a, std::uint32_t at) { return place(a) < at; });
        for (; node != nodes_.end() && place(*node) == wanted; ++node) use(*node);
    }

private:
    std::uint32_t place(NodeIndex node) const { return ranges_[node].*end_; }

    const std::vector<CodeRange>& ranges_;
    std::uint32_t CodeRange::*end_;
    std::vector<NodeIndex> nodes_;
};

/// The code of a node leaves its value on top of the stack when control reaches the node's end.
/// The ends of different branches may be one place: only what was entered counts.
class Tracer : public Watcher {
public:
    Tracer(const Program& program, const std::vector<CodeRange>& ranges)
        : entered(ranges.size(), false),
          values(ranges.size()),
          failures(ranges.size(), nullptr),
          program_(program),
          begins_(ranges, &CodeRange::begin),
          ends_(ranges, &CodeRange::end) {}

    void on_comparison(std::uint32_t) override {}
    void on_clock() override {}
    void on_step(std::uint32_t place, std::span<const Cell> cells) override {
        ends_.each_at(place, [&](NodeIndex node) {
            if (entered[node] && !values[node]) values[node] = shortened(cells.back());
        });
        begins_.each_at(place, [&](NodeIndex node) { entered[node] = true; });
    }
    void on_failure(std::uint32_t place, Fault reason) override {
        failures[program_.code[place].origin] = reason;
    }

    // Parallel to the nodes.
    std::vector<bool> entered;
    std::vector<std::optional<Value>> values;
    std::vector<Fault> failures;

private:
    const Program& program_;
    Milestones begins_;
    Milestones ends_;
};

}  // namespace

std::vector<PartResult> Formula::explain(std::span<const Value* const> inputs,
                                         const Moment& moment) const {
    if (inputs.size() < compiled_->fields.size()) return {};
    const Tree& tree = compiled_->tree;
    std::vector<CompileError> errors;
    std::vector<CodeRange> ranges;
    const Program program = make_program(tree, compiled_->checked, errors, &ranges);
    Tracer tracer(program, ranges);
    Arena arena;
    const auto end = static_cast<std::uint32_t>(program.code.size());
    // How it ended is among what the tracer saw.
    (void)execute({program, compiled_->checked.uses, inputs, compiled_->blanks, moment},
                  {0, end, 0}, arena, &tracer, {});

    std::vector<PartResult> parts;
    std::vector<std::pair<NodeIndex, std::size_t>> work{{tree.root, 0}};
    while (!work.empty()) {
        const auto [index, depth] = work.back();
        work.pop_back();
        const Node& node = tree[index];
        PartResult part{node.offset,           node.spelling,        depth,
                        tracer.entered[index], tracer.values[index], {}};
        if (tracer.failures[index] != nullptr) part.failure = tracer.failures[index];
        parts.push_back(std::move(part));
        for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
            work.emplace_back(*child, depth + 1);
        }
    }
    // The whole is rounded as a result is.
    const auto whole = evaluate(inputs, moment);
    if (const Value* value = std::get_if<Value>(&whole); value && !as_text(*value))
        parts.front().value = *value;
    return parts;
}

}  // namespace duet::formula
