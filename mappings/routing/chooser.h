#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/merge/decide.h"
#include "mappings/routing/robin.h"

namespace duet::routing {

/// Whether two ids are of one record: the last three characters of a long one are a check sum.
[[nodiscard]] bool same_id(std::string_view a, std::string_view b) noexcept;

/// Who was chosen, by which rule, and the turn that it took.
struct Chosen {
    std::string owner;
    std::string rule{};  // "territory.nordic" where it is one of a table
    std::optional<Turn> turn{};
};
using Choice = std::variant<std::monostate, Chosen, std::string>;  // nobody, somebody, why not

/// Asks the rules of one routing in order, for a record of `object`: the first that knows an owner
/// who is active, not away, and may work the record, decides. Refers to its sources.
class Chooser {
public:
    Chooser(const document::Routing& routing, std::string_view object, const merge::Inputs& inputs,
            merge::FactSource& facts, std::vector<std::string>& warnings)
        : routing_(routing), object_(object), inputs_(inputs), facts_(facts), warnings_(warnings) {}

    [[nodiscard]] Choice choose();

private:
    enum class Fitness : std::uint8_t { Free, NotNow, Inactive };

    // `label`: what the rule, or the territory, is called in reports; its turns go by it.
    Choice owner_of(const document::RouteRule& rule);
    Choice from_field(const document::RouteRule& rule);
    Choice by_domain(const document::RouteRule& rule);
    Choice by_territory(const document::RouteRule& rule);
    Choice named(const document::RouteRule& rule, const std::string& label, const std::string& name,
                 bool is_expected);
    Choice turn_of(const document::RouteRule& rule, const std::string& label,
                   const std::vector<document::RobinMember>& listed);
    [[nodiscard]] std::variant<Member, std::string> member_of(const document::RouteRule& rule,
                                                              const document::RobinMember& listed,
                                                              const Owner& owner) const;
    /// Whether the rule may choose the owner now, or why that is not known.
    [[nodiscard]] std::variant<Fitness, std::string> fitness_of(const document::RouteRule& rule,
                                                                const Owner& owner) const;
    [[nodiscard]] bool is_passed_over(const std::string& id) const;
    void warn(const std::string& label, const std::variant<Owner, std::string>& found,
              std::size_t place);

    const document::Routing& routing_;
    std::string_view object_;
    const merge::Inputs& inputs_;
    merge::FactSource& facts_;
    std::vector<std::string>& warnings_;
};

}  // namespace duet::routing
