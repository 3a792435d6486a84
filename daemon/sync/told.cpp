#include "daemon/sync/told.h"

#include <utility>

#include "mappings/document/rfm.h"

namespace duet::sync {
namespace {

store::Told row_of(const char* figure, const formula::Moment& moment, std::string value) {
    return {0, figure, moment.today.time_since_epoch().count(), std::move(value)};
}

}  // namespace

std::vector<store::Told> told_of_customer(EntityKind kind, EntityFacts& facts,
                                          const EntityFacts::Sources& sources) {
    const document::RfmRule* rule = sources.model.documents().rfm.get();
    if (rule == nullptr || rule->of != kind) return {};
    const auto code = facts.value("Rfm.Code");
    const auto segment = facts.value("Rfm.Class");
    const auto* number = std::get_if<const Value*>(&code);
    const auto* name = std::get_if<const Value*>(&segment);
    if (number == nullptr || name == nullptr) return {};
    std::string value;
    if (!is_blank(**number)) value = display(**number) + " " + display(**name);
    return {row_of(kToldClass, sources.moment, std::move(value))};
}

std::vector<store::Told> told_of_deal(EntityKind kind, const EntityFacts& facts,
                                      const EntityFacts::Sources& sources) {
    if (kind != EntityKind::Opportunity) return {};
    const Value* told = facts.told_probability();
    if (told == nullptr || is_blank(*told)) return {};
    return {row_of(kToldProbability, sources.moment, display(*told))};
}

Status keep_told(Org& org, const std::vector<store::Told>& rows) {
    for (const store::Told& row : rows) {
        auto before = org.store.told_of(org.name, row.entity, row.figure);
        if (!before) return std::move(before).error();
        const bool is_same =
            before->empty() ? row.value.empty() : before->back().value == row.value;
        if (is_same) continue;
        if (auto saved = org.store.save_told(org.name, row); !saved) return saved;
    }
    return Done{};
}

}  // namespace duet::sync
