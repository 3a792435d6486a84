#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulation/documents.h"
#include "tests/world/watched_side.h"

/// What people did, and what may therefore become of it: the judge of a simulated world. It knows
/// the rules of `documents.h`, sees each write that reaches a vendor, and shares no code with the
/// merging of Duet.
namespace duet::simulation {

using world::WatchedSide;

struct Failure {
    std::string kind;  // "created-twice"; a shortened script fails in the same kind
    std::string what;  // one line
};

/// What Duet may believe that both sides agreed on in one field.
struct Memory {
    std::optional<std::string> agreed;  // nothing: they never met
    std::optional<Side> pending{};  // that side holds a write of Duet's which it may not know of
    bool operator==(const Memory&) const = default;
};

/// One field of one person.
struct Cell {
    struct Edit {
        RecordId record;
        std::size_t version = 0;
        Instant visible_at{};
    };
    struct Own {
        std::string value;
        std::uint64_t faults = 0;  // met before it was written
        std::uint64_t doubts = 0;  // those of them that leave a write in doubt
        RecordId record{};
        std::size_t version = 0;  // that the write made of it
    };
    PerSide<std::string> truth;
    std::vector<Memory> memories{Memory{}};
    PerSide<std::optional<Edit>> edits{};  // the last of a person, when nothing was written since
    PerSide<std::optional<Own>> own{};     // Duet's last write
};

/// One person, whatever records stand for them.
struct Human {
    std::string address;
    PerSide<std::vector<RecordId>> records{};  // all there ever were
    PerSide<std::optional<RecordId>> live{};
    /// Who is who cannot be told from outside any more: merged before Duet had met them, say, or
    /// two were made at the same moment. Only consent is judged then.
    bool is_blurred = false;
    /// Records that Duet has linked for certain; what is live may be others by now.
    PerSide<RecordId> met{};
    /// The record of the CRM into which its own was merged, and which has a partner already: the
    /// prospect stands alone, untouched, until a person chooses.
    std::optional<RecordId> waits_for{};
    bool is_part_of_another = false;  // merged, and nothing is left
    bool is_contested = false;        // somebody blurred waits for the place of their prospect
    std::vector<std::size_t> merged_with{};  // humans whose opt-outs may be theirs
    std::vector<Cell> cells{};               // by field of all_fields()
};

/// An entry of Duet's review queue, as far as it can be foreseen.
struct Doubt {
    Side side{};
    RecordId record{};
    std::string kind{};
    std::vector<RecordId> candidates{};  // of the other side
};

/// Every field that any set of rules has.
[[nodiscard]] const std::vector<FieldPair>& all_fields();

/// As the ledger writes it down.
[[nodiscard]] inline std::string value_of(const Fields& fields, const char* name) {
    return display(fields.get(name));
}

class Ledger {
public:
    Ledger(PerSide<const WatchedSide*> sides, const Clock& clock) : sides_(sides), clock_(clock) {}

    // --- what people did; the side shows it already ----------------------------------------------
    std::size_t add_human(std::string address);
    void added(std::size_t human, Side side, const RecordId& id);
    void typed(Side side, const RecordId& id, std::size_t field);
    void opted_out(Side side, const RecordId& id);
    void removed(Side side, const RecordId& id);
    void undeleted(Side side, const RecordId& id);
    void converted(const RecordId& lead, const RecordId& contact);
    /// `loser` is now part of `survivor`, as the CRM tells.
    void merged(const RecordId& loser, const RecordId& survivor);
    /// Rows of one object, by key.
    using Rows = std::map<std::string, Fields>;
    /// The same among prospects, of which only the survivor's id of a record in the CRM can tell.
    /// `members`: the memberships of everybody before it.
    void merged_prospects(const RecordId& loser, const RecordId& survivor, const Rows& members);
    void joined_list(const RecordId& membership);
    void quit_list(const RecordId& membership);
    void reloaded(int rule_set);

    // --- what Duet did
    // -----------------------------------------------------------------------------
    void wrote(Side side, const Write& write, const RecordId& id);
    /// `leaves_doubt`: Duet may not hear what became of its last writes.
    void fault_met(bool leaves_doubt) {
        ++faults_;
        doubts_ += leaves_doubt ? 1 : 0;
    }
    void cycle_begins() { cycle_began_ = clock_.now(); }
    /// `was_clean`: nothing failed in it, nothing was in the way.
    void cycle_ended(bool was_clean);
    /// How long one call takes at the moment.
    void calls_take(std::chrono::seconds time) { call_time_ = time; }

    /// Everything is healed and quiet now: both sides must be as the rules say.
    void judge(const std::vector<Doubt>& queue);

    /// Entries of the review queue that were foreseen and found, of all judgements.
    [[nodiscard]] std::uint64_t doubts_found() const noexcept { return doubts_found_; }
    [[nodiscard]] const std::vector<Human>& humans() const noexcept { return humans_; }
    [[nodiscard]] const std::vector<Failure>& failures() const noexcept { return failures_; }
    void fail(std::string kind, std::string what);

private:
    using Key = std::pair<Side, RecordId>;

    Human* human_of(Side side, const RecordId& id);
    void blur(Human& human) { human.is_blurred = true; }
    [[nodiscard]] std::size_t index_of(const Human& human) const;
    /// Who stands for the human with this number now.
    [[nodiscard]] std::size_t whole_of(std::size_t human) const;
    void note_met(Human& human);
    [[nodiscard]] bool has_met(const Human& human) const;
    [[nodiscard]] RecordId end_of(RecordId crm) const;
    [[nodiscard]] std::optional<RecordId> named_by(const RecordId& prospect) const;
    [[nodiscard]] std::vector<Human*> waiting_for(const RecordId& crm);
    [[nodiscard]] bool may_be_out(const Human& human) const;
    [[nodiscard]] std::vector<Doubt> foreseen() const;
    /// Whoever a doubt speaks of besides these: what becomes of it now is not foreseen.
    void blur_doubted(const Human& human);
    void absorb(Human& from, Human& into);
    void join_prospect(Human& from, Human& into, bool begins_anew);
    void wait_again(Human& human);
    void leave_waiting(Human& human, Side side, const RecordId& gone);
    /// The loser's memberships are the survivor's now, and so is what the loser left.
    void carry_memberships(const std::string& loser, const std::string& survivor,
                           const Rows& members);
    void judge_doubts(const std::vector<Doubt>& queue);
    [[nodiscard]] std::string held(Side side, const RecordId& id, const FieldPair& field) const;
    /// What Duet may think that the side holds.
    [[nodiscard]] std::set<std::string> views(const Human& human, Side side,
                                              std::size_t field) const;
    void note_agreement(const Human& human, std::size_t field, Cell& cell) const;
    [[nodiscard]] const FieldPair* rule_of(std::size_t field) const;

    void updated(Side side, const Write& write, const RecordId& id);
    void updated_field(Human& human, Side side, std::size_t field, const std::string& value,
                       const RecordId& id);
    void check_overwritten(const Cell& cell, Side side, const std::string& where);
    void created(Side side, const Write& write, const RecordId& id);
    [[nodiscard]] const RecordId& first_of(const RecordId& id) const;
    [[nodiscard]] RecordId partner_of(const Human& human, Side side) const;
    bool may_be_created(Human& human, Side side, const RecordId& id);
    /// A create that the vendor took for an update, as the record had the address already.
    void wrote_over(Human& human, Side side, const Write& write, const RecordId& id);
    void check_blind_create(const Human& human, Side side, const RecordId& live,
                            const RecordId& made_now, const std::string& what);
    void set_by_create(Cell& cell, Side side, const std::string& value, const RecordId& id);
    void wrote_membership(const Write& write, const RecordId& id);
    /// Whether Duet was told of it as one of this prospect, and what then.
    [[nodiscard]] const Fields* told_member(const RecordId& membership,
                                            const std::string& prospect) const;

    void judge_person(Human& human);
    [[nodiscard]] bool is_doubted(const Human& human) const;
    void judge_field(Human& human, std::size_t field);
    void judge_presence(const Human& human, Side side);
    void judge_consent(const Human& human);
    void judge_rules(const Human& human);
    void judge_lists(const Human& human, bool is_buyer, bool out);
    void judge_places(const std::string& list);
    [[nodiscard]] bool is_out(Side side, const RecordId& id) const;
    [[nodiscard]] std::string title_of(const Human& human) const;

    PerSide<const WatchedSide*> sides_;
    const Clock& clock_;
    int rule_set_ = 0;
    std::uint64_t faults_ = 0;
    std::uint64_t doubts_ = 0;
    std::chrono::seconds call_time_{0};
    Instant cycle_began_{};
    std::vector<Human> humans_;
    std::map<Key, std::size_t> whose_;
    std::set<Key> must_be_out_;
    std::set<Key> doubted_;               // of this judgement
    std::map<RecordId, RecordId> leads_;  // a contact -> the lead that it was
    std::map<RecordId, RecordId> ends_;   // what was merged or converted in the CRM -> into what
    std::map<std::size_t, std::size_t> part_of_;  // a human -> the one it is part of
    std::set<Key> absorbed_;                      // records of those
    std::uint64_t doubts_found_ = 0;
    std::map<Key, RecordId> left_behind_;   // a deleted record -> who stood on the other side then
    std::map<Key, RecordId> made_by_duet_;  // for which record
    std::map<std::pair<std::string, std::string>, RecordId> quit_;  // list, prospect -> membership
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> members_;
    std::set<std::string> waiting_;  // who would join the list that has only so many places
    std::vector<Failure> failures_;
};

/// What the rules make of one field: the writes that are right now, and whether none is.
struct Outcome {
    bool may_rest = false;
    std::vector<std::pair<Side, std::string>> writes;
};
[[nodiscard]] Outcome outcome_of(const FieldPair& rule, const std::optional<std::string>& agreed,
                                 const std::string& crm, const std::string& marketing);

}  // namespace duet::simulation
