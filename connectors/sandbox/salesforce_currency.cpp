#include "connectors/sandbox/salesforce_currency.h"

namespace duet::sandbox {

namespace {

using Refused = std::optional<Refusal>;

constexpr const char* kNoDefault = "USD";  // of an org without currencies, as SOAP tells it
constexpr const char* kNoEnd = "9999-12-31";

bool is_active_code(SandboxState& state, const std::string& code) {
    auto found = state.database.prepare(
        "SELECT 1 FROM CurrencyType WHERE IsoCode=?1 AND IsActive=1 AND IsDeleted=0");
    found.bind(1, code);
    return found.step();
}

/// Of the deal that a part belongs to; "" for rows that are no part of one.
std::string deal_currency(SandboxState& state, const Row& row) {
    const std::string& object = row.table().object().name;
    if (object != "OpportunityLineItem" && object != "OpportunityHistory" &&
        object != "CampaignInfluence") {
        return {};
    }
    const auto deal = load_row(state, table_of(state, "Opportunity"), row.text("OpportunityId"));
    return deal ? deal->text("CurrencyIsoCode") : std::string{};
}

std::string owner_currency(SandboxState& state, const Row& row) {
    if (row.is_null("OwnerId")) return {};
    const auto owner = load_row(state, table_of(state, "User"), row.text("OwnerId"));
    return owner ? owner->text("DefaultCurrencyIsoCode") : std::string{};
}

}  // namespace

bool has_currencies(const SandboxState& state) {
    return state.schema.find("CurrencyType") != nullptr;
}

std::string corporate_currency(SandboxState& state) {
    if (!has_currencies(state)) return kNoDefault;
    auto row = state.database.prepare(
        "SELECT IsoCode FROM CurrencyType WHERE IsCorporate=1 AND IsDeleted=0 LIMIT 1");
    return row.step() ? std::string(row.text(0)) : std::string(kNoDefault);
}

Refused derive_currency(SandboxState& state, Row& row, const Write& write) {
    if (row.table().index("CurrencyIsoCode") < 0 || !has_currencies(state)) return {};
    const std::string of_deal = deal_currency(state, row);
    if (!of_deal.empty()) {
        row.set("CurrencyIsoCode", of_deal);
        return {};
    }
    if (write.given.contains("CurrencyIsoCode") && !write.seeding &&
        !is_active_code(state, row.text("CurrencyIsoCode"))) {
        return Refusal{"INVALID_CURRENCY_ISO",
                       "invalid currency ISO code: " + row.text("CurrencyIsoCode"),
                       {"CurrencyIsoCode"}};
    }
    if (row.is_null("CurrencyIsoCode")) {
        const std::string of_owner = owner_currency(state, row);
        row.set("CurrencyIsoCode", of_owner.empty() ? corporate_currency(state) : of_owner);
    }
    if (row.is_null("DefaultCurrencyIsoCode")) {
        row.set("DefaultCurrencyIsoCode", row.value("CurrencyIsoCode"));
    }
    return {};
}

Refused derive_rate(SandboxState& state, Row& row, const Write& write) {
    if (row.number("ConversionRate") <= 0) {
        return Refusal{"NUMBER_OUTSIDE_VALID_RANGE",
                       "Conversion Rate: a rate is above zero",
                       {"ConversionRate"}};
    }
    if (write.seeding || write.before != nullptr) return {};
    const bool dated = row.table().object().name == "DatedConversionRate";
    auto twin = state.database.prepare(
        dated ? "SELECT 1 FROM DatedConversionRate WHERE IsoCode=?1 AND StartDate=?2 AND "
                "IsDeleted=0"
              : "SELECT 1 FROM CurrencyType WHERE IsoCode=?1 AND ?2=?2 AND IsDeleted=0");
    twin.bind(1, row.text("IsoCode")).bind(2, row.text("StartDate"));
    if (twin.step())
        return Refusal{"DUPLICATE_VALUE", "duplicate value found: IsoCode", {"IsoCode"}};
    return {};
}

void settle_dated_rates(SandboxState& state) {
    if (!has_currencies(state)) return;
    state.database.exec(
        std::string("UPDATE DatedConversionRate SET NextStartDate=COALESCE((SELECT MIN(n.StartDate)"
                    " FROM DatedConversionRate n WHERE n.IsoCode=DatedConversionRate.IsoCode AND"
                    " n.IsDeleted=0 AND n.StartDate>DatedConversionRate.StartDate),'") +
        kNoEnd + "')");
}

std::string campaign_amount_sql(const SandboxState& state, const std::string& more) {
    const std::string where = " WHERE o.CampaignId=Campaign.Id AND o.IsDeleted=0" + more;
    if (!has_currencies(state)) {
        return "(SELECT COALESCE(SUM(o.Amount),0) FROM Opportunity o" + where + ")";
    }
    return "(SELECT COALESCE(ROUND(SUM(o.Amount/COALESCE(t.ConversionRate,1)),2),0) FROM "
           "Opportunity o LEFT JOIN CurrencyType t ON t.IsoCode=o.CurrencyIsoCode AND "
           "t.IsDeleted=0" +
           where +
           ")*COALESCE((SELECT c.ConversionRate FROM CurrencyType c WHERE c.IsDeleted=0 AND "
           "c.IsoCode=Campaign.CurrencyIsoCode),1)";
}

void add_stock_currency(SandboxState& state) {
    if (!has_currencies(state)) return;
    if (state.database.prepare("SELECT 1 FROM CurrencyType WHERE IsCorporate=1 LIMIT 1").step()) {
        return;
    }
    auto user = state.database.prepare("SELECT Id FROM User ORDER BY Id LIMIT 1");
    const std::string by(user.step() ? user.text(0) : std::string_view{});
    Row row(table_of(state, "CurrencyType"));
    row.set("Id", mint_id(state, row.table().object()));
    row.set("IsoCode", kNoDefault);
    row.set("ConversionRate", std::int64_t{1});
    row.set("DecimalPlaces", std::int64_t{2});
    for (const char* flag : {"IsActive", "IsCorporate"}) row.set_truth(flag, true);
    row.set_truth("IsDeleted", false);
    for (const char* stamp : {"CreatedDate", "LastModifiedDate", "SystemModstamp"}) {
        row.set(stamp, state.clock.now_iso());
    }
    for (const char* who : {"CreatedById", "LastModifiedById"}) row.set(who, text_or_null(by));
    insert_row(state, row);
}

}  // namespace duet::sandbox
