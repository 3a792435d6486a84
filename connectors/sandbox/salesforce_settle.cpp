#include "connectors/sandbox/salesforce_currency.h"
#include "connectors/sandbox/salesforce_derive.h"
#include "connectors/sandbox/salesforce_influence.h"

namespace duet::sandbox {

namespace {

/// The latest of event days and days of closed tasks that hang on "X"."Id".
std::string last_activity_sql(const std::string& object) {
    const auto latest = [&object](const char* table, const char* column, const char* more) {
        return std::string("(SELECT MAX(ActivityDate) FROM ") + table + " WHERE " + column + "=\"" +
               object + "\".Id AND IsDeleted=0" + more + ")";
    };
    std::string parts;
    const bool who = object == "Lead" || object == "Contact";
    const auto add = [&](const char* column) {
        if (!parts.empty()) parts += ',';
        parts += "COALESCE(" + latest("Task", column, " AND IsClosed=1") + ",''),";
        parts += "COALESCE(" + latest("Event", column, "") + ",'')";
    };
    add(who ? "WhoId" : "WhatId");
    if (object == "Account") add("AccountId");
    return "NULLIF(MAX(" + parts + "),'')";
}

/// Sets `column` to `value` where that changes it. "" as stamp: stamps stay.
void refresh(SandboxState& state, const std::string& object, const std::string& column,
             const std::string& value, const std::string& id, const std::string& stamp) {
    std::string sql = "UPDATE \"" + object + "\" SET " + column + "=" + value;
    if (!stamp.empty()) sql += ", SystemModstamp=?2";
    sql += " WHERE " + column + " IS NOT " + value;
    if (!id.empty()) sql += " AND Id=?1";
    auto update = state.database.prepare(sql);
    if (!id.empty()) update.bind(1, id);
    if (!stamp.empty()) update.bind(2, stamp);
    update.run();
}

struct Rollup {
    const char* column;
    const char* sql;
};

constexpr Rollup kCampaignRollups[] = {
    {"NumberOfLeads",
     "(SELECT COUNT(*) FROM CampaignMember m JOIN Lead l ON l.Id=m.LeadId WHERE"
     " m.CampaignId=Campaign.Id AND m.IsDeleted=0 AND l.IsConverted=0)"},
    {"NumberOfConvertedLeads",
     "(SELECT COUNT(*) FROM CampaignMember m JOIN Lead l ON l.Id=m.LeadId WHERE"
     " m.CampaignId=Campaign.Id AND m.IsDeleted=0 AND l.IsConverted=1)"},
    {"NumberOfContacts",
     "(SELECT COUNT(*) FROM CampaignMember m WHERE m.CampaignId=Campaign.Id AND m.IsDeleted=0"
     " AND m.ContactId IS NOT NULL)"},
    {"NumberOfResponses",
     "(SELECT COUNT(*) FROM CampaignMember m WHERE m.CampaignId=Campaign.Id AND m.IsDeleted=0"
     " AND m.HasResponded=1)"},
    {"NumberOfOpportunities",
     "(SELECT COUNT(*) FROM Opportunity o WHERE o.CampaignId=Campaign.Id AND o.IsDeleted=0)"},
    {"NumberOfWonOpportunities",
     "(SELECT COUNT(*) FROM Opportunity o WHERE o.CampaignId=Campaign.Id AND o.IsDeleted=0"
     " AND o.IsWon=1)"},
};

/// "" as id: every campaign; "" as stamp: stamps stay.
void refresh_campaigns(SandboxState& state, const std::string& id, const std::string& stamp) {
    for (const Rollup& rollup : kCampaignRollups) {
        refresh(state, "Campaign", rollup.column, rollup.sql, id, stamp);
    }
    refresh(state, "Campaign", "AmountAllOpportunities", campaign_amount_sql(state, ""), id, stamp);
    refresh(state, "Campaign", "AmountWonOpportunities",
            campaign_amount_sql(state, " AND o.IsWon=1"), id, stamp);
}

constexpr const char* kHasItems =
    "(EXISTS(SELECT 1 FROM OpportunityLineItem i WHERE i.OpportunityId=Opportunity.Id AND"
    " i.IsDeleted=0))";
constexpr const char* kItemsAmount =
    "(SELECT COALESCE((SELECT ROUND(SUM(i.TotalPrice),2) FROM OpportunityLineItem i WHERE"
    " i.OpportunityId=Opportunity.Id AND i.IsDeleted=0), Opportunity.Amount))";
constexpr const char* kExpected = "ROUND(Amount*Probability/100.0,2)";

void add_person_and_deal(const Row& row, Ripple& ripple) {
    for (const char* field : {"WhoId", "WhatId", "AccountId"}) {
        if (!row.is_null(field)) ripple.activity_targets.insert(row.text(field));
    }
}

/// One row of a set may carry the mark: the others lose it.
void keep_one(SandboxState& state, const Row& row, const char* mark, const char* parent) {
    if (!row.truth(mark)) return;
    state.database
        .prepare("UPDATE \"" + row.table().object().name + "\" SET " + mark +
                 "=0, SystemModstamp=?3, LastModifiedDate=?3 WHERE " + parent +
                 "=?1 AND Id<>?2 AND " + mark + "=1")
        .bind(1, row.text(parent))
        .bind(2, row.text("Id"))
        .bind(3, row.text("SystemModstamp"))
        .run();
}

void add_stock_statuses(SandboxState& state, const Row& campaign) {
    for (const std::int64_t order : {1, 2}) {
        Row status = companion(state, "CampaignMemberStatus", campaign);
        status.set("CampaignId", campaign.value("Id"));
        status.set("Label", order == 1 ? "Sent" : "Responded");
        status.set("SortOrder", order);
        status.set_truth("IsDefault", order == 1);
        status.set_truth("HasResponded", order == 2);
        insert_row(state, status);
    }
}

}  // namespace

Row companion(SandboxState& state, const char* object, const Row& of) {
    const Table& table = table_of(state, object);
    Row row(table);
    for (const Field& field : table.object().fields) {
        if (field.type == "boolean") row.set_truth(field.name, false);
    }
    row.set("Id", mint_id(state, table.object()));
    for (const char* field : {"CreatedDate", "LastModifiedDate", "SystemModstamp"}) {
        row.set(field, of.value("SystemModstamp"));
    }
    for (const char* field : {"CreatedById", "LastModifiedById"}) {
        row.set(field, of.value("LastModifiedById"));
    }
    return row;
}

void touch(SandboxState& state, const Row& row, Ripple& ripple) {
    const std::string& object = row.table().object().name;
    if (object == "Task" || object == "Event") add_person_and_deal(row, ripple);
    if (object == "CampaignMember" || object == "Opportunity") {
        if (!row.is_null("CampaignId")) ripple.campaigns.insert(row.text("CampaignId"));
    }
    if (object == "OpportunityLineItem") {
        ripple.opportunities.insert(row.text("OpportunityId"));
        const auto deal =
            load_row(state, table_of(state, "Opportunity"), row.text("OpportunityId"));
        if (deal) touch(state, *deal, ripple);
    }
    ripple.rates = ripple.rates || object == "DatedConversionRate";
    touch_influence(state, row, ripple);
}

void follow_up(SandboxState& state, const Row& row, const Write& write, Ripple& ripple) {
    const std::string& object = row.table().object().name;
    const bool created = write.before == nullptr;
    if (object == "Opportunity" && created && write.given.contains("ContactId") &&
        !row.is_null("ContactId")) {
        Row role = companion(state, "OpportunityContactRole", row);
        role.set("OpportunityId", row.value("Id"));
        role.set("ContactId", row.value("ContactId"));
        role.set_truth("IsPrimary", true);
        insert_row(state, role);
    }
    if (object == "Opportunity" && !created) begin_history(state, *write.before);
    if (object == "Campaign" && created) add_stock_statuses(state, row);
    if (object == "OpportunityContactRole") keep_one(state, row, "IsPrimary", "OpportunityId");
    if (object == "CampaignMemberStatus") keep_one(state, row, "IsDefault", "CampaignId");
    touch(state, row, ripple);
    if (write.before != nullptr) touch(state, *write.before, ripple);
}

void settle(SandboxState& state, const Ripple& ripple) {
    const std::string stamp = state.write_stamp();
    for (const std::string& id : ripple.opportunities) {
        refresh(state, "Opportunity", "HasOpportunityLineItem", kHasItems, id, stamp);
        refresh(state, "Opportunity", "Amount", kItemsAmount, id, stamp);
        refresh(state, "Opportunity", "ExpectedRevenue", kExpected, id, stamp);
    }
    for (const std::string& id : ripple.deals) record_history(state, id);
    settle_influence(state, ripple, stamp);
    if (ripple.rates) settle_dated_rates(state);
    for (const std::string& id : ripple.campaigns) refresh_campaigns(state, id, stamp);
    for (const std::string& id : ripple.activity_targets) {
        const Object* object = object_of_id(state.schema, id);
        if (object == nullptr || object->find("LastActivityDate") == nullptr) continue;
        refresh(state, object->name, "LastActivityDate", last_activity_sql(object->name), id,
                stamp);
    }
}

void settle_all(SandboxState& state) {
    refresh(state, "Opportunity", "HasOpportunityLineItem", kHasItems, "", "");
    refresh(state, "Opportunity", "Amount", kItemsAmount, "", "");
    refresh(state, "Opportunity", "ExpectedRevenue", kExpected, "", "");
    date_stages_from_history(state);
    settle_dated_rates(state);
    settle_all_influence(state);
    refresh_campaigns(state, "", "");
    for (const char* object :
         {"Lead", "Contact", "Account", "Opportunity", "Campaign", "Contract"}) {
        refresh(state, object, "LastActivityDate", last_activity_sql(object), "", "");
    }
}

}  // namespace duet::sandbox
