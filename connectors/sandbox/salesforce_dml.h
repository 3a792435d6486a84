#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/salesforce_derive.h"
#include "connectors/sandbox/salesforce_rows.h"
#include "connectors/sandbox/salesforce_values.h"

namespace duet::sandbox {

/// What became of one record.
struct Outcome {
    std::string id{};
    bool created = false;
    std::vector<Refusal> errors{};       // empty: it was done
    std::vector<std::string> matches{};  // more than one: an upsert key that fits several rows
    [[nodiscard]] bool ok() const noexcept { return errors.empty(); }
};

/// What became of a merge.
struct Merged {
    Outcome outcome{};  // its id is the master's
    std::vector<std::string> merged_ids{};
    std::vector<std::string> related_ids{};  // children that hang on the master now
};

/// A lead conversion as the vendor's LeadConvert says it. Ids as given, "" for none.
struct Conversion {
    std::string lead_id, converted_status, account_id, contact_id;
    std::string opportunity_id, opportunity_name, owner_id;
    bool without_opportunity = false;
    bool overwrite_lead_source = false;
};

struct Converted {
    std::vector<Refusal> errors{};  // empty: it was done
    std::string lead_id{}, account_id{}, contact_id{}, opportunity_id{};
};

/// While it lives, writes belong to a row that was counted.
class OneRow {
public:
    explicit OneRow(bool& within) : within_(within), before_(std::exchange(within, true)) {}
    ~OneRow() { within_ = before_; }
    OneRow(const OneRow&) = delete;
    OneRow& operator=(const OneRow&) = delete;

private:
    bool& within_;
    bool before_;
};

/// Writes records one by one as one user. Each record is whole or not at all; what they touch
/// (roll-ups, LastActivityDate) is settled by `finish`.
///
/// `fields` are JSON objects of the API: null clears, "attributes" is skipped, an object under a
/// relationship name is a parent by external id.
class Writer {
public:
    /// `by_person`: in the vendor's pages, where locked influence models are closed.
    Writer(SandboxState& state, std::string user_id, bool by_person = false)
        : state_(state), user_id_(std::move(user_id)), by_person_(by_person) {}

    [[nodiscard]] Outcome insert(const Object& object, const nlohmann::json& fields);
    [[nodiscard]] Outcome update(const Object& object, const std::string& id,
                                 const nlohmann::json& fields);
    /// By `key` (Id included). Several matches: `matches` and DUPLICATE_EXTERNAL_ID.
    [[nodiscard]] Outcome upsert(const Object& object, const Field& key, const std::string& value,
                                 const nlohmann::json& fields, bool update_only = false);
    /// To the recycle bin, with the rows that hang on it.
    [[nodiscard]] Outcome remove(const Object& object, const std::string& id);

    // salesforce_bin.cpp
    /// Back from the recycle bin, with the rows that went there with it.
    [[nodiscard]] Outcome undelete(const std::string& id);
    /// Out of the recycle bin, for good (emptyRecycleBin).
    [[nodiscard]] Outcome erase(const std::string& id);
    /// Gone for good, whether alive or in the bin (Bulk hardDelete).
    [[nodiscard]] Outcome hard_delete(const Object& object, const std::string& id);

    /// Writes `fields` to the master and puts one or two losers into the bin with its id as
    /// MasterRecordId; what hung on them hangs on the master. Whole or not at all.
    [[nodiscard]] Merged merge(const Object& object, const std::string& master_id,
                               const nlohmann::json& fields,
                               const std::vector<std::string>& loser_ids);
    /// Whole or not at all.
    [[nodiscard]] Converted convert(const Conversion& order);

    void finish() { settle(state_, ripple_); }

private:
    /// Counts a row of the request; a refusal where a fault breaks that one.
    [[nodiscard]] std::optional<Refusal> broken_row();
    [[nodiscard]] std::vector<Refusal> fill(Row& row, const nlohmann::json& fields, Write& write);
    [[nodiscard]] std::vector<Refusal> check(const Row& row, const Write& write);
    [[nodiscard]] std::optional<Refusal> set_parent(Row& row, const Field& field,
                                                    const nlohmann::json& by, Write& write);
    [[nodiscard]] std::optional<Refusal> check_reference(const Row& row, const Field& field);
    [[nodiscard]] std::optional<Refusal> check_unique(const Row& row, const Field& field);
    /// A refusal where children keep the row, or one that would go with it, from being deleted.
    [[nodiscard]] std::optional<Refusal> check_children(const Row& row);
    void remove_with_children(Row row, const std::string& stamp, const std::string& root);
    // salesforce_merge.cpp
    [[nodiscard]] std::optional<Refusal> check_loser(const Row& master, const std::string& id,
                                                     std::set<std::string>& seen);
    [[nodiscard]] std::vector<std::string> move_children(const Row& from, const Row& to,
                                                         const std::string& stamp);
    [[nodiscard]] bool move_child(Row child, const std::string& field, const Row& to,
                                  const std::string& stamp);
    // salesforce_convert.cpp
    [[nodiscard]] Converted convert_whole(const Conversion& order);
    [[nodiscard]] std::variant<std::string, Refusal> conversion_target(
        const Row& lead, const Conversion& order, const std::string& account_id, bool contact);
    [[nodiscard]] Outcome conversion_deal(const Row& lead, const Conversion& order,
                                          const Converted& done);
    void move_to_contact(const Row& lead, const std::string& contact_id, const std::string& stamp);

    SandboxState& state_;
    std::string user_id_;
    bool by_person_;
    Ripple ripple_;
    bool within_ = false;  // another row's work, or an upsert that was counted
};

void stamp_changed(Row& row, const std::string& stamp, const std::string& user_id);
/// A row's stamp never goes back: who is late to commit holds the row meanwhile.
void move_stamp(Row& row, const std::string& stamp);
[[nodiscard]] Refusal entity_is_deleted();
[[nodiscard]] Refusal no_such_record();  // INVALID_CROSS_REFERENCE_KEY
[[nodiscard]] Refusal converted_lead();

/// Notes that a row is in the recycle bin since now; `root`: the row whose deletion took it along.
void note_in_bin(SandboxState& state, const Row& row, const std::string& root);
/// Notes that a deletion cleared a lookup, so that an undelete can restore it.
void note_cleared(SandboxState& state, const std::string& root, const Row& child,
                  const std::string& field);
/// Erases what has been in the bin for 15 days.
void empty_expired_bin(SandboxState& state);

/// Fields that an insert leaves out: defaults, false, the owner.
void apply_defaults(Row& row, const std::string& user_id);

}  // namespace duet::sandbox
