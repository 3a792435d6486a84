#include "mappings/formula/tree.h"

namespace duet::formula {

std::string to_expression(const Tree& tree) {
    // A work list instead of recursion: chains of operators make deep trees. An entry with a
    // null node closes a parenthesis.
    std::vector<const Node*> work{&tree[tree.root]};
    std::string out;
    while (!work.empty()) {
        const Node* node = work.back();
        work.pop_back();
        if (!out.empty()) out += ' ';
        if (node == nullptr) {
            out += ')';
            continue;
        }
        if (node->children.empty()) {
            out += node->spelling;
            continue;
        }
        out += "( " + node->spelling;
        work.push_back(nullptr);
        for (auto child = node->children.rbegin(); child != node->children.rend(); ++child) {
            work.push_back(&tree[*child]);
        }
    }
    return out;
}

}  // namespace duet::formula
