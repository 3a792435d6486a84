#include "daemon/sync/pins.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace duet::sync {
namespace {

using nlohmann::json;

/// What the reasons of an undo's write say of its pin; nothing: it leaves none.
const json* pin_in(const json& reason) {
    const auto pin = reason.find("pin");
    return pin == reason.end() ? nullptr : &*pin;
}

/// Both sides now hold what is agreed, each its own; a pin of the other side is a former story.
Status agree_on(Org& org, const store::Pin& pin) {
    auto entity = org.store.entity(org.name, pin.entity);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Done{};
    PerSide<Value> pair;
    pair[pin.side] = pin.held;
    pair[other(pin.side)] = pin.refused;
    (*entity)->agreed.insert_or_assign(pin.rule, std::move(pair));
    if (auto saved = org.store.save_entity(org.name, **entity); !saved) return saved;
    return org.store.remove_pin(org.name, pin.entity, pin.rule, other(pin.side));
}

bool is_two_sided(const Org& org, const store::Entity& entity, std::string_view name) {
    const auto* document = org.model.documents().find(entity.kind);
    if (document == nullptr) return false;
    return std::any_of(document->fields.begin(), document->fields.end(),
                       [&](const document::FieldRule& rule) {
                           return rule.name == name && !rule.is_computed() &&
                                  rule.consent == document::Consent::None;
                       });
}

}  // namespace

merge::Pins pins_of(std::vector<store::Pin> stored) {
    merge::Pins pins;
    for (store::Pin& pin : stored)
        pins[pin.rule][pin.side] = merge::Pin{std::move(pin.held), std::move(pin.refused)};
    return pins;
}

Status save_pins(Org& org, store::EntityId entity, const merge::Decision& decision) {
    for (const auto& [rule, side] : decision.ended_pins) {
        if (auto gone = org.store.remove_pin(org.name, entity, rule, side); !gone) return gone;
    }
    return Done{};
}

Status pin_undone(Org& org, const store::InFlight& write) {
    if (write.reasons.find("\"pin\"") == std::string::npos) return Done{};
    const auto reasons = json::parse(write.reasons, nullptr, false);
    if (!reasons.is_object()) return Done{};
    for (const auto& [field, reason] : reasons.items()) {
        const json* asked = reason.is_object() ? pin_in(reason) : nullptr;
        if (asked == nullptr) continue;
        store::Pin pin;
        pin.entity = write.entity;
        pin.rule = asked->value("rule", "");
        pin.side = write.side;
        pin.held = asked->contains("held") ? decode(asked->value("held", "")).value_or(Value{})
                                           : write.write.fields.get(field);
        pin.refused = decode(asked->value("refused", "")).value_or(Value{});
        pin.at = org.clock.now();
        pin.cycle = write.cycle;
        if (asked->value("pair", false)) {
            if (auto agreed = agree_on(org, pin); !agreed) return agreed;
        }
        if (auto put = org.store.put_pin(org.name, pin); !put) return put;
    }
    return Done{};
}

Result<std::vector<store::Pin>> release_pins(Org& org, store::EntityId id, std::string_view rule) {
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    auto entity = org.store.entity(org.name, id);
    if (!entity) return std::move(entity).error();
    auto pins = org.store.pins_of(org.name, id);
    if (!pins) return std::move(pins).error();
    std::erase_if(*pins, [&](const store::Pin& pin) {
        return !rule.empty() && !same_name(pin.rule, rule) &&
               !same_name(pin.rule, "list " + std::string(rule));
    });
    for (const store::Pin& pin : *pins) {
        if (auto gone = org.store.remove_pin(org.name, id, pin.rule, pin.side); !gone)
            return std::move(gone).error();
        // The other side's value is a change again: its half is what the pinned side holds.
        if (*entity && is_two_sided(org, **entity, pin.rule))
            (*entity)->agreed.insert_or_assign(pin.rule, PerSide<Value>{pin.held, pin.held});
    }
    if (!pins->empty() && *entity) {
        if (auto saved = org.store.save_entity(org.name, **entity); !saved)
            return std::move(saved).error();
        if (auto marked = org.store.mark_dirty(org.name, id, "its pin was released"); !marked)
            return std::move(marked).error();
    }
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return pins;
}

}  // namespace duet::sync
