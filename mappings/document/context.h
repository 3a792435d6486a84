#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mappings/document/document.h"
#include "mappings/document/findings.h"
#include "mappings/document/load.h"

namespace duet::document {

/// What rules of other places need to know of an entity before any formula is compiled.
struct EntityOutline {
    struct RollupName {
        std::string name;
        std::optional<FieldType> type;  // nothing: not known without the orgs
    };
    EntityKind entity = EntityKind::None;
    PerSide<std::vector<std::string>> objects;
    std::vector<RollupName> rollups;
    Place place;
};

/// A name that a lifecycle with transitions gives.
struct DuetName {
    EntityKind entity = EntityKind::Person;
    std::string name;
    FieldType type = FieldType::Text;
};

/// What every part of the loader works with. One load, one thread.
struct Context {
    const SideNames& names;
    const PerSide<Catalog>* catalogs;  // nullptr: checked without the orgs
    Findings& findings;
    std::vector<EntityOutline> entities{};
    std::vector<std::string> attributions{};
    std::vector<std::string> timers{};
    bool has_queue = false;
    bool has_scores = false;
    bool has_behaviour = false;
    EntityKind rfm_of = EntityKind::None;  // whose rules read Rfm.x
    /// What rules may read as Duet.x beside the plain stage, by the kind of entity.
    std::vector<DuetName> duet_names{};

    [[nodiscard]] const EntityOutline* find(EntityKind entity) const noexcept {
        for (const EntityOutline& candidate : entities) {
            if (candidate.entity == entity) return &candidate;
        }
        return nullptr;
    }
    /// An object as the catalog has it; nullptr when unknown or checked without the orgs.
    [[nodiscard]] const ObjectInfo* object(Side side, std::string_view name) const noexcept {
        return catalogs == nullptr ? nullptr : (*catalogs)[side].find(name);
    }
};

}  // namespace duet::document
