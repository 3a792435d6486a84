#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/sync/facts.h"
#include "mappings/document/leads_by_domain.h"

namespace duet::sync {

/// Several accounts have the domain of leads, which count to none of them.
inline constexpr const char* kSharedDomainCode = "DUET-5070";

/// How an account has its domain in common with others: what changes at one concerns all of them.
inline constexpr const char* kDomainHop = "@domain";

/// People without an account, and the only account that has their domain. Refers to the sources
/// and the rule, which must outlive it.
class LeadAccounts {
public:
    LeadAccounts(const Model& model, RecordCache& cache, const document::LeadsByDomain& rule)
        : model_(model), cache_(cache), rule_(rule) {}

    /// Nothing for any other object, of a public domain, and where no account or several have it.
    [[nodiscard]] std::optional<RecordId> account_of(const Record& lead) const;
    /// The only live account with the domain, which is no public one.
    [[nodiscard]] std::optional<RecordId> account_with(const std::string& domain) const;
    /// Keys of the live leads that count to the account.
    [[nodiscard]] std::vector<std::string> leads_of(const Record& account) const;
    /// Why leads of the account's domain count to no account; nothing: there is no such doubt.
    [[nodiscard]] std::optional<std::string> doubt_of(const Record& account) const;
    [[nodiscard]] const std::string& lead() const noexcept { return rule_.lead; }

private:
    [[nodiscard]] std::vector<RecordId> accounts_of(const std::string& domain) const;
    /// Empty: none, or a public one.
    [[nodiscard]] std::string domain_in(const Record& record, const std::string& field) const;
    [[nodiscard]] std::vector<std::string> leads_of(const std::string& domain) const;
    [[nodiscard]] bool is_alone(const Record& lead) const;

    const Model& model_;
    RecordCache& cache_;
    const document::LeadsByDomain& rule_;
};

/// The reference of `object` to the domain in a field, as ObjectModel::references has it: the field
/// as the vendor spells it with the mark of a domain ("Email@").
[[nodiscard]] std::string domain_reference(const ObjectInfo& object, const std::string& field);

/// Such references of `object` by the rules of the documents, each once.
[[nodiscard]] std::vector<std::string> domain_references(const document::Documents& documents,
                                                         const ObjectInfo& object);

/// The rules of the documents: of roll-ups over accounts, and of routings.
[[nodiscard]] std::vector<const document::LeadsByDomain*> leads_by_domain_of(
    const document::Documents& documents);

}  // namespace duet::sync
