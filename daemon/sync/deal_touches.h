#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sync/attribute.h"

namespace duet::sync {

/// Gathers what the people of one opportunity did, and since when they are known.
class DealTouches {
public:
    DealTouches(const document::Attribution& attribution, const Record& opportunity,
                const AttributionSources& sources, std::optional<DateTime>& next)
        : attribution_(attribution), opportunity_(opportunity), sources_(sources), next_(next) {}

    /// Nothing, or why it cannot be known.
    std::optional<std::string> gather();
    /// The same of one person alone, whoever's deal it is.
    std::optional<std::string> gather_of(const RecordId& person);

    /// Of a deal whose window holds no touch.
    [[nodiscard]] attribution::Untouched why_untouched() const;

    /// Of all of time, in no order.
    [[nodiscard]] const std::vector<attribution::Touch>& touches() const noexcept {
        return touches_;
    }
    /// When the first of them was qualified; where nobody was, when the first was known.
    [[nodiscard]] std::optional<DateTime> lead_moment() const {
        return qualified_ ? qualified_ : known_;
    }
    /// For the model custom.
    [[nodiscard]] std::string role_of(const std::string& person) const;
    [[nodiscard]] std::string type_of(const std::string& campaign) const;

private:
    std::optional<std::string> gather_roles();
    std::optional<std::string> gather_account();
    std::optional<std::string> gather_person(const RecordId& person);
    std::optional<std::string> gather_moments(const RecordId& person);
    std::optional<std::string> add_moment(const document::Rule& rule, const RecordId& record,
                                          std::optional<DateTime>& earliest);
    std::optional<std::string> gather_children(const document::Touch& touch, int order,
                                               const RecordId& parent, const std::string& person);
    std::optional<std::string> add(const document::Touch& touch, int order,
                                   const std::string& person, RecordFacts& facts);
    std::vector<RecordId> parents_of(Side side, const RecordId& person);
    std::vector<RecordId> converted_into(const RecordId& person);
    [[nodiscard]] const store::SeenRow* campaign(const std::string& id) const;

    const document::Attribution& attribution_;
    const Record& opportunity_;
    const AttributionSources& sources_;
    std::optional<DateTime>& next_;
    std::vector<attribution::Touch> touches_;
    std::map<std::string, std::string> roles_;  // of a person, by key
    std::optional<DateTime> qualified_;
    std::optional<DateTime> known_;
    bool has_people_ = false;    // with a role, or at the account where that is asked
    bool has_children_ = false;  // of the kinds of touches, whether they count or not
};

}  // namespace duet::sync
