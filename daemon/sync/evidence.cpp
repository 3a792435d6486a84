#include "daemon/sync/evidence.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

using merge::Evidence;

// Salesforce prints an id in 15 characters or in 18, of which the last three are a checksum.
constexpr std::size_t kIdLength = 15;

bool is_user(std::string_view held, std::string_view listed) noexcept {
    const bool are_ids = held.size() >= kIdLength && listed.size() >= kIdLength;
    return are_ids ? held.substr(0, kIdLength) == listed.substr(0, kIdLength) : held == listed;
}

bool is_by_machine(const Org& org, const ObjectModel& object, const Record& record) {
    const auto& machines = org.model.documents().integration_users[object.side];
    if (machines.users.empty()) return false;
    const std::string user = display(record.fields.get(machines.field));
    return std::any_of(machines.users.begin(), machines.users.end(),
                       [&](const std::string& listed) { return is_user(user, listed); });
}

bool is_same_value(const ObjectModel& object, const std::string& name, const Value& a,
                   const Value& b) {
    const FieldInfo* field = object.info->find(name);
    const bool is_list = field != nullptr && field->type == FieldType::MultiPicklist;
    return is_list ? merge::same_options(a, b) : merge::same(a, b);
}

}  // namespace

void note_changes(const Org& org, const ObjectModel& object, const store::SeenRow* before,
                  Instant polled, store::SeenRow& now) {
    Evidence found;
    found.until = std::chrono::ceil<std::chrono::milliseconds>(org.clock.now());
    found.by_machine = is_by_machine(org, object, now.record);
    if (object.hides_user) {
        now.record.fields.erase(org.model.documents().integration_users[object.side].field);
    }
    if (object.dated.empty()) return;
    // A read that lags behind may have missed what was there already.
    if (polled != Instant{}) {
        found.after = std::chrono::floor<std::chrono::milliseconds>(
            polled - org.connectors[object.side]->read_lag());
    }
    if (before == nullptr) {
        if (found.after != DateTime{} || found.by_machine) now.changed = {{"", found}};
        return;
    }
    // The stamp is that of our own write: what differs is how the vendor keeps what we sent.
    const bool is_ours =
        before->written_at != Instant{} && now.record.modified == before->record.modified;
    for (const std::string& name : object.dated) {
        const Value* held = now.record.fields.find(name);
        const Value* earlier = before->record.fields.find(name);
        if (held == nullptr) continue;
        if (earlier != nullptr && is_same_value(object, name, *earlier, *held)) continue;
        Evidence when = found;
        // What could not be read before may have been there for long.
        if (earlier == nullptr) when.after = DateTime{};
        when.by_machine = when.by_machine || is_ours;
        now.changed.insert_or_assign(name, when);
    }
}

void note_own_write(const Org& org, const ObjectModel& object, const Fields& written,
                    store::SeenRow& row) {
    const auto now = std::chrono::ceil<std::chrono::milliseconds>(org.clock.now());
    for (const std::string& name : object.dated) {
        if (written.find(name) != nullptr)
            row.changed.insert_or_assign(name, Evidence{DateTime{}, now, true});
    }
}

}  // namespace duet::sync
