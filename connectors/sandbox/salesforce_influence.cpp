#include "connectors/sandbox/salesforce_influence.h"

namespace duet::sandbox {

namespace {

using Refused = std::optional<Refusal>;

// Half a cent of a percent: sums of rounded shares are compared with room for it.
constexpr double kSlack = 0.005;

Refused check_key(SandboxState& state, const Row& row) {
    auto twin = state.database.prepare(
        "SELECT Id FROM CampaignInfluence WHERE IsDeleted=0 AND OpportunityId=?1 AND CampaignId=?2"
        " AND ModelId=?3 AND ContactId IS ?4");
    twin.bind(1, row.text("OpportunityId")).bind(2, row.text("CampaignId"));
    twin.bind(3, row.text("ModelId")).bind(4, row.value("ContactId"));
    if (!twin.step()) return {};
    return Refusal{
        "DUPLICATE_VALUE",
        "duplicate value found: OpportunityId, CampaignId, ContactId, ModelId duplicates "
        "value on record with id: " +
            std::string(twin.text(0)),
        {}};
}

Refused check_sum(SandboxState& state, const Row& row) {
    auto others = state.database.prepare(
        "SELECT COALESCE(SUM(Influence),0) FROM CampaignInfluence WHERE IsDeleted=0 AND"
        " OpportunityId=?1 AND ModelId=?2 AND Id IS NOT ?3");
    others.bind(1, row.text("OpportunityId")).bind(2, row.text("ModelId"));
    others.bind(3, row.value("Id"));
    others.step();
    if (others.real(0) + row.number("Influence") <= 100 + kSlack) return {};
    return Refusal{"FIELD_INTEGRITY_EXCEPTION",
                   "Influence: the sum over all campaigns of the opportunity exceeds 100%",
                   {"Influence"}};
}

void set_member(SandboxState& state, Row& row) {
    if (!row.is_null("CampaignMemberId") || row.is_null("ContactId")) return;
    auto member = state.database.prepare(
        "SELECT Id FROM CampaignMember WHERE IsDeleted=0 AND CampaignId=?1 AND ContactId=?2");
    member.bind(1, row.text("CampaignId")).bind(2, row.text("ContactId"));
    if (member.step()) row.set("CampaignMemberId", member.value(0));
}

constexpr const char* kShare =
    "(SELECT ROUND(o.Amount*CampaignInfluence.Influence/100.0,2) FROM Opportunity o WHERE"
    " o.Id=CampaignInfluence.OpportunityId)";

/// "" as deal: all; "" as stamp: stamps stay.
void refresh_shares(SandboxState& state, const std::string& deal, const std::string& stamp) {
    std::string sql = std::string("UPDATE CampaignInfluence SET RevenueShare=") + kShare;
    if (!stamp.empty()) sql += ", SystemModstamp=?2";
    sql += std::string(" WHERE IsDeleted=0 AND RevenueShare IS NOT ") + kShare;
    if (!deal.empty()) sql += " AND OpportunityId=?1";
    auto update = state.database.prepare(sql);
    if (!deal.empty()) update.bind(1, deal);
    if (!stamp.empty()) update.bind(2, stamp);
    update.run();
}

bool pardot_models_on(SandboxState& state) {
    return state.database
        .prepare(
            "SELECT 1 FROM CampaignInfluenceModel WHERE IsActive=1 AND ModelType IN"
            " ('FirstTouch','LastTouch','EvenDistribution')")
        .step();
}

void touch_deals(SandboxState& state, const char* sql, const std::string& id, Ripple& ripple) {
    auto deals = state.database.prepare(sql);
    deals.bind(1, id);
    while (deals.step()) ripple.touched.emplace(deals.text(0));
}

}  // namespace

bool has_influence(const SandboxState& state) {
    return state.schema.find("CampaignInfluence") != nullptr;
}

Refused locked_model(SandboxState& state, const Row& row) {
    const auto model =
        load_row(state, table_of(state, "CampaignInfluenceModel"), row.text("ModelId"));
    if (!model || !model->truth("IsModelLocked")) return {};
    return Refusal{"INSUFFICIENT_ACCESS_OR_READONLY",
                   "the campaign influence model " + model->text("MasterLabel") + " is locked",
                   {"ModelId"}};
}

Refused derive_influence(SandboxState& state, Row& row, const Write& write) {
    set_member(state, row);
    if (write.seeding) return {};
    if (write.by_person) {
        if (auto locked = locked_model(state, row)) return locked;
    }
    const bool created = write.before == nullptr;
    if (row.number("Influence") < 0 || row.number("Influence") > 100) {
        return Refusal{"NUMBER_OUTSIDE_VALID_RANGE",
                       "Influence: value outside of valid range on numeric field",
                       {"Influence"}};
    }
    if (created && state.options.influence_keys_unique) {
        if (auto twin = check_key(state, row)) return twin;
    }
    const bool moved = created || write.before->value("Influence") != row.value("Influence");
    if (moved && state.options.influence_sum_enforced) return check_sum(state, row);
    return {};
}

void touch_influence(SandboxState& state, const Row& row, Ripple& ripple) {
    const std::string& object = row.table().object().name;
    if (object == "Opportunity") ripple.deals.insert(row.text("Id"));
    if (!has_influence(state)) return;
    if (object == "CampaignInfluence") ripple.shares.insert(row.text("OpportunityId"));
    if (object == "OpportunityContactRole") ripple.touched.insert(row.text("OpportunityId"));
    const bool of_contact = object == "CampaignMember" && !row.is_null("ContactId");
    if ((!of_contact && object != "Campaign") || !pardot_models_on(state)) return;
    if (of_contact) {
        touch_deals(state,
                    "SELECT OpportunityId FROM OpportunityContactRole WHERE IsDeleted=0 AND"
                    " ContactId=?1",
                    row.text("ContactId"), ripple);
    } else {
        touch_deals(state,
                    "SELECT r.OpportunityId FROM CampaignMember m JOIN OpportunityContactRole r ON"
                    " r.ContactId=m.ContactId WHERE m.CampaignId=?1 AND m.IsDeleted=0 AND"
                    " r.IsDeleted=0",
                    row.text("Id"), ripple);
    }
}

void settle_all_influence(SandboxState& state) {
    if (!has_influence(state)) return;
    auto primary = state.database.prepare(
        "SELECT Id FROM CampaignInfluenceModel WHERE ModelType='PrimaryCampaignSource' LIMIT 1");
    if (primary.step()) fill_model(state, std::string(primary.text(0)));
    refresh_shares(state, "", "");
}

void settle_influence(SandboxState& state, const Ripple& ripple, const std::string& stamp) {
    if (!has_influence(state)) return;
    std::set<std::string> deals = ripple.shares;
    deals.insert(ripple.deals.begin(), ripple.deals.end());
    deals.insert(ripple.touched.begin(), ripple.touched.end());
    for (const std::string& deal : ripple.deals) recalculate_models(state, deal, true);
    for (const std::string& deal : ripple.touched) {
        if (!ripple.deals.contains(deal)) recalculate_models(state, deal, false);
    }
    for (const std::string& deal : deals) refresh_shares(state, deal, stamp);
}

}  // namespace duet::sandbox
