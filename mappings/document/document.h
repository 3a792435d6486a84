#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/attribution/model.h"
#include "mappings/catalog.h"
#include "mappings/formula/formula.h"
#include "mappings/formula/template.h"
#include "mappings/side.h"
#include "mappings/timers/clock.h"

/// Mapping documents, loaded: what an admin wrote, checked, with every formula compiled.
/// Immutable after loading; safe to share between threads.
namespace duet::document {

/// Where something stands in a document; line and column count from 1.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

/// A formula of a document. In it a bare name is a field of the CRM record (through parents:
/// "Account.Industry"), "Prospect.x" one of the marketing record, "Rollup.x" a rollup,
/// "Attribution.x" an attribution result (opportunities), "Timer.x" a response timer (persons),
/// "Score.x" engagement or a grade, "Queue.x" the work queue (persons), "Rfm.x" what customers
/// bought, "Duet.Stage" the stage.
/// In rollups, touches and validations a bare name is a field of the child or named object.
struct Rule {
    formula::Formula formula;
    Place place;
};

enum class Direction : std::uint8_t { Both, ToCrm, ToMarketing };
enum class Winner : std::uint8_t { Crm, Marketing, MostRecent };  // when both sides changed
enum class BlankRule : std::uint8_t {
    Keep,       // a blank never travels (the default)
    Propagate,  // a cleared value clears the other side
    FillOnly,   // only a blank target is ever written
};
enum class Consent : std::uint8_t { None, Strictest };  // Strictest: true on either side wins
enum class Severity : std::uint8_t { Warn, Quarantine };
enum class Hold : std::uint8_t { Record, Fields };  // what a broken validation holds back
enum class RollupFunction : std::uint8_t { Count, Sum, Min, Max, First, Last };

/// A field's place on one side: one path for every object of the entity, or one an object.
struct FieldRef {
    std::string path;  // for objects that `by_object` does not name; empty: not there
    std::vector<std::pair<std::string, std::string>> by_object;  // object -> path
    Place place;

    /// The path on `object` ("Account.Name" goes through a parent and is read only); empty: none.
    [[nodiscard]] std::string_view on(std::string_view object) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return path.empty() && by_object.empty(); }
};

/// What to do with a value that the target cannot take as it is.
enum class Policy : std::uint8_t {
    Truncate,    // a text that is too long: send what fits
    Pass,        // send it as it is
    Default,     // send the rule's default in its place
    Keep,        // the target keeps what it has
    Error,       // as Keep, and the rule counts as failed
    Quarantine,  // put the whole record aside until it fits
};

/// One true-or-false field of a consent rule.
struct ConsentField {
    FieldRef field;
    bool inverted = false;  // `not:`: false is the opt-out ("may be mailed")
};

/// Values of one side, as texts, to those of the other.
using ValueMap = std::map<std::string, std::string, std::less<>>;

/// One line of `fields:`.
struct FieldRule {
    std::string name;  // stable: `name:` if given, else the marketing path, else the CRM path
    PerSide<FieldRef> fields;  // of a consent rule: the first of each side
    Direction direction = Direction::Both;
    Winner winner = Winner::Crm;
    Side otherwise = Side::Crm;  // who wins where MostRecent cannot tell
    BlankRule blank = BlankRule::Keep;
    Consent consent = Consent::None;
    PerSide<std::vector<ConsentField>> consents{};  // every field of a consent rule
    std::optional<Rule> value;      // computed: the result goes to every side that `fields` names
    std::optional<Value> constant;  // likewise, one value for everybody
    PerSide<ValueMap> map{};        // by the side written to; empty: values go as they are
    PerSide<std::optional<std::string>> fallback{};  // `default:`, by the side written to
    Policy unmapped = Policy::Error;
    Policy too_long = Policy::Truncate;
    Policy unparsable = Policy::Error;
    Policy unknown_option = Policy::Error;  // of a restricted picklist
    bool ignores_case = false;              // addresses: case alone is no difference
    Place place;

    [[nodiscard]] bool is_computed() const noexcept { return value || constant; }
    /// Every field that the rule names on one side, consent fields included.
    [[nodiscard]] std::vector<const FieldRef*> refs(Side side) const;
};

/// A number or date over child records, or a field of the first or the last of them.
struct Rollup {
    std::string name;
    Side side = Side::Crm;  // of: Opportunity -> Crm; of: { pardot: visitor-activity } -> Marketing
    std::string of;         // the child object
    std::string via;        // what the child refers to: the entity's own object or a parent
                            // relationship of it ("Account"); empty: the entity's own object
    std::optional<Rule> where;
    RollupFunction function = RollupFunction::Count;
    std::string field;     // for all but Count; a path of the child
    std::string order_by;  // for First and Last; a path of the child
    Place place;
};

/// One object of one rule of `validations:`; a rule over two objects is two of these.
struct Validation {
    std::string name;
    Side side = Side::Crm;
    std::string object;
    Rule error_when;
    formula::Template message;  // its merge fields are those of the object
    Severity severity = Severity::Quarantine;
    Hold hold = Hold::Record;
    std::vector<std::string> fields;  // paths on the object that it concerns
    Place place;
};

/// One way to recognise that two records are one.
struct MatchRule {
    enum class Kind : std::uint8_t {
        CrmId,  // the marketing record holds the CRM record's id in one of `marketing_fields`
        Equal,  // `crm_field` equals `marketing_fields[0]`, case and outer space aside
    };
    Kind kind = Kind::Equal;
    std::string crm_field;
    std::vector<std::string> marketing_fields;
    Place place;
};

/// When a record that stands alone on one side is created on the other.
struct CreateRule {
    Side on = Side::Marketing;  // the side to create on
    std::string object;         // what to create there: "prospect", "Lead"
    Rule when;
    std::string key_field;    // by which it is found again: "email", "Duet_Key__c"
    int cap_per_cycle = 100;  // records
    Place place;
};

/// What a record's deletion on one side does to the one that is left on the other.
enum class Deletion : std::uint8_t {
    Unlink,  // nothing: it stands alone and is not made anew
    Mark,    // a field of it says so
    Delete,  // it is deleted, too, under the brake
};

struct DeletionRule {
    Side side = Side::Crm;  // where people deleted a record
    std::string object;     // of that record
    Deletion then = Deletion::Unlink;
    std::string field;  // of Mark: on every object of the other side
    Place place;
};

/// What one kind of entity means on both sides.
struct EntityDocument {
    EntityKind entity = EntityKind::None;
    PerSide<std::vector<std::string>> objects;  // {Contact, Lead}, {prospect}; order = preference
    std::optional<Rule> scope;                  // who is synced at all; absent: everyone
    int scope_grace_days = 30;     // outside the scope for so long, its records are unlinked
    std::vector<MatchRule> match;  // in order
    std::vector<FieldRule> fields;
    std::vector<Rollup> rollups;
    std::vector<Validation> validations;
    std::vector<CreateRule> creates;
    std::vector<DeletionRule> deletions;  // objects that none names are unlinked
    Place place;
};

/// What a list's rule makes of what people did to a membership by hand.
enum class ByHand : std::uint8_t {
    Correct,  // it is as the rule says all the same
    Respect,  // it stays as people left it
};

/// Who comes first where a list has only so many.
struct ListOrder {
    Rule by;                    // a number, a date or an instant; blank comes last
    bool highest_first = true;  // else lowest
};

/// A share of those who would be members is kept off, always the same people.
struct HoldOut {
    int percent = 0;    // 0: nobody
    std::string group;  // lists of one group keep off the same people; the list's own name
};

/// A static marketing list, or a campaign of the CRM, whose membership a rule owns.
struct ListRule {
    std::string list;             // its name there; no two rules have one of the same name
    Side side = Side::Marketing;  // Crm: a campaign
    std::string status;           // of members of a campaign; empty: the campaign's own default
    Rule member_when;
    std::optional<Rule> suppress_when;
    std::optional<Rule> among;  // whom the list is about: the others of them are counted
    std::optional<ListOrder> order;
    int cap = 0;                         // members at most; 0: any number
    std::chrono::minutes grace{0};       // stays on for so long after the rule became false
    std::chrono::minutes join_after{0};  // joins when the rule has been true for so long
    HoldOut hold_out{};
    ByHand added = ByHand::Correct;    // whom people put on
    ByHand removed = ByHand::Correct;  // whom people took off
    std::vector<std::string> tags;
    std::vector<std::string> seen_by;  // roles of sellers who see it; empty: all who see any
    Place place;
    bool keeps_status = false;  // of members that Duet made: `status` holds for as long as they are

    [[nodiscard]] bool has_tag(std::string_view tag) const noexcept;
};

/// Every rule of the list.
[[nodiscard]] std::vector<const Rule*> rules_of(const ListRule& list);

/// The tag of lists that sellers see, and how many of those one role should see at most.
inline constexpr std::string_view kSellerTag = "seller";
inline constexpr int kMostSellerLists = 10;

/// What a rule that acts when its condition comes true does where it is true at first sight.
enum class FirstSight : std::uint8_t { Wait, Act };

/// A text with merge fields: "Call {!FirstName}".
struct Wording {
    formula::Template text;
    Place place;
};

/// A task in the CRM, made when `when` comes true; one at a time for an entity.
struct TaskRule {
    std::string name;  // of the rule; state, keys and reports go by it
    EntityKind entity = EntityKind::Person;
    Rule when;
    Wording subject;
    std::optional<Wording> description;
    Rule owner;  // the id of a user or queue
    std::optional<int> due_in_days;
    std::string priority;                 // empty: the CRM's own default
    std::optional<Rule> rearm_when;       // neither of the two: when `when` is false and
    std::optional<int> rearm_after_days;  // no task is open
    std::optional<Rule> close_when;
    std::string closed_status;  // what a task that became moot is set to
    FirstSight first_sight = FirstSight::Wait;
    bool follows_owner = false;  // when `owner` becomes another, so does the open task's
    int cap_per_cycle = 100;     // tasks
    std::string version;         // of `when`
    Place place;
};

/// One who takes a turn. `owner`: a user or queue by id, e-mail address, user name or name.
struct RobinMember {
    std::string owner;
    int weight = 1;
    std::optional<int> capacity;  // open records that the owner may have at most
    Place place;
};

/// The only account that has a person's domain; leads_by_domain.h.
struct LeadsByDomain;

/// Territories and who has them; territories.h.
struct TerritoryTable;

/// Of one rule exactly one of `owner`, `owner_from`, `round_robin`, `domain` and `territories` is
/// given.
struct RouteRule {
    std::string name;
    std::optional<Rule> when;  // absent: everyone
    std::string owner;
    std::optional<Rule> owner_from;  // blank or not active: the next rule
    std::vector<RobinMember> round_robin;
    Place place;
    std::shared_ptr<const LeadsByDomain> domain{};  // the owner of that account
    std::shared_ptr<const TerritoryTable> territories{};
    std::optional<Rule> owner_when{};  // over users: who else is passed over by this rule
};

/// Who owns a person's CRM record: the first rule that knows an owner decides.
struct Routing {
    std::string name;
    std::vector<std::string> objects;  // of persons in the CRM: {"Lead"}
    bool at_create = false;            // records that Duet makes
    std::optional<Rule> trigger;       // and those for which this comes true, once
    FirstSight first_sight = FirstSight::Wait;
    bool again = false;             // each time that the trigger comes true, not once
    bool without_owner = false;     // whoever owns it now is passed over
    std::optional<Rule> open_when;  // which records count against a capacity; absent: all
    std::vector<RouteRule> rules;
    std::string version;  // of `trigger`
    Place place;
    std::optional<Rule> away_when{};  // over users: who gets nothing for as long as it is true
};

/// A lifecycle that follows from what happened; lifecycle.h.
struct Lifecycle;

/// The work queue; queue.h.
struct QueueRule;

/// Engagement and grades; scoring.h.
struct ScoringRule;

/// What customers of a kind do; behaviour.h.
struct BehaviourRule;

/// Whether records of deals are kept well; hygiene.h.
struct HygieneRule;
/// A share that a report tells; shares.h.
struct ShareRule;
/// When, how often and how much customers bought last; rfm.h.
struct RfmRule;

/// The stage of a person: the first stage of the list whose `when` is true.
struct Stage {
    std::string name;
    int rank = 0;
    Rule when;
    Place place;
};

/// One kind of touch that attribution counts: children of a person's record.
struct Touch {
    Side side = Side::Crm;
    std::string object;  // "CampaignMember"; { pardot: visitor-activity }
    std::optional<Rule> where;
    Rule time;      // date or instant; a date counts as its first instant
    Rule campaign;  // id of the CRM campaign; blank: no touch
    Place place;
};

/// Which campaigns get the credit for an opportunity.
struct Attribution {
    std::string name;  // read as Attribution.<name> (name of the campaign with most credit) and
                       // Attribution.<name>_Id
    attribution::ModelKind model = attribution::Last{};
    std::string model_word;           // as the document says it
    std::optional<Rule> when;         // which opportunities; absent: all
    std::vector<std::string> people;  // hops from the opportunity: {"OpportunityContactRole",
                                      // "Contact"}: its children, then their parent
    attribution::PeopleMode people_of = attribution::PeopleMode::ContactRole;
    int window_days = 365;      // before `from`
    std::optional<Rule> from;   // date or instant the window is counted back from
    std::optional<Rule> until;  // date or instant after which touches do not count; both are there
                                // unless the model is primary, which asks no touch of a deal
    std::vector<Touch> touches;
    std::optional<Rule> qualified;  // of a person: since when worth selling to; and where nobody
    std::optional<Rule> known;      // was, since when known; also of what was converted into it
    attribution::Importance importance;  // of the model custom
    int learn_days = 1;                  // of a model that learns: not more often than that,
    int learn_percent = 1;               // and when so many of its deals were decided anew
    std::string influence_model;         // whose rows of campaign influence Duet keeps; empty: none
    std::optional<Rule> keep_when;       // opportunities whose rows stay as they are
    Place place;                         // of the attribution
    Place influence_place;               // of `influence_model`
    std::optional<Rule> contract_value{};  // of an opportunity, a year; absent: its amount
};

/// What begins a response timer, or answers one: children of a person's record.
struct TimerEvent {
    std::string kind;  // of what begins one; rules read it
    Side side = Side::Crm;
    std::string object;
    std::optional<Rule> where;
    Rule time;                       // date or instant; a date counts as its first instant
    std::chrono::minutes within{0};  // of what begins one: how soon it is to be answered
    Place place;
};

/// A response timer of a person: read as Timer.<name> (its state), and with the endings of
/// `timer_facts`.
struct TimerRule {
    std::string name;
    std::vector<TimerEvent> starts;
    std::vector<TimerEvent> answers;
    std::optional<Rule> cancel_when;            // no answer is wanted any more
    int warn_percent = 75;                      // of the time; 100: no warning
    int reassign_percent = 200;                 // 0: never
    std::optional<timers::WorkingHours> hours;  // in the business zone; absent: the calendar
    Place place;
};

/// Who changes records without a person: the native connector's user, Duet's own.
struct IntegrationUsers {
    std::string field;               // of a record: who changed it last
    std::vector<std::string> users;  // as that field holds them
};

/// Every path that the rule reads. Of routings what decides when and to whom.
[[nodiscard]] std::vector<std::string> paths_of(const TaskRule& task);
[[nodiscard]] std::vector<std::string> paths_of(const Routing& routing);

/// All documents of one org.
struct Documents {
    SideNames names;
    std::vector<EntityDocument> entities;
    std::vector<ListRule> lists;
    std::vector<Stage> stages;  // of persons, by falling rank; none where there is a `lifecycle`
    std::shared_ptr<const Lifecycle> lifecycle{};  // nullptr: stages follow from what is true now
    std::vector<Attribution> attributions;
    std::vector<TimerRule> timers;                     // of persons
    std::shared_ptr<const QueueRule> queue{};          // nullptr: none
    std::shared_ptr<const ScoringRule> scoring{};      // nullptr: none
    std::shared_ptr<const BehaviourRule> behaviour{};  // nullptr: none
    std::shared_ptr<const RfmRule> rfm{};              // nullptr: none
    PerSide<IntegrationUsers> integration_users{};     // no users: every change is a person's
    std::vector<TaskRule> tasks;
    std::vector<Routing> routings;
    std::string time_zone = "UTC";  // business zone: whose midnight TODAY() turns at
    Place time_zone_place;          // line 0: no document names one
    std::string version;            // first 12 hexadecimal digits of a SHA-256 over all files
    std::shared_ptr<const HygieneRule> hygiene{};            // nullptr: none
    std::shared_ptr<const std::vector<ShareRule>> shares{};  // nullptr: none

    [[nodiscard]] const EntityDocument* find(EntityKind entity) const noexcept;
    /// The first attribution that goes by touches, which says what a touch is; nullptr: none.
    [[nodiscard]] const Attribution* by_touches() const noexcept;
};

}  // namespace duet::document
