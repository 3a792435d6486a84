#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/merge/decide.h"
#include "tests/mappings/merge/decide_help.h"

namespace duet::merge {

/// Which records there are, and what can be read of them.
enum class Presence : std::uint8_t {
    Both,
    FirstMeeting,
    CrmAlone,
    MarketingAlone,
    Deleted,
    Unreadable
};

/// One field rule over one pair of records, or one consent rule over four flags, as drawn.
struct Drawn {
    document::FieldRule rule;
    Presence presence = Presence::Both;
    bool unreadable_crm = false;  // of Unreadable: which side
    FieldType type = FieldType::Text;
    bool is_short = false;  // both fields hold four characters
    Value crm, marketing;
    PerSide<Value> agreed;
    PerSide<std::optional<Evidence>> changed;
    std::vector<Value> flags;  // of a consent rule: crm plain, crm inverted, and as many there
    bool is_consent() const { return rule.consent != document::Consent::None; }
};

/// The same with the sides, and what the rule says of them, exchanged.
Drawn swapped(const Drawn& drawn);

/// Two records in a world where the drawn rule is the only one.
class PropertyWorld {
public:
    explicit PropertyWorld(const Drawn& drawn);
    PropertyWorld(const PropertyWorld&) = delete;
    PropertyWorld& operator=(const PropertyWorld&) = delete;

    [[nodiscard]] Decision decide() { return merge::decide(inputs); }
    /// What vendors and store hold once the decision was carried out.
    void apply(const Decision& decision);
    [[nodiscard]] const Value& held(Side side, const std::string& field);

    MapFacts facts;
    Agreed agreed;
    Inputs inputs;
    PerSide<std::map<std::string, Evidence, std::less<>>> changed;

private:
    PerSide<Catalog> catalogs_;
    document::Documents documents_;
    PerSide<Record> records_;
};

}  // namespace duet::merge
