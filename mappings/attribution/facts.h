#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mappings/attribution/money.h"
#include "mappings/value.h"

/// What attribution knows of an org: plain rows, as the CRM and Pardot hold them. Ids are texts; an
/// empty one is blank. Nothing here says that an id has a row.
namespace duet::attribution {

struct CampaignFacts {
    std::string id;
    std::string name;
    std::string type;
    std::string parent;  // id of the campaign above it
    std::optional<double> actual_cost;
    std::string currency;  // ISO code; empty: the corporate one
};

/// A contact, with what its lead knew before it was converted.
struct ContactFacts {
    std::string id;
    std::string account;
    std::optional<DateTime> created;
    std::string lead;
    std::optional<DateTime> lead_created;
    std::optional<DateTime> mql;  // when it first was a marketing qualified lead
};

struct MemberFacts {
    std::string id;
    std::string campaign;
    std::string lead;
    std::string contact;  // empty: the one that the lead became
    bool has_responded = false;
    std::optional<Date> first_responded;
    std::optional<DateTime> created;
    std::optional<DateTime> modified;
};

/// A visitor activity of a known contact in a campaign that the CRM has.
struct ActivityFacts {
    std::string contact;
    std::string campaign;
    int type = 0;  // Pardot's number
    std::optional<DateTime> created;
};

struct OpportunityFacts {
    std::string id;
    std::string account;
    std::optional<DateTime> created;
    std::optional<Date> close;
    bool is_closed = false;
    bool is_won = false;
    std::optional<double> amount;
    std::string currency;                    // as of a campaign
    std::string campaign;                    // the primary campaign source
    std::optional<double> probability;       // percent, 0 to 100
    std::optional<double> contract_value{};  // in a year; see `value_in_a_year`
    std::optional<double> months{};          // of the contract
};

/// What the deal is worth in a year: what it says, or its amount, of which a contract of more than
/// twelve months has a part. In the deal's currency.
[[nodiscard]] double value_in_a_year(const OpportunityFacts& deal) noexcept;

struct RoleFacts {
    std::string opportunity;
    std::string contact;
    std::string role;
};

struct OrgFacts {
    std::vector<CampaignFacts> campaigns;
    std::vector<ContactFacts> contacts;
    std::vector<MemberFacts> members;
    std::vector<ActivityFacts> activities;
    std::vector<OpportunityFacts> opportunities;
    std::vector<RoleFacts> roles;
    CurrencyTable currencies;
};

}  // namespace duet::attribution
