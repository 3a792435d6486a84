#include "mappings/validation/validation.h"

#include <utility>
#include <vector>

#include "mappings/merge/evaluate.h"

namespace duet::validation {
namespace {

using document::Hold;
using document::Validation;
using merge::BrokenRule;

/// Bare names of a rule on a marketing record are those of the prospect.
class MarketingFacts final : public merge::FactSource {
public:
    explicit MarketingFacts(merge::FactSource& below) : below_(below) {}
    std::variant<const Value*, std::string> value(std::string_view path) override {
        return below_.value("Prospect." + std::string(path));
    }
    const Value* side_value(Side side, std::string_view path) override {
        return below_.side_value(side, path);
    }
    std::optional<DateTime> next_change() const override { return below_.next_change(); }

private:
    merge::FactSource& below_;
};

/// The message with the record's values; as written when one of them cannot be had.
std::string message_of(const Validation& rule, merge::FactSource& facts,
                       const formula::Moment& moment) {
    std::vector<const Value*> inputs;
    for (const std::string& path : rule.message.fields()) {
        const auto found = facts.value(path);
        const auto* const* value = std::get_if<const Value*>(&found);
        if (value == nullptr) return rule.message.text();
        inputs.push_back(*value);
    }
    auto text = rule.message.render(inputs, moment);
    if (auto* rendered = std::get_if<std::string>(&text)) return std::move(*rendered);
    return rule.message.text();
}

std::string listed(const std::vector<std::string>& fields) {
    std::string all;
    for (const std::string& field : fields) all += (all.empty() ? "" : ", ") + field;
    return all;
}

}  // namespace

void ask_all(const merge::Inputs& inputs, merge::Decision& decision) {
    MarketingFacts marketing(*inputs.facts);
    for (const Validation& rule : inputs.document->validations) {
        const Record* record = inputs.sides[rule.side].record;
        if (record == nullptr || !same_name(rule.object, record->id.object)) continue;
        merge::FactSource& facts =
            rule.side == Side::Crm ? *inputs.facts : static_cast<merge::FactSource&>(marketing);
        const auto answer = merge::ask(rule.error_when, facts, inputs.moment, decision.next_change);
        if (!answer.yes && !answer.failure) continue;
        BrokenRule broken{
            rule.name, rule.side,   rule.object, rule.severity,
            rule.hold, rule.fields, {},          answer.failure.value_or(std::string())};
        if (answer.failure) {
            broken.message = "the validation itself failed: " + broken.failure;
            decision.warnings.push_back("validation " + rule.name + ": " + broken.failure);
        } else {
            broken.message = message_of(rule, facts, inputs.moment);
        }
        decision.broken.push_back(std::move(broken));
    }
}

bool puts_aside(merge::Decision& decision) {
    for (const BrokenRule& rule : decision.broken) {
        if (!rule.holds() || rule.hold != Hold::Record) continue;
        decision.state = merge::State::Quarantined;
        decision.reason = rule.message;
        decision.validation = rule.name;
        return true;
    }
    return false;
}

void puts_fields_aside(merge::Decision& decision) {
    for (const BrokenRule& rule : decision.broken) {
        if (!rule.holds()) continue;
        decision.state = merge::State::Quarantined;
        decision.reason = rule.message + " (held back: " + listed(rule.fields) + ")";
        decision.validation = rule.name;
        return;
    }
}

std::string sentence(const BrokenRule& rule) {
    std::string what = "warns";
    if (rule.holds()) {
        what = rule.hold == Hold::Record
                   ? "holds the whole record back until that is mended"
                   : "holds " + listed(rule.fields) + " back until that is mended";
    } else if (!rule.fields.empty()) {
        what = "warns about " + listed(rule.fields);
    }
    return "Validation \"" + rule.name + "\" " + what + ": " + rule.message;
}

}  // namespace duet::validation
