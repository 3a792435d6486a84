#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/document/load.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// Collects what is wrong, each with its line. At most 200 findings a file are kept; the last
/// one says so.
class Findings {
public:
    /// Lets findings quote lines of `source`, which must outlive this.
    void know(const SourceText& source) { sources_.emplace(source.file(), &source); }

    void add(const Place& place, int length, std::string_view code, std::string message,
             std::string hint = {});
    void add(const Node& node, std::string_view code, std::string message, std::string hint = {}) {
        add(node.place(), node.length(), code, std::move(message), std::move(hint));
    }

    /// What findings are about from here on, where their place alone does not tell; empty: it does.
    void about(std::string what) { about_ = std::move(what); }

    [[nodiscard]] bool empty() const noexcept { return found_.empty(); }
    /// By file in the order they became known, then by place.
    [[nodiscard]] std::vector<Finding> take(const std::vector<std::string>& files);

private:
    /// The same fault of one place, met once more for another object.
    [[nodiscard]] bool is_known(const Place& place, std::string_view code,
                                std::string_view message) const;

    std::map<std::string, const SourceText*, std::less<>> sources_;
    std::map<std::string, int, std::less<>> counts_;
    std::vector<Finding> found_;
    std::string about_;
};

/// `did you mean "x"?`, or what `otherwise` says when no name is near.
[[nodiscard]] std::string did_you_mean(std::string_view name, const std::vector<std::string>& names,
                                       std::string otherwise = {});
/// "a, b or c".
[[nodiscard]] std::string one_of(const std::vector<std::string>& names);
/// "people.yaml:3".
[[nodiscard]] std::string at_line(const Place& place);

}  // namespace duet::document
