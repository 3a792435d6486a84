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

/// What a map holds under `key`, or nullptr.
const Node* find_key(const Node& map, std::string_view key) {
    for (std::size_t i = 0; i < map.keys.size() && i < map.items.size(); ++i) {
        if (map.keys[i].kind == Node::Kind::Scalar && map.keys[i].text == key) return &map.items[i];
    }
    return nullptr;
}

const Node* find_include(const Node& root) {
    const Node* node = find_key(root, kInclude);
    return node != nullptr && node->kind != Node::Kind::Null ? node : nullptr;
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

bool is_same(const Node& one, const Node& other);

/// Keys in any order; readers report those that come twice.
bool has_pairs_of(const Node& one, const Node& other) {
    for (std::size_t i = 0; i < one.keys.size() && i < one.items.size(); ++i) {
        const Node* item = find_key(other, one.keys[i].text);
        if (item == nullptr || !is_same(one.items[i], *item)) return false;
    }
    return true;
}

/// Whether both say the same, wherever they stand and however they are quoted.
bool is_same(const Node& one, const Node& other) {
    if (one.kind != other.kind || one.items.size() != other.items.size()) return false;
    if (one.kind == Node::Kind::Scalar) return one.text == other.text;
    if (one.kind == Node::Kind::Map) return has_pairs_of(one, other) && has_pairs_of(other, one);
    return std::equal(one.items.begin(), one.items.end(), other.items.begin(), is_same);
}

/// Adds the lines that are not there yet: two files may both say what they need.
void add_lines(std::vector<Node>& lines, const std::vector<Node>& more) {
    const std::size_t before = lines.size();
    for (const Node& line : more) {
        const auto end = lines.begin() + static_cast<std::ptrdiff_t>(before);
        const bool is_known = std::any_of(lines.begin(), end,
                                          [&](const Node& known) { return is_same(known, line); });
        if (!is_known) lines.push_back(line);
    }
}

bool names_the_document(std::string_view key) {
    return key == "entity" || key == "objects" || key == "match";
}

/// Adds the keys of `from` to `into`, both maps. `is_twin`: both define the same entity, so that
/// what names it stands in both.
void merge(Node& into, const Node& from, bool is_twin) {
    for (std::size_t i = 0; i < from.keys.size() && i < from.items.size(); ++i) {
        if (from.keys[i].text == kInclude) continue;
        if (is_twin && names_the_document(from.keys[i].text) &&
            find_key(into, from.keys[i].text) != nullptr) {
            continue;
        }
        const Node& item = from.items[i];
        std::size_t at = 0;
        while (at < into.keys.size() &&
               (into.keys[at].text != from.keys[i].text || into.items[at].kind != item.kind)) {
            ++at;
        }
        const bool both = at < into.keys.size();
        if (both && item.kind == Node::Kind::List) {
            add_lines(into.items[at].items, item.items);
        } else if (both && item.kind == Node::Kind::Map) {
            merge(into.items[at], item, false);
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
        const Node* entity = find_key(tree, "entity");
        if (entity != nullptr && !is_of_the_same_entity(*entity, tree, root)) return;
        merge(root, tree, entity != nullptr);
    }

    /// A document may include another one of its own entity, whose records are found alike.
    bool is_of_the_same_entity(const Node& entity, const Node& tree, const Node& root) {
        const Node* own = find_key(root, "entity");
        if (own == nullptr) {
            findings_.add(entity, kCannotInclude,
                          fmt::format("{} defines no entity, so it cannot include a file that does",
                                      root.source->file()),
                          "include it in the document about that entity");
            return false;
        }
        if (!is_same(*own, entity)) {
            findings_.add(entity, kCannotInclude,
                          fmt::format("the document {} is about another entity, \"{}\"",
                                      root.source->file(), own->text),
                          "a file that another one includes has the same entity, or names none");
            return false;
        }
        for (const std::string_view key : {"objects", "match"}) {
            const Node* theirs = find_key(tree, key);
            const Node* ours = find_key(root, key);
            if (theirs == nullptr || ours == nullptr || is_same(*ours, *theirs)) continue;
            findings_.add(*theirs, kCannotInclude,
                          fmt::format("\"{}\" differs from that of the document, {}", key,
                                      at_line(ours->place())),
                          "both say the same, or one of them nothing");
            return false;
        }
        return true;
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
