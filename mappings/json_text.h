#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The store's own JSON, which holds nothing but texts, written and read without a tree: every
/// record and every entity passes here in every cycle.
namespace duet::json_text {

/// Appends `text` as a JSON string. What is no UTF-8 is replaced, not refused.
void append(std::string& out, std::string_view text);

/// Walks over JSON piece by piece; blanks between the pieces are skipped. Refers to its text.
class Reader {
public:
    explicit Reader(std::string_view json) : rest_(json) {}

    /// Steps over `mark` when it comes next.
    bool take(char mark);
    /// The string that comes next; nothing, and no step, when no sound one does.
    std::optional<std::string> text();
    /// The same without a copy where it stands there letter by letter; else it is put into
    /// `buffer`. Valid as long as both.
    std::optional<std::string_view> view(std::string& buffer);
    [[nodiscard]] bool at_end();

private:
    void skip_blanks();

    std::string_view rest_;
};

}  // namespace duet::json_text
