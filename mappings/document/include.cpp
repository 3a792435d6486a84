#include "mappings/document/include.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/load.h"
#include "mappings/document/reader.h"

namespace duet::document {
namespace {

constexpr std::size_t kMaxLevels = 20;  // of files that include files
constexpr std::string_view kInclude = "include";

/// "a/./b//../c" -> "a/c". Leading ".." stay; links of the file system are not looked at.
std::string tidy(std::string_view path) {
    std::vector<std::string_view> parts;
    const bool absolute = path.starts_with('/');
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, slash);
        path.remove_prefix(std::min(slash + 1, path.size()));
        if (part.empty() || part == ".") continue;
        if (part == ".." && !parts.empty() && parts.back() != "..") {
            parts.pop_back();
        } else if (part != ".." || !absolute) {
            parts.push_back(part);
        }
    }
    std::string tidied = absolute ? "/" : "";
    for (const std::string_view part : parts) {
        if (!tidied.empty() && tidied.back() != '/') tidied += '/';
        tidied += part;
    }
    return tidied;
}

std::string resolve(std::string_view file, std::string_view path) {
    if (path.starts_with('/')) return tidy(path);
    return tidy(fmt::format("{}/{}", folder_of(file).empty() ? "." : folder_of(file), path));
}

bool is_inside(std::string_view path, std::string_view folder) {
    if (folder.empty()) return !path.starts_with('/') && path != ".." && !path.starts_with("../");
    if (folder == "/") return path.starts_with('/');
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

const Node* find_include(const Node& root) {
    for (std::size_t i = 0; i < root.keys.size() && i < root.items.size(); ++i) {
        const bool asked = root.keys[i].kind == Node::Kind::Scalar && root.keys[i].text == kInclude;
        if (asked && root.items[i].kind != Node::Kind::Null) return &root.items[i];
    }
    return nullptr;
}

std::vector<const Node*> path_nodes(const Node& root) {
    std::vector<const Node*> found;
    const Node* node = find_include(root);
    if (node == nullptr) return found;
    if (node->kind == Node::Kind::Scalar) found.push_back(node);
    if (node->kind != Node::Kind::List) return found;
    for (const Node& item : node->items) {
        if (item.kind == Node::Kind::Scalar) found.push_back(&item);
    }
    return found;
}

/// Adds the keys of `from` to `into`, both maps.
void merge(Node& into, const Node& from) {
    for (std::size_t i = 0; i < from.keys.size() && i < from.items.size(); ++i) {
        if (from.keys[i].text == kInclude) continue;
        const Node& item = from.items[i];
        std::size_t at = 0;
        while (at < into.keys.size() &&
               (into.keys[at].text != from.keys[i].text || into.items[at].kind != item.kind)) {
            ++at;
        }
        const bool both = at < into.keys.size();
        if (both && item.kind == Node::Kind::List) {
            auto& items = into.items[at].items;
            items.insert(items.end(), item.items.begin(), item.items.end());
        } else if (both && item.kind == Node::Kind::Map) {
            merge(into.items[at], item);
        } else {
            into.keys.push_back(from.keys[i]);
            into.items.push_back(item);
        }
    }
}

class Joiner {
public:
    Joiner(const std::vector<ParsedFile>& files, Findings& findings)
        : files_(files), findings_(findings) {
        for (const ParsedFile& file : files_) {
            auto& links = links_.emplace_back();
            paths_.push_back(tidy(file.file));
            if (const Node* node = find_include(file.tree)) {
                (void)text_list(*node, kInclude, findings_);
            }
            for (const Node* node : path_nodes(file.tree)) {
                links.push_back({node, resolve(file.file, node->text)});
            }
        }
        for (std::size_t from = 0; from < files_.size(); ++from) {
            for (const Link& link : links_[from]) {
                if (const auto target = find(link.path)) included_.insert(*target);
            }
        }
    }

    std::vector<Node> join() {
        std::vector<Node> roots;
        for (std::size_t i = 0; i < files_.size(); ++i) {
            if (files_[i].part || included_.contains(i)) continue;
            folder_ = folder_of(paths_[i]);
            taken_ = {i};
            Node root = files_[i].tree;
            add_links(i, {i}, root);
            roots.push_back(std::move(root));
        }
        report_lost_circles();
        return roots;
    }

private:
    struct Link {
        const Node* node;
        std::string path;
    };

    std::optional<std::size_t> find(const std::string& path) const {
        const auto at = std::find(paths_.begin(), paths_.end(), path);
        if (at == paths_.end()) return std::nullopt;
        return static_cast<std::size_t>(at - paths_.begin());
    }

    void report(const Link& link, std::string message, std::string hint = {}) {
        findings_.add(*link.node, kCannotInclude, std::move(message), std::move(hint));
    }

    /// `way` leads from the document to `from`, both among it.
    void add_links(std::size_t from, const std::vector<std::size_t>& way, Node& root) {
        for (const Link& link : links_[from]) {
            const auto target = usable(link, way);
            if (!target) continue;
            taken_.insert(*target);
            add_file(*target, root);
            auto longer = way;
            longer.push_back(*target);
            reached_.insert(*target);
            add_links(*target, longer, root);
        }
    }

    std::optional<std::size_t> usable(const Link& link, const std::vector<std::size_t>& way) {
        if (link.node->text.starts_with('/') || !is_inside(link.path, folder_)) {
            report(link,
                   fmt::format("\"{}\" lies outside the folder of the documents", link.node->text),
                   "paths begin at the folder of the file that includes");
            return std::nullopt;
        }
        const auto target = find(link.path);
        if (!target) {
            report(link, fmt::format("there is no file \"{}\" that can be read", link.path),
                   did_you_mean(link.path, paths_));
            return std::nullopt;
        }
        if (std::find(way.begin(), way.end(), *target) != way.end()) {
            report(link, fmt::format("\"{}\" includes itself{}", link.path,
                                     way.back() == *target ? "" : " through this file"));
            return std::nullopt;
        }
        if (taken_.contains(*target)) {
            report(link, fmt::format("\"{}\" is already part of this document", link.path));
            return std::nullopt;
        }
        if (way.size() > kMaxLevels) {
            report(link, fmt::format("files include files more than {} levels deep", kMaxLevels));
            return std::nullopt;
        }
        return target;
    }

    void add_file(std::size_t target, Node& root) {
        const Node& tree = files_[target].tree;
        if (tree.kind == Node::Kind::Null) return;
        if (tree.kind != Node::Kind::Map || root.kind != Node::Kind::Map) {
            findings_.add(tree, kWrongType, "a document must be a map of keys");
            return;
        }
        for (const Node& key : tree.keys) {
            if (key.text != "entity") continue;
            findings_.add(
                key, kCannotInclude,
                "a file that another one includes defines no entity of its own",
                fmt::format("remove this line; the file is part of {}", root.source->file()));
            return;
        }
        merge(root, tree);
    }

    /// Files that include each other in a circle, and that no document leads to.
    void report_lost_circles() {
        for (const std::size_t start : included_) {
            if (files_[start].part || reached_.contains(start)) continue;
            folder_ = folder_of(paths_[start]);
            taken_ = {start};
            Node scratch = files_[start].tree;
            reached_.insert(start);
            add_links(start, {start}, scratch);
        }
    }

    const std::vector<ParsedFile>& files_;
    Findings& findings_;
    std::vector<std::string> paths_;
    std::vector<std::vector<Link>> links_;
    std::set<std::size_t> included_;
    std::set<std::size_t> reached_;
    std::set<std::size_t> taken_;  // in the document that is being joined
    std::string folder_;           // of that document
};

}  // namespace

std::string folder_of(std::string_view file) {
    const std::size_t slash = file.rfind('/');
    if (slash == std::string_view::npos) return {};
    return std::string(file.substr(0, std::max<std::size_t>(slash, 1)));
}

std::vector<Node> join_includes(const std::vector<ParsedFile>& files, Findings& findings) {
    return Joiner(files, findings).join();
}

std::vector<std::string> included_files(const Source& source, std::string_view folder) {
    Findings unused;
    const SourceText text(source.file, source.text);
    const Node root = parse_tree(text, unused);
    std::vector<std::string> found;
    for (const Node* node : path_nodes(root)) {
        std::string path = resolve(source.file, node->text);
        if (!node->text.starts_with('/') && is_inside(path, tidy(folder))) {
            found.push_back(std::move(path));
        }
    }
    return found;
}

}  // namespace duet::document
