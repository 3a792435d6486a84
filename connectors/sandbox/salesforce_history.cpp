#include "connectors/sandbox/salesforce_derive.h"

namespace duet::sandbox {

namespace {

constexpr const char* kSnapshot[] = {"StageName", "Amount",      "ExpectedRevenue",
                                     "CloseDate", "Probability", "ForecastCategory"};

std::optional<Row> latest_snapshot(SandboxState& state, const std::string& deal) {
    auto latest = state.database.prepare(
        "SELECT Id FROM OpportunityHistory WHERE OpportunityId=?1 AND IsDeleted=0"
        " ORDER BY CreatedDate DESC, rowid DESC LIMIT 1");
    latest.bind(1, deal);
    if (!latest.step()) return std::nullopt;
    const std::string id(latest.text(0));
    return load_row(state, table_of(state, "OpportunityHistory"), id);
}

bool differs(const std::optional<Row>& before, const Row& now, const char* field) {
    return !before || before->value(field) != now.value(field);
}

void note_change(SandboxState& state, const Row& deal, const char* column, const std::string& id) {
    state.database.prepare(std::string("UPDATE Opportunity SET ") + column + "=?2 WHERE Id=?1")
        .bind(1, deal.text("Id"))
        .bind(2, id)
        .run();
}

Row snapshot_of(SandboxState& state, const Row& deal) {
    Row snapshot = companion(state, "OpportunityHistory", deal);
    snapshot.set("OpportunityId", deal.value("Id"));
    for (const char* field : kSnapshot) snapshot.set(field, deal.value(field));
    snapshot.set("CurrencyIsoCode", deal.value("CurrencyIsoCode"));
    return snapshot;
}

}  // namespace

void begin_history(SandboxState& state, const Row& deal) {
    if (latest_snapshot(state, deal.text("Id"))) return;
    Row first = snapshot_of(state, deal);
    for (const char* field : {"CreatedDate", "LastModifiedDate", "SystemModstamp"}) {
        first.set(field, deal.value("CreatedDate"));
    }
    insert_row(state, first);
}

void record_history(SandboxState& state, const std::string& deal_id) {
    const auto deal = load_row(state, table_of(state, "Opportunity"), deal_id);
    if (!deal || deal->truth("IsDeleted")) return;
    const auto before = latest_snapshot(state, deal_id);
    bool changed = false;
    for (const char* field : kSnapshot) changed = changed || differs(before, *deal, field);
    if (!changed) return;
    const Row snapshot = snapshot_of(state, *deal);
    insert_row(state, snapshot);
    if (!before) return;
    if (differs(before, *deal, "Amount")) {
        note_change(state, *deal, "LastAmountChangedHistoryId", before->text("Id"));
    }
    if (differs(before, *deal, "CloseDate")) {
        note_change(state, *deal, "LastCloseDateChangedHistoryId", before->text("Id"));
    }
}

void date_stages_from_history(SandboxState& state) {
    state.database.exec(
        "UPDATE Opportunity SET LastStageChangeDate=(SELECT MAX(h.CreatedDate) FROM ("
        " SELECT CreatedDate, StageName, LAG(StageName) OVER (ORDER BY CreatedDate, rowid) AS was"
        " FROM OpportunityHistory WHERE OpportunityId=Opportunity.Id AND IsDeleted=0) h"
        " WHERE h.was IS NOT NULL AND h.was<>h.StageName) WHERE LastStageChangeDate IS NULL AND"
        " EXISTS(SELECT 1 FROM OpportunityHistory x WHERE x.OpportunityId=Opportunity.Id)");
}

}  // namespace duet::sandbox
