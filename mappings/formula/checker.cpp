#include "mappings/formula/checker.h"

#include <algorithm>

namespace duet::formula {
namespace {

constexpr TypeSet kMoments = set_of(Type::Date, Type::DateTime, Type::Time);
constexpr TypeSet kOrdered = kMoments | set_of(Type::Number, Type::Text);
constexpr TypeSet kEquatable = kOrdered | set_of(Type::Boolean);

std::string in_quotes(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string suggestion(const std::string& name, const std::vector<std::string>& names) {
    const std::string near = nearest_name(name, names);
    return near.empty() ? "" : " Did you mean " + in_quotes(near) + "?";
}

/// What + and - give; nothing when the types do not go together.
std::optional<Type> additive(Operator op, Type a, Type b) {
    const bool sum = op == Operator::Add;
    if (is_open(a) || is_open(b)) {
        const Type known = is_open(a) ? b : a;
        if (known == Type::Text && sum) return Type::Text;
        if (!is_open(known) && !accepts(kMoments | set_of(Type::Number), known))
            return std::nullopt;
        if (a == Type::Unknown || b == Type::Unknown) return Type::Unknown;
        return known == Type::Null ? Type::Number : known;
    }
    if (a == b && a == Type::Number) return Type::Number;
    if (a == b && a == Type::Text && sum) return Type::Text;
    if (b == Type::Number && accepts(kMoments, a)) return a;
    if (a == Type::Number && accepts(kMoments, b) && sum) return b;
    if (a == b && accepts(kMoments, a) && !sum) return Type::Number;
    return std::nullopt;
}

class Checker {
public:
    Checker(const Tree& tree, const Scope& scope) : tree_(tree), scope_(scope) {
        found_.types.resize(tree.nodes.size(), Type::Unknown);
        found_.functions.resize(tree.nodes.size(), nullptr);
        found_.fields.resize(tree.nodes.size(), 0);
    }

    Checked run() {
        for (NodeIndex i = 0; i < tree_.nodes.size(); ++i) found_.types[i] = type_of_node(i);
        if (found_.types[tree_.root] == Type::Location) {
            fail(tree_[tree_.root], "A formula cannot result in a geolocation. Use DISTANCE().");
        }
        std::stable_sort(
            found_.errors.begin(), found_.errors.end(),
            [](const CompileError& a, const CompileError& b) { return a.offset < b.offset; });
        return std::move(found_);
    }

private:
    Type type_at(const Node& node, std::size_t child) const {
        return found_.types[node.children[child]];
    }

    Type fail(const Node& node, std::string message) {
        found_.errors.push_back({node.offset, node.spelling.size(), std::move(message)});
        return Type::Unknown;
    }

    Type type_of_node(NodeIndex index) {
        const Node& node = tree_[index];
        switch (node.kind) {
            case NodeKind::Number:
                if (!Decimal::parse(node.spelling)) {
                    return fail(node, "This number has more than 38 digits.");
                }
                return Type::Number;
            case NodeKind::Text:
                return Type::Text;
            case NodeKind::Boolean:
                return Type::Boolean;
            case NodeKind::Null:
                return Type::Null;
            case NodeKind::Field:
                return field(index);
            case NodeKind::Unary:
                return unary(node);
            case NodeKind::Binary:
                return binary(node);
            case NodeKind::Call:
                break;
        }
        return call(index);
    }

    Type field(NodeIndex index) {
        const Node& node = tree_[index];
        if (same_name(node.spelling, "$System.OriginDateTime")) {
            found_.fields[index] = kOrigin;
            return Type::DateTime;
        }
        const auto known =
            std::find_if(found_.uses.begin(), found_.uses.end(),
                         [&](const FieldUse& use) { return same_name(use.path, node.spelling); });
        found_.fields[index] = static_cast<std::uint32_t>(known - found_.uses.begin());
        if (known != found_.uses.end()) return known->type;
        auto binding = scope_.resolve(node.spelling);
        if (!binding) {
            if (find_function(node.spelling) != nullptr) {
                return fail(node, in_quotes(node.spelling) + " is a function: write " +
                                      node.spelling + "().");
            }
            return fail(node, "There is no field " + in_quotes(node.spelling) + "." +
                                  suggestion(node.spelling, scope_.names()));
        }
        found_.uses.push_back({node.spelling, to_type(binding->type),
                               binding->type == FieldType::Percent, std::move(binding->options)});
        return found_.uses.back().type;
    }

    Type unary(const Node& node) {
        const bool logical = node.op == Operator::Not;
        const Type wanted = logical ? Type::Boolean : Type::Number;
        expect(node, 0, set_of(wanted));
        return wanted;
    }

    /// Reports the operand or argument when it is of a wrong type.
    bool expect(const Node& node, std::size_t child, TypeSet set) {
        const Type type = type_at(node, child);
        if (accepts(set, type)) return true;
        const Node& culprit = tree_[node.children[child]];
        std::string place = in_quotes(node.spelling);
        if (node.kind == NodeKind::Call) {
            place = "argument " + std::to_string(child + 1) + " of " + node.spelling + "()";
        }
        fail(culprit, "Expected " + describe(set) + " for " + place + ", but found " +
                          to_string(type) + "." + argument_hint(set, type));
        return false;
    }

    static std::string argument_hint(TypeSet wanted, Type type) {
        if (type == Type::Picklist) return " Compare a picklist with ISPICKVAL(), or use TEXT().";
        if (type == Type::MultiPicklist) return " Ask a multi-select picklist with INCLUDES().";
        if (type == Type::Location) return " A geolocation goes into DISTANCE() only.";
        for (const Type one : {Type::Text, Type::Number, Type::Date, Type::Time}) {
            if (wanted == set_of(one)) return conversion_hint(one, type);
        }
        return "";
    }

    Type mismatch(const Node& node, Type a, Type b) {
        return fail(node, in_quotes(node.spelling) + " does not go between " + to_string(a) +
                              " and " + to_string(b) + "." + conversion_hint(a, b));
    }

    /// How to make one of both the other's type.
    static std::string conversion_hint(Type a, Type b) {
        const TypeSet both = set_of(a, b);
        if (both == set_of(Type::Date, Type::DateTime))
            return " DATEVALUE() gives the day of a date/time.";
        if (both == set_of(Type::Time, Type::DateTime))
            return " TIMEVALUE() gives the time of a date/time.";
        if (both == set_of(Type::Text, Type::Number))
            return " TEXT() makes a text of a number, VALUE() a number of a text.";
        if (both == set_of(Type::Text, Type::Date))
            return " TEXT() makes a text of a date, DATEVALUE() a date of a text.";
        if (both == set_of(Type::Text, Type::DateTime))
            return " TEXT() makes a text of a date/time, DATETIMEVALUE() a date/time of a text.";
        if (both == set_of(Type::Text, Type::Boolean))
            return " IF(condition, \"yes\", \"no\") makes a text of a condition.";
        return "";
    }

    Type binary(const Node& node) {
        const Type a = type_at(node, 0), b = type_at(node, 1);
        switch (node.op) {
            case Operator::Or:
            case Operator::And:
                return both(node, set_of(Type::Boolean), Type::Boolean);
            case Operator::Concatenate:
                return both(node, set_of(Type::Text), Type::Text);
            case Operator::Multiply:
            case Operator::Divide:
            case Operator::Power:
                return both(node, set_of(Type::Number), Type::Number);
            case Operator::Add:
            case Operator::Subtract: {
                constexpr TypeSet kAddable = kMoments | set_of(Type::Number, Type::Text);
                if (!expect(node, 0, kAddable) || !expect(node, 1, kAddable)) return Type::Unknown;
                const auto type = additive(node.op, a, b);
                return type ? *type : mismatch(node, a, b);
            }
            default:
                break;
        }
        const bool equality = node.op == Operator::Equal || node.op == Operator::NotEqual;
        both(node, equality ? kEquatable : kOrdered, Type::Boolean);
        if (accepts(kEquatable, a) && accepts(kEquatable, b) && !join(a, b)) mismatch(node, a, b);
        return Type::Boolean;
    }

    Type both(const Node& node, TypeSet set, Type result) {
        expect(node, 0, set);
        expect(node, 1, set);
        return result;
    }

    Type call(NodeIndex index) {
        const Node& node = tree_[index];
        const Function* function = find_function(node.spelling);
        if (function == nullptr) {
            return fail(node, "There is no function " + in_quotes(node.spelling) + "." +
                                  suggestion(upper_case(node.spelling), function_names()));
        }
        if (function->form == Form::NeedsOrg) {
            return fail(node, std::string(function->name) + "() needs " + function->reason +
                                  ", which only a Salesforce org has: it cannot be used here.");
        }
        found_.functions[index] = function;
        if (!count_is_right(node, *function)) return function->result;
        for (std::size_t i = 0; i < node.children.size(); ++i) expect(node, i, function->param(i));
        return result_type(node, *function);
    }

    static std::string upper_case(std::string name) {
        for (char& c : name) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
        return name;
    }

    bool count_is_right(const Node& node, const Function& function) {
        const std::size_t count = node.children.size();
        std::string wanted;
        if (function.form == Form::Case && (count < 4 || count % 2 != 0)) {
            wanted = "an expression, pairs of value and result, and an else result";
        } else if (function.form == Form::Ifs && count % 2 == 0) {
            wanted = "pairs of condition and result, and an else result";
        } else if (count < function.min_args || count > function.max_args) {
            wanted = std::to_string(function.min_args);
            if (function.max_args == kUnlimited) {
                wanted += " or more";
            } else if (function.max_args != function.min_args) {
                wanted += " to " + std::to_string(function.max_args);
            }
            wanted += wanted == "1" ? " argument" : " arguments";
        }
        if (wanted.empty()) return true;
        fail(node, std::string(function.name) + "() needs " + wanted + ", but has " +
                       std::to_string(count) + ".");
        return false;
    }

    Type result_type(const Node& node, const Function& function) {
        switch (function.form) {
            case Form::If:
                return joined(node, 1, 1);
            case Form::Ifs:
                return conditional_chain(node);
            case Form::Case:
                return cases(node);
            case Form::BlankValue:
            case Form::NullValue:
                return joined(node, 0, 1);
            case Form::IfError:
                return joined(node, 0, 1);
            case Form::In:
                check_list(node);
                break;
            case Form::Distance:
                check_unit(node);
                break;
            case Form::OptionText:
                check_option(node);
                break;
            default:
                break;
        }
        if (function.result != Type::Unknown) return function.result;
        return node.children.empty() ? Type::Unknown : type_at(node, 0);
    }

    /// The common type of every `step`-th argument from `first` on.
    Type joined(const Node& node, std::size_t first, std::size_t step) {
        Type type = type_at(node, first);
        for (std::size_t i = first + step; i < node.children.size(); i += step) {
            const Type next = type_at(node, i);
            const auto both_types = join(type, next);
            if (!both_types) {
                return fail(tree_[node.children[i]],
                            "The results of " + node.spelling + "() are of different types: " +
                                to_string(type) + " and " + to_string(next) + ".");
            }
            type = *both_types;
        }
        return type;
    }

    Type conditional_chain(const Node& node) {
        for (std::size_t i = 0; i + 1 < node.children.size(); i += 2)
            expect(node, i, set_of(Type::Boolean));
        const Type last = type_at(node, node.children.size() - 1);
        Type type = last;
        for (std::size_t i = 1; i < node.children.size(); i += 2) {
            const auto both_types = join(type, type_at(node, i));
            if (!both_types) return mismatch(node, type, type_at(node, i));
            type = *both_types;
        }
        return type;
    }

    Type cases(const Node& node) {
        const std::size_t last = node.children.size() - 1;
        const Type selector = type_at(node, 0);
        Type type = type_at(node, last);
        for (std::size_t i = 1; i < last; i += 2) {
            const Type value = type_at(node, i);
            const bool option = selector == Type::Picklist && value == Type::Text;
            if (!option && !join(selector, value)) {
                fail(tree_[node.children[i]], std::string("CASE() compares ") +
                                                  to_string(selector) + " with " +
                                                  to_string(value) + " here.");
            }
            const Type result = type_at(node, i + 1);
            const auto both_types = join(type, result);
            if (!both_types) {
                return fail(tree_[node.children[i + 1]],
                            std::string("The results of CASE() are of different types: ") +
                                to_string(result) + " and " + to_string(type) + ".");
            }
            type = *both_types;
        }
        return type;
    }

    void check_list(const Node& node) {
        Type type = type_at(node, 0);
        if (type == Type::Picklist) type = Type::Text;
        for (std::size_t i = 1; i < node.children.size(); ++i) {
            const Type next = type_at(node, i) == Type::Picklist ? Type::Text : type_at(node, i);
            if (join(type, next)) continue;
            fail(tree_[node.children[i]], std::string("IN() compares ") + to_string(type) +
                                              " with " + to_string(next) + " here.");
        }
    }

    void check_unit(const Node& node) {
        const Node& unit = tree_[node.children[2]];
        if (unit.kind != NodeKind::Text || unit.text == "mi" || unit.text == "km") return;
        fail(unit, "Expected \"mi\" or \"km\" as argument 3 of " + node.spelling +
                       "(), but found " + in_quotes(unit.text) + ".");
    }

    void check_option(const Node& node) {
        const Node& literal = tree_[node.children[1]];
        if (literal.kind != NodeKind::Text) {
            fail(literal, "Expected a text in quotes as argument 2 of " + node.spelling + "().");
            return;
        }
        if (tree_[node.children[0]].kind != NodeKind::Field) return;
        // A field that did not resolve has no entry.
        const std::uint32_t use = found_.fields[node.children[0]];
        if (use >= found_.uses.size()) return;
        const auto& options = found_.uses[use].options;
        if (options.empty() || literal.text.empty()) return;
        if (std::find(options.begin(), options.end(), literal.text) != options.end()) return;
        fail(literal, in_quotes(literal.text) + " is not a value of " + found_.uses[use].path +
                          "." + suggestion(literal.text, options));
    }

    const Tree& tree_;
    const Scope& scope_;
    Checked found_;
};

}  // namespace

Checked check(const Tree& tree, const Scope& scope) { return Checker(tree, scope).run(); }

}  // namespace duet::formula
