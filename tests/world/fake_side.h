#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/connector.h"
#include "mappings/seams.h"
#include "tests/world/watched_side.h"

namespace duet::world {

/// Thrown where a process is to die: no code of Duet's catches it, so whatever was not durable
/// is gone.
struct Crash {};

/// What kind of vendor a FakeSide is.
struct SideOptions {
    std::string name;                         // "salesforce", "pardot"
    Catalog catalog;                          // given by the test
    bool long_keys = false;                   // 18 characters, as Salesforce has; else digits
    std::chrono::milliseconds stamp_step{1};  // Pardot stamps in whole seconds
    std::chrono::seconds read_lag{0};         // a write is invisible to reads for so long
    std::size_t page_cap = 1000;              // rows a page holds at most
    std::size_t overlap = 3;                  // rows repeated by each new read
    std::size_t batch = 5;                    // writes a call takes
    bool tells_stamps = true;  // whether an answer has the new stamp, but for deletes
    /// Object -> key field: a create by that key changes the newest record that holds it, as
    /// Pardot's upsertLatestByEmail does.
    std::map<std::string, std::string> upserts{};
    std::optional<std::int64_t> calls_per_day{};
    /// False: of a merge it is only told that the loser was deleted, as Pardot's API does. A
    /// survivor that has no value in any of `crm_ids` gets the loser's; what the
    /// loser refused (true in one of `refusals`) the survivor refuses too.
    bool names_survivors = true;
    std::vector<std::string> crm_ids{};
    std::vector<std::string> refusals{};
    /// What goes along in a merge, where there is such a thing.
    struct Memberships {
        std::string object;
        std::string person;  // fields of it
        std::string list;
        std::string left;  // true: the person left the list
    };
    std::optional<Memberships> memberships{};
};

/// As Pardot names them.
inline const SideOptions::Memberships kMemberships{"list-membership", "prospectId", "listId",
                                                   "optedOut"};

/// One write that was executed.
struct Executed {
    WriteKind kind = WriteKind::Update;
    RecordId id;
    Fields fields;
};

/// A vendor in memory: records with stamps, tombstones, merges, lead conversion, a daily quota,
/// reads that lag behind writes, pages that are capped and repeat rows, rows that become visible
/// late, and faults ordered by name. Creates are plain ones unless the options say otherwise: a
/// create sent twice makes two records, so that a test sees it. One thread.
class FakeSide final : public Connector, public WatchedSide {
public:
    FakeSide(SideOptions options, const Clock& clock)
        : options_(std::move(options)), clock_(clock), lag_(options_.read_lag) {}

    // --- what people do there -------------------------------------------------------------------
    std::string add(const std::string& object, Fields fields) override;
    void edit(const RecordId& id, const std::string& field, Value value) override;
    void remove(const RecordId& id) override;
    void undelete(const RecordId& id) override;
    /// Gone without a trace, as what left the bin: no page tells it.
    void purge(const RecordId& id);
    /// The value is another from now on, with the stamp it had: a formula of another record's
    /// fields.
    void edits_silently(const RecordId& id, const std::string& field, Value value);
    /// A person whom no page of changes tells until all is read anew; the key.
    std::string adds_silently(const std::string& object, const std::string& email);
    /// `loser` goes into `survivor`, whose values stay as they are; memberships come along.
    void merge(const RecordId& loser, const RecordId& survivor) override;
    std::string convert(const std::string& lead_key) override;
    /// A lead becomes part of a contact that is there already, whose values stay as they are.
    void convert_into(const std::string& lead_key, const std::string& contact_key) override;
    void hides_next_change_for(std::chrono::seconds time) override { hide_next_ = time; }

    // --- faults
    /// The next calls fail and do nothing.
    void fails_next(int calls, ErrorKind kind, std::string remote_code = "FAULT");
    void loses_next_answer() override { lose_answer_ = true; }
    void loses_next_request() override { lose_request_ = true; }
    void crashes_after_next_write() override { crash_after_write_ = true; }
    void cuts_page() override { fails_page_ = true; }
    void goes_down(bool down) override { is_down_ = down; }
    /// Nobody can be looked up by a field.
    void rejects_find(bool rejects) { rejects_find_ = rejects; }
    /// Reads leave this field out, as for a user who may not see it; "": none.
    void hides_field(std::string field) { hidden_field_ = std::move(field); }
    /// Writes of this record, or of this field, are refused until accepts_all().
    void rejects_record(const std::string& key, std::string code) { bad_keys_[key] = code; }
    void rejects_field(const std::string& field, std::string code) { bad_fields_[field] = code; }
    void refuses_next_write(ErrorKind kind, std::string code) override {
        refuse_next_ = {kind, code};
    }
    /// Writes of this record fail for now until accepts_all(); nothing is done.
    void locks_record(const std::string& key, std::string code) { locked_keys_[key] = code; }
    void accepts_all() override;
    void heals() override;
    /// From now on a write is invisible to reads for so long; `read_lag()` tells the longest.
    void lags(std::chrono::seconds time) override { lag_ = time; }
    void skews(std::chrono::milliseconds time) override { skew_ = time; }
    void uses_quota(std::int64_t calls) override { used_today_ += calls; }
    void renews_quota() override { used_today_ = 0; }

    void watch(SideWatch watch) override { watch_ = std::move(watch); }

    // --- what a test looks at
    [[nodiscard]] const Fields* find_record(const RecordId& id) const override;
    [[nodiscard]] Value value(const RecordId& id, const std::string& field) const override;
    [[nodiscard]] std::size_t versions(const RecordId& id) const override;
    [[nodiscard]] std::size_t versions_told(const RecordId& id) const override;
    [[nodiscard]] const Change* told(const RecordId& id) const override;
    [[nodiscard]] bool was_told_alive(const RecordId& id) const override;
    [[nodiscard]] Instant visible_at(const RecordId& id) const override;
    [[nodiscard]] std::map<std::string, Fields> records(const std::string& object) const override;
    [[nodiscard]] const std::vector<Executed>& writes() const noexcept { return executed_; }
    [[nodiscard]] std::int64_t creates(std::string_view object) const;
    [[nodiscard]] std::int64_t updates(std::string_view object) const;
    [[nodiscard]] std::int64_t deletes(std::string_view object) const;
    /// Whatever became of them.
    [[nodiscard]] std::int64_t calls() const noexcept { return calls_; }
    [[nodiscard]] std::int64_t answers() const noexcept override { return calls_ - unanswered_; }
    /// Every field that a read asked for: "Contact.Email".
    [[nodiscard]] const std::set<std::string>& asked() const noexcept { return asked_; }
    [[nodiscard]] std::int64_t used_today() const noexcept { return used_today_; }

    // --- the connector
    [[nodiscard]] std::string_view name() const noexcept override { return options_.name; }
    Status check(std::span<const Selection> needs, std::stop_token stop) override;
    Result<Catalog> discover(std::stop_token stop) override;
    Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit,
                               std::stop_token stop) override;
    Result<std::vector<Change>> read(const Selection& what, std::span<const std::string> keys,
                                     std::stop_token stop) override;
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value, std::stop_token stop) override;
    Result<std::vector<Result<Written>>> write(std::span<const Write> batch,
                                               std::stop_token stop) override;
    [[nodiscard]] std::size_t batch_size(std::string_view object, WriteKind kind) const override;
    [[nodiscard]] std::chrono::seconds read_lag() const noexcept override {
        return options_.read_lag;
    }
    [[nodiscard]] Budget budget() const override;

private:
    /// A record as it was from `visible_at` on.
    struct Version {
        Change change;
        Instant visible_at;
    };
    struct Row {
        std::vector<Version> versions;  // by time; the last is the truth
        std::size_t told = 0;           // versions that the daemon was told of
        bool was_told_alive = false;    // at least one of them was no tombstone
    };
    struct Fault {
        ErrorKind kind;
        std::string code;
    };

    std::optional<Error> meet_fault();
    void note(std::string_view fault) const;
    Change tell(const Selection& what, Row& row, const Version& version);
    Error error(ErrorKind kind, std::string code) const;
    Result<Written> execute(const Write& write);
    [[nodiscard]] std::optional<Error> refusal(const Write& write) const;
    /// The newest live record that a create by its key changes; "": it makes one.
    [[nodiscard]] std::string holder_of(const Write& create) const;
    void put(Change change);
    void move_memberships(const std::string& loser, const std::string& survivor);
    const Row* find_row(const RecordId& id) const;
    const Change& current(const RecordId& id) const;
    static const Version* visible(const Row& row, Instant at);
    [[nodiscard]] Change selected(const Selection& what, const Change& change) const;
    void update_visibility(const std::string& object);
    std::string next_key(const std::string& object);

    SideOptions options_;
    const Clock& clock_;
    SideWatch watch_;
    std::chrono::seconds lag_;
    std::chrono::milliseconds skew_{0};
    std::map<std::string, std::map<std::string, Row>> objects_;
    /// Keys in the order in which their newest version became visible: what cursors count.
    std::map<std::string, std::vector<std::string>> shown_;
    std::map<std::pair<std::string, std::string>, std::size_t> shown_versions_;
    std::map<std::string, std::vector<std::string>> untold_;  // keys that only a full read shows
    std::vector<Executed> executed_;
    std::deque<Fault> faults_;
    std::map<std::string, std::string> bad_keys_;
    std::map<std::string, std::string> bad_fields_;
    std::map<std::string, std::string> locked_keys_;
    std::optional<Fault> refuse_next_;
    std::chrono::seconds hide_next_{0};
    bool lose_answer_ = false;
    bool lose_request_ = false;
    bool crash_after_write_ = false;
    bool fails_page_ = false;
    bool is_down_ = false;
    bool rejects_find_ = false;
    std::string hidden_field_;
    std::int64_t calls_ = 0;
    std::int64_t unanswered_ = 0;  // of them
    mutable std::set<std::string> asked_;
    std::int64_t used_today_ = 0;
    /// What the last call's answer told of the quota: a vendor says nothing unasked.
    std::optional<std::int64_t> told_used_;
    std::chrono::steady_clock::time_point told_at_{};
    std::int64_t last_key_ = 0;
};

}  // namespace duet::world
