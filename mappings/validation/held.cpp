#include "mappings/validation/held.h"

#include <algorithm>

namespace duet::validation {
namespace {

constexpr std::string_view kMarketingPrefix = "Prospect.";

bool is_of_consent(const merge::Inputs& inputs, Side side, std::string_view path) {
    const Record* record = inputs.sides[side].record;
    const auto& rules = inputs.document->fields;
    if (record == nullptr) return false;
    return std::any_of(rules.begin(), rules.end(), [&](const document::FieldRule& rule) {
        const auto& flags = rule.consents[side];
        return std::any_of(flags.begin(), flags.end(), [&](const document::ConsentField& flag) {
            return same_name(flag.field.on(record->id.object), path);
        });
    });
}

}  // namespace

HeldFields::HeldFields(const merge::Inputs& inputs, const std::vector<merge::BrokenRule>& broken) {
    for (const merge::BrokenRule& rule : broken) {
        if (!rule.holds() || rule.hold != document::Hold::Fields) continue;
        for (const std::string& path : rule.fields) {
            if (is_of_consent(inputs, rule.side, path)) continue;
            // Without the message, which may hold a person's values: this reaches logs.
            fields_.push_back(
                {rule.side, path, path + " is held back by the validation " + rule.name});
        }
    }
}

const std::string* HeldFields::why(Side side, std::string_view path) const noexcept {
    for (const Field& field : fields_) {
        if (field.side == side && same_name(field.path, path)) return &field.why;
    }
    return nullptr;
}

const std::string* HeldFields::why(std::string_view path) const noexcept {
    if (fields_.empty()) return nullptr;
    const bool is_marketing = path.size() > kMarketingPrefix.size() &&
                              same_name(path.substr(0, kMarketingPrefix.size()), kMarketingPrefix);
    return is_marketing ? why(Side::Marketing, path.substr(kMarketingPrefix.size()))
                        : why(Side::Crm, path);
}

const std::string* HeldFields::why(const document::FieldRule& rule,
                                   const PerSide<std::string_view>& paths) const noexcept {
    if (fields_.empty() || rule.consent != document::Consent::None) return nullptr;
    for (const Side side : kSides) {
        if (const std::string* found = why(side, paths[side])) return found;
    }
    if (!rule.value) return nullptr;
    for (const std::string& path : rule.value->formula.fields()) {
        if (const std::string* found = why(path)) return found;
    }
    return nullptr;
}

std::variant<const Value*, std::string> HeldFacts::value(std::string_view path) {
    if (const std::string* held = held_.why(path)) return *held;
    return below_.value(path);
}

const Value* HeldFacts::side_value(Side side, std::string_view path) {
    return held_.why(side, path) == nullptr ? below_.side_value(side, path) : nullptr;
}

}  // namespace duet::validation
