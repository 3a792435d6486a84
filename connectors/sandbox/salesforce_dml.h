#pragma once

#include <string>
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

/// Writes records one by one as one user. Each record is whole or not at all; what they touch
/// (roll-ups, LastActivityDate) is settled by `finish`.
///
/// `fields` are JSON objects of the API: null clears, "attributes" is skipped, an object under a
/// relationship name is a parent by external id.
class Writer {
public:
    Writer(SandboxState& state, std::string user_id)
        : state_(state), user_id_(std::move(user_id)) {}

    [[nodiscard]] Outcome insert(const Object& object, const nlohmann::json& fields);
    [[nodiscard]] Outcome update(const Object& object, const std::string& id,
                                 const nlohmann::json& fields);
    /// By `key` (Id included). Several matches: `matches` and DUPLICATE_EXTERNAL_ID.
    [[nodiscard]] Outcome upsert(const Object& object, const Field& key, const std::string& value,
                                 const nlohmann::json& fields, bool update_only = false);
    /// To the recycle bin, with the rows that hang on it.
    [[nodiscard]] Outcome remove(const Object& object, const std::string& id);
    void finish() { settle(state_, ripple_); }

private:
    [[nodiscard]] std::vector<Refusal> fill(Row& row, const nlohmann::json& fields, Write& write);
    [[nodiscard]] std::vector<Refusal> check(const Row& row, const Write& write);
    [[nodiscard]] std::optional<Refusal> set_parent(Row& row, const Field& field,
                                                    const nlohmann::json& by, Write& write);
    [[nodiscard]] std::optional<Refusal> check_reference(const Row& row, const Field& field);
    [[nodiscard]] std::optional<Refusal> check_unique(const Row& row, const Field& field);
    void remove_with_children(Row row, const std::string& stamp);

    SandboxState& state_;
    std::string user_id_;
    Ripple ripple_;
};

/// Fields that an insert leaves out: defaults, false, the owner.
void apply_defaults(Row& row, const std::string& user_id);

}  // namespace duet::sandbox
