#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace duet::world {

/// What no log may hold: the persons of a rehearsal by any of their values, and every secret.
class Unspoken {
public:
    /// Names, phones and addresses of the people of a sandbox's seed folder.
    void add_seed(const std::string& folder);
    /// Every token that the sandbox with that file has handed out.
    void add_tokens(const std::string& sandbox_file);
    /// Anything else, found wherever it stands.
    void add(std::string value) { values_.insert(std::move(value)); }

    /// What of it stands in the text, and any e-mail address, each with the line it stands in.
    /// Names count as whole words only.
    [[nodiscard]] std::vector<std::string> spoken_in(std::string_view text) const;

private:
    std::set<std::string> values_;
    std::set<std::string, std::less<>> names_;
};

}  // namespace duet::world
