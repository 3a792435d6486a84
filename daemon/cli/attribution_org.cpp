#include "daemon/cli/attribution_org.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "mappings/attribution/returns.h"
#include "mappings/catalog.h"

namespace duet::cli {
namespace {

namespace fs = std::filesystem;

/// One file of the folder, its rows one after the other.
class Rows {
public:
    Rows(const InputTable& table, Problems& problems)
        : table_(table), problems_(problems), deleted_(table.column("IsDeleted", problems)) {}

    /// Goes to the next row that is not deleted; false behind the last.
    bool next() {
        for (++row_; row_ < table_.rows(); ++row_)
            if (!table_.boolean(row_, deleted_, problems_)) return true;
        return false;
    }
    [[nodiscard]] std::string text(InputTable::Column column) const {
        return std::string(table_.text(row_, column));
    }
    [[nodiscard]] std::string id(InputTable::Column column) const {
        return std::string(table_.id(row_, column));
    }
    [[nodiscard]] auto number(InputTable::Column column) const {
        return table_.number(row_, column, problems_);
    }
    [[nodiscard]] bool boolean(InputTable::Column column) const {
        return table_.boolean(row_, column, problems_);
    }
    [[nodiscard]] auto instant(InputTable::Column column) const {
        return table_.instant(row_, column, problems_);
    }
    [[nodiscard]] auto date(InputTable::Column column) const {
        return table_.date(row_, column, problems_);
    }
    void wrong(InputTable::Column column, std::string_view what) const {
        problems_.add(table_.place(row_, column), what);
    }

private:
    const InputTable& table_;
    Problems& problems_;
    InputTable::Column deleted_;
    std::size_t row_ = static_cast<std::size_t>(-1);
};

class Reader {
public:
    Reader(std::string folder, Problems& problems)
        : folder_(std::move(folder)), problems_(problems) {}

    OrgFolder read() {
        if (!fs::is_directory(folder_)) {
            problems_.add(folder_, "is no folder that can be read");
            return {};
        }
        read_opportunities();
        read_roles();
        read_contacts();
        read_campaigns();
        read_members();
        read_activities();
        read_currencies();
        return std::move(org_);
    }

private:
    /// The file, or nothing when it is not there; then `without` says what that means. `must` are
    /// the columns that it has to have.
    std::optional<InputTable> open(const std::string& name, std::string_view without,
                                   std::initializer_list<std::string_view> must) {
        const std::string path = (fs::path(folder_) / name).string();
        if (!fs::exists(path)) {
            if (!without.empty())
                org_.warnings.push_back(fmt::format("there is no {}: {}", name, without));
            return std::nullopt;
        }
        return InputTable::read(path, must, problems_);
    }

    InputTable::Column optional_column(const InputTable& table, std::string_view file,
                                       std::string_view name, std::string_view without) {
        const auto found = table.column(name, problems_);
        if (!found) org_.warnings.push_back(fmt::format("{} has no {}: {}", file, name, without));
        return found;
    }

    void read_opportunities() {
        const std::string name = "opportunities.csv";
        constexpr std::string_view kMust[] = {"Id", "CreatedDate", "CloseDate", "IsWon"};
        const std::string path = (fs::path(folder_) / name).string();
        const auto table = InputTable::read(path, kMust, problems_);
        if (!table) return;
        const auto id = table->column("Id", problems_);
        const auto created = table->column("CreatedDate", problems_);
        const auto close = table->column("CloseDate", problems_);
        const auto won = table->column("IsWon", problems_);
        const auto closed =
            optional_column(*table, name, "IsClosed", "every deal that is not won is open");
        const auto amount = optional_column(*table, name, "Amount", "no deal has money");
        const auto account = table->column("AccountId", problems_);
        const auto currency = table->column("CurrencyIsoCode", problems_);
        const auto campaign =
            optional_column(*table, name, "CampaignId", "`primary` credits nobody");
        const auto probability = table->column("Probability", problems_);
        const auto contract = table->column("ACV__c", problems_);
        const auto months = table->column("Term_Months__c", problems_);
        std::set<std::string> seen;
        for (Rows row(*table, problems_); row.next();) {
            attribution::OpportunityFacts one;
            one.id = row.id(id);
            if (one.id.empty()) row.wrong(id, "an opportunity without an Id");
            if (!one.id.empty() && !seen.insert(one.id).second)
                row.wrong(id, "this Id is there twice");
            one.account = row.id(account);
            one.created = row.instant(created);
            one.close = row.date(close);
            one.is_won = row.boolean(won);
            one.is_closed = one.is_won || row.boolean(closed);
            one.amount = row.number(amount);
            one.currency = row.id(currency);
            one.campaign = row.id(campaign);
            one.probability = row.number(probability);
            one.contract_value = row.number(contract);
            one.months = row.number(months);
            if (one.is_closed && !one.close) ++closed_without_date_;
            org_.facts.opportunities.push_back(std::move(one));
        }
        if (closed_without_date_ > 0) {
            org_.warnings.push_back(
                fmt::format("{} closed without a CloseDate: their touches count until now",
                            closed_without_date_));
        }
    }

    void read_roles() {
        const auto table =
            open("opportunity_contact_roles.csv", "nobody has a role in an opportunity",
                 {"OpportunityId", "ContactId"});
        if (!table) return;
        const auto opportunity = table->column("OpportunityId", problems_);
        const auto contact = table->column("ContactId", problems_);
        const auto role = table->column("Role", problems_);
        for (Rows row(*table, problems_); row.next();) {
            org_.facts.roles.push_back({row.id(opportunity), row.id(contact), row.text(role)});
        }
    }

    void read_contacts() {
        const auto table = open("contacts.csv",
                                "leads and accounts have no contacts, and a lead's moment is the "
                                "first touch",
                                {"Id"});
        if (!table) return;
        const auto id = table->column("Id", problems_);
        const auto account = table->column("AccountId", problems_);
        const auto created = table->column("CreatedDate", problems_);
        const auto lead = table->column("LeadId", problems_);
        const auto lead_created = table->column("LeadCreatedDate", problems_);
        const auto mql = table->column("MqlDate", problems_);
        for (Rows row(*table, problems_); row.next();) {
            org_.facts.contacts.push_back({row.id(id), row.id(account), row.instant(created),
                                           row.id(lead), row.instant(lead_created),
                                           row.instant(mql)});
        }
    }

    void read_campaigns() {
        const auto table = open("campaigns.csv", "campaigns have no names and no costs", {"Id"});
        if (!table) return;
        const auto id = table->column("Id", problems_);
        const auto name = table->column("Name", problems_);
        const auto type = table->column("Type", problems_);
        const auto parent = table->column("ParentId", problems_);
        const auto cost =
            optional_column(*table, "campaigns.csv", "ActualCost", "no return can be told");
        const auto currency = table->column("CurrencyIsoCode", problems_);
        for (Rows row(*table, problems_); row.next();) {
            org_.facts.campaigns.push_back({row.id(id), row.text(name), row.text(type),
                                            row.id(parent), row.number(cost), row.id(currency)});
        }
        const auto circular = attribution::below_themselves(org_.facts);
        if (circular.empty()) return;
        for (Rows row(*table, problems_); row.next();) {
            if (std::find(circular.begin(), circular.end(), row.id(id)) != circular.end())
                row.wrong(parent,
                          "this campaign is below itself: what is below it cannot be "
                          "added up");
        }
    }

    void read_members() {
        const std::string name = "campaign_members.csv";
        const auto table = open(name, "nobody responded to a campaign", {"CampaignId"});
        if (!table) return;
        const auto id = table->column("Id", problems_);
        const auto campaign = table->column("CampaignId", problems_);
        const auto lead = table->column("LeadId", problems_);
        const auto contact =
            optional_column(*table, name, "ContactId", "members are known by their leads");
        const auto first = table->column("FirstRespondedDate", problems_);
        const auto responded =
            optional_column(*table, name, "HasResponded", "who has a FirstRespondedDate responded");
        const auto created = table->column("CreatedDate", problems_);
        const auto modified = table->column("LastModifiedDate", problems_);
        if (!modified) {
            org_.warnings.push_back(
                fmt::format("{} has no LastModifiedDate: pd_last is not known", name));
        }
        for (Rows row(*table, problems_); row.next();) {
            attribution::MemberFacts one;
            one.id = row.id(id);
            one.campaign = row.id(campaign);
            one.lead = row.id(lead);
            one.contact = row.id(contact);
            one.first_responded = row.date(first);
            one.has_responded =
                responded ? row.boolean(responded) : one.first_responded.has_value();
            one.created = row.instant(created);
            one.modified = row.instant(modified);
            org_.facts.members.push_back(std::move(one));
        }
    }

    void read_activities() {
        const auto table =
            open("visitor_activities.csv", "no activity counts",
                 {"salesforceContactId", "campaignSalesforceId", "type", "createdAt"});
        if (!table) return;
        const auto contact = table->column("salesforceContactId", problems_);
        const auto campaign = table->column("campaignSalesforceId", problems_);
        const auto type = table->column("type", problems_);
        const auto created = table->column("createdAt", problems_);
        for (Rows row(*table, problems_); row.next();) {
            const auto number = row.number(type);
            if (!number) continue;
            constexpr double kHighestType = 1'000'000;
            if (*number != std::floor(*number) || *number < 0 || *number > kHighestType) {
                row.wrong(type, "this is no type of Pardot, such as 4");
                continue;
            }
            org_.facts.activities.push_back({row.id(contact), row.id(campaign),
                                             static_cast<int>(*number), row.instant(created)});
        }
    }

    void read_currencies() {
        const auto table = open("currency_types.csv", "", {"IsoCode", "ConversionRate"});
        if (!table) {
            take_the_only_currency();
        } else {
            const auto code = table->column("IsoCode", problems_);
            const auto rate = table->column("ConversionRate", problems_);
            const auto corporate = table->column("IsCorporate", problems_);
            for (Rows row(*table, problems_); row.next();) {
                const auto units = row.number(rate);
                if (!units || !(*units > 0)) {
                    row.wrong(rate, "a rate is a number above 0");
                    continue;
                }
                org_.facts.currencies.set(row.id(code), *units);
                if (row.boolean(corporate)) org_.currency = row.id(code);
            }
        }
        read_dated_rates();
    }

    /// Without rates an org has one currency; where it has several, money cannot be added.
    void take_the_only_currency() {
        std::set<std::string> codes;
        for (const auto& one : org_.facts.opportunities) codes.insert(one.currency);
        for (const auto& one : org_.facts.campaigns)
            if (one.actual_cost) codes.insert(one.currency);
        codes.erase("");
        if (codes.size() > 1) {
            org_.warnings.emplace_back("there is no currency_types.csv, but several currencies");
        } else if (!codes.empty()) {
            org_.currency = *codes.begin();
            org_.facts.currencies.set(org_.currency, 1);
        }
    }

    void read_dated_rates() {
        const auto table =
            open("dated_conversion_rates.csv", "", {"IsoCode", "ConversionRate", "StartDate"});
        if (!table) return;
        const auto code = table->column("IsoCode", problems_);
        const auto rate = table->column("ConversionRate", problems_);
        const auto from = table->column("StartDate", problems_);
        const auto until = table->column("NextStartDate", problems_);
        for (Rows row(*table, problems_); row.next();) {
            const auto units = row.number(rate);
            const auto start = row.date(from);
            if (!units || !(*units > 0) || !start) {
                row.wrong(rate, "a dated rate is a number above 0 with a StartDate");
                continue;
            }
            org_.facts.currencies.add_dated(row.id(code), *start, row.date(until), *units);
        }
    }

    std::string folder_;
    Problems& problems_;
    OrgFolder org_;
    std::size_t closed_without_date_ = 0;
};

}  // namespace

OrgFolder read_org(const std::string& folder, Problems& problems) {
    return Reader(folder, problems).read();
}

}  // namespace duet::cli
