#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_dml.h"

namespace duet::sandbox {

namespace {

constexpr std::size_t kLosersMax = 2;
constexpr int kChildrenMax = 1'000'000;

Refusal merge_failed(const std::string& why) { return {"MERGE_FAILED", why, {}}; }

bool same_campaign_member(SandboxState& state, const Row& member, const std::string& field,
                          const std::string& person) {
    auto twin = state.database.prepare(
        "SELECT 1 FROM CampaignMember WHERE IsDeleted=0 AND CampaignId=?1 AND Id<>?2 AND " + field +
        "=?3");
    twin.bind(1, member.text("CampaignId")).bind(2, member.text("Id")).bind(3, person);
    return twin.step();
}

}  // namespace

std::optional<Refusal> Writer::check_loser(const Row& master, const std::string& id,
                                           std::set<std::string>& seen) {
    const std::string key = id18(id);
    if (key.empty()) return Refusal{"MALFORMED_ID", "malformed id " + id, {"Id"}};
    if (key == master.text("Id")) return merge_failed("a record cannot be merged with itself");
    if (!seen.insert(key).second) return merge_failed("a record is given twice: " + key);
    const Object& object = master.table().object();
    if (object_of_id(state_.schema, key) != &object) {
        return merge_failed("records of different types cannot be merged: " + key);
    }
    const auto loser = load_row(state_, master.table(), key);
    if (!loser) return no_such_record();
    if (loser->truth("IsDeleted")) return entity_is_deleted();
    if (object.name == "Lead" && loser->truth("IsConverted")) return converted_lead();
    return std::nullopt;
}

/// False: the child did not move and went into the bin.
bool Writer::move_child(Row child, const std::string& field, const Row& to,
                        const std::string& stamp) {
    const Row before = child;
    const std::string target = to.text("Id");
    const std::string& object = child.table().object().name;
    if (object == "CampaignMember" && same_campaign_member(state_, child, field, target)) {
        // One membership of a person in a campaign: the master's stays.
        const std::string id = child.text("Id");
        remove_with_children(std::move(child), stamp, id);
        return false;
    }
    child.set(field, target);
    Write write;
    write.before = &before;
    if (child.text("Id") == target || derive(state_, child, write)) {
        // The master under its own loser, or a hierarchy that would run in a circle.
        child = before;
        child.set(field, SqlValue{});
    }
    move_stamp(child, stamp);
    update_row(state_, before, child);
    touch(state_, before, ripple_);
    touch(state_, child, ripple_);
    return true;
}

std::vector<std::string> Writer::move_children(const Row& from, const Row& to,
                                               const std::string& stamp) {
    std::vector<std::string> moved;
    for (const ChildRelationship& link : from.table().object().children) {
        const Table& table = table_of(state_, link.child);
        const Field& field = *table.object().find(link.field);
        for (const std::string& id :
             ids_where(state_, table.object(), field, from.value("Id"), kChildrenMax)) {
            auto child = load_row(state_, table, id);
            if (move_child(std::move(*child), field.name, to, stamp)) moved.push_back(id);
        }
    }
    return moved;
}

Merged Writer::merge(const Object& object, const std::string& master_id,
                     const nlohmann::json& fields, const std::vector<std::string>& loser_ids) {
    const auto refused = [](Refusal why) {
        return Merged{.outcome = {.errors = {std::move(why)}}};
    };
    if (!object.mergeable) {
        return refused({"INVALID_TYPE_FOR_OPERATION", object.name + " cannot be merged", {}});
    }
    if (loser_ids.empty() || loser_ids.size() > kLosersMax) {
        return refused(merge_failed("one or two records are merged into a master"));
    }
    if (auto broken = broken_row()) return refused(std::move(*broken));
    const OneRow counted(within_);
    Transaction whole(state_.database);
    Merged merged;
    merged.outcome = update(object, master_id, fields);
    if (!merged.outcome.ok()) return merged;
    const auto master = load_row(state_, table_of(state_, object), merged.outcome.id);
    std::set<std::string> seen;
    for (const std::string& id : loser_ids) {
        if (auto why = check_loser(*master, id, seen)) return refused(std::move(*why));
    }
    const std::string stamp = state_.write_stamp();
    for (const std::string& key : seen) {
        const auto before = load_row(state_, master->table(), key);
        for (std::string& id : move_children(*before, *master, stamp)) {
            merged.related_ids.push_back(std::move(id));
        }
        // A child of the same object may have been the loser itself.
        const auto now = load_row(state_, master->table(), key);
        Row loser = *now;
        loser.set_truth("IsDeleted", true);
        loser.set("MasterRecordId", master->value("Id"));
        stamp_changed(loser, stamp, user_id_);
        update_row(state_, *now, loser);
        note_in_bin(state_, loser, key);
        merged.merged_ids.push_back(key);
    }
    if (object.find("LastActivityDate") != nullptr) {
        ripple_.activity_targets.insert(master->text("Id"));
    }
    whole.commit();
    return merged;
}

}  // namespace duet::sandbox
