#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/all_records.h"
#include "daemon/sync/org.h"
#include "mappings/document/lifecycle.h"
#include "mappings/lifecycle/outcome.h"
#include "mappings/lifecycle/values.h"

namespace duet::sync {

/// Where an entity stands by a lifecycle with transitions, and what to keep of it.
struct Standing : merge::Standing {
    lifecycle::History history{};                    // of a person
    std::vector<store::EntityId> accounts{};         // of a person: those that follow from it
    std::optional<DateTime> engaged{};               // of a person: its last engagement
    std::vector<store::LifecycleSpan> remembered{};  // of a person: conditions that began or ended
    std::string doubt{};                             // of an account: which people may be its own
};

/// Days that won deals stay in each stage, as they stand for a term.
struct LearntMedians {
    Term term{};
    lifecycle::StageMedians days{};
};

/// Reads from the seen records what happened to people, and replays it. One thread; refers to all
/// that it is given, which must outlive it.
class LifecycleReader {
public:
    LifecycleReader(Org& org, RecordCache& cache, PathReader& paths, RollupReader& rollups,
                    formula::Moment moment);

    /// A person as stored.
    struct Person {
        std::span<const store::Link> links;
        std::span<const store::LifecycleSpan> spans;
    };
    /// `facts` are those of the person's rules. Conditions are only judged when `is_ready`: what
    /// has not been loaded yet is not false.
    Result<Standing> person(const Person& person, merge::FactSource& facts, bool is_ready);
    /// From its people as they are now.
    Result<Standing> account(const Record& account, merge::FactSource& facts, bool is_ready);
    /// What became of a deal: a record of the object that `deals` names.
    Standing deal(const Record& deal);
    /// Entities of the accounts that a person's records refer to.
    Result<std::vector<store::EntityId>> accounts_of(std::span<const store::Link> person);

private:
    struct Gathered {
        lifecycle::Facts facts{};
        std::optional<DateTime> next{};
        std::string failure{};
    };
    /// Records of a person, merged and converted ones among them.
    Result<std::vector<const store::SeenRow*>> records(std::span<const store::Link> links,
                                                       PerSide<bool> sides = {true, true});
    /// How the records of one source hang on a person's records of one object.
    struct Way {
        bool is_told = false;  // it tells of such records at all
        bool is_own = false;   // the person's record itself does
        std::string object{};  // whose records do otherwise, by `child_field`
        std::string child_field{};
        std::string own_field{};  // the record's reference to the same parent; empty: to itself
        std::size_t same_as = 0;  // the first of the object's ways to the same children
    };
    /// The ways of all events, and then of all spans.
    struct WaysOfObject {
        Side side{};
        std::string object;
        std::vector<Way> ways{};
    };
    [[nodiscard]] Way way_of(const document::LifecycleSource& source, Side side,
                             const std::string& object) const;
    const std::vector<Way>& ways_of(Side side, const std::string& object);
    void add_sources(const std::vector<const store::SeenRow*>& records, Gathered& into);
    /// Children that a way leads to; nullptr: nobody asked yet.
    using Children = const std::vector<const store::SeenRow*>*;
    void add_source(const document::LifecycleSource& source, bool is_span, const Way& way,
                    const store::SeenRow& row, Children& children, Gathered& into);
    void add_record(const document::LifecycleSource& source, bool is_span,
                    const store::SeenRow& row, Gathered& into);
    void add_deals(const std::vector<const store::SeenRow*>& records, Gathered& into);
    void add_deal(const Record& role, const Record& deal, Gathered& into);
    void add_conditions(std::span<const store::LifecycleSpan> stored, merge::FactSource& facts,
                        bool is_ready, Gathered& into,
                        std::vector<store::LifecycleSpan>& remembered);
    std::optional<lifecycle::Deal> read_deal(const Record& deal, RecordFacts& facts,
                                             Gathered& into);
    struct Members {
        lifecycle::AccountFacts& into;
        std::vector<std::unique_ptr<Standing>>& standings;
        Standing& account;
        bool is_ready;
    };
    Status add_members(const Record& account, const Members& members);
    Status add_member(const RecordId& record, const Members& members);
    void add_contracts(const Record& account, lifecycle::AccountFacts& into, Standing& standing);
    /// Those of the documents, and over them what was learnt; of a deal that is open `into.next`
    /// is lowered to when they are learnt anew. Valid as long as the reader.
    const lifecycle::StageMedians& medians(bool is_open, Gathered& into);
    /// A deal whose rules fail teaches nothing.
    [[nodiscard]] lifecycle::StageMedians learn_medians(const Term& term) const;
    [[nodiscard]] std::string role_of(const std::vector<const store::SeenRow*>& records);

    /// Of a date its first instant; blank: nothing. A failure is noted.
    std::optional<DateTime> moment_at(const std::optional<document::Rule>& rule, RecordFacts& facts,
                                      Gathered& into, bool is_end = false);
    std::string text_at(const std::optional<document::Rule>& rule, RecordFacts& facts,
                        Gathered& into);
    bool holds(const std::optional<document::Rule>& rule, RecordFacts& facts, Gathered& into);

    Org& org_;
    const document::Lifecycle* rules_;
    RecordCache& cache_;
    PathReader& paths_;
    RollupReader& rollups_;
    formula::Moment moment_;
    lifecycle::Days days_;
    std::deque<WaysOfObject> ways_;  // of the few objects that persons are
    std::shared_ptr<const LearntMedians> medians_{};
};

/// Keeps the history of a person, and has the accounts looked at whose people moved. `moves`: the
/// history as stored. Inside the caller's transaction.
Status save_lifecycle(Org& org, store::EntityId id, const std::vector<lifecycle::Row>& moves,
                      const Standing& standing);

}  // namespace duet::sync
