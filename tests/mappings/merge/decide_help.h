#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/merge/decide.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::merge {

inline constexpr Side kCrm = Side::Crm;
inline constexpr Side kMarketing = Side::Marketing;

inline FieldInfo field(FieldType type, int length = 0) {
    FieldInfo info;
    info.type = type;
    info.length = length;
    return info;
}

/// What the paths mean, by name: a bare name on the CRM side, "Prospect.x" on the other. What was
/// not set is blank; what is in `broken` cannot be known.
class MapFacts final : public FactSource {
public:
    std::map<std::string, Value, std::less<>> values;
    std::map<std::string, std::string, std::less<>> broken;
    std::optional<DateTime> next;

    std::variant<const Value*, std::string> value(std::string_view path) override {
        if (const auto why = broken.find(path); why != broken.end()) return why->second;
        const auto known = values.find(path);
        return known == values.end() ? &blank_ : &known->second;
    }
    const Value* side_value(Side side, std::string_view path) override {
        const std::string name =
            (side == Side::Crm ? std::string{} : "Prospect.") + std::string(path);
        if (broken.contains(name)) return nullptr;
        return std::get<const Value*>(value(name));
    }
    std::optional<DateTime> next_change() const override { return next; }

private:
    Value blank_;
};

/// A contact and its prospect, both loaded, and the documents that say what they mean.
struct Case {
    explicit Case(std::string person, const std::string& others = {})
        : catalogs(document::test_catalogs()) {
        FieldInfo percent;
        percent.name = "Fit__c";
        percent.type = FieldType::Percent;
        percent.scale = 1;
        catalogs.crm.objects.front().fields.push_back(percent);
        std::vector<document::Source> sources{
            {"people.yaml", "entity: person\nmatch: [crm_id, email]\n" + std::move(person)}};
        if (!others.empty()) sources.push_back({"others.yaml", others});
        documents = document::load_good(sources, &catalogs);
        contact.id = {"Contact", "003000000000001AAA"};
        prospect.id = {"prospect", "7"};
        inputs.documents = &documents;
        inputs.document = documents.find(EntityKind::Person);
        inputs.catalogs = &catalogs;
        inputs.facts = &facts;
        inputs.agreed = &agreed;
        inputs.entity_key = "duet-17";
        inputs.sides.crm = {&contact, catalogs.crm.find("Contact"), false, {}, true};
        inputs.sides.marketing = {&prospect, catalogs.marketing.find("prospect"), false, {}, true};
        inputs.moment.now = *parse_instant("2018-01-02T09:00:00Z");
        inputs.moment.today = *parse_date("2018-01-02");
    }
    Case(const Case&) = delete;
    Case& operator=(const Case&) = delete;

    void without(Side side) { inputs.sides[side] = {nullptr, nullptr, false, {}, true}; }
    [[nodiscard]] Decision decide() const { return merge::decide(inputs); }

    PerSide<Catalog> catalogs;
    document::Documents documents;
    MapFacts facts;
    Record contact;
    Record prospect;
    Agreed agreed;
    Inputs inputs;
};

/// The write of `field`, or nullptr.
inline const PlannedField* write_of(const Decision& decision, Side side, std::string_view field) {
    const auto found = std::find_if(
        decision.writes.begin(), decision.writes.end(),
        [&](const PlannedField& one) { return one.side == side && one.field == field; });
    return found == decision.writes.end() ? nullptr : &*found;
}

/// Whether the decision remembers exactly what was agreed before it.
inline bool is_as_agreed(const Decision& decision, const Case& before) {
    return std::equal(decision.agreed.begin(), decision.agreed.end(), before.agreed.begin(),
                      before.agreed.end(), [](const auto& a, const auto& b) {
                          return a.first == b.first && a.second.crm == b.second.crm &&
                                 a.second.marketing == b.second.marketing;
                      });
}

inline bool warns_of(const Decision& decision, std::string_view words) {
    return std::any_of(
        decision.warnings.begin(), decision.warnings.end(),
        [&](const std::string& one) { return one.find(words) != std::string::npos; });
}

}  // namespace duet::merge
