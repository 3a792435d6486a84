#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sync/facts.h"
#include "daemon/sync/org.h"
#include "mappings/document/conventions.h"
#include "mappings/routing/route.h"

namespace duet::sync {

/// The users and queues of the CRM as last seen, what they have to do, and whose turn it is.
/// Reads the store when it is first asked; makes one batch, as its planner does.
class OwnerBook final : public routing::Owners {
public:
    OwnerBook(Org& org, RecordCache& cache, PathReader& paths, formula::Moment moment);

    [[nodiscard]] std::variant<routing::Owner, std::string> find(
        std::string_view name) const override;
    [[nodiscard]] std::variant<std::int64_t, std::string> load(
        const document::Routing& routing, const std::string& owner) const override;
    [[nodiscard]] std::variant<bool, std::string> holds(const document::Rule& rule,
                                                        const std::string& user) const override;
    [[nodiscard]] std::optional<std::string> account_owner(
        const document::LeadsByDomain& rule, const std::string& domain) const override;
    [[nodiscard]] routing::Counters counters(std::string_view robin) const override;

    /// A turn that a decision of this batch took for `entity`.
    void take(const routing::Turn& turn, store::EntityId entity);

private:
    struct Known {
        routing::Owner owner;
        std::string id, login, email, name;  // in lower case; of an id its first 15, case kept
    };
    void read() const;
    void read_users() const;
    void read_groups() const;
    void add(const store::SeenRow& row, Known known) const;
    std::optional<std::string> add_open(const document::Routing& routing, const std::string& object,
                                        const std::string& owner,
                                        std::set<store::EntityId>& open) const;

    Org& org_;
    RecordCache& cache_;
    PathReader& paths_;
    formula::Moment moment_;
    const document::OwnerWords* words_;  // nullptr: this CRM has no owners that Duet sets
    mutable bool is_read_ = false;
    mutable std::vector<Known> known_;
    std::map<std::string, routing::Counters, std::less<>> counters_;       // of this batch
    std::map<std::string, std::set<store::EntityId>, std::less<>> given_;  // of this batch
};

/// Stores the counters of a round robin; inside the caller's transaction.
Status save_turn(Org& org, const routing::Turn& turn);

}  // namespace duet::sync
