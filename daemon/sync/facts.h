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
#include "daemon/sync/record_cache.h"
#include "mappings/merge/decide.h"

namespace duet::sync {

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
    struct PathsOfObject {
        Side side;
        std::string object;
        ByText<std::optional<Path>> paths{};
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
