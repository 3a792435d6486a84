#include "daemon/sync/model.h"

#include <algorithm>
#include <utility>

#include "daemon/store/store.h"
#include "daemon/sync/lead_accounts.h"
#include "daemon/sync/routes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/load.h"

namespace duet::sync {
namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// Fields by which a record of this object is recognised, or found again after a create.
std::vector<std::string> key_fields(const document::EntityDocument& entity, Side side,
                                    const ObjectInfo& object) {
    std::vector<std::string> keys;
    const auto add = [&](std::string_view name) {
        if (const FieldInfo* field = object.find(name)) add_once(keys, field->name);
    };
    for (const document::MatchRule& match : entity.match) {
        if (side == Side::Crm) {
            add(match.crm_field);
        } else {
            for (const std::string& field : match.marketing_fields) add(field);
        }
    }
    for (const document::CreateRule& create : entity.creates) {
        if (create.on == side) add(create.key_field);
    }
    return keys;
}

/// Parents first: a simple count of how deep the references of an object go.
int depth_of(const Catalog& catalog, const ObjectInfo& object, int limit) {
    if (limit == 0) return 0;
    int depth = 0;
    for (const FieldInfo& field : object.fields) {
        for (const std::string& target : field.references) {
            const ObjectInfo* parent = catalog.find(target);
            if (parent == nullptr || parent == &object) continue;
            depth = std::max(depth, 1 + depth_of(catalog, *parent, limit - 1));
        }
    }
    return depth;
}

bool has_lists(const document::Documents& documents, Side side) {
    const document::Lifecycle* lifecycle = documents.lifecycle.get();
    if (side == Side::Crm && lifecycle != nullptr && lifecycle->campaign_member) return true;
    return std::any_of(documents.lists.begin(), documents.lists.end(),
                       [&](const document::ListRule& list) { return list.side == side; });
}

PerSide<ListObjects> find_lists(const document::Documents& documents,
                                const PerSide<Catalog>& catalogs) {
    PerSide<ListObjects> lists;
    if (has_lists(documents, Side::Marketing)) {
        lists.marketing.list = catalogs.marketing.find("list");
        lists.marketing.membership = catalogs.marketing.find("list-membership");
    }
    const document::CampaignWords* words = document::campaign_words(documents.names.crm);
    if (words == nullptr || !has_lists(documents, Side::Crm)) return lists;
    ListObjects& campaigns = lists.crm;
    campaigns.list = catalogs.crm.find(words->campaign);
    campaigns.membership = catalogs.crm.find(words->member);
    campaigns.name_field = words->name;
    campaigns.list_field = words->of;
    campaigns.opted_out_field.clear();
    campaigns.key_field = words->key;
    campaigns.status_field = words->status;
    return lists;
}

/// The fields that most recent rules compare, and who changed the record last.
void add_evidence(const document::Documents& documents, ObjectModel& object) {
    if (object.entity == nullptr) return;
    for (const document::FieldRule& rule : object.entity->fields) {
        if (rule.winner != document::Winner::MostRecent) continue;
        const FieldInfo* field = object.info->find(rule.fields[object.side].on(object.info->name));
        if (field != nullptr) add_once(object.dated, field->name);
    }
    const document::IntegrationUsers& machines = documents.integration_users[object.side];
    const FieldInfo* user = object.info->find(machines.field);
    if (machines.users.empty() || user == nullptr || object.dated.empty()) return;
    auto& selected = object.selection.fields;
    object.hides_user = std::find(selected.begin(), selected.end(), user->name) == selected.end();
    if (object.hides_user) selected.push_back(user->name);
}

/// Tasks that Duet makes are found again by their key.
bool is_task(const document::Documents& documents, const ObjectModel& object) {
    const document::TaskWords* words = document::task_words(documents.names.crm);
    return !documents.tasks.empty() && words != nullptr && object.side == Side::Crm &&
           same_name(object.info->name, words->object);
}

std::string task_key(const document::Documents& documents, const ObjectInfo& task) {
    const std::string_view key = document::task_words(documents.names.crm)->key;
    const FieldInfo* field = task.find(key);
    return field == nullptr ? std::string(key) : field->name;
}

/// Rows that tell of moves are found again by theirs; empty: the object is none of these.
std::string event_key(const document::Documents& documents, const ObjectModel& object) {
    const document::Lifecycle* lifecycle = documents.lifecycle.get();
    if (lifecycle == nullptr || !lifecycle->event_rows || object.side != Side::Crm ||
        !same_name(object.info->name, lifecycle->event_rows->object)) {
        return {};
    }
    return object.canonical(lifecycle->event_rows->key);
}

/// The kinds of entities that a record of the object belongs to or leads to.
std::vector<EntityKind> kinds_that_need(const ObjectModel& object,
                                        const std::vector<ObjectModel>& all) {
    std::vector<EntityKind> kinds;
    const auto add = [&](const ObjectModel& end) {
        if (end.entity == nullptr) return false;
        if (std::find(kinds.begin(), kinds.end(), end.entity->entity) == kinds.end())
            kinds.push_back(end.entity->entity);
        return true;
    };
    if (object.routes.empty() && !add(object)) return {};
    add(object);
    for (const Route& route : object.routes) {
        bool is_known = route.empty() && add(object);
        for (const ObjectModel& end : all) {
            if (!route.empty() && same_name(end.info->name, route.back().object))
                is_known = add(end) || is_known;
        }
        // Where it leads is no entity that is known here: to be safe, all wait for it.
        if (!is_known) return {};
    }
    return kinds;
}

}  // namespace

std::string ObjectModel::canonical(const std::string& field) const {
    const FieldInfo* found = info->find(field);
    return found == nullptr ? field : found->name;
}

bool ObjectModel::is_needed_by(EntityKind kind) const noexcept {
    return needed_by.empty() ||
           std::find(needed_by.begin(), needed_by.end(), kind) != needed_by.end();
}

Model::Model(const document::Documents& documents, const PerSide<Catalog>& catalogs)
    : documents_(&documents), catalogs_(&catalogs), lists_(find_lists(documents, catalogs)) {
    for (const document::Need& need : document::needs(documents, catalogs)) {
        const ObjectInfo* info = catalogs[need.side].find(need.object);
        if (info == nullptr) continue;
        ObjectModel object;
        object.side = need.side;
        object.info = info;
        object.selection = {info->name, need.fields};
        for (const document::EntityDocument& entity : documents.entities) {
            for (const std::string& name : entity.objects[need.side]) {
                if (!same_name(name, info->name)) continue;
                object.entity = &entity;
                object.keys = key_fields(entity, need.side, *info);
            }
        }
        add_evidence(documents, object);
        if (is_task(documents, object)) add_once(object.keys, task_key(documents, *info));
        if (const std::string key = event_key(documents, object); !key.empty())
            add_once(object.keys, key);
        const ListObjects& members = lists_[need.side];
        if (members.membership == info && !members.key_field.empty())
            add_once(object.keys, object.canonical(members.key_field));
        for (const std::string& name : need.fields) {
            const FieldInfo* field = info->find(name);
            if (field != nullptr && !field->references.empty())
                object.references.push_back(field->name);
        }
        if (need.side == Side::Crm) {
            for (std::string& name : domain_references(documents, *info))
                object.references.push_back(std::move(name));
        }
        objects_.push_back(std::move(object));
    }
    for (FoundRoute& found : find_routes(documents, catalogs, lists_)) {
        for (ObjectModel& object : objects_) {
            if (object.side == found.side && object.info->name == found.object) {
                object.routes.push_back(std::move(found.route));
            }
        }
    }
    for (ObjectModel& object : objects_) object.needed_by = kinds_that_need(object, objects_);
    constexpr int kDepthLimit = 4;  // enough to order parents; deeper chains may load in any order
    std::stable_sort(objects_.begin(), objects_.end(),
                     [&](const ObjectModel& a, const ObjectModel& b) {
                         return depth_of(catalogs[a.side], *a.info, kDepthLimit) <
                                depth_of(catalogs[b.side], *b.info, kDepthLimit);
                     });
}

std::string ListObjects::member_field_of(std::string_view person_object) const {
    const FieldInfo* field =
        membership == nullptr ? nullptr : reference_to(*membership, person_object);
    return field == nullptr ? std::string{} : field->name;
}

bool ListObjects::is_ours(const store::SeenRow& row) const {
    if (key_field.empty()) return row.written_at != Instant{} || row.own_stamp != DateTime{};
    const std::string* key = as_text(row.record.fields.get(key_field));
    return key != nullptr && key->starts_with(document::kMemberKeyPrefix);
}

bool ListObjects::is_left(const Record& record) const {
    return membership != nullptr && !opted_out_field.empty() &&
           record.id.object == membership->name &&
           record.fields.get(opted_out_field) == Value{true};
}

const ObjectModel* Model::find(Side side, std::string_view object) const noexcept {
    for (const ObjectModel& candidate : objects_) {
        if (candidate.side == side && same_name(candidate.info->name, object)) return &candidate;
    }
    return nullptr;
}

}  // namespace duet::sync
