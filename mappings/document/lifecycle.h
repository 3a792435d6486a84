#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mappings/document/document.h"
#include "mappings/document/event_rows.h"
#include "mappings/document/leads_by_domain.h"
#include "mappings/lifecycle/model.h"

/// A lifecycle that follows from what happened, with the records that tell of it.
namespace duet::document {

/// Records of one object that tell of an event or a span: the person's own, or children of it or
/// of a parent of it, as a rollup's are.
struct LifecycleSource {
    std::string name;
    Side side = Side::Crm;
    std::string object;
    std::string via;
    std::optional<Rule> where;
    std::optional<Rule> at;     // when it happened or began: a date or an instant
    std::optional<Rule> until;  // of a span; a date counts whole; blank: it goes on
    std::optional<Rule> reason;
    std::optional<Rule> owner;
    std::optional<Rule> campaign;
    int order = 0;
    Place place;
};

/// A condition that holds from when it came true. Where no field tells that moment, it is the one
/// at which Duet saw it, which is kept.
struct LifecycleCondition {
    std::string name;
    Rule when;
    std::optional<Rule> since;
    Place place;
};

/// Children of a deal.
struct DealChild {
    std::string object;
    std::optional<Rule> where;
    std::optional<Rule> at;     // of a planned meeting when it was made
    std::optional<Rule> start;  // of a planned meeting
    std::optional<Rule> stage;  // of a stage change: that it went to
};

/// How people come to deals, and what is known of a deal. All in the CRM.
struct ClosingRule {
    int after_days = 30;                     // since the deal lapsed
    std::map<std::string, std::string> set;  // fields of the deal
};

/// How the days that won deals stay in a stage are learnt.
struct MediansRule {
    int months = 12;       // deals won in so many months before count
    int fewest = 5;        // stays of a stage; of one with fewer the documents' number stands
    int refresh_days = 7;  // the medians stand for so long
};

struct DealSource {
    std::string through;  // refers to a person's record and to the deal
    std::string deal;
    std::optional<Rule> joined;  // of `through`
    std::optional<Rule> created;
    std::optional<Rule> closed;
    std::optional<Rule> won;
    std::optional<Rule> close_date;
    std::optional<Rule> stage;
    std::optional<Rule> reason;
    std::optional<Rule> owner;
    std::optional<Rule> campaign;
    std::vector<DealChild> moves;
    std::vector<DealChild> activities;
    std::vector<DealChild> planned;
    std::map<std::string, double, std::less<>> stage_medians;
    std::optional<MediansRule> learn_medians{};  // absent: those of the documents alone
    std::optional<ClosingRule> close_lapsed{};   // absent: only people close deals
    Place place;
};

/// What an account's roll-up reads beside its people.
struct AccountSource {
    std::string contract;     // a span of `spans` whose records refer to the account
    std::string won;          // one of `dates`
    std::string engaged_by;   // an event
    std::string role_object;  // children of people
    std::optional<Rule> role;
    std::map<std::string, Rule, std::less<>> dates;  // over accounts
    std::optional<LeadsByDomain> leads{};            // that count to accounts
};

/// Who enters a stage is to be a member of the campaign that brought them there.
struct CampaignMemberRule {
    std::string stage;
    std::string status;       // of the members that Duet makes; empty: the campaign's own default
    int cap_per_cycle = 100;  // members made
};

struct Lifecycle {
    std::shared_ptr<const lifecycle::Model> model;
    std::vector<LifecycleSource> events;
    std::vector<LifecycleSource> spans;
    std::vector<LifecycleCondition> conditions;
    std::optional<DealSource> deals;
    std::optional<AccountSource> account;
    std::optional<CampaignMemberRule> campaign_member{};
    std::optional<EventRowsRule> event_rows{};  // absent: moves are kept in the state only
    std::vector<std::pair<std::string, Place>> stage_places;
    Place place;
};

/// The rules of a source, each with its object.
[[nodiscard]] std::vector<const Rule*> rules_of(const LifecycleSource& source);
[[nodiscard]] std::vector<const Rule*> rules_of(const DealChild& child);
/// The rules over the deal itself.
[[nodiscard]] std::vector<const Rule*> rules_of(const DealSource& deals);
/// Where a source's records hang, as a rollup says it.
[[nodiscard]] Rollup join_of(const LifecycleSource& source);
[[nodiscard]] std::vector<const DealChild*> children_of(const DealSource& deals);

}  // namespace duet::document
