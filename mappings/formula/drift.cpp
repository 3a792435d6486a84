#include "mappings/formula/drift.h"

#include <algorithm>

namespace duet::formula {
namespace {

Drift flipped(Drift drift) {
    if (drift == Drift::Rising) return Drift::Falling;
    return drift == Drift::Falling ? Drift::Rising : drift;
}

/// Of a sum, or of a value that is one or the other for as long as no field changes.
Drift merged(Drift a, Drift b) {
    if (a == b || b == Drift::Still) return a;
    if (a == Drift::Still) return b;
    return Drift::Lost;
}

bool moves(Drift drift) { return drift != Drift::Still && drift != Drift::Watched; }

/// For operations that do not follow a motion.
Drift rigid(Drift a, Drift b) { return moves(a) || moves(b) ? Drift::Lost : merged(a, b); }

bool is_comparison(Operator op) { return op >= Operator::Equal && op <= Operator::GreaterEqual; }

class Finder {
public:
    Finder(const Tree& tree, const Checked& checked) : tree_(tree), checked_(checked) {
        found_.of.resize(tree.nodes.size(), Drift::Still);
        found_.to_the_millisecond.resize(tree.nodes.size(), false);
    }

    Drifts run() {
        for (NodeIndex i = 0; i < tree_.nodes.size(); ++i) {
            found_.of[i] = of(i);
            found_.to_the_millisecond[i] = reads_instant(i);
        }
        return std::move(found_);
    }

private:
    Drift at(const Node& node, std::size_t child) const { return found_.of[node.children[child]]; }

    bool reads_instant(NodeIndex index) const {
        const Node& node = tree_[index];
        const Function* function = checked_.functions[index];
        if (function != nullptr && (function->form == Form::Now || function->form == Form::TimeNow))
            return true;
        return std::any_of(node.children.begin(), node.children.end(),
                           [&](NodeIndex child) { return found_.to_the_millisecond[child]; });
    }

    Drift of(NodeIndex index) const {
        const Node& node = tree_[index];
        switch (node.kind) {
            case NodeKind::Unary:
                return unary(node);
            case NodeKind::Binary:
                return binary(node);
            case NodeKind::Call:
                return call(node, *checked_.functions[index]);
            default:
                return Drift::Still;
        }
    }

    Drift unary(const Node& node) const {
        if (node.op == Operator::Negate) return flipped(at(node, 0));
        return node.op == Operator::Plus ? at(node, 0) : rigid(at(node, 0), Drift::Still);
    }

    Drift binary(const Node& node) const {
        const Drift a = at(node, 0), b = at(node, 1);
        if (is_comparison(node.op))
            return found_.watch(node) == Watch::None ? rigid(a, b) : Drift::Watched;
        switch (node.op) {
            case Operator::Add:
                return merged(a, b);
            case Operator::Subtract:
                return merged(a, flipped(b));
            case Operator::Multiply:
                if (is_literal(node, 0)) return scaled(b, node, 0);
                [[fallthrough]];
            case Operator::Divide:
                if (is_literal(node, 1)) return scaled(a, node, 1);
                return rigid(a, b);
            default:
                return rigid(a, b);
        }
    }

    /// A number, or minus a number.
    bool is_literal(const Node& node, std::size_t child) const {
        const Node& factor = tree_[node.children[child]];
        if (factor.kind == NodeKind::Number) return true;
        return factor.kind == NodeKind::Unary && factor.op == Operator::Negate &&
               tree_[factor.children[0]].kind == NodeKind::Number;
    }

    Drift scaled(Drift drift, const Node& node, std::size_t factor) const {
        return tree_[node.children[factor]].kind == NodeKind::Unary ? flipped(drift) : drift;
    }

    Drift all_merged(const Node& node) const {
        Drift drift = Drift::Still;
        for (std::size_t i = 0; i < node.children.size(); ++i) drift = merged(drift, at(node, i));
        return drift;
    }

    Drift all_rigid(const Node& node) const {
        Drift drift = Drift::Still;
        for (std::size_t i = 0; i < node.children.size(); ++i) drift = rigid(drift, at(node, i));
        return drift;
    }

    Drift call(const Node& node, const Function& function) const {
        switch (function.form) {
            case Form::Today:
            case Form::Now:
                return Drift::Rising;
            case Form::TimeNow:
                return Drift::Lost;
            case Form::If:
                return chosen(node, [](std::size_t i) { return i == 0; });
            case Form::Ifs: {
                const std::size_t last = node.children.size() - 1;
                return chosen(node, [last](std::size_t i) { return i % 2 == 0 && i != last; });
            }
            case Form::Case: {
                const std::size_t last = node.children.size() - 1;
                return chosen(
                    node, [last](std::size_t i) { return i == 0 || (i % 2 == 1 && i != last); });
            }
            case Form::BlankValue:
            case Form::NullValue:
                return all_merged(node);
            default:
                break;
        }
        if (function.motion == Motion::All) return all_merged(node);
        if (function.motion == Motion::First) {
            // The end of a month takes an instant back: one month before March 28, 23:00 is
            // February 28, 23:00, one before March 29, 00:00 is February 28, 00:00.
            const bool falls_back = function.native == native::addmonths &&
                                    found_.to_the_millisecond[node.children[0]] &&
                                    checked_.types[node.children[0]] != Type::Date;
            return falls_back ? all_rigid(node) : first_followed(node);
        }
        return all_rigid(node);
    }

    /// Of a choice: what decides must stand still, what is chosen may move.
    template <class Decides>
    Drift chosen(const Node& node, Decides decides) const {
        Drift drift = Drift::Still;
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            const Drift part = at(node, i);
            if (decides(i) && moves(part)) return Drift::Lost;
            drift = merged(drift, part);
        }
        return drift;
    }

    Drift first_followed(const Node& node) const {
        Drift drift = at(node, 0);
        for (std::size_t i = 1; i < node.children.size(); ++i) {
            if (moves(at(node, i))) return Drift::Lost;
            drift = merged(drift, at(node, i));
        }
        return drift;
    }

    const Tree& tree_;
    const Checked& checked_;
    Drifts found_;
};

}  // namespace

Watch Drifts::watch(const Node& node) const {
    if (node.kind != NodeKind::Binary || !is_comparison(node.op)) return Watch::None;
    const NodeIndex left = node.children[0], right = node.children[1];
    const Drift gap = merged(of[left], flipped(of[right]));
    if (gap == Drift::Rising || gap == Drift::Falling) return Watch::Bisected;
    const auto is_followed = [](Drift drift) {
        return drift == Drift::Rising || drift == Drift::Falling;
    };
    if (!is_followed(of[left]) || !is_followed(of[right])) return Watch::None;
    return to_the_millisecond[left] || to_the_millisecond[right] ? Watch::None : Watch::Stepped;
}

Drifts find_drifts(const Tree& tree, const Checked& checked) { return Finder(tree, checked).run(); }

}  // namespace duet::formula
