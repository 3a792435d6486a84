#include <utility>

#include "daemon/sync/learning.h"
#include "daemon/sync/planner.h"

namespace duet::sync {
namespace {

using store::EntityId;
using store::SeenRow;

// Records of those who were planned before, some 3 KB each, kept when others are expected: what
// they share is there.
constexpr std::size_t kMostRowsBetween = 10'000;
// Some 200 bytes each.
constexpr std::size_t kMostRollups = 100'000;

}  // namespace

/// What people share (their account's deals) is read once for all of them, as long as it fits.
void Planner::keep_within(std::size_t rows) {
    if (cache_.rows() > rows) cache_.forget();
    if (rollups_.results() > kMostRollups) rollups_.forget();
}

Status Planner::expect(std::span<const EntityId> entities) {
    // What was read of others is of no more use, but for what they share.
    keep_within(kMostRowsBetween);
    auto rows = org_.store.rows_of(org_.name, entities);
    if (!rows) return std::move(rows).error();
    expected_ = *std::move(rows);
    next_expected_ = 0;
    std::vector<store::Link> records;
    for (const store::EntityRows& one : expected_)
        records.insert(records.end(), one.links.begin(), one.links.end());
    cache_.expect(std::move(records));
    if (cache_.failure()) return *cache_.failure();
    return Done{};
}

Result<store::EntityRows> Planner::rows_of(EntityId id) {
    while (next_expected_ < expected_.size() && expected_[next_expected_].entity.id < id)
        ++next_expected_;
    if (next_expected_ < expected_.size() && expected_[next_expected_].entity.id == id)
        return std::move(expected_[next_expected_++]);
    auto read = org_.store.rows_of(org_.name, std::span(&id, 1));
    if (!read) return std::move(read).error();
    if (read->empty())
        return Error{
            ErrorKind::Broken, "An entity vanished while it was planned.", "DUET-5010", "", {}};
    return std::move(read->front());
}

/// The list's id, and whether the record is on it and by whose hand.
Status Planner::find_membership(const RecordId& person, const document::ListRule& rule,
                                merge::Membership& membership) {
    const ListObjects& lists = org_.model.lists(rule.side);
    auto ids = list_ids(rule.side);
    if (!ids) return std::move(ids).error();
    const auto id = (*ids)->find(rule.list);
    if (id == (*ids)->end()) return Done{};
    membership.list_id = id->second;
    const std::string member_field = lists.member_field_of(person.object);
    for (const SeenRow* row :
         cache_.children(rule.side, lists.membership->name, member_field, person.key)) {
        const std::string* list = as_text(row->record.fields.get(lists.list_field));
        if (list == nullptr || *list != membership.list_id) continue;
        if (lists.is_left(row->record)) membership.opted_out = true;
        if (row->deleted) continue;
        membership.membership_id = row->record.id.key;
        membership.ours = lists.is_ours(*row);
        if (!lists.status_field.empty())
            membership.status = display(row->record.fields.get(lists.status_field));
    }
    return Done{};
}

Result<const std::map<std::string, std::string>*> Planner::list_ids(Side side) {
    auto& known = list_ids_[side];
    if (!known) {
        std::map<std::string, std::string> ids;
        const ListObjects& lists = org_.model.lists(side);
        auto read =
            org_.store.each_seen(org_.name, side, lists.list->name, [&](const SeenRow& row) {
                const std::string* name = as_text(row.record.fields.get(lists.name_field));
                if (name != nullptr && !row.deleted) ids.emplace(*name, row.record.id.key);
                return true;
            });
        if (!read) return std::move(read).error();
        known = std::move(ids);
    }
    return &*known;
}

/// What models have learnt so far, once a batch.
Status Planner::learn() {
    if (lessons_) return Done{};
    auto lessons = load_lessons(org_);
    if (!lessons) return std::move(lessons).error();
    lessons_ = std::move(*lessons);
    return Done{};
}

/// What parts the customers, once a batch; nullptr where the entity is none.
Result<const RfmThresholds*> Planner::thresholds(EntityKind kind) {
    const document::RfmRule* rule = org_.model.documents().rfm.get();
    if (rule == nullptr || rule->of != kind) return static_cast<const RfmThresholds*>(nullptr);
    if (!thresholds_) {
        auto found = thresholds_for({org_.model, cache_, paths_, rollups_, moment_}, *rule);
        if (!found) return std::move(found).error();
        thresholds_ = *std::move(found);
    }
    return &*thresholds_;
}

}  // namespace duet::sync
