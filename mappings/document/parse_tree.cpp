#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "mappings/document/codes.h"
#include "mappings/document/findings.h"
#include "mappings/document/tree.h"

namespace duet::document {
namespace {

constexpr std::size_t kMaxBytes = 1'048'576;  // of one file; a mapping is some kilobytes
constexpr std::size_t kMaxDepth = 40;         // levels; a mapping has six

constexpr const char* kQuoteHint =
    "a formula that begins with a quote, or holds \": \" or \" #\", goes in single quotes";

/// Stops the parser at a place with a finding; never leaves this file.
struct Refused {
    std::size_t offset;
    std::string_view code;
    const char* message;
};

/// Builds the tree from the parser's events. The finished root is `root`.
class Builder : public YAML::EventHandler {
public:
    explicit Builder(const SourceText& source) : source_(source) {}

    std::optional<Node> root;

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (root) throw Refused{offset(mark), kNotYaml, "a file holds one document"};
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        add(make(mark, Node::Kind::Null));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw Refused{offset(mark), kNotYaml, "aliases (*name) are not supported in documents"};
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        Node node = make(mark, Node::Kind::Scalar);
        node.text = value;
        node.plain = tag == "?";
        add(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        open(make(mark, Node::Kind::List));
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        open(make(mark, Node::Kind::Map));
    }
    void OnMapEnd() override { close(); }

private:
    static std::size_t offset(const YAML::Mark& mark) {
        return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
    }
    static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) {
            throw Refused{offset(mark), kNotYaml, "anchors (&name) are not supported in documents"};
        }
    }
    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            throw Refused{offset(mark), kNotYaml, "tags (!name) are not supported in documents"};
        }
    }
    Node make(const YAML::Mark& mark, Node::Kind kind) const {
        Node node;
        node.kind = kind;
        node.offset = offset(mark);
        node.source = &source_;
        return node;
    }
    void open(Node node) {
        if (open_.size() >= kMaxDepth) {
            throw Refused{node.offset, kTooBig, "nested more than 40 levels deep"};
        }
        open_.push_back(std::move(node));
    }
    void close() {
        Node done = std::move(open_.back());
        open_.pop_back();
        add(std::move(done));
    }
    void add(Node node) {
        if (open_.empty()) {
            root = std::move(node);
            return;
        }
        Node& parent = open_.back();
        const bool is_key =
            parent.kind == Node::Kind::Map && parent.keys.size() == parent.items.size();
        (is_key ? parent.keys : parent.items).push_back(std::move(node));
    }

    const SourceText& source_;
    std::vector<Node> open_;
};

/// The parser would replace a byte that is no UTF-8, and stop at a control character in silence.
struct BadByte {
    std::size_t offset = 0;
    const char* message = nullptr;
};

constexpr const char* kNoText = "a byte that is no UTF-8 text; save the file as UTF-8";
constexpr const char* kControl = "a control character, which no document may hold";

/// How many bytes the character at the start of `text` takes; 0: it is none. Table 3-7 of the
/// Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t character_bytes(std::string_view text) noexcept {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return 1;
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || bytes > text.size()) return 0;
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second < low || second > high ? 0 : bytes;
}

std::optional<BadByte> first_bad_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const bool is_layout = lead == '\t' || lead == '\n' || lead == '\r';
        if ((lead < 0x20 && !is_layout) || lead == 0x7F) return BadByte{at, kControl};
        const std::size_t bytes = character_bytes(text.substr(at));
        if (bytes == 0) return BadByte{at, kNoText};
        at += bytes;
    }
    return std::nullopt;
}

Node nothing(const SourceText& source) {
    Node node;
    node.source = &source;
    return node;
}

}  // namespace

Node parse_tree(const SourceText& source, Findings& findings) {
    const auto refuse = [&](const Refused& why) {
        findings.add(source.place(why.offset), 1, why.code, why.message);
        return nothing(source);
    };
    if (source.text().size() > kMaxBytes) {
        return refuse({0, kTooBig, "the file is larger than 1 MiB"});
    }
    if (const auto bad = first_bad_byte(source.text())) {
        return refuse({bad->offset, kNotYaml, bad->message});
    }
    try {
        std::istringstream stream(source.text());
        YAML::Parser parser(stream);
        Builder builder(source);
        while (parser.HandleNextDocument(builder)) {
        }
        if (builder.root) return std::move(*builder.root);
        return nothing(source);
    } catch (const Refused& why) {
        return refuse(why);
    } catch (const YAML::Exception& fault) {
        const std::size_t at = fault.mark.pos < 0 ? 0 : static_cast<std::size_t>(fault.mark.pos);
        const Place place = source.place(at);
        const std::string_view line = source.line(place.line);
        const std::size_t text = line.find_first_not_of(' ');
        const bool is_tabbed = text != std::string_view::npos && line[text] == '\t';
        findings.add(place, 1, kNotYaml, "not valid YAML: " + fault.msg,
                     is_tabbed ? "indent with spaces: YAML allows no tabs there" : kQuoteHint);
        return nothing(source);
    }
}

}  // namespace duet::document
