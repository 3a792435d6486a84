#include <algorithm>

#include "connectors/sandbox/salesforce_query.h"
#include "connectors/sandbox/salesforce_rows.h"

namespace duet::sandbox {

namespace {

/// What a row's JSON is made of, in SELECT order: a value, a parent, or a list of children.
struct Node {
    std::string key;  // already JSON: "\"Name\":"
    int column = -1;  // of a value
    std::string type;
    int parent_id = -1;  // of a parent: column of its id
    std::vector<Node> members;
    const soql::Child* child = nullptr;
};

std::string key_of(const std::string& name) {
    std::string key;
    append_json_text(key, name);
    return key + ":";
}

void add_column(std::vector<Node>& nodes, const soql::Column& column, int index) {
    std::vector<Node>* level = &nodes;
    for (std::size_t i = 0; i + 1 < column.path.size(); ++i) {
        const std::string key = key_of(column.path[i]);
        auto found = std::find_if(level->begin(), level->end(), [&key](const Node& node) {
            return node.key == key && node.parent_id >= 0;
        });
        if (found == level->end()) {
            Node parent;
            parent.key = key;
            parent.parent_id = column.parent_id_columns.at(i);
            level->push_back(std::move(parent));
            found = level->end() - 1;
        }
        level = &found->members;
    }
    Node leaf;
    leaf.key = key_of(column.path.back());
    leaf.column = index;
    leaf.type = column.type;
    level->push_back(std::move(leaf));
}

std::vector<Node> shape_of(const soql::Translation& translation) {
    std::vector<Node> nodes;
    std::size_t child = 0;
    const auto add_children = [&](std::size_t columns_before) {
        for (; child < translation.children.size() &&
               translation.children[child].columns_before <= columns_before;
             ++child) {
            Node node;
            node.key = key_of(translation.children[child].name);
            node.child = &translation.children[child];
            nodes.push_back(std::move(node));
        }
    };
    for (std::size_t i = 0; i < translation.columns.size(); ++i) {
        add_children(i);
        add_column(nodes, translation.columns[i], static_cast<int>(i));
    }
    add_children(translation.columns.size());
    return nodes;
}

class RowPrinter {
public:
    RowPrinter(SandboxState& state, const soql::Translation& translation, const std::string& root)
        : state_(state), translation_(translation), root_(root), nodes_(shape_of(translation)) {}

    [[nodiscard]] std::string print(const Statement& row) {
        std::string out = "{";
        if (translation_.aggregate) {
            out += R"("attributes":{"type":"AggregateResult"})";
        } else {
            id_ = row.text(translation_.id_column);
            append_attributes(out, translation_.object, id_, root_);
        }
        append_members(out, nodes_, row);
        out += '}';
        return out;
    }

private:
    void append_members(std::string& out, const std::vector<Node>& nodes, const Statement& row) {
        for (const Node& node : nodes) {
            out += ',';
            out += node.key;
            if (node.child != nullptr) {
                append_children(out, *node.child);
            } else if (node.column >= 0) {
                append_value(out, node, row);
            } else if (row.is_null(node.parent_id)) {
                out += "null";
            } else {
                const std::string id(row.text(node.parent_id));
                const Object* object = object_of_id(state_.schema, id);
                out += '{';
                append_attributes(out, object == nullptr ? "Name" : object->name, id, root_);
                append_members(out, node.members, row);
                out += '}';
            }
        }
    }

    static void append_value(std::string& out, const Node& node, const Statement& row) {
        // An address is JSON already.
        if (node.type == "address" && !row.is_null(node.column)) {
            out += row.text(node.column);
        } else {
            append_json(out, node.type, row, node.column);
        }
    }

    void append_children(std::string& out, const soql::Child& child) {
        RowPrinter printer(state_, child.query, root_);
        auto rows = run_query(state_, child.query, id_);
        std::string list;
        std::size_t count = 0;
        while (rows.step()) {
            if (count++ > 0) list += ',';
            list += printer.print(rows);
        }
        if (count == 0) {
            out += "null";
            return;
        }
        out += "{\"totalSize\":" + std::to_string(count) + ",\"done\":true,\"records\":[" + list +
               "]}";
    }

    SandboxState& state_;
    const soql::Translation& translation_;
    const std::string& root_;
    std::vector<Node> nodes_;
    std::string id_;
};

}  // namespace

void append_attributes(std::string& out, const std::string& object, std::string_view id,
                       const std::string& root) {
    out += "\"attributes\":{\"type\":\"";
    out += object;
    out += "\",\"url\":\"";
    out += root;
    out += "/sobjects/";
    out += object;
    out += '/';
    out += id;
    out += "\"}";
}

std::vector<std::string> json_rows(SandboxState& state, const soql::Translation& translation,
                                   const std::string& root) {
    std::vector<std::string> rows;
    RowPrinter printer(state, translation, root);
    auto statement = run_query(state, translation);
    while (statement.step()) rows.push_back(printer.print(statement));
    return rows;
}

}  // namespace duet::sandbox
