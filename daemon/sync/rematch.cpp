#include "daemon/sync/rematch.h"

#include <optional>
#include <string>
#include <utility>

#include "daemon/sync/match.h"

namespace duet::sync {
namespace {

using store::SeenRow;

constexpr const char* kRulesFact = "match_rules";
constexpr int kRecordsPerStep = 2'000;  // records a transaction

/// All that decides who matches whom, as one text.
std::string rules_of(const document::Documents& documents) {
    std::string text;
    for (const document::EntityDocument& entity : documents.entities) {
        text += to_string(entity.entity);
        for (const Side side : kSides) {
            text += side == Side::Crm ? " of" : " with";
            for (const std::string& object : entity.objects[side]) text += " " + object;
        }
        for (const document::MatchRule& rule : entity.match) {
            text += rule.kind == document::MatchRule::Kind::CrmId ? "; id" : "; " + rule.crm_field;
            for (const std::string& field : rule.marketing_fields) text += " " + field;
        }
        text += "\n";
    }
    return text;
}

/// Indexes one record; queues it when nobody lives on its other side.
Status ask_again(Org& org, const ObjectModel& object, const SeenRow& row) {
    if (auto put = org.store.put_seen(org.name, row, object.references, object.keys); !put)
        return put;
    if (row.deleted || !row.survivor.key.empty()) return Done{};
    auto entity = org.store.entity_of(org.name, row.side, row.record.id);
    if (!entity) return std::move(entity).error();
    Matcher matcher(org.store, org.name, org.model);
    auto partners = matcher.live_records(entity->value_or(0), other(row.side));
    if (!partners) return std::move(partners).error();
    if (!partners->empty()) return Done{};
    return org.store.add_changed(org.name, {0, row.side, row.record.id, 0, {}});
}

Status ask_all(Org& org, const ObjectModel& object) {
    std::optional<store::Store::Transaction> transaction;
    Status outcome = Done{};
    int rows = 0;
    auto walked =
        org.store.each_seen(org.name, object.side, object.info->name, [&](const SeenRow& row) {
            if (!transaction) {
                auto begun = org.store.begin();
                if (!begun) {
                    outcome = std::move(begun).error();
                    return false;
                }
                transaction.emplace(*std::move(begun));
            }
            outcome = ask_again(org, object, row);
            if (outcome && ++rows % kRecordsPerStep == 0) {
                outcome = transaction->commit();
                transaction.reset();
            }
            return static_cast<bool>(outcome);
        });
    if (!walked || !outcome) return walked ? outcome : walked;
    return transaction ? transaction->commit() : Status{Done{}};
}

}  // namespace

Status match_anew(Org& org) {
    const std::string rules = rules_of(org.model.documents());
    auto known = org.store.fact(org.name, kRulesFact);
    if (!known) return std::move(known).error();
    if (*known == rules) return Done{};
    if (!known->empty()) {
        for (const ObjectModel& object : org.model.objects()) {
            if (object.entity == nullptr) continue;
            if (auto asked = ask_all(org, object); !asked) return asked;
        }
    }
    return org.store.set_fact(org.name, kRulesFact, rules);
}

}  // namespace duet::sync
