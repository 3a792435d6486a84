#include "daemon/sync/unfit.h"

#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/put_aside.h"
#include "mappings/edges/edge.h"

namespace duet::sync {
namespace {

using nlohmann::json;

// Kinds of entities of which somebody is unfit, each with the digest of what was described then.
constexpr const char* kFact = "unfit";
constexpr const char* kEdge = "unfit";

using Digests = std::map<std::string, std::string>;

std::string target_of(const std::string& kind) { return std::string(kEdge) + " " + kind; }

/// Of all objects whose records are such entities.
std::string described(const Org& org, const std::string& kind) {
    std::string all;
    for (const ObjectModel& object : org.model.objects()) {
        if (object.entity != nullptr && to_string(object.entity->entity) == kind)
            all += digest_of(object.info) + " ";
    }
    return all;
}

Result<Digests> read_digests(store::Store& store, const std::string& org) {
    auto fact = store.fact(org, kFact);
    if (!fact) return std::move(fact).error();
    const json form = json::parse(*fact, nullptr, false);
    return form.is_object() ? form.get<Digests>() : Digests{};
}

Status save_digests(store::Store& store, const std::string& org, const Digests& digests) {
    return store.set_fact(org, kFact, digests.empty() ? std::string{} : json(digests).dump());
}

Status save_mark(Org& org, store::EntityId entity, const std::string& kind, edges::Phase phase) {
    store::Edge edge;
    edge.rule = kEdge;
    edge.target = target_of(kind);
    edge.phase = edges::to_string(phase);
    edge.was_true = phase == edges::Phase::Pending;
    return org.store.save_edge(org.name, entity, edge);
}

Status free_kind(Org& org, const std::string& kind) {
    auto entities = org.store.pending_for(org.name, target_of(kind));
    if (!entities) return std::move(entities).error();
    for (const store::EntityId entity : *entities) {
        if (auto gone = save_mark(org, entity, kind, edges::Phase::Armed); !gone) return gone;
        auto marked =
            org.store.mark_dirty_later(org.name, entity, "its fields are described otherwise");
        if (!marked) return marked;
    }
    return Done{};
}

}  // namespace

Status note_unfit(Org& org, const store::Entity& entity) {
    const std::string kind = to_string(entity.kind);
    auto digests = read_digests(org.store, org.name);
    if (!digests) return std::move(digests).error();
    if (digests->emplace(kind, std::string{}).second) {
        (*digests)[kind] = described(org, kind);
        if (auto saved = save_digests(org.store, org.name, *digests); !saved) return saved;
    }
    return save_mark(org, entity.id, kind, edges::Phase::Pending);
}

bool is_anybody_unfit(store::Store& store, const std::string& org) {
    const auto digests = read_digests(store, org);
    return digests && !digests->empty();
}

Status free_unfit(Org& org) {
    auto digests = read_digests(org.store, org.name);
    if (!digests) return std::move(digests).error();
    Digests rest;
    for (const auto& [kind, digest] : *digests) {
        if (digest == described(org, kind)) rest.emplace(kind, digest);
    }
    if (rest.size() == digests->size()) return Done{};
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    for (const auto& [kind, digest] : *digests) {
        if (rest.contains(kind)) continue;
        if (auto freed = free_kind(org, kind); !freed) return freed;
    }
    if (auto saved = save_digests(org.store, org.name, rest); !saved) return saved;
    return transaction->commit();
}

}  // namespace duet::sync
