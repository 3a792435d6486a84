#include "daemon/sync/campaign_member.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/store/keys.h"
#include "daemon/sync/lists.h"
#include "daemon/sync/own_rows.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

using store::SeenRow;

/// The campaign of the last entry into the stage; empty: none, or it is not known.
std::string campaign_of(const EntityPlan& plan, const std::string& stage) {
    std::string campaign;
    for (const lifecycle::Row& row : plan.standing->history.rows) {
        if (row.to == stage && !row.skipped) campaign = row.campaign;
    }
    return store::long_id(campaign);
}

bool is_of_a_list(const document::Documents& documents, const std::string& campaign) {
    return std::any_of(documents.lists.begin(), documents.lists.end(),
                       [&](const document::ListRule& rule) {
                           return rule.side == Side::Crm && rule.list == campaign;
                       });
}

/// Now, or until people took them off it: of any of the person's records.
bool is_known_member(const ListObjects& lists, RecordCache& cache,
                     const std::vector<store::Link>& links, const std::string& campaign) {
    for (const store::Link& link : links) {
        const std::string field =
            link.side == Side::Crm ? lists.member_field_of(link.id.object) : std::string{};
        if (field.empty()) continue;
        for (const SeenRow* row :
             cache.children(Side::Crm, lists.membership->name, field, link.id.key)) {
            if (row->record.fields.get(lists.list_field) == text(campaign)) return true;
        }
    }
    return false;
}

}  // namespace

bool is_own_member(const Model& model, Side side, const SeenRow& row) {
    const auto* words = document::campaign_words(model.documents().names.crm);
    if (side != Side::Crm || words == nullptr || !same_name(row.record.id.object, words->member))
        return false;
    const std::string* key = as_text(row.record.fields.get(words->key));
    return key != nullptr && key->starts_with(document::kMemberKeyPrefix);
}

Status add_campaign_member(const Org& org, RecordCache& cache,
                           const std::vector<store::Link>& links, EntityPlan& plan) {
    const document::Documents& documents = org.model.documents();
    const document::Lifecycle* lifecycle = documents.lifecycle.get();
    const ListObjects& lists = org.model.lists(Side::Crm);
    const bool is_asked = lifecycle != nullptr && lifecycle->campaign_member &&
                          plan.entity.kind == EntityKind::Person && plan.standing &&
                          plan.standing->failure.empty() && plan.records.crm &&
                          lists.list != nullptr && lists.membership != nullptr;
    if (!is_asked) return Done{};
    const document::CampaignMemberRule& rule = *lifecycle->campaign_member;
    const std::string id = campaign_of(plan, rule.stage);
    if (id.empty()) return Done{};
    const SeenRow* campaign = cache.get(Side::Crm, {lists.list->name, id});
    if (campaign == nullptr || campaign->deleted) return Done{};
    const std::string name = display(campaign->record.fields.get(lists.name_field));
    if (is_of_a_list(documents, name) || is_known_member(lists, cache, links, id)) return Done{};
    Write joined = joining(lists, *plan.records.crm, id, nullptr);
    RowWish wish{"lifecycle campaign_member", joined.id.object, rule.cap_per_cycle, {}};
    RowChange& made =
        wish.add(WriteKind::Create, 0, "a touch of the campaign made the person " + rule.stage);
    made.fields = std::move(joined.fields);
    made.key_field = std::move(joined.key_field);
    made.key_value = std::move(joined.key_value);
    if (!rule.status.empty()) made.fields.set(lists.status_field, text(rule.status));
    std::vector<RowWish> wishes;
    wishes.push_back(std::move(wish));
    add_row_writes(plan, std::move(wishes));
    return Done{};
}

}  // namespace duet::sync
