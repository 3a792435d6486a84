#include <algorithm>
#include <utility>

#include "mappings/merge/evaluate.h"
#include "mappings/merge/fields.h"
#include "mappings/merge/say.h"

namespace duet::merge {
namespace {

using document::FieldRule;
using document::Policy;

bool may_travel(const FieldRule& rule, Side to) noexcept {
    if (rule.direction == document::Direction::Both) return true;
    return (rule.direction == document::Direction::ToCrm) == (to == Side::Crm);
}

/// Gathers the fields of one new record.
class NewRecord {
public:
    NewRecord(const document::CreateRule& rule, const Inputs& inputs, FactSource& facts,
              Decision& decision, std::string& refusal, Agreed& agreed)
        : rule_(rule),
          inputs_(inputs),
          facts_(facts),
          decision_(decision),
          refusal_(refusal),
          agreed_(agreed),
          object_((*inputs.catalogs)[rule.on].find(rule.object)) {}

    Fields gather() {
        for (const FieldRule& rule : inputs_.document->fields) {
            if (rule.consent != document::Consent::None) {
                consent(rule);
            } else if (const FieldInfo* target = target_of(rule.fields[rule_.on])) {
                add(rule, *target);
            }
        }
        return std::move(fields_);
    }

private:
    const FieldInfo* target_of(const document::FieldRef& ref) const {
        if (object_ == nullptr) return nullptr;
        const FieldInfo* target = object_->find(ref.on(rule_.object));
        return target != nullptr && target->creatable ? target : nullptr;
    }

    /// A rule may have failed for the record that is there already.
    void warn_once(std::string warning) {
        auto& all = decision_.warnings;
        if (std::find(all.begin(), all.end(), warning) == all.end())
            all.push_back(std::move(warning));
    }

    void add(const FieldRule& rule, const FieldInfo& target) {
        if (is_held_back(rule, other(rule_.on), inputs_)) return;
        Said said = said_by(rule, target);
        if (said.value && !is_blank(*said.value)) fields_.set(target.name, std::move(*said.value));
        if (said.value || said.fault == Fault::None) return;
        decision_.is_unfit = decision_.is_unfit || is_of_target(said.fault);
        const std::string why = to_string(said.fault, &target);
        if (said.policy == Policy::Error) warn_once(rule.name + ": " + why);
        if (said.policy == Policy::Quarantine && refusal_.empty())
            refusal_ = "by the rule \"" + rule.name + "\" it is put aside: " + why;
    }

    Said said_by(const FieldRule& rule, const FieldInfo& target) {
        if (rule.constant) return say_constant(rule, &target);
        if (rule.value) {
            auto outcome = evaluate(*rule.value, facts_, inputs_.moment, decision_.next_change);
            if (const auto* failure = std::get_if<std::string>(&outcome)) {
                warn_once(rule.name + ": " + *failure);
                return {};
            }
            const Value computed = as_stored(std::get<Value>(outcome), &target, inputs_);
            return say(rule, computed, rule_.on, nullptr, &target);
        }
        const Side here = other(rule_.on);
        const SideRecord& source = inputs_.sides[here];
        const std::string_view path = rule.fields[here].on(source.record->id.object);
        if (!may_travel(rule, rule_.on) || path.empty()) return {};
        const Value* held = facts_.side_value(here, path);
        if (held == nullptr) return {};
        const FieldInfo* field = source.object == nullptr ? nullptr : source.object->find(path);
        Said said = say(rule, *held, rule_.on, field, &target);
        if (said.value && !is_blank(*said.value)) {
            PerSide<Value>& halves = agreed_[rule.name];
            halves[here] = *held;
            halves[rule_.on] = *said.value;
        }
        return said;
    }

    /// One flag that says "out", or an opt-out that was agreed on before, starts every flag of the
    /// new record at "out". Otherwise a spoken yes goes along, so that its absence on the new
    /// record is not taken for a no; nothing is said for somebody who never said it.
    void consent(const FieldRule& rule) {
        const auto here = flags_here(rule);
        const bool is_out = was_out(rule) || std::any_of(here.begin(), here.end(),
                                                         [](const Flag& f) { return f.is_out(); });
        const bool said_yes = std::any_of(here.begin(), here.end(), [](const Flag& flag) {
            return flag.inverted && !flag.is_strict();
        });
        for (const document::ConsentField& flag : rule.consents[rule_.on]) {
            const FieldInfo* target = target_of(flag.field);
            if (target == nullptr || !(is_out || (said_yes && flag.inverted))) continue;
            fields_.set(target->name, Value{is_out != flag.inverted});
        }
    }

    bool was_out(const FieldRule& rule) const {
        const auto is_true = [](const Value& value) {
            const bool* flag = std::get_if<bool>(&value);
            return flag != nullptr && *flag;
        };
        const auto known = inputs_.agreed->find(rule.name);
        return known != inputs_.agreed->end() &&
               (is_true(known->second.crm) || is_true(known->second.marketing));
    }

    std::vector<Flag> flags_here(const FieldRule& rule) {
        const Side here = other(rule_.on);
        const std::string& object = inputs_.sides[here].record->id.object;
        std::vector<Flag> flags;
        for (const document::ConsentField& flag : rule.consents[here]) {
            const std::string_view path = flag.field.on(object);
            if (path.empty()) continue;
            flags.push_back(
                {here, std::string(path), flag.inverted, facts_.side_value(here, path)});
        }
        return flags;
    }

    const document::CreateRule& rule_;
    const Inputs& inputs_;
    FactSource& facts_;
    Decision& decision_;
    std::string& refusal_;
    Agreed& agreed_;
    const ObjectInfo* object_;
    Fields fields_;
};

}  // namespace

Fields created_fields(const document::CreateRule& rule, const Inputs& inputs, FactSource& facts,
                      Decision& decision, std::string& refusal, Agreed& agreed) {
    return NewRecord(rule, inputs, facts, decision, refusal, agreed).gather();
}

}  // namespace duet::merge
