#include "connectors/sandbox/salesforce_derive.h"

#include <cmath>

#include "connectors/sandbox/salesforce_currency.h"
#include "connectors/sandbox/salesforce_influence.h"
#include "connectors/sandbox/salesforce_service.h"
#include "mappings/value.h"

namespace duet::sandbox {

namespace {

using Refused = std::optional<Refusal>;

bool changed(const Row& row, const Write& write, std::string_view field) {
    return write.before == nullptr || write.before->value(field) != row.value(field);
}

bool gives(const Write& write, const std::string& field) { return write.given.contains(field); }

double cents(double amount) { return std::round(amount * 100) / 100; }

SqlValue number_value(double number) {
    if (number == std::trunc(number)) return static_cast<std::int64_t>(number);
    return number;
}

void set_name(Row& row) {
    const std::string first = row.text("FirstName");
    const std::string last = row.text("LastName");
    row.set("Name", text_or_null(first.empty() ? last : first + " " + last));
}

std::string category_code(const std::string& name) {
    if (name == "Best Case") return "BestCase";
    if (name == "Commit") return "Forecast";
    return name;
}

void set_fiscal(Row& row) {
    const std::string close = row.text("CloseDate");
    if (close.size() < 7) return;
    const std::int64_t year = std::stoll(close.substr(0, 4));
    const std::int64_t quarter = (std::stoll(close.substr(5, 2)) + 2) / 3;
    row.set("FiscalYear", year);
    row.set("FiscalQuarter", quarter);
    row.set("Fiscal", std::to_string(year) + " " + std::to_string(quarter));
}

Refused derive_opportunity(SandboxState& state, Row& row, const Write& write) {
    if (changed(row, write, "StageName")) {
        auto stage = state.database.prepare(
            "SELECT IsClosed, IsWon, DefaultProbability, ForecastCategoryName FROM OpportunityStage"
            " WHERE MasterLabel=?1 AND IsActive=1");
        stage.bind(1, row.text("StageName"));
        if (!stage.step()) {
            return Refusal{
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "Stage: bad value for restricted picklist field: " + row.text("StageName"),
                {"StageName"}};
        }
        row.set("IsClosed", stage.integer(0));
        row.set("IsWon", stage.integer(1));
        if (!gives(write, "Probability")) row.set("Probability", stage.value(2));
        if (!gives(write, "ForecastCategoryName")) row.set("ForecastCategoryName", stage.value(3));
        if (write.before != nullptr) row.set("LastStageChangeDate", state.clock.now_iso());
    }
    // With line items the amount is their sum, whatever is written.
    if (write.before != nullptr && row.truth("HasOpportunityLineItem")) {
        row.set("Amount", write.before->value("Amount"));
    }
    row.set("ForecastCategory", text_or_null(category_code(row.text("ForecastCategoryName"))));
    row.set("ExpectedRevenue",
            row.is_null("Amount")
                ? SqlValue{}
                : number_value(cents(row.number("Amount") * row.number("Probability") / 100)));
    set_fiscal(row);
    return {};
}

Refused derive_line_item(SandboxState& state, Row& row, const Write& write) {
    if (row.is_null("Product2Id") && !row.is_null("PricebookEntryId")) {
        if (auto entry =
                load_row(state, table_of(state, "PricebookEntry"), row.text("PricebookEntryId"))) {
            row.set("Product2Id", entry->value("Product2Id"));
            row.set("ListPrice", entry->value("UnitPrice"));
        }
    }
    if (row.is_null("Product2Id")) {
        return Refusal{"REQUIRED_FIELD_MISSING",
                       "Required fields are missing: [PricebookEntryId]",
                       {"PricebookEntryId"}};
    }
    if (row.is_null("UnitPrice") && row.is_null("TotalPrice")) {
        return Refusal{
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [UnitPrice]", {"UnitPrice"}};
    }
    const double share = 1 - row.number("Discount") / 100;
    if (gives(write, "TotalPrice") && !gives(write, "UnitPrice") &&
        row.number("Quantity") * share != 0) {
        row.set("UnitPrice",
                number_value(cents(row.number("TotalPrice") / row.number("Quantity") / share)));
    } else if (!write.seeding || row.is_null("TotalPrice")) {
        row.set("TotalPrice",
                number_value(cents(row.number("UnitPrice") * row.number("Quantity") * share)));
    }
    const auto product = load_row(state, table_of(state, "Product2"), row.text("Product2Id"));
    const auto opportunity =
        load_row(state, table_of(state, "Opportunity"), row.text("OpportunityId"));
    if (product) row.set("ProductCode", product->value("ProductCode"));
    if (product && opportunity)
        row.set("Name", opportunity->text("Name") + " " + product->text("Name"));
    return {};
}

Refused derive_price(SandboxState& state, Row& row) {
    const auto book = load_row(state, table_of(state, "Pricebook2"), row.text("Pricebook2Id"));
    const auto product = load_row(state, table_of(state, "Product2"), row.text("Product2Id"));
    if (product) {
        row.set("Name", product->value("Name"));
        row.set("ProductCode", product->value("ProductCode"));
    }
    if (!book || book->truth("IsStandard")) return {};
    auto standard = state.database.prepare(
        "SELECT 1 FROM PricebookEntry e JOIN Pricebook2 b ON b.Id=e.Pricebook2Id"
        " WHERE b.IsStandard=1 AND e.Product2Id=?1 AND e.IsDeleted=0");
    standard.bind(1, row.text("Product2Id"));
    if (standard.step()) return {};
    return Refusal{"STANDARD_PRICE_NOT_DEFINED",
                   "Before creating a custom price, create a standard price.",
                   {}};
}

Refused member_status(SandboxState& state, Row& row, const Write& write) {
    const std::string campaign = row.text("CampaignId");
    auto status = state.database.prepare(
        "SELECT Label, HasResponded FROM CampaignMemberStatus WHERE CampaignId=?1 AND IsDeleted=0"
        " AND (Label=?2 COLLATE NOCASE OR (?2='' AND IsDefault=1)) LIMIT 1");
    status.bind(1, campaign).bind(2, row.text("Status"));
    if (status.step()) {
        row.set("Status", status.value(0));
        if (!write.seeding || row.is_null("HasResponded")) {
            row.set("HasResponded", status.integer(1));
        }
    } else if (!write.seeding) {
        return Refusal{"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                       "Status: bad value for restricted picklist field: " + row.text("Status"),
                       {"Status"}};
    }
    if (row.truth("HasResponded") && row.is_null("FirstRespondedDate") && !write.seeding) {
        row.set("FirstRespondedDate", state.clock.now_date());
    }
    return {};
}

Refused derive_member(SandboxState& state, Row& row, const Write& write) {
    const bool both = !row.is_null("LeadId") && !row.is_null("ContactId");
    // A member that came with a converted lead has both and is the contact's.
    const bool lead = row.is_null("ContactId");
    if ((both || (lead && row.is_null("LeadId"))) && write.before == nullptr && !write.seeding) {
        return Refusal{both ? "FIELD_INTEGRITY_EXCEPTION" : "REQUIRED_FIELD_MISSING",
                       both ? "Only one of LeadId and ContactId may be given"
                            : "Required fields are missing: [LeadId or ContactId]",
                       {"LeadId", "ContactId"}};
    }
    const std::string person_id = row.text(lead ? "LeadId" : "ContactId");
    if (write.before == nullptr && !write.seeding) {
        auto twin = state.database.prepare(
            std::string("SELECT Id FROM CampaignMember WHERE IsDeleted=0 AND CampaignId=?1 AND ") +
            (lead ? "LeadId" : "ContactId") + "=?2");
        twin.bind(1, row.text("CampaignId")).bind(2, person_id);
        if (twin.step()) return Refusal{"DUPLICATE_VALUE", "Already a campaign member.", {}};
    }
    if (auto refused = member_status(state, row, write)) return refused;
    row.set("LeadOrContactId", text_or_null(person_id));
    row.set("Type", lead ? "Lead" : "Contact");
    const auto person = load_row(state, table_of(state, lead ? "Lead" : "Contact"), person_id);
    if (!person) return {};
    for (const char* field : {"FirstName", "LastName", "Name", "Email"}) {
        row.set(field, person->value(field));
    }
    if (lead) {
        row.set("CompanyOrAccount", person->value("Company"));
    } else if (const auto account =
                   load_row(state, table_of(state, "Account"), person->text("AccountId"))) {
        row.set("CompanyOrAccount", account->value("Name"));
    }
    return {};
}

Refused derive_label(SandboxState& state, const Row& row) {
    auto twin = state.database.prepare(
        "SELECT 1 FROM CampaignMemberStatus WHERE CampaignId=?1 AND Label=?2 COLLATE NOCASE"
        " AND Id<>?3 AND IsDeleted=0");
    twin.bind(1, row.text("CampaignId")).bind(2, row.text("Label")).bind(3, row.text("Id"));
    if (!twin.step()) return {};
    return Refusal{"DUPLICATE_VALUE", "duplicate value found: Label", {"Label"}};
}

void set_activity_account(SandboxState& state, Row& row) {
    std::string account;
    const std::string what = row.text("WhatId");
    const std::string who = row.text("WhoId");
    if (what.substr(0, 3) == "001") account = what;
    if (what.substr(0, 3) == "006") {
        if (auto deal = load_row(state, table_of(state, "Opportunity"), what)) {
            account = deal->text("AccountId");
        }
    }
    if (what.substr(0, 3) == "500" || what.substr(0, 3) == "800") {
        const char* object = what.front() == '5' ? "Case" : "Contract";
        if (auto parent = load_row(state, table_of(state, object), what)) {
            account = parent->text("AccountId");
        }
    }
    if (account.empty() && who.substr(0, 3) == "003") {
        if (auto contact = load_row(state, table_of(state, "Contact"), who)) {
            account = contact->text("AccountId");
        }
    }
    row.set("AccountId", text_or_null(account));
}

Refused check_activity_links(const Row& row) {
    if (row.text("WhoId").substr(0, 3) != "00Q" || row.is_null("WhatId")) return {};
    return Refusal{"FIELD_INTEGRITY_EXCEPTION",
                   "Related To ID: WhatId cannot be set where WhoId is a lead",
                   {"WhatId"}};
}

Refused derive_task(SandboxState& state, Row& row, const Write& write) {
    if (auto refused = check_activity_links(row)) return refused;
    const bool closed = row.text("Status") == "Completed";
    if (closed && !row.truth("IsClosed") && !write.seeding) {
        row.set("CompletedDateTime", state.clock.now_iso());
    }
    if (!closed) row.set("CompletedDateTime", SqlValue{});
    row.set_truth("IsClosed", closed);
    row.set_truth("IsHighPriority", row.text("Priority") == "High");
    set_activity_account(state, row);
    return {};
}

Refused derive_event(SandboxState& state, Row& row, const Write& write) {
    if (auto refused = check_activity_links(row)) return refused;
    if (gives(write, "ActivityDateTime") && !gives(write, "StartDateTime")) {
        row.set("StartDateTime", row.value("ActivityDateTime"));
    }
    if (row.is_null("StartDateTime") && row.truth("IsAllDayEvent") &&
        !row.is_null("ActivityDate")) {
        row.set("StartDateTime", row.text("ActivityDate") + "T00:00:00.000Z");
        if (row.is_null("DurationInMinutes")) row.set("DurationInMinutes", std::int64_t{1440});
    }
    const auto start = ms_from_iso(row.text("StartDateTime"));
    if (row.is_null("StartDateTime") ||
        (row.is_null("EndDateTime") && row.is_null("DurationInMinutes"))) {
        return Refusal{"REQUIRED_FIELD_MISSING",
                       "Required fields are missing: [DurationInMinutes, ActivityDateTime]",
                       {"DurationInMinutes", "ActivityDateTime"}};
    }
    const bool by_end = gives(write, "EndDateTime") && !gives(write, "DurationInMinutes");
    if (by_end || row.is_null("DurationInMinutes")) {
        row.set("DurationInMinutes", (ms_from_iso(row.text("EndDateTime")) - start) / 60'000);
    } else {
        row.set("EndDateTime",
                iso_from_ms(start +
                            static_cast<std::int64_t>(row.number("DurationInMinutes")) * 60'000));
    }
    if (row.number("DurationInMinutes") < 0) {
        return Refusal{
            "FIELD_INTEGRITY_EXCEPTION", "End Date: event ends before it starts", {"EndDateTime"}};
    }
    row.set("ActivityDateTime", row.value("StartDateTime"));
    row.set("ActivityDate", row.text("StartDateTime").substr(0, 10));
    set_activity_account(state, row);
    return {};
}

/// Follows ParentId upwards from a record; a way back to itself is refused.
Refused check_hierarchy(SandboxState& state, const Row& row) {
    std::string parent = row.text("ParentId");
    for (int level = 0; !parent.empty() && level < 500; ++level) {
        if (parent == row.text("Id")) {
            return Refusal{
                "CIRCULAR_DEPENDENCY", "attempt to create a cyclic hierarchy", {"ParentId"}};
        }
        const auto next = load_row(state, row.table(), parent);
        parent = next ? next->text("ParentId") : std::string{};
    }
    return {};
}

/// "LE-{00000000}" with the next number: "LE-00000001".
void count_name(SandboxState& state, Row& row) {
    const Object& object = row.table().object();
    const std::size_t open = object.name_format.find('{');
    const std::size_t close = object.name_format.find('}');
    if (!row.is_null("Name") || open == std::string::npos || close == std::string::npos) return;
    std::string number = next_number(state, object.name);
    const std::size_t digits = close - open - 1;
    if (digits < number.size())
        number.erase(0, std::min(number.find_first_not_of('0'), number.size() - digits));
    row.set("Name",
            object.name_format.substr(0, open) + number + object.name_format.substr(close + 1));
}

}  // namespace

Refused derive(SandboxState& state, Row& row, const Write& write) {
    const std::string& object = row.table().object().name;
    if (auto refused = derive_currency(state, row, write)) return refused;
    if (row.table().object().custom) count_name(state, row);
    if (object == "Contact" || object == "Lead" || object == "User") {
        set_name(row);
        if (object == "Contact")
            row.set_truth("IsEmailBounced", !row.is_null("EmailBouncedReason"));
        return {};
    }
    if (object == "Account" || object == "Campaign") {
        if (write.before == nullptr || !changed(row, write, "ParentId")) return {};
        return check_hierarchy(state, row);
    }
    if (object == "Opportunity") return derive_opportunity(state, row, write);
    if (object == "OpportunityLineItem") return derive_line_item(state, row, write);
    if (object == "PricebookEntry") return derive_price(state, row);
    if (object == "CampaignMember") return derive_member(state, row, write);
    if (object == "CampaignMemberStatus" && !write.seeding) return derive_label(state, row);
    if (object == "Task") return derive_task(state, row, write);
    if (object == "Event") return derive_event(state, row, write);
    if (object == "CampaignInfluence") return derive_influence(state, row, write);
    if (object == "Contract") return derive_contract(state, row, write);
    if (object == "Case") return derive_case(state, row, write);
    if (object == "CurrencyType" || object == "DatedConversionRate") {
        return derive_rate(state, row, write);
    }
    return {};
}

}  // namespace duet::sandbox
