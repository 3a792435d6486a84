#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "mappings/document/document.h"
#include "mappings/edges/edge.h"

/// What a decision sees of owners and turns, and what it says about them.
namespace duet::routing {

/// Whose turn it is: each member's counter, by the id of the user or queue.
using Counters = std::map<std::string, std::int64_t>;

/// A user or queue of the CRM.
struct Owner {
    std::string id;
    bool active = true;
    bool is_user = true;  // else a queue
};

/// The users and queues of the CRM. Given by the caller; asked during a decision only.
class Owners {
public:
    virtual ~Owners() = default;
    /// Who is meant by an id, an e-mail address, a user name or a name; or why nobody is.
    [[nodiscard]] virtual std::variant<Owner, std::string> find(std::string_view name) const = 0;
    /// How many records count against the capacity of `owner` now, those on their way included;
    /// or why it cannot be known.
    [[nodiscard]] virtual std::variant<std::int64_t, std::string> load(
        const document::Routing& routing, const std::string& owner) const = 0;
    /// Whether a condition over users is true of one; or why it cannot be known.
    [[nodiscard]] virtual std::variant<bool, std::string> holds(const document::Rule& rule,
                                                                const std::string& user) const = 0;
    /// Who owns the only account that has the domain; nothing: none has it, or several.
    [[nodiscard]] virtual std::optional<std::string> account_owner(
        const document::LeadsByDomain& rule, const std::string& domain) const = 0;
    /// The counters of a round robin as they stand.
    [[nodiscard]] virtual Counters counters(std::string_view robin) const = 0;
};

/// What is remembered of one routing about one person.
struct Known {
    std::size_t routing = 0;  // index into Documents::routings
    std::optional<edges::Edge> edge;
};

/// A turn that was taken.
struct Turn {
    std::string robin;  // "leads.small": routing and rule
    Counters counters;  // as they are after it
    std::string owner;  // who took it
};

}  // namespace duet::routing
