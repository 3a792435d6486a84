#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/merge/decide.h"

namespace duet::validation {

/// The fields that broken validations with `hold: fields` hold back. A field whose rule is one of
/// consent is never among them: whatever is wrong with a record, a person who left has left.
class HeldFields {
public:
    HeldFields() = default;  // none
    HeldFields(const merge::Inputs& inputs, const std::vector<merge::BrokenRule>& broken);

    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }
    /// Why `path` on `side` is held back; nullptr: it is not.
    [[nodiscard]] const std::string* why(Side side, std::string_view path) const noexcept;
    /// The same for a path as rules spell it: "Email", "Prospect.email".
    [[nodiscard]] const std::string* why(std::string_view path) const noexcept;
    /// Why a rule that reads or writes `paths` is held back.
    [[nodiscard]] const std::string* why(const document::FieldRule& rule,
                                         const PerSide<std::string_view>& paths) const noexcept;

private:
    struct Field {
        Side side = Side::Crm;
        std::string path;
        std::string why;
    };
    std::vector<Field> fields_;
};

/// What rules see of a record some of whose fields are held back: those cannot be read, so a rule
/// that needs one changes nothing.
class HeldFacts final : public merge::FactSource {
public:
    HeldFacts(merge::FactSource& below, const HeldFields& held) : below_(below), held_(held) {}
    std::variant<const Value*, std::string> value(std::string_view path) override;
    const Value* side_value(Side side, std::string_view path) override;
    std::optional<DateTime> next_change() const override { return below_.next_change(); }

private:
    merge::FactSource& below_;
    const HeldFields& held_;
};

}  // namespace duet::validation
