#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "mappings/document/findings.h"
#include "mappings/document/load.h"
#include "mappings/document/shapes.h"
#include "mappings/document/tree.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

/// The yaml blocks of one chapter of the manual. A block that begins with a comment "# name.yaml"
/// is a file beside the others of its chapter that do; any other stands alone.
struct Chapter {
    std::string title;
    std::vector<Source> together;
    std::vector<Source> alone;
};

std::vector<Chapter> manual() {
    std::ifstream file(std::string(DUET_SOURCE_DIR) + "/mappings/document/README.md");
    const std::regex named("# ([a-z_/]+\\.yaml)\n[^]*");
    std::vector<Chapter> chapters(1);
    std::string block;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (!inside && line.starts_with('#')) chapters.push_back({line, {}, {}});
        if (inside && line == "```") {
            std::smatch match;
            Chapter& chapter = chapters.back();
            if (std::regex_match(block, match, named)) {
                const std::string name = match[1];
                chapter.together.push_back({name, block, name.find('/') != std::string::npos});
            } else {
                chapter.alone.push_back({"example.yaml", block});
            }
            inside = false;
        } else if (inside) {
            block += line + "\n";
        } else if (line == "```yaml") {
            inside = true;
            block.clear();
        }
    }
    return chapters;
}

void collect(const Node& node, const Form& form, const Grammar& grammar,
             std::set<std::string>& used);

void collect(const Node& node, const Shape& shape, const Grammar& grammar,
             std::set<std::string>& used) {
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
        for (const Key& key : shape.keys) {
            if (key.name != node.keys[i].text) continue;
            used.insert(shape.name + "." + key.name);
            collect(node.items[i], key.form, grammar, used);
        }
    }
}

void collect(const Node& node, const Form& form, const Grammar& grammar,
             std::set<std::string>& used) {
    const Form* found = alternative(form, node.kind);
    if (found == nullptr) return;
    if (found->kind == Form::Kind::Word) used.insert("word " + node.text);
    if (found->kind == Form::Kind::Map) {
        collect(node, find_shape(grammar, found->shape), grammar, used);
    }
    if (found->kind != Form::Kind::List) return;
    for (const Node& item : node.items) collect(item, found->of.front(), grammar, used);
}

TEST(Manual, EveryExampleIsGood) {
    int examples = 0;
    for (const Chapter& chapter : manual()) {
        SCOPED_TRACE(chapter.title);
        EXPECT_EQ(findings_of(chapter.together, nullptr), "");
        for (const Source& source : chapter.alone) {
            EXPECT_EQ(findings_of({source}, nullptr), "") << source.text;
        }
        examples += static_cast<int>(chapter.together.size() + chapter.alone.size());
    }
    EXPECT_GT(examples, 10);
}

TEST(Manual, HasAnExampleOfEveryKey) {
    const Grammar grammar = make_grammar(kNames);
    std::set<std::string> used;
    for (const Chapter& chapter : manual()) {
        for (const auto* sources : {&chapter.together, &chapter.alone}) {
            for (const Source& source : *sources) {
                Findings findings;
                const SourceText text(source.file, source.text);
                collect(parse_tree(text, findings), grammar.front(), grammar, used);
            }
        }
    }
    for (const Shape& shape : grammar) {
        for (const Key& key : shape.keys) {
            EXPECT_TRUE(used.contains(shape.name + "." + key.name))
                << "mappings/document/README.md has no example of \"" << key.name << "\" in "
                << shape.what;
        }
    }
}

}  // namespace
}  // namespace duet::document
