#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/formula/formula.h"

namespace duet::document {

/// The first words of a rule's paths that name something other than the CRM record's fields.
inline constexpr std::string_view kProspect = "Prospect";
inline constexpr std::string_view kRollup = "Rollup";
inline constexpr std::string_view kAttribution = "Attribution";
inline constexpr std::string_view kTimer = "Timer";
inline constexpr std::string_view kDuet = "Duet";
inline constexpr std::string_view kQueue = "Queue";
inline constexpr std::string_view kScore = "Score";
inline constexpr std::string_view kBehaviour = "Behaviour";
inline constexpr std::string_view kRfm = "Rfm";

/// Whether a path that begins so is worked out, and no field of a record.
[[nodiscard]] bool is_worked_out(std::string_view head) noexcept;

/// "Rollup.Last_Won" -> {"Rollup", "Last_Won"}; a path without a dot has an empty head.
struct SplitPath {
    std::string_view head;
    std::string_view rest;
};
[[nodiscard]] SplitPath split_path(std::string_view path) noexcept;

/// What rules read of a timer: its name with an ending.
struct TimerFact {
    std::string_view ending;  // "_Due"; empty: the state itself
    FieldType type = FieldType::Text;
};
inline constexpr std::array kTimerFacts{
    TimerFact{"", FieldType::Text},            // RUNNING, WARNING, BREACHED, ...; blank: none began
    TimerFact{"_Kind", FieldType::Text},       // of what began it
    TimerFact{"_Start", FieldType::DateTime},  // when it began
    TimerFact{"_Due", FieldType::DateTime},    // an answer up to here is in time
    TimerFact{"_Answered", FieldType::DateTime},
    TimerFact{"_Reassign", FieldType::Boolean},  // somebody else is to answer
};

/// What rules read of an attribution: its name with an ending, by the kind of entity.
struct AttributionFact {
    EntityKind entity;
    std::string_view ending;
    FieldType type;
};
inline constexpr std::array kAttributionFacts{
    AttributionFact{EntityKind::Opportunity, "", FieldType::Text},  // the campaign with most credit
    AttributionFact{EntityKind::Opportunity, "_Id", FieldType::Id},
    AttributionFact{EntityKind::Opportunity, "_Touches", FieldType::Number},  // that share in it
    AttributionFact{EntityKind::Opportunity, "_Gap", FieldType::Text},        // why there are none
    // Of campaigns, by the rows of `influence_model`, money in the campaign's own currency:
    AttributionFact{EntityKind::Campaign, "_Revenue", FieldType::Currency},   // of won deals
    AttributionFact{EntityKind::Campaign, "_Pipeline", FieldType::Currency},  // of open deals
    AttributionFact{EntityKind::Campaign, "_Won", FieldType::Number},         // deals, in shares
    AttributionFact{EntityKind::Campaign, "_Credited", FieldType::Number},    // all, in shares
    AttributionFact{EntityKind::Campaign, "_Deals", FieldType::Number},       // all, each as one
    // The same of the campaign and all below it, each deal once; and their cost.
    AttributionFact{EntityKind::Campaign, "_Tree_Revenue", FieldType::Currency},
    AttributionFact{EntityKind::Campaign, "_Tree_Pipeline", FieldType::Currency},
    AttributionFact{EntityKind::Campaign, "_Tree_Won", FieldType::Number},
    AttributionFact{EntityKind::Campaign, "_Tree_Credited", FieldType::Number},
    AttributionFact{EntityKind::Campaign, "_Tree_Deals", FieldType::Number},
    AttributionFact{EntityKind::Campaign, "_Tree_Cost", FieldType::Currency},
    AttributionFact{EntityKind::Campaign, "_Tree_Campaigns", FieldType::Number},
    // Of persons, their own touches of all time:
    AttributionFact{EntityKind::Person, "_First", FieldType::Text},  // the campaign's name
    AttributionFact{EntityKind::Person, "_First_Id", FieldType::Id},
    AttributionFact{EntityKind::Person, "_First_Date", FieldType::DateTime},
    AttributionFact{EntityKind::Person, "_Last", FieldType::Text},
    AttributionFact{EntityKind::Person, "_Last_Id", FieldType::Id},
    AttributionFact{EntityKind::Person, "_Last_Date", FieldType::DateTime},
};

/// Whether any rule of the document's fields reads an attribution.
[[nodiscard]] bool reads_attribution(const EntityDocument& document);

/// What a rule may read beside the records of its entity.
struct Extras {
    bool stage = true;         // Duet.Stage, for persons
    bool attributions = true;  // Attribution.x, for opportunities, campaigns, persons
    bool timers = true;        // Timer.x, for persons
    bool queue = true;         // Queue.x, for persons
    bool scores = true;        // Score.x, for persons and accounts
    bool behaviour = true;     // Behaviour.x, for opportunities and accounts
};

/// The names that rules of an entity may use.
class EntityScope : public formula::Scope {
public:
    EntityScope(const Context& context, EntityKind entity, Extras extras = {});
    [[nodiscard]] std::optional<formula::Binding> resolve(std::string_view path) const override;
    [[nodiscard]] std::vector<std::string> names() const override;

private:
    [[nodiscard]] std::optional<formula::Binding> resolve_rollup(std::string_view name) const;
    [[nodiscard]] std::optional<formula::Binding> resolve_attribution(std::string_view name) const;
    [[nodiscard]] std::optional<formula::Binding> resolve_timer(std::string_view name) const;
    [[nodiscard]] std::optional<formula::Binding> resolve_figure(std::string_view head,
                                                                 std::string_view name) const;
    [[nodiscard]] std::optional<formula::Binding> resolve_field(Side side,
                                                                std::string_view path) const;

    const Context& context_;
    EntityOutline outline_;
    Extras extras_;
};

/// The names that a rule on one object may use: its fields and its parents' fields. Of a rule on
/// several: those that one of them has.
class ObjectScope : public formula::Scope {
public:
    ObjectScope(const Context& context, Side side, std::string object);
    ObjectScope(const Context& context, Side side, std::vector<std::string> objects);
    [[nodiscard]] std::optional<formula::Binding> resolve(std::string_view path) const override;
    [[nodiscard]] std::vector<std::string> names() const override;

private:
    const Context& context_;
    Side side_;
    std::vector<std::string> objects_;
};

}  // namespace duet::document
