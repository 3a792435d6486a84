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

}  // namespace

bool is_anybody_unfit(store::Store& store, const std::string& org) {
    const auto digests = read_digests(store, org);
    return digests && !digests->empty();
}

Status UnfitMarks::load() {
    marked_.clear();
    auto digests = read_digests(org_.store, org_.name);
    if (!digests) return std::move(digests).error();
    if (digests->empty()) return Done{};
    Digests rest;
    for (const auto& [kind, digest] : *digests) {
        auto entities = org_.store.pending_for(org_.name, target_of(kind));
        if (!entities) return std::move(entities).error();
        marked_[kind] = {entities->begin(), entities->end()};
        if (digest == described(org_, kind)) rest.emplace(kind, digest);
    }
    if (rest.size() == digests->size()) return Done{};
    auto transaction = org_.store.begin();
    if (!transaction) return std::move(transaction).error();
    for (const auto& [kind, digest] : *digests) {
        if (rest.contains(kind)) continue;
        if (auto freed = free_kind(kind); !freed) return freed;
    }
    if (auto saved = save_digests(org_.store, org_.name, rest); !saved) return saved;
    return transaction->commit();
}

Status UnfitMarks::free_kind(const std::string& kind) {
    for (const store::EntityId entity : marked_[kind]) {
        if (auto gone = save_mark(org_, entity, kind, edges::Phase::Armed); !gone) return gone;
        auto marked =
            org_.store.mark_dirty_later(org_.name, entity, "its fields are described otherwise");
        if (!marked) return marked;
    }
    marked_.erase(kind);
    return Done{};
}

Status UnfitMarks::keep(const store::Entity& entity, bool is_unfit) {
    const std::string kind = to_string(entity.kind);
    const auto known = marked_.find(kind);
    const bool was_unfit = known != marked_.end() && known->second.contains(entity.id);
    if (is_unfit == was_unfit) return Done{};
    if (!is_unfit) return forget(entity.id, kind);
    if (known == marked_.end()) {
        auto digests = read_digests(org_.store, org_.name);
        if (!digests) return std::move(digests).error();
        digests->insert_or_assign(kind, described(org_, kind));
        if (auto saved = save_digests(org_.store, org_.name, *digests); !saved) return saved;
    }
    marked_[kind].insert(entity.id);
    return save_mark(org_, entity.id, kind, edges::Phase::Pending);
}

/// With the last of a kind goes what its objects were like: nothing hangs on them any more.
Status UnfitMarks::forget(store::EntityId entity, const std::string& kind) {
    if (auto gone = save_mark(org_, entity, kind, edges::Phase::Armed); !gone) return gone;
    auto& marked = marked_.at(kind);
    marked.erase(entity);
    if (!marked.empty()) return Done{};
    marked_.erase(kind);
    auto digests = read_digests(org_.store, org_.name);
    if (!digests) return std::move(digests).error();
    digests->erase(kind);
    return save_digests(org_.store, org_.name, *digests);
}

}  // namespace duet::sync
