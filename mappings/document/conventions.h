#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/load.h"

/// What documents may leave out for the systems that Duet knows: one table each. A connector
/// that has no row here works too; its documents then name everything.
namespace duet::document {

/// The objects that hold an entity in `connector`, in order of preference; empty: not known.
[[nodiscard]] std::vector<std::string> default_objects(std::string_view connector,
                                                       EntityKind entity);

/// The fields in which `connector` (a marketing side) keeps the id of the CRM's record.
[[nodiscard]] std::vector<std::string> crm_id_fields(std::string_view connector, EntityKind entity);

/// The field that the short match word ("email", "name") means; empty: not known.
[[nodiscard]] std::string match_field(std::string_view connector, std::string_view word);

/// The marketing objects and fields by which list rules work; empty: not known.
[[nodiscard]] std::vector<Need> list_needs(std::string_view connector);

/// The field of any record in which `connector` keeps who changed it last; empty: not known.
[[nodiscard]] std::string modified_by_field(std::string_view connector);

/// Whether `field` is one in which `connector` keeps that a person must not be written to or
/// called.
[[nodiscard]] bool is_opt_out_field(std::string_view connector, std::string_view field) noexcept;

/// The CRM object of campaigns and its name, which attribution results show.
struct CampaignName {
    std::string object;
    std::string field;
};
[[nodiscard]] CampaignName campaign_name(std::string_view connector);

/// How a CRM spells what reports say of deals and campaigns.
struct MoneyWords {
    std::string_view deal;
    std::string_view created;
    std::string_view close;  // the day
    std::string_view closed;
    std::string_view won;
    std::string_view amount;
    std::string_view source;  // the campaign that people name themselves
    std::string_view campaign;
    std::string_view name;
    std::string_view cost;
    std::string_view parent;
    std::string_view currency;  // of deals and campaigns, where there are several
    std::string_view rates;     // the object of currencies
    std::string_view rate_code;
    std::string_view rate;
    std::string_view is_corporate;
    std::string_view account;  // of a deal
};
[[nodiscard]] const MoneyWords* money_words(std::string_view connector) noexcept;

/// Where a CRM keeps campaigns and who is a member of them.
struct CampaignWords {
    std::string_view campaign;
    std::string_view name;
    std::string_view member;  // refers to the campaign, and to a person by the person's object
    std::string_view of;      // the reference to the campaign
    std::string_view status;  // of a member
    std::string_view key;     // unique external id, that of members that Duet made
    std::string_view responded;
};
[[nodiscard]] const CampaignWords* campaign_words(std::string_view connector) noexcept;

/// What the key of a campaign member that Duet made begins with.
inline constexpr std::string_view kMemberKeyPrefix = "duet-member-";

/// How a CRM keeps the credit of campaigns for an opportunity.
struct InfluenceWords {
    std::string_view object;  // one row an opportunity, campaign, contact and model
    std::string_view opportunity;
    std::string_view campaign;
    std::string_view contact;
    std::string_view model;
    std::string_view percent;
    std::string_view models;  // the object of models
    std::string_view model_name;
    std::string_view model_type;
    std::string_view role;           // of an opportunity's contact: the field of its role
    std::string_view campaign_type;  // of a campaign
    std::string_view closed;         // of an opportunity: true of one that is won or lost
    std::string_view won;
    std::string_view amount;
    std::string_view close;        // day
    std::string_view currency;     // of an opportunity and a campaign, where there are several
    std::string_view currencies;   // the object of static rates
    std::string_view dated_rates;  // the object of dated ones
    std::string_view iso_code;
    std::string_view rate;  // units for one of the corporate currency
    std::string_view rate_from;
    std::string_view rate_until;
};
[[nodiscard]] const InfluenceWords* influence_words(std::string_view connector) noexcept;

/// Whether a model of this type belongs to the CRM itself, which overwrites what others put there.
[[nodiscard]] bool is_built_in_model(std::string_view connector, std::string_view type) noexcept;

/// The field of a lead that refers to the person it was converted into; empty: not known.
[[nodiscard]] std::string_view converted_into(std::string_view connector) noexcept;

/// How a CRM spells tasks.
struct TaskWords {
    std::string_view object;
    std::string_view key;     // unique external id, that of Duet's own tasks
    std::string_view person;  // refers to a person
    std::string_view about;   // refers to everything else
    std::string_view subject;
    std::string_view description;
    std::string_view owner;
    std::string_view due;
    std::string_view priority;
    std::string_view status;
    std::string_view closed;       // true of a task that is done
    std::string_view done_status;  // which closes a task, unless the rule names another
};
[[nodiscard]] const TaskWords* task_words(std::string_view connector) noexcept;

/// Whom a CRM's records can belong to. `queue_type`: that of the groups that own records.
struct OwnerWords {
    std::string_view field;  // of a record
    std::string_view routed_object;
    std::string_view user;
    std::string_view user_name;
    std::string_view user_login;
    std::string_view user_email;
    std::string_view user_active;
    std::string_view group;
    std::string_view group_name;
    std::string_view group_email;
    std::string_view group_type;
    std::string_view queue_type;
};
[[nodiscard]] const OwnerWords* owner_words(std::string_view connector) noexcept;

}  // namespace duet::document
