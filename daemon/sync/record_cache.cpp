#include "daemon/sync/record_cache.h"

#include <algorithm>
#include <map>
#include <utility>

namespace duet::sync {
namespace {

// Records that are read before anybody asked for them, as long as no more are held.
constexpr std::size_t kMostExpected = 20'000;
// Fewer are cheaper asked for one by one.
constexpr std::size_t kFewestTogether = 4;

/// Keys of vendors are; others are asked for one by one, byte for byte.
bool is_plain(const std::string& key) {
    return std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

RecordCache::Object& RecordCache::object_of(Side side, std::string_view name) {
    for (Object& one : objects_) {
        if (one.side == side && one.name == name) return one;
    }
    return objects_.emplace_back(Object{side, std::string(name)});
}

RecordCache::Reference& RecordCache::reference_of(Side side, const std::string& object,
                                                  const std::string& field) {
    for (Reference& one : references_) {
        if (one.side == side && one.field == field && one.object == object) return one;
    }
    return references_.emplace_back(Reference{side, object, field});
}

const store::SeenRow* RecordCache::get(Side side, std::string_view object, std::string_view key) {
    Object& of = object_of(side, object);
    const auto known = of.rows.find(key);
    if (known != of.rows.end()) return known->second;
    RecordId id{of.name, std::string(key)};
    auto row = store_.seen(org_, side, id);
    if (!row) {
        failure_ = std::move(row).error();
        return nullptr;
    }
    ++rows_;
    if (*row) {
        const store::SeenRow& kept = of.seen.emplace_back(std::move(**row));
        return of.rows.emplace(kept.record.id.key, &kept).first->second;
    }
    of.rows.emplace(of.unseen.emplace_back(std::move(id.key)), nullptr);
    return nullptr;
}

RecordCache::Children& RecordCache::children_of(Reference& reference, const std::string& target) {
    auto known = reference.children.find(target);
    if (known == reference.children.end()) {
        learn(reference, target);
        auto keys =
            store_.referring(org_, reference.side, reference.object, reference.field, target);
        if (!keys) {
            failure_ = std::move(keys).error();
            keys = Keys{};
        }
        known = reference.children.emplace(target, Children{std::move(*keys)}).first;
    }
    return known->second;
}

const std::vector<std::string>& RecordCache::referring(Side side, const std::string& object,
                                                       const std::string& field,
                                                       const std::string& target) {
    return children_of(reference_of(side, object, field), target).keys;
}

const std::vector<const store::SeenRow*>& RecordCache::children(Side side,
                                                                const std::string& object,
                                                                const std::string& field,
                                                                const std::string& target) {
    Children& known = children_of(reference_of(side, object, field), target);
    if (!known.rows) {
        known.rows.emplace();
        for (const std::string& key : known.keys) {
            const store::SeenRow* row = get(side, object, key);
            if (row != nullptr) known.rows->push_back(row);
        }
    }
    return *known.rows;
}

void RecordCache::learn(Reference& reference, const std::string& target) {
    auto& by_key = expected_by_key_[reference.side];
    if (by_key.empty()) {
        for (const store::Link& one : expected_) {
            if (one.side == reference.side) by_key.emplace(one.id.key, &one);
        }
    }
    const auto found = by_key.find(target);
    if (found != by_key.end()) reference.targets.insert(found->second->id.object);
}

void RecordCache::expect(std::vector<store::Link> records) {
    expected_by_key_ = {};
    expected_ = std::move(records);
    std::map<std::pair<Side, std::string_view>, Keys> by_object;
    for (const store::Link& record : expected_) {
        if (is_plain(record.id.key))
            by_object[{record.side, record.id.object}].push_back(record.id.key);
    }
    for (const auto& [object, keys] : by_object)
        expect_rows(object_of(object.first, object.second), keys);
    for (Reference& reference : references_) {
        for (const std::string& target : reference.targets) {
            const auto asked = by_object.find({reference.side, target});
            if (asked != by_object.end()) expect_children(reference, asked->second);
        }
    }
}

void RecordCache::expect_rows(Object& object, const Keys& keys) {
    Keys unknown;
    for (const std::string& key : keys) {
        if (!object.rows.contains(key)) unknown.push_back(key);
    }
    if (unknown.size() < kFewestTogether) return;
    auto read = store_.seen_of(org_, object.side, object.name, unknown);
    if (!read) {
        failure_ = std::move(read).error();
        return;
    }
    for (store::SeenRow& row : *read) {
        if (object.rows.contains(row.record.id.key)) continue;
        const store::SeenRow& kept = object.seen.emplace_back(std::move(row));
        object.rows.emplace(kept.record.id.key, &kept);
        ++rows_;
    }
}

void RecordCache::expect_children(Reference& reference, const Keys& targets) {
    Keys unknown;
    for (const std::string& target : targets) {
        if (!reference.children.contains(target)) unknown.push_back(target);
    }
    if (unknown.size() < kFewestTogether) return;
    auto read =
        store_.referring_of(org_, reference.side, reference.object, reference.field, unknown);
    if (!read) {
        failure_ = std::move(read).error();
        return;
    }
    Keys children;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        for (const std::string& key : (*read)[i]) {
            if (children.size() + rows_ < kMostExpected && is_plain(key)) children.push_back(key);
        }
        reference.children.emplace(std::move(unknown[i]), Children{std::move((*read)[i])});
    }
    std::sort(children.begin(), children.end());
    children.erase(std::unique(children.begin(), children.end()), children.end());
    expect_rows(object_of(reference.side, reference.object), children);
}

std::optional<store::EntityId> RecordCache::entity_of(Side side, const RecordId& record) {
    Object& object = object_of(side, record.object);
    auto known = object.entities.find(record.key);
    if (known == object.entities.end()) {
        auto entity = store_.entity_of(org_, side, record);
        if (!entity) {
            failure_ = std::move(entity).error();
            return std::nullopt;
        }
        known = object.entities.emplace(record.key, *entity).first;
    }
    return known->second;
}

std::vector<store::Link> RecordCache::linked_with(Side side, const RecordId& record) {
    auto entity = store_.entity_of(org_, side, record);
    if (!entity) {
        failure_ = std::move(entity).error();
        return {};
    }
    if (!*entity) return {};
    auto links = store_.links(org_, **entity);
    if (!links) {
        failure_ = std::move(links).error();
        return {};
    }
    return *std::move(links);
}

void RecordCache::forget() {
    for (Object& object : objects_) {
        object.rows.clear();
        object.seen.clear();
        object.unseen.clear();
        object.entities.clear();
    }
    for (Reference& reference : references_) reference.children.clear();
    rows_ = 0;
}

}  // namespace duet::sync
