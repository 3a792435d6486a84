#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/connector.h"
#include "mappings/catalog.h"
#include "mappings/document/document.h"
#include "mappings/side.h"

namespace duet::store {
struct SeenRow;
}

namespace duet::sync {

/// One step from a record toward the entities that depend on it.
struct Hop {
    enum class Kind : std::uint8_t {
        Up,    // to the record of `object` that its reference `field` names
        Down,  // to the records of `object` whose reference `field` names it
        Link,  // to the entity's records of `object` on the other side
    };
    Kind kind = Kind::Up;
    std::string object;
    std::string field;
    bool operator==(const Hop&) const = default;
};

/// From a changed record to records that are part of an entity.
using Route = std::vector<Hop>;

/// What the cycle knows of one pulled object.
struct ObjectModel {
    Side side = Side::Crm;
    const ObjectInfo* info = nullptr;
    const document::EntityDocument* entity = nullptr;  // whose record it is; nullptr: facts only
    Selection selection;                               // what to pull
    std::vector<std::string> references;  // selected fields that hold other records' keys
    std::vector<std::string> keys;        // selected fields that records are matched by
    std::vector<std::string> dated;       // fields of which "most recent" asks when they changed
    bool hides_user = false;    // the selection has who changed it last, which no rule reads
    std::vector<Route> routes;  // to the entities that depend on a record of it
    std::vector<EntityKind> needed_by;  // kinds of entities that depend on it; empty: all

    [[nodiscard]] bool is_needed_by(EntityKind kind) const noexcept;
    /// The field's name as the vendor spells it; itself when the object has none of that name.
    [[nodiscard]] std::string canonical(const std::string& field) const;
};

/// Where lists and memberships live on one side: lists of the marketing side, campaigns of the CRM.
struct ListObjects {
    const ObjectInfo* list = nullptr;  // nullptr: no rule owns any
    const ObjectInfo* membership = nullptr;
    std::string name_field = "name";    // of a list
    std::string list_field = "listId";  // of a membership
    std::string opted_out_field = "optedOut";
    std::string key_field{};     // of memberships that Duet made; empty: they have none
    std::string status_field{};  // of a membership; empty: it has none

    /// The membership's reference to a person of this object; empty: there is none.
    [[nodiscard]] std::string member_field_of(std::string_view person_object) const;

    /// Whether Duet made the membership: its key says so, or that Duet wrote it.
    [[nodiscard]] bool is_ours(const store::SeenRow& row) const;
    /// Whether it is a membership that the person ended: it is never deleted and never made anew.
    [[nodiscard]] bool is_left(const Record& record) const;
};

/// Figures over all deals; behaviours.h.
struct Behaviours;
/// How long deals stay in a stage; lifecycle.h.
struct LearntMedians;

/// Documents and catalogs, joined: which objects are pulled, and which entities depend on which
/// record. Immutable; refers to both, which must outlive it.
class Model {
public:
    Model(const document::Documents& documents, const PerSide<Catalog>& catalogs);

    [[nodiscard]] const document::Documents& documents() const noexcept { return *documents_; }
    [[nodiscard]] const PerSide<Catalog>& catalogs() const noexcept { return *catalogs_; }
    [[nodiscard]] const ListObjects& lists(Side side = Side::Marketing) const noexcept {
        return lists_[side];
    }
    /// All pulled objects, parents before children as far as references tell.
    [[nodiscard]] std::span<const ObjectModel> objects() const noexcept { return objects_; }
    [[nodiscard]] const ObjectModel* find(Side side, std::string_view object) const noexcept;

    /// What the deciding thread worked out of all deals by these documents; nullptr: not yet.
    [[nodiscard]] std::shared_ptr<const Behaviours>& behaviours() const noexcept {
        return behaviours_;
    }

    /// The same of how long won deals stayed in each stage.
    [[nodiscard]] std::shared_ptr<const LearntMedians>& learnt_medians() const noexcept {
        return learnt_medians_;
    }

    /// Has both worked out anew: the records are others now.
    void forget_figures() const noexcept {
        behaviours_.reset();
        learnt_medians_.reset();
    }

private:
    const document::Documents* documents_;
    const PerSide<Catalog>* catalogs_;
    PerSide<ListObjects> lists_;
    std::vector<ObjectModel> objects_;
    mutable std::shared_ptr<const Behaviours> behaviours_;
    mutable std::shared_ptr<const LearntMedians> learnt_medians_;
};

/// A field path of one object, resolved: the references it goes through and the last field.
struct Path {
    struct Step {
        std::string field;                 // the reference on the record
        std::vector<std::string> objects;  // what it may point to
    };
    std::vector<Step> steps;
    std::string field;
};

/// Resolves "Account.Parent.Name" from `object`; nothing when a part does not exist.
[[nodiscard]] std::optional<Path> resolve_path(const Catalog& catalog, const ObjectInfo& object,
                                               std::string_view path);

/// The field of `child` that refers to `target`, or nullptr: the first that refers to nothing else,
/// or the first of all.
[[nodiscard]] const FieldInfo* reference_to(const ObjectInfo& child,
                                            std::string_view target) noexcept;

/// How a rollup's children hang on an entity's object: child.child_field names the record itself
/// (own_field empty) or the same parent as the record's own_field does.
struct RollupJoin {
    std::string child_field;
    std::string own_field;
    std::string parent_object;
};
[[nodiscard]] std::optional<RollupJoin> join_of(const Catalog& catalog,
                                                const document::Rollup& rollup,
                                                const ObjectInfo& own);

}  // namespace duet::sync
