#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A lifecycle as documents give it: names and numbers, nothing else. Names of stages, events and
/// spans are the documents' own; a name that nothing defines never comes true.
namespace duet::lifecycle {

/// A stage. Rank decides what is forward; only stages of rank 0 and above can be passed over.
struct StageRule {
    std::string name;
    int rank = 0;
    std::string owner{};  // who works on people in it; free text
};

/// Which stages: those named, and those whose rank is in the range, both ends inside.
struct StageSet {
    bool start = false;  // who has no stage yet
    std::vector<std::string> stages{};
    std::optional<std::pair<int, int>> ranks{};
};

/// For so many days after one of these events took effect a transition is refused. Day `days` is
/// still inside.
struct CoolOff {
    std::vector<std::string> after;
    int days = 0;
};

/// Where a transition goes instead while a span holds.
struct FallBack {
    std::string to;
    std::string during;
};

/// One way from stage to stage. The first of the list that an event fits is taken.
struct TransitionRule {
    std::vector<std::string> on{};  // events that cause it
    std::string during{};           // or a span: it happens as soon as the span holds
    StageSet from{};
    std::string to{};
    bool needs_reason = false;          // an event without one is refused
    StageSet new_cycle_from{};          // from these it begins a new cycle
    std::vector<std::string> unless{};  // spans that stand in its way
    std::optional<FallBack> fall_back{};
    std::optional<CoolOff> cool_off{};
    bool skips = true;     // a forward move enters the stages that it passes over, as skipped
    bool reopens = false;  // counted: the person came back within the cycle
    /// An event that finds no transition is refused and kept; with this it is only an activity.
    bool ignore_elsewhere = false;
};

/// What time alone does: so many days after the latest of `since`.
struct TimerRule {
    std::string name;
    StageSet from{};
    std::string to{};  // empty: it is only noted that it came
    int days = 0;
    /// "stage": entry into the present stage. "stay": entry into the present stay within `from`. A
    /// span: its end. An event: its latest.
    std::vector<std::string> since{};
    /// The same words: it never comes before `extension_days` after the latest of these.
    std::vector<std::string> extended_by{};
    int extension_days = 0;
    std::vector<std::string> unless{};  // spans that it waits for
    std::optional<FallBack> fall_back{};
};

/// A word beside the stage, while a span holds: "TRIAL".
struct TagRule {
    std::string name;
    std::string during;
};

/// The first that holds is the sub-stage: from `days` and `months` after a date up to `last_days`
/// after that, the last day inside. Months keep month ends; days may be negative.
struct SubstageRule {
    std::string name;
    std::string since{};  // the date's name; empty: it always holds
    int months = 0;
    int days = 0;
    std::optional<int> last_days{};  // absent: it never ends
    std::string unless{};            // a date that, when there is one, rules it out
};

/// When a deal that nobody closed counts as lapsed: all conditions that are given must hold.
struct LapseRule {
    std::string name;                          // the reason
    std::optional<int> past_close_over{};      // more days than this after its close date
    std::optional<int> in_stage_over{};        // more days than this since its last stage change
    std::optional<double> in_stage_medians{};  // likewise, times the median of deals won
    std::optional<int> quiet_from{};           // this many days or more since anything happened
};

/// How often something happened after a stage was entered in the present cycle, and when last.
struct CountRule {
    std::string name;
    std::string of;     // an event
    std::string after;  // a stage
};

/// How an account's stage follows from its people's.
struct AccountRules {
    std::string customer{};                     // the stage of accounts that are customers
    std::vector<std::string> left_out{};        // stages of people that do not count
    int customer_months = 24;                   // after a win, when there is no contract data
    int engaged_days = 30;                      // people who did something so recently are counted
    std::vector<std::string> counted{};         // stages of people to count
    std::vector<std::string> required_roles{};  // of a buying group
    std::vector<SubstageRule> substages{};      // of customers
};

struct LifecycleRules {
    std::vector<StageRule> stages{};
    std::vector<TransitionRule> transitions{};
    std::vector<TimerRule> timers{};
    std::vector<TagRule> tags{};
    std::vector<CountRule> counts{};
    std::vector<LapseRule> lapses{};  // the first that holds is the reason
    AccountRules account{};
    /// Entries into this stage belong to a campaign: where what caused one names none, to that of
    /// the last event that did, at most so many days before.
    std::string touched_at{};
    int touched_days = 365;
    /// A new cycle that begins from outside the ladder passes over stages from this one on.
    std::string cycle_starts_at{};
};

}  // namespace duet::lifecycle
