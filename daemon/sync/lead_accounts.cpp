#include "daemon/sync/lead_accounts.h"

#include <algorithm>

#include <fmt/format.h>

#include "mappings/document/lifecycle.h"
#include "mappings/document/scoring.h"
#include "mappings/domain_text.h"

namespace duet::sync {
namespace {

using store::SeenRow;

bool is_live(const SeenRow* row) {
    return row != nullptr && !row->deleted && row->survivor.key.empty();
}

}  // namespace

std::string domain_reference(const ObjectInfo& object, const std::string& field) {
    const FieldInfo* known = object.find(field);
    return (known == nullptr ? field : known->name) + "@";
}

std::string LeadAccounts::domain_in(const Record& record, const std::string& field) const {
    const ObjectInfo* info = model_.catalogs().crm.find(record.id.object);
    if (info == nullptr) return {};
    std::string domain = referred_by(record.fields, domain_reference(*info, field));
    if (rule_.public_domains.count(domain) != 0) domain.clear();
    return domain;
}

std::vector<RecordId> LeadAccounts::accounts_of(const std::string& domain) const {
    std::vector<RecordId> found;
    const document::EntityDocument* accounts = model_.documents().find(EntityKind::Account);
    if (domain.empty() || accounts == nullptr) return found;
    for (const std::string& name : accounts->objects.crm) {
        const ObjectInfo* info = model_.catalogs().crm.find(name);
        if (info == nullptr) continue;
        for (const std::string& key : cache_.referring(
                 Side::Crm, info->name, domain_reference(*info, rule_.website), domain)) {
            if (is_live(cache_.get(Side::Crm, {info->name, key})))
                found.push_back({info->name, key});
        }
    }
    return found;
}

std::vector<std::string> LeadAccounts::leads_of(const std::string& domain) const {
    std::vector<std::string> found;
    const ObjectInfo* info = model_.catalogs().crm.find(rule_.lead);
    if (info == nullptr || domain.empty()) return found;
    for (const SeenRow* row :
         cache_.children(Side::Crm, info->name, domain_reference(*info, rule_.email), domain)) {
        if (is_live(row) && is_alone(row->record)) found.push_back(row->record.id.key);
    }
    return found;
}

/// Who refers to an account counts to that one.
bool LeadAccounts::is_alone(const Record& lead) const {
    const ObjectInfo* info = model_.catalogs().crm.find(lead.id.object);
    const document::EntityDocument* accounts = model_.documents().find(EntityKind::Account);
    if (info == nullptr || accounts == nullptr) return false;
    return std::none_of(accounts->objects.crm.begin(), accounts->objects.crm.end(),
                        [&](const std::string& name) {
                            const FieldInfo* up = reference_to(*info, name);
                            return up != nullptr && !is_blank(lead.fields.get(up->name));
                        });
}

std::optional<RecordId> LeadAccounts::account_of(const Record& lead) const {
    if (!same_name(lead.id.object, rule_.lead) || !is_alone(lead)) return std::nullopt;
    return account_with(domain_in(lead, rule_.email));
}

std::optional<RecordId> LeadAccounts::account_with(const std::string& domain) const {
    const auto accounts = accounts_of(domain);
    return accounts.size() == 1 ? std::optional(accounts.front()) : std::nullopt;
}

std::vector<std::string> LeadAccounts::leads_of(const Record& account) const {
    const std::string domain = domain_in(account, rule_.website);
    if (accounts_of(domain).size() != 1) return {};
    return leads_of(domain);
}

std::optional<std::string> LeadAccounts::doubt_of(const Record& account) const {
    const std::string domain = domain_in(account, rule_.website);
    const auto accounts = accounts_of(domain);
    if (accounts.size() < 2 || leads_of(domain).empty()) return std::nullopt;
    return fmt::format("{}: {} accounts have the domain {}, so leads with it count to none of them",
                       kSharedDomainCode, accounts.size(), domain);
}

std::vector<const document::LeadsByDomain*> leads_by_domain_of(
    const document::Documents& documents) {
    std::vector<const document::LeadsByDomain*> found;
    const document::Lifecycle* lifecycle = documents.lifecycle.get();
    if (lifecycle != nullptr && lifecycle->account && lifecycle->account->leads)
        found.push_back(&*lifecycle->account->leads);
    if (documents.scoring != nullptr && documents.scoring->leads)
        found.push_back(&*documents.scoring->leads);
    for (const document::Routing& routing : documents.routings) {
        for (const document::RouteRule& rule : routing.rules) {
            if (rule.domain != nullptr) found.push_back(rule.domain.get());
        }
    }
    return found;
}

std::vector<std::string> domain_references(const document::Documents& documents,
                                           const ObjectInfo& object) {
    std::vector<std::string> found;
    const auto add = [&](const std::string& field) {
        std::string name = domain_reference(object, field);
        if (std::find(found.begin(), found.end(), name) == found.end())
            found.push_back(std::move(name));
    };
    const document::EntityDocument* accounts = documents.find(EntityKind::Account);
    for (const document::LeadsByDomain* rule : leads_by_domain_of(documents)) {
        if (same_name(rule->lead, object.name)) add(rule->email);
        if (accounts == nullptr) continue;
        for (const std::string& account : accounts->objects.crm) {
            if (same_name(account, object.name)) add(rule->website);
        }
    }
    return found;
}

}  // namespace duet::sync
