#include "mappings/document/load.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/actions.h"
#include "mappings/document/checks.h"
#include "mappings/document/codes.h"
#include "mappings/document/context.h"
#include "mappings/document/digest.h"
#include "mappings/document/entity.h"
#include "mappings/document/figures.h"
#include "mappings/document/findings.h"
#include "mappings/document/include.h"
#include "mappings/document/lists.h"
#include "mappings/document/read_lifecycle.h"
#include "mappings/document/reader.h"
#include "mappings/document/results.h"
#include "mappings/document/shapes.h"
#include "mappings/document/tree.h"

namespace duet::document {
namespace {

/// One file while it is read: its keys, and the entity it defines.
struct File {
    MapReader root;
    std::optional<EntityOutline> outline;
};

/// Changes with any byte of any file's name or text, whatever moves between them.
std::string version_of(std::span<const Source> sources) {
    std::string all;
    for (const Source& source : sources) {
        all += fmt::format("{}:{}:{}:{}", source.file.size(), source.file, source.text.size(),
                           source.text);
    }
    return sha256_hex(all).substr(0, kVersionDigits);
}

bool names_an_entity(const Node& root) {
    return std::any_of(root.keys.begin(), root.keys.end(), [](const Node& key) {
        return key.text == "objects" || key.text == "scope" || key.text == "match" ||
               key.text == "fields" || key.text == "rollups" || key.text == "validations" ||
               key.text == "create";
    });
}

bool is_zone_name(const std::string& name) {
    return name.size() <= 64 && name.front() != '/' && name.find("..") == std::string::npos &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '/' || c == '_' || c == '-' || c == '+';
           });
}

/// Reads one set of files once. Two passes, because rules name rollups of other files.
class Loader {
public:
    Loader(const SideNames& names, const PerSide<Catalog>* catalogs)
        : context_{names, catalogs, findings_} {
        documents_.names = names;
    }

    void open(const Source& source) {
        files_.push_back(source.file);
        const SourceText& text = texts_.emplace_back(source.file, source.text);
        findings_.know(text);
        parsed_.push_back({source.file, source.part, parse_tree(text, findings_)});
    }

    void check_form() {
        const Grammar grammar = make_grammar(context_.names);
        for (Node& joined : join_includes(parsed_, findings_)) {
            // An empty file is no mistake: an admin may have commented everything out.
            if (joined.kind == Node::Kind::Null) continue;
            const Node& root = trees_.emplace_back(std::move(joined));
            document::check_form(root, grammar, findings_);
            roots_.push_back({MapReader(root, "a document", findings_), std::nullopt});
        }
    }

    void outline() {
        for (File& file : roots_) {
            if (names_an_entity(file.root.node()) && file.root.find("entity") == nullptr) {
                findings_.add(file.root.node(), kAbsent, "a document needs the key \"entity\"",
                              "a part of another document is included there");
                continue;
            }
            file.outline = file.root.find("entity") == nullptr
                               ? std::nullopt
                               : outline_entity(file.root, context_);
            if (file.outline) know_entity(*file.outline);
            if (const Node* list = file.root.find("attribution"))
                know_names(*list, context_.attributions);
            if (const Node* list = file.root.find("timers")) know_names(*list, context_.timers);
            context_.has_queue = context_.has_queue || file.root.find("queue") != nullptr;
            context_.has_scores = context_.has_scores || file.root.find("scoring") != nullptr;
            context_.has_behaviour =
                context_.has_behaviour || file.root.find("behaviour") != nullptr;
            if (const Node* node = file.root.find("rfm")) know_customers(*node);
            if (const Node* node = file.root.find("lifecycle")) know_lifecycle(*node, context_);
        }
    }

    void read() {
        for (File& file : roots_) {
            if (file.outline) {
                documents_.entities.push_back(read_entity(file.root, *file.outline, context_));
            } else if (names_an_entity(file.root.node())) {
                continue;  // what kind of entity is unknown; that was reported
            }
            if (const Node* lists = file.root.find("lists")) {
                read_lists(*lists, context_, documents_.lists);
            }
            if (const Node* timers = file.root.find("timers")) {
                read_timers(*timers, context_, documents_.timers);
            }
            if (const Node* tasks = file.root.find("tasks")) {
                read_tasks(*tasks, context_, documents_.tasks);
            }
            if (const Node* routing = file.root.find("routing")) {
                read_routing(*routing, context_, documents_.routings);
            }
            read_singles(file.root);
            (void)file.root.find("include");  // its files are part of this tree by now
            file.root.finish();
        }
        for (const EntityDocument& entity : documents_.entities) check_fields(entity, context_);
        check_stage_names(documents_, context_);
        check_cycles(documents_, context_);
        check_routings(documents_, context_);
    }

    [[nodiscard]] bool is_good() const noexcept { return findings_.empty(); }
    [[nodiscard]] Documents take_documents() { return std::move(documents_); }
    [[nodiscard]] std::vector<Finding> take_findings() { return findings_.take(files_); }

private:
    void know_entity(const EntityOutline& outline) {
        if (const EntityOutline* earlier = context_.find(outline.entity)) {
            findings_.add(outline.place, 6, kDefinedTwice,
                          fmt::format("entity {} is already defined at {}",
                                      to_string(outline.entity), at_line(earlier->place)),
                          "one file defines an entity");
            return;
        }
        context_.entities.push_back(outline);
    }

    static void know_names(const Node& list, std::vector<std::string>& names) {
        for (const Node& item : list.items) {
            for (std::size_t i = 0; i < item.keys.size() && i < item.items.size(); ++i) {
                if (item.keys[i].text == "name") names.push_back(item.items[i].text);
            }
        }
    }

    /// Readers report what is neither.
    void know_customers(const Node& rfm) {
        context_.rfm_of = EntityKind::Account;
        for (std::size_t i = 0; i < rfm.keys.size() && i < rfm.items.size(); ++i) {
            if (rfm.keys[i].text == "of" && rfm.items[i].text == "person")
                context_.rfm_of = EntityKind::Person;
        }
    }

    /// The keys that one file of all may hold.
    void read_singles(MapReader& root) {
        if (const Node* node = root.find("lifecycle");
            node != nullptr && once(root, lifecycle_, "lifecycle")) {
            read_lifecycle(*node, context_, documents_);
        }
        if (const Node* node = root.find("attribution");
            node != nullptr && once(root, attribution_, "attribution")) {
            documents_.attributions = read_attributions(*node, context_);
        }
        if (const Node* node = root.find("queue"); node != nullptr && once(root, queue_, "queue")) {
            documents_.queue = read_queue(*node, context_);
        }
        if (const Node* node = root.find("scoring");
            node != nullptr && once(root, scoring_, "scoring")) {
            documents_.scoring = read_scoring(*node, context_);
        }
        if (const Node* node = root.find("behaviour");
            node != nullptr && once(root, behaviour_, "behaviour")) {
            documents_.behaviour = read_behaviour(*node, context_);
        }
        if (const Node* node = root.find("hygiene");
            node != nullptr && once(root, hygiene_, "hygiene")) {
            documents_.hygiene = read_hygiene(*node, context_);
        }
        if (const Node* node = root.find("shares");
            node != nullptr && once(root, shares_, "shares")) {
            documents_.shares = read_shares(*node, context_);
        }
        if (const Node* node = root.find("rfm"); node != nullptr && once(root, rfm_, "rfm")) {
            documents_.rfm = read_rfm(*node, context_);
        }
        if (const Node* node = root.find("integration_users");
            node != nullptr && once(root, integration_users_, "integration_users")) {
            read_integration_users(*node, context_, documents_.integration_users);
        }
        if (const Node* node = root.find("time_zone");
            node != nullptr && once(root, time_zone_, "time_zone")) {
            const auto zone = scalar_text(*node, "time_zone", findings_);
            if (zone && !is_zone_name(*zone)) {
                findings_.add(*node, kUnknownZone,
                              fmt::format("\"{}\" is no name of a time zone", *zone),
                              "for example Europe/Helsinki or UTC");
            }
            if (zone) {
                documents_.time_zone = *zone;
                documents_.time_zone_place = node->place();
            }
        }
    }

    bool once(const MapReader& root, std::optional<Place>& first, const char* key) {
        const Node& node = root.key_node(key);
        if (!first) {
            first = node.place();
            return true;
        }
        findings_.add(node, kDefinedTwice,
                      fmt::format("\"{}\" is already given at {}", key, at_line(*first)),
                      "one file of all holds it");
        return false;
    }

    Findings findings_;
    Context context_;
    Documents documents_;
    std::vector<std::string> files_;
    std::deque<SourceText> texts_;  // deques: readers point into them
    std::vector<ParsedFile> parsed_;
    std::deque<Node> trees_;
    std::deque<File> roots_;
    std::optional<Place> lifecycle_;
    std::optional<Place> attribution_;
    std::optional<Place> queue_;
    std::optional<Place> scoring_;
    std::optional<Place> behaviour_;
    std::optional<Place> hygiene_;
    std::optional<Place> shares_;
    std::optional<Place> rfm_;
    std::optional<Place> integration_users_;
    std::optional<Place> time_zone_;
};

}  // namespace

std::string line_of(std::span<const Source> sources, const Place& place) {
    for (const Source& source : sources) {
        if (source.file != place.file) continue;
        return std::string(SourceText(source.file, source.text).line(place.line));
    }
    return {};
}

std::variant<Documents, std::vector<Finding>> load(std::span<const Source> sources,
                                                   const SideNames& names,
                                                   const PerSide<Catalog>* catalogs) {
    const bool alike = names.crm == names.marketing;
    const SideNames spoken = alike ? SideNames{"crm", "marketing"} : names;
    Loader loader(spoken, catalogs);
    for (const Source& source : sources) loader.open(source);
    loader.check_form();
    loader.outline();
    loader.read();
    if (!loader.is_good()) return loader.take_findings();
    Documents documents = loader.take_documents();
    documents.version = version_of(sources);
    return documents;
}

}  // namespace duet::document
