#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "mappings/catalog.h"
#include "mappings/merge/decide.h"

namespace duet::merge {

/// What rules read as Duet.x is known only once the stage is decided, so they see it through this
/// layer. Refers to `below` and `standing`.
class WithStage final : public FactSource {
public:
    WithStage(FactSource& below, const std::string& stage, const Standing* standing)
        : below_(below), stage_(text(stage)), standing_(standing) {}

    std::variant<const Value*, std::string> value(std::string_view path) override {
        constexpr std::string_view kHead = "Duet.";
        if (path.size() <= kHead.size() || !same_name(path.substr(0, kHead.size()), kHead))
            return below_.value(path);
        const std::string_view name = path.substr(kHead.size());
        if (standing_ == nullptr) return &stage_;
        if (!standing_->failure.empty()) return "the lifecycle cannot be told";
        const Value* known = standing_->values.find(name);
        return known == nullptr ? &none_ : known;
    }
    const Value* side_value(Side side, std::string_view path) override {
        return below_.side_value(side, path);
    }
    std::optional<DateTime> next_change() const override { return below_.next_change(); }

private:
    FactSource& below_;
    Value stage_;
    const Standing* standing_;
    Value none_{};
};

}  // namespace duet::merge
