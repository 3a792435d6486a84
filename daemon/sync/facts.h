#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/model.h"
#include "mappings/merge/decide.h"

namespace duet::sync {

/// Records of one org as the store has them, kept in memory while a batch of entities is decided.
/// One thread; forget() between batches, and of a record when it was written.
class RecordCache {
public:
    RecordCache(store::Store& store, std::string org) : store_(store), org_(std::move(org)) {}

    /// The record, or nullptr when it was never seen. Valid until forget().
    const store::SeenRow* get(Side side, const RecordId& id);
    /// Keys of the rows of `object` whose `field` refers to `target`. Valid until forget().
    const std::vector<std::string>& referring(Side side, const std::string& object,
                                              const std::string& field, const std::string& target);
    /// The records of both sides that are one entity with `record`, which is among them; none when
    /// it belongs to no entity.
    std::vector<store::Link> linked_with(Side side, const RecordId& record);
    void forget();
    [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }

    [[nodiscard]] store::Store& store() noexcept { return store_; }
    [[nodiscard]] const std::string& org() const noexcept { return org_; }
    /// For whoever asked the store past the cache and got no answer.
    void note(Error failure) { failure_ = std::move(failure); }
    /// Why the store could not be read, once it could not; the batch must be thrown away.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

private:
    struct Slot {
        Side side{};
        RecordId id{};
    };
    /// Looked up without a copy of its texts.
    struct SlotView {
        Side side;
        const RecordId& id;
    };
    struct SlotHash {
        using is_transparent = void;
        template <class S>
        std::size_t operator()(const S& slot) const noexcept {
            const std::hash<std::string> of;
            return of(slot.id.key) * 31 + of(slot.id.object) + static_cast<std::size_t>(slot.side);
        }
    };
    struct SlotEqual {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const noexcept {
            return a.side == b.side && a.id == b.id;
        }
    };

    store::Store& store_;
    std::string org_;
    std::optional<Error> failure_;
    std::unordered_map<Slot, std::optional<store::SeenRow>, SlotHash, SlotEqual> rows_;
    std::unordered_map<std::string, std::vector<std::string>> referring_;
};

/// What a path of one record means: through parents, blank behind an empty reference.
/// Resolved paths are remembered; refers to model and cache, which must outlive it.
class PathReader {
public:
    PathReader(const Model& model, RecordCache& cache) : model_(model), cache_(cache) {}

    enum class Missing : std::uint8_t {
        None,
        NoSuchField,
        Unreadable,
        Parent,  // the record refers to one that Duet cannot see; `value` is blank
    };
    struct Found {
        const Value* value = nullptr;
        Missing missing = Missing::None;
    };
    Found read(Side side, const Record& record, std::string_view path);

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct PathsOfObject {
        Side side;
        std::string object;
        std::unordered_map<std::string, std::optional<Path>, TextHash, std::equal_to<>> paths{};
    };
    const std::optional<Path>& path_of(Side side, const std::string& object, std::string_view path);

    const Model& model_;
    RecordCache& cache_;
    std::vector<PathsOfObject> paths_;  // some twenty objects
};

/// Bare names of one record: for rollup children, touches and validations.
class RecordFacts final : public merge::FactSource {
public:
    RecordFacts(PathReader& paths, Side side, const Record& record)
        : paths_(paths), side_(side), record_(record) {}
    std::variant<const Value*, std::string> value(std::string_view path) override;
    const Value* side_value(Side side, std::string_view path) override;
    std::optional<DateTime> next_change() const override { return std::nullopt; }

private:
    PathReader& paths_;
    Side side_;
    const Record& record_;
};

/// Rollups over children, remembered: many people share one account's.
class RollupReader {
public:
    struct Result {
        Value value;
        std::optional<std::string> failure;
        std::optional<DateTime> next;
    };
    RollupReader(const Model& model, RecordCache& cache, PathReader& paths, formula::Moment moment)
        : model_(model), cache_(cache), paths_(paths), moment_(moment) {}
    /// Valid until forget().
    const Result& read(const document::Rollup& rollup, const ObjectInfo& own, const Record& record);
    void forget() { results_.clear(); }
    [[nodiscard]] std::size_t results() const noexcept { return results_.size(); }

private:
    Result compute(const document::Rollup& rollup, const RollupJoin& join,
                   const std::string& parent);

    const Model& model_;
    RecordCache& cache_;
    PathReader& paths_;
    formula::Moment moment_;
    std::map<std::pair<const document::Rollup*, std::string>, Result> results_;
};

/// What attributions that learn have learnt; attribute.h.
struct Lessons;

/// What parts all customers; rfm.h.
struct RfmThresholds;

/// Everything the rules of one entity may name.
class EntityFacts final : public merge::FactSource {
public:
    struct Sources {
        const Model& model;
        RecordCache& cache;
        PathReader& paths;
        RollupReader& rollups;
        formula::Moment moment;
        const Lessons* lessons = nullptr;           // what attributions learnt; nullptr: nothing
        const RfmThresholds* thresholds = nullptr;  // nullptr: whoever needs them finds them
    };
    /// `records`: the entity's live record on each side, nullptr where there is none.
    EntityFacts(const Sources& sources, const document::EntityDocument& document,
                PerSide<const Record*> records)
        : sources_(sources), document_(document), records_(records) {}

    std::variant<const Value*, std::string> value(std::string_view path) override;
    const Value* side_value(Side side, std::string_view path) override;
    std::optional<DateTime> next_change() const override { return next_; }
    /// The probability of an open deal, where a rule asked for figures of its kind; else nullptr.
    [[nodiscard]] const Value* told_probability() const;

private:
    std::variant<const Value*, std::string> path_value(Side side, std::string_view path);
    std::variant<const Value*, std::string> rollup_value(std::string_view name);
    std::variant<const Value*, std::string> attribution_value(std::string_view name);
    std::variant<const Value*, std::string> timer_value(std::string_view name);
    std::variant<const Value*, std::string> score_value(std::string_view name);
    std::variant<const Value*, std::string> behaviour_value(std::string_view name);
    std::variant<const Value*, std::string> rfm_value(std::string_view name);

    Sources sources_;
    const document::EntityDocument& document_;
    PerSide<const Record*> records_;
    std::optional<DateTime> next_;
    std::map<std::string, Value, std::less<>> attributed_;
    std::map<std::string, Value, std::less<>> timed_;  // "Answer_Due"
    std::optional<std::map<std::string, Value, std::less<>>> scored_;
    std::string unscored_;  // why nothing is known of scores
    std::optional<std::map<std::string, Value, std::less<>>> expected_;
    std::string unexpected_;  // why nothing is known of behaviour
    std::optional<std::map<std::string, Value, std::less<>>> bought_;
    std::string unbought_;  // why nothing is known of purchases
};

}  // namespace duet::sync
