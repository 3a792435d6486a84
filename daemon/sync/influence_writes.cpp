#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

// Each after all of the one before, so that the rows of a deal never come to more than the whole.
constexpr int kDeletes = 1;
constexpr int kDecreases = 2;
constexpr int kIncreases = 3;

Value percent(int hundredths) {
    return *Decimal::parse(std::to_string(hundredths / 100) + (hundredths % 100 < 10 ? ".0" : ".") +
                           std::to_string(hundredths % 100));
}

class Writes {
public:
    Writes(EntityPlan& plan, const InfluenceWish& wish, const document::InfluenceWords& words)
        : plan_(plan), wish_(wish), words_(words) {}

    void add() {
        for (const std::string& key : wish_.plan.deletes) {
            PlannedWrite gone = start(WriteKind::Delete, kDeletes,
                                      "no touch gives the campaign and contact a part any more");
            gone.kinds = {"delete"};
            gone.in_flight.write.id.key = key;
            gone.in_flight.before = wish_.held.at(key);
            plan_.writes.push_back(std::move(gone));
        }
        for (const auto& one : wish_.plan.decreases) update(one, kDecreases);
        for (const auto& row : wish_.plan.inserts) insert(row);
        for (const auto& one : wish_.plan.increases) update(one, kIncreases);
    }

private:
    [[nodiscard]] PlannedWrite start(WriteKind kind, int step, const char* cause) const {
        PlannedWrite made;
        made.entity_kind = plan_.entity.kind;
        made.step = step;
        made.in_flight.entity = plan_.entity.id;
        made.in_flight.side = Side::Crm;
        made.in_flight.write.kind = kind;
        made.in_flight.write.id.object = words_.object;
        made.in_flight.reasons =
            nlohmann::json{
                {"", {{"rule", wish_.rule}, {"cause", cause}, {"stamps", stamps_of(plan_)}}}}
                .dump();
        return made;
    }

    void update(const attribution::InfluenceUpdate& one, int step) {
        PlannedWrite made = start(WriteKind::Update, step, "the touches share otherwise");
        made.in_flight.write.id.key = one.id;
        made.in_flight.write.fields.set(words_.percent, percent(one.hundredths));
        made.in_flight.before.set(words_.percent, wish_.held.at(one.id).get(words_.percent));
        plan_.writes.push_back(std::move(made));
    }

    void insert(const attribution::InfluenceRow& row) {
        PlannedWrite made = start(WriteKind::Create, kIncreases, "touches of the deal's people");
        made.kinds = {"create"};
        Write& write = made.in_flight.write;
        write.key_field = words_.opportunity;
        write.key_value = row.opportunity;
        write.fields.set(words_.opportunity, text(row.opportunity));
        write.fields.set(words_.campaign, text(row.campaign));
        write.fields.set(words_.contact, text(row.contact));
        write.fields.set(words_.model, text(wish_.model));
        write.fields.set(words_.percent, percent(row.hundredths));
        plan_.writes.push_back(std::move(made));
    }

    EntityPlan& plan_;
    const InfluenceWish& wish_;
    const document::InfluenceWords& words_;
};

/// Nothing is written for a record that is held back as a whole, or not known well enough.
bool may_write(const EntityPlan& plan) {
    using merge::State;
    const merge::Decision& decision = plan.decision;
    if (!plan.is_ready || !plan.entity.ambiguous.empty()) return false;
    if (decision.state == State::Filtered || decision.state == State::Waiting) return false;
    return std::none_of(decision.broken.begin(), decision.broken.end(), [](const auto& rule) {
        return rule.holds() && rule.hold == document::Hold::Record;
    });
}

}  // namespace

void add_influence_writes(EntityPlan& plan, std::vector<InfluenceWish> wishes,
                          const document::Documents& documents) {
    const auto* words = document::influence_words(documents.names.crm);
    if (wishes.empty() || words == nullptr) return;
    if (!may_write(plan)) {
        if (!plan.is_ready) plan.waits_for_side = true;
        return;
    }
    for (const InfluenceWish& wish : wishes) Writes(plan, wish, *words).add();
    if (plan.decision.state == merge::State::Clean) plan.decision.state = merge::State::Planned;
}

}  // namespace duet::sync
