#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/store/store.h"

namespace duet::sync {

/// By texts, found by views of them.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};
template <class V>
using ByText = std::unordered_map<std::string, V, TextHash, std::equal_to<>>;

/// Records of one org as the store has them, kept in memory while a batch of entities is decided.
/// One thread; forget() between batches, and of a record when it was written.
class RecordCache {
public:
    RecordCache(store::Store& store, std::string org) : store_(store), org_(std::move(org)) {}
    RecordCache(const RecordCache&) = delete;
    RecordCache& operator=(const RecordCache&) = delete;

    /// The record, or nullptr when it was never seen. Valid until forget().
    const store::SeenRow* get(Side side, std::string_view object, std::string_view key);
    const store::SeenRow* get(Side side, const RecordId& id) {
        return get(side, id.object, id.key);
    }
    /// Keys of the rows of `object` whose `field` refers to `target`. Valid until forget().
    const std::vector<std::string>& referring(Side side, const std::string& object,
                                              const std::string& field, const std::string& target);
    /// Those rows themselves, deleted ones among them. Valid until forget().
    const std::vector<const store::SeenRow*>& children(Side side, const std::string& object,
                                                       const std::string& field,
                                                       const std::string& target);
    /// Reads these records at once, and what refers to them, as far as it was asked about others of
    /// their object before. Bounded; what is left out is read once somebody asks.
    void expect(std::vector<store::Link> records);
    /// The entity that the record belongs to; nothing where there is none.
    std::optional<store::EntityId> entity_of(Side side, const RecordId& record);
    /// The records of both sides that are one entity with `record`, which is among them; none when
    /// it belongs to no entity.
    std::vector<store::Link> linked_with(Side side, const RecordId& record);
    void forget();
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

    [[nodiscard]] store::Store& store() noexcept { return store_; }
    [[nodiscard]] const std::string& org() const noexcept { return org_; }
    /// For whoever asked the store past the cache and got no answer.
    void note(Error failure) { failure_ = std::move(failure); }
    /// Why the store could not be read, once it could not; the batch must be thrown away.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

private:
    using Keys = std::vector<std::string>;
    struct Object {
        Side side{};
        std::string name;
        // By key, which is the row's own; nullptr: it was never seen.
        std::unordered_map<std::string_view, const store::SeenRow*> rows{};
        std::deque<store::SeenRow> seen{};
        std::deque<std::string> unseen{};
        ByText<std::optional<store::EntityId>> entities{};
    };
    struct Children {
        Keys keys;
        std::optional<std::vector<const store::SeenRow*>> rows{};
    };
    /// How records refer to others: by one field of an object.
    struct Reference {
        Side side{};
        std::string object;
        std::string field;
        std::set<std::string, std::less<>> targets{};  // objects of which it was asked about
        ByText<Children> children{};                   // by the key that is referred to
    };
    Object& object_of(Side side, std::string_view name);
    Reference& reference_of(Side side, const std::string& object, const std::string& field);
    Children& children_of(Reference& reference, const std::string& target);
    /// Remembers that this was asked, where the target is one of the expected.
    void learn(Reference& reference, const std::string& target);
    void expect_rows(Object& object, const Keys& keys);
    void expect_children(Reference& reference, const Keys& targets);

    store::Store& store_;
    std::string org_;
    std::optional<Error> failure_;
    // Some twenty objects and as many references: looked through faster than hashed.
    std::deque<Object> objects_;
    std::deque<Reference> references_;
    std::size_t rows_ = 0;
    std::vector<store::Link> expected_;
    // Of the expected, by key; empty as long as nobody asked.
    PerSide<std::unordered_map<std::string_view, const store::Link*>> expected_by_key_;
};

}  // namespace duet::sync
