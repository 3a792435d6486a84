#include "daemon/sync/facts.h"

#include <algorithm>

#include "daemon/sync/answer_timers.h"
#include "daemon/sync/attribute.h"
#include "daemon/sync/attribution_facts.h"
#include "daemon/sync/behaviours.h"
#include "daemon/sync/campaign_figures.h"
#include "daemon/sync/rfm.h"
#include "daemon/sync/scores.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

const Value kBlank{};

bool takes_prefix(std::string_view& path, std::string_view prefix) {
    if (path.size() <= prefix.size() || !same_name(path.substr(0, prefix.size()), prefix))
        return false;
    path.remove_prefix(prefix.size());
    return true;
}

/// What a rollup makes of its children, one after the other.
class RollupSum {
public:
    explicit RollupSum(const document::Rollup& rollup) : rollup_(rollup) {}

    /// Why the child cannot be counted in; nothing: it is.
    std::optional<std::string> add(merge::FactSource& facts, const std::string& key) {
        count_ = *Decimal::add(count_, Decimal{1});
        if (rollup_.function == RollupFunction::Count) return std::nullopt;
        const Value* value = facts.side_value(rollup_.side, rollup_.field);
        if (value == nullptr) return "the field " + rollup_.field + " cannot be read";
        if (!rollup_.order_by.empty()) return put(*value, facts, key);
        if (is_blank(*value)) return std::nullopt;
        if (rollup_.function == RollupFunction::Sum) {
            const Decimal* number = std::get_if<Decimal>(value);
            const auto added = number != nullptr ? Decimal::add(sum_, *number) : std::nullopt;
            if (!added) return "the sum does not fit or is not of numbers";
            sum_ = *added;
        } else if (is_blank(value_) ||
                   (rollup_.function == RollupFunction::Max ? value_ < *value : *value < value_)) {
            value_ = *value;
        }
        return std::nullopt;
    }

    [[nodiscard]] Value value() const {
        if (rollup_.function == RollupFunction::Count) return Value{count_};
        return rollup_.function == RollupFunction::Sum ? Value{sum_} : value_;
    }

private:
    using RollupFunction = document::RollupFunction;
    using Order = std::pair<Value, std::string>;

    /// First and Last.
    std::optional<std::string> put(const Value& value, merge::FactSource& facts,
                                   const std::string& key) {
        const Value* by = facts.side_value(rollup_.side, rollup_.order_by);
        if (by == nullptr) return "the field " + rollup_.order_by + " cannot be read";
        if (is_blank(*by)) return std::nullopt;
        Order order{*by, key};
        const bool is_it = !order_ || (rollup_.function == RollupFunction::Last ? *order_ < order
                                                                                : order < *order_);
        if (!is_it) return std::nullopt;
        order_ = std::move(order);
        value_ = value;
        return std::nullopt;
    }

    const document::Rollup& rollup_;
    Decimal count_{0};
    Decimal sum_{0};
    Value value_;
    std::optional<Order> order_;
};

}  // namespace

const std::optional<Path>& PathReader::path_of(Side side, const std::string& object,
                                               std::string_view path) {
    PathsOfObject* of_object = nullptr;
    for (PathsOfObject& one : paths_) {
        if (one.side == side && one.object == object) of_object = &one;
    }
    if (of_object == nullptr) of_object = &paths_.emplace_back(PathsOfObject{side, object, {}});
    auto known = of_object->paths.find(path);
    if (known == of_object->paths.end()) {
        const Catalog& catalog = model_.catalogs()[side];
        const ObjectInfo* info = catalog.find(object);
        std::optional<Path> resolved;
        if (info != nullptr) resolved = resolve_path(catalog, *info, path);
        known = of_object->paths.emplace(path, std::move(resolved)).first;
    }
    return known->second;
}

PathReader::Found PathReader::read(Side side, const Record& record, std::string_view path) {
    const std::optional<Path>& known = path_of(side, record.id.object, path);
    if (!known) return {nullptr, Missing::NoSuchField};
    const Record* at = &record;
    for (const Path::Step& step : known->steps) {
        const std::string* target = as_text(at->fields.get(step.field));
        const store::SeenRow* parent = nullptr;
        for (const std::string& object : step.objects) {
            if (target != nullptr && parent == nullptr) parent = cache_.get(side, object, *target);
        }
        if (parent == nullptr && target != nullptr) return {&kBlank, Missing::Parent};
        if (parent == nullptr || parent->deleted) return {&kBlank, Missing::None};
        at = &parent->record;
    }
    const Value* value = at->fields.find(known->field);
    return value == nullptr ? Found{nullptr, Missing::Unreadable} : Found{value, Missing::None};
}

std::variant<const Value*, std::string> RecordFacts::value(std::string_view path) {
    const auto found = paths_.read(side_, record_, path);
    if (found.value != nullptr) return found.value;
    return "the field " + std::string(path) + " cannot be read";
}

const Value* RecordFacts::side_value(Side side, std::string_view path) {
    return side == side_ ? paths_.read(side, record_, path).value : nullptr;
}

const RollupReader::Result& RollupReader::read(const document::Rollup& rollup,
                                               const ObjectInfo& own, const Record& record) {
    const auto join = join_of(model_.catalogs()[rollup.side], rollup, own);
    std::string parent;
    if (join) {
        const std::string* held =
            join->own_field.empty() ? &record.id.key : as_text(record.fields.get(join->own_field));
        if (held != nullptr) parent = *held;
    }
    const auto key = std::pair{&rollup, parent};
    auto known = results_.find(key);
    if (known == results_.end()) {
        Result result;
        // A record without the parent (a lead has no account) has no children: none is zero.
        if (!join || parent.empty()) {
            if (rollup.function == document::RollupFunction::Count)
                result.value = Value{Decimal{0}};
        } else {
            result = compute(rollup, *join, parent);
        }
        known = results_.emplace(key, std::move(result)).first;
    }
    return known->second;
}

RollupReader::Result RollupReader::compute(const document::Rollup& rollup, const RollupJoin& join,
                                           const std::string& parent) {
    Result result;
    const ObjectInfo* child = model_.catalogs()[rollup.side].find(rollup.of);
    RollupSum sum(rollup);
    for (const store::SeenRow* row :
         cache_.children(rollup.side, child->name, join.child_field, parent)) {
        if (row->deleted) continue;
        RecordFacts facts(paths_, rollup.side, row->record);
        if (rollup.where) {
            const auto kept = merge::ask(*rollup.where, facts, moment_, result.next);
            if (kept.failure) {
                result.failure = "rollup " + rollup.name + ": " + *kept.failure;
                return result;
            }
            if (!kept.yes) continue;
        }
        if (auto why = sum.add(facts, row->record.id.key)) {
            result.failure = "rollup " + rollup.name + ": " + *why;
            return result;
        }
    }
    result.value = sum.value();
    return result;
}

std::variant<const Value*, std::string> EntityFacts::value(std::string_view path) {
    if (takes_prefix(path, "Rollup.")) return rollup_value(path);
    if (takes_prefix(path, "Attribution.")) return attribution_value(path);
    if (takes_prefix(path, "Timer.")) return timer_value(path);
    if (takes_prefix(path, "Score.")) return score_value(path);
    if (takes_prefix(path, "Behaviour.")) return behaviour_value(path);
    if (takes_prefix(path, "Rfm.")) return rfm_value(path);
    if (takes_prefix(path, "Prospect.")) return path_value(Side::Marketing, path);
    return path_value(Side::Crm, path);
}

const Value* EntityFacts::side_value(Side side, std::string_view path) {
    const Record* record = records_[side];
    if (record == nullptr) return &kBlank;
    const auto found = sources_.paths.read(side, *record, path);
    // What a record says that nobody may see is not known to be blank: it must clear nothing.
    return found.missing == PathReader::Missing::Parent ? nullptr : found.value;
}

std::variant<const Value*, std::string> EntityFacts::path_value(Side side, std::string_view path) {
    const Record* record = records_[side];
    if (record == nullptr) return &kBlank;
    const auto found = sources_.paths.read(side, *record, path);
    if (found.value != nullptr) return found.value;
    if (found.missing == PathReader::Missing::NoSuchField) {
        // A lead has no account: a name that another object of the entity has is blank here.
        for (const std::string& name : document_.objects[side]) {
            const ObjectInfo* object = sources_.model.catalogs()[side].find(name);
            if (object != nullptr && resolve_path(sources_.model.catalogs()[side], *object, path)) {
                return &kBlank;
            }
        }
    }
    return "the field " + std::string(path) + " cannot be read";
}

std::variant<const Value*, std::string> EntityFacts::rollup_value(std::string_view name) {
    for (const document::Rollup& rollup : document_.rollups) {
        if (!same_name(rollup.name, name)) continue;
        const Record* record = records_[rollup.side];
        if (record == nullptr) {
            static const Value kNone{Decimal{0}};
            return rollup.function == document::RollupFunction::Count ? &kNone : &kBlank;
        }
        const ObjectInfo* own = sources_.model.catalogs()[rollup.side].find(record->id.object);
        const auto& result = sources_.rollups.read(rollup, *own, *record);
        if (result.failure) return *result.failure;
        merge::lower(next_, result.next);
        return &result.value;
    }
    return "there is no rollup " + std::string(name);
}

std::variant<const Value*, std::string> EntityFacts::attribution_value(std::string_view name) {
    for (const auto& [known, value] : attributed_) {
        if (same_name(known, name)) return &value;
    }
    const document::Attribution* attribution =
        attribution_of(sources_.model.documents(), document_.entity, name);
    if (attribution != nullptr) {
        if (records_.crm == nullptr) return &kBlank;
        const AttributionSources sources{sources_.model, sources_.cache, sources_.paths,
                                         sources_.moment, sources_.lessons};
        auto failure = document_.entity == EntityKind::Campaign && is_tree_fact(name)
                           ? campaign_tree_facts(*attribution, *records_.crm, sources, attributed_)
                           : attribution_facts(*attribution, document_.entity, *this, *records_.crm,
                                               sources, attributed_, next_);
        if (failure) return std::move(*failure);
        for (const auto& [known, value] : attributed_) {
            if (same_name(known, name)) return &value;
        }
        return &kBlank;
    }
    return "there is no attribution " + std::string(name);
}

std::variant<const Value*, std::string> EntityFacts::timer_value(std::string_view name) {
    const auto told = [&]() -> const Value* {
        for (const auto& [known, value] : timed_) {
            if (same_name(known, name)) return &value;
        }
        return nullptr;
    };
    if (const Value* value = told()) return value;
    for (const document::TimerRule& timer : sources_.model.documents().timers) {
        if (!is_of_timer(name, timer)) continue;
        const AnswerTimers timers({sources_.model, sources_.cache, sources_.paths, sources_.moment},
                                  records_);
        if (auto failure = timers.read(timer, *this, timed_, next_)) return std::move(*failure);
        const Value* value = told();
        return value == nullptr ? &kBlank : value;
    }
    return "there is no timer " + std::string(name);
}

std::variant<const Value*, std::string> EntityFacts::score_value(std::string_view name) {
    const document::ScoringRule* rule = sources_.model.documents().scoring.get();
    if (rule == nullptr) return "there is no scoring";
    if (!scored_) {
        scored_.emplace();
        const ScoreReader scores({sources_.model, sources_.cache, sources_.paths, sources_.moment},
                                 *rule);
        std::optional<std::string> why;
        if (document_.entity == EntityKind::Person)
            why = scores.person(records_, *this, *scored_, next_);
        if (document_.entity == EntityKind::Account && rule->of_accounts && records_.crm != nullptr)
            why = scores.account(*records_.crm, *scored_, next_);
        if (why) unscored_ = std::move(*why);
    }
    if (!unscored_.empty()) return unscored_;
    for (const auto& [known, value] : *scored_) {
        if (same_name(known, name)) return &value;
    }
    return &kBlank;
}

std::variant<const Value*, std::string> EntityFacts::behaviour_value(std::string_view name) {
    const document::BehaviourRule* rule = sources_.model.documents().behaviour.get();
    if (rule == nullptr || records_.crm == nullptr) return &kBlank;
    if (!expected_) {
        expected_.emplace();
        const BehaviourReader reader(sources_, *rule);
        auto why = document_.entity == EntityKind::Account
                       ? reader.account(*records_.crm, *expected_, next_)
                       : reader.deal(*records_.crm, *expected_, next_);
        if (why) unexpected_ = std::move(*why);
    }
    if (!unexpected_.empty()) return unexpected_;
    for (const auto& [known, value] : *expected_) {
        if (same_name(known, name)) return &value;
    }
    return &kBlank;
}

const Value* EntityFacts::told_probability() const {
    if (!expected_ || !unexpected_.empty()) return nullptr;
    const auto open = expected_->find(BehaviourReader::kIsOpen);
    const auto told = expected_->find("Win_Probability");
    const bool is_open = open != expected_->end() && open->second == Value{true};
    return is_open && told != expected_->end() ? &told->second : nullptr;
}

std::variant<const Value*, std::string> EntityFacts::rfm_value(std::string_view name) {
    const document::RfmRule* rule = sources_.model.documents().rfm.get();
    if (rule == nullptr || records_.crm == nullptr || document_.entity != rule->of) return &kBlank;
    if (!bought_) {
        bought_.emplace();
        auto why = RfmReader(sources_, *rule).customer(*records_.crm, *bought_, next_);
        if (why) unbought_ = std::move(*why);
    }
    if (!unbought_.empty()) return unbought_;
    for (const auto& [known, value] : *bought_) {
        if (same_name(known, name)) return &value;
    }
    return &kBlank;
}

}  // namespace duet::sync
