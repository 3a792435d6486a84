#include "mappings/document/rfm.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/digest.h"
#include "mappings/document/figures.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

using scoring::ByMeasure;

constexpr int kMostMonths = 1200;
constexpr int kMostThreshold = 1'000'000'000;
constexpr std::size_t kMostScores = 9;  // a code is one digit a measure
constexpr ByMeasure<const char*> kMeasureNames{"recency", "frequency", "money"};

const std::vector<Word<RfmPeriod>>& period_words() {
    static const std::vector<Word<RfmPeriod>> words{{"day", RfmPeriod::Day},
                                                    {"week", RfmPeriod::Week},
                                                    {"month", RfmPeriod::Month},
                                                    {"quarter", RfmPeriod::Quarter},
                                                    {"year", RfmPeriod::Year}};
    return words;
}

class RfmReader {
public:
    RfmReader(const Node& node, const Context& context)
        : node_(node), context_(context), map_(node, "\"rfm\"", context.findings) {}

    std::shared_ptr<const RfmRule> read() {
        static const std::vector<Word<EntityKind>> kKinds{{"account", EntityKind::Account},
                                                          {"person", EntityKind::Person}};
        rule_.place = node_.place();
        rule_.of = map_.choice("of", kKinds).value_or(EntityKind::Account);
        if (context_.find(rule_.of) == nullptr) {
            context_.findings.add(node_, kAbsent,
                                  fmt::format("rfm is of customers, but no document has entity: {}",
                                              to_string(rule_.of)));
        }
        if (const Node* list = map_.require("purchases")) {
            for (const Node& item : list_items(*list, "purchases", context_.findings))
                read_purchase(item);
        }
        if (const auto months = map_.whole("window_months", 0, kMostMonths))
            rule_.window_months = *months == 0 ? std::nullopt : months;
        rule_.taken_every = map_.choice("taken_every", period_words()).value_or(RfmPeriod::Month);
        static const std::vector<Word<bool>> kRises{{"above", false}, {"one_above", true}};
        rule_.settings.rfm_compat = map_.choice("rises", kRises).value_or(false);
        rule_.settings.few_customers =
            static_cast<std::size_t>(map_.whole("few_customers", 1, 100'000)
                                         .value_or(static_cast<int>(rule_.settings.few_customers)));
        read_quantiles();
        read_thresholds();
        read_weights();
        read_classes();
        map_.finish();
        std::string text;
        for (const PurchaseRule& purchase : rule_.purchases) {
            text += purchase.object + "\n";
            for (const Rule* rule : rules_of(purchase)) text += rule->formula.text() + "\n";
        }
        for (const double share : rule_.settings.quantiles) text += fmt::format("{} ", share);
        text += fmt::format("{} {} {}", static_cast<int>(rule_.of), rule_.window_months.value_or(0),
                            rule_.settings.few_customers);
        rule_.version = sha256_hex(text).substr(0, kVersionDigits);
        return std::make_shared<const RfmRule>(std::move(rule_));
    }

private:
    void read_purchase(const Node& item) {
        MapReader map(item, "a purchase", context_.findings);
        const auto object = map.required_text("object");
        const Node* where_node = map.find("where");
        const Node* day_node = map.require("day");
        const Node* amount_node = map.require("amount");
        const Node* currency_node = map.find("currency");
        map.finish();
        if (!object) return;
        const std::string known = known_object(*map.find("object"), Side::Crm, *object, context_);
        check_reference(*map.find("object"), known);
        const ObjectScope scope(context_, Side::Crm, known);
        const std::vector<FieldType> moments{FieldType::Date, FieldType::DateTime};
        const std::vector<FieldType> numbers{FieldType::Number, FieldType::Currency,
                                             FieldType::Percent};
        std::optional<Rule> where;
        std::optional<Rule> day;
        std::optional<Rule> amount;
        std::optional<Rule> currency;
        if (where_node != nullptr) where = compile_condition(*where_node, scope, context_.findings);
        if (day_node != nullptr) day = compile_rule(*day_node, scope, moments, context_.findings);
        if (amount_node != nullptr)
            amount = compile_rule(*amount_node, scope, numbers, context_.findings);
        if (currency_node != nullptr)
            currency = compile_rule(*currency_node, scope, {FieldType::Text}, context_.findings);
        if (day && amount) {
            rule_.purchases.push_back({known, std::move(where), *std::move(day), *std::move(amount),
                                       item.place(), std::move(currency)});
        }
    }

    /// Whose purchase it is: the child names the customer.
    void check_reference(const Node& node, const std::string& name) {
        const ObjectInfo* child = context_.object(Side::Crm, name);
        const EntityOutline* customers = context_.find(rule_.of);
        if (child == nullptr || customers == nullptr) return;
        const auto names_one = [&](const FieldInfo& field) {
            return std::any_of(customers->objects.crm.begin(), customers->objects.crm.end(),
                               [&](const std::string& object) {
                                   return std::find(field.references.begin(),
                                                    field.references.end(),
                                                    object) != field.references.end();
                               });
        };
        if (std::any_of(child->fields.begin(), child->fields.end(), names_one)) return;
        context_.findings.add(node, kUnknownName,
                              fmt::format("no field of {} refers to {}", child->name,
                                          one_of(customers->objects.crm)));
    }

    /// Whole numbers that rise; reports others.
    std::vector<double> rising(const Node& list, const char* key, int low, int high) {
        std::vector<double> numbers;
        for (const Node& item : list_items(list, key, context_.findings)) {
            const auto number = whole_number(item, key, low, high, context_.findings);
            if (!number) continue;
            if (!numbers.empty() && numbers.back() >= *number) {
                context_.findings.add(item, kNotAllowed,
                                      fmt::format("\"{}\" must rise from one to the next", key));
            }
            numbers.push_back(*number);
        }
        return numbers;
    }

    void read_quantiles() {
        const Node* list = map_.find("quantile_percents");
        if (list == nullptr) return;
        auto percents = rising(*list, "quantile_percents", 1, 99);
        if (percents.empty() || percents.size() + 1 > kMostScores) {
            context_.findings.add(*list, kNotAllowed,
                                  fmt::format("there are 2 to {} scores, so that \"quantile_"
                                              "percents\" has 1 to {} numbers",
                                              kMostScores, kMostScores - 1));
            return;
        }
        constexpr double kWhole = 100;
        for (double& percent : percents) percent /= kWhole;
        rule_.settings.quantiles = std::move(percents);
    }

    void read_thresholds() {
        const Node* node = map_.find("thresholds");
        if (node == nullptr) return;
        MapReader map(*node, "\"thresholds\"", context_.findings);
        for (std::size_t i = 0; i < scoring::kMeasures; ++i) {
            const Node* list = map.find(kMeasureNames[i]);
            if (list == nullptr) continue;
            auto fixed = rising(*list, kMeasureNames[i], 0, kMostThreshold);
            if (fixed.size() != rule_.settings.quantiles.size()) {
                context_.findings.add(
                    *list, kAbsent,
                    fmt::format("\"{}\" needs {} thresholds, as many as the other measures have",
                                kMeasureNames[i], rule_.settings.quantiles.size()));
                continue;
            }
            rule_.settings.fixed[i] = std::move(fixed);
        }
        map.finish();
    }

    void read_weights() {
        const Node* node = map_.find("weight_percent");
        if (node == nullptr) return;
        MapReader map(*node, "\"weight_percent\"", context_.findings);
        for (std::size_t i = 0; i < scoring::kMeasures; ++i) {
            constexpr double kWhole = 100;
            rule_.settings.weights[i] = map.whole(kMeasureNames[i], 0, 1000).value_or(0) / kWhole;
        }
        map.finish();
    }

    void read_classes() {
        if (map_.find("other_class") != nullptr)
            rule_.settings.other_segment = map_.required_name("other_class").value_or("Others");
        const Node* list = map_.find("classes");
        if (list == nullptr) return;
        rule_.settings.segments.clear();
        for (const Node& item : list_items(*list, "classes", context_.findings)) {
            MapReader map(item, "a class", context_.findings);
            const auto name = map.required_name("name");
            scoring::Segment segment{name.value_or(""), {}};
            for (std::size_t i = 0; i < scoring::kMeasures; ++i)
                segment.scores[i] = range(map.find(kMeasureNames[i]), kMeasureNames[i]);
            map.finish();
            if (name) rule_.settings.segments.push_back(std::move(segment));
        }
    }

    scoring::ScoreRange range(const Node* node, const char* key) {
        const int highest = static_cast<int>(rule_.settings.quantiles.size()) + 1;
        scoring::ScoreRange range{1, highest};
        if (node == nullptr) return range;
        if (node->kind != Node::Kind::List) {
            const auto one = whole_number(*node, key, 1, highest, context_.findings);
            return one ? scoring::ScoreRange{*one, *one} : range;
        }
        std::vector<int> ends;
        for (const Node& item : list_items(*node, key, context_.findings)) {
            if (const auto end = whole_number(item, key, 1, highest, context_.findings))
                ends.push_back(*end);
        }
        if (ends.size() != 2 || ends[0] > ends[1]) {
            context_.findings.add(*node, kNotAllowed,
                                  fmt::format("\"{}\" must be a score, or the lowest and the "
                                              "highest: [3, {}]",
                                              key, highest));
            return range;
        }
        return {ends[0], ends[1]};
    }

    const Node& node_;
    const Context& context_;
    MapReader map_;
    RfmRule rule_;
};

}  // namespace

std::vector<const Rule*> rules_of(const PurchaseRule& purchase) {
    std::vector<const Rule*> rules{&purchase.day, &purchase.amount};
    for (const auto* extra : {&purchase.where, &purchase.currency}) {
        if (*extra) rules.push_back(&**extra);
    }
    return rules;
}

std::int64_t period_of(Date day, RfmPeriod period) noexcept {
    constexpr std::int64_t kWeek = 7;
    constexpr std::int64_t kThursday = 3;  // 1970-01-01 was one: three days after a Monday
    constexpr std::int64_t kYear = 12;
    constexpr std::int64_t kQuarter = 3;
    const std::int64_t days = day.time_since_epoch().count();
    if (period == RfmPeriod::Day) return days;
    if (period == RfmPeriod::Week) {
        const std::int64_t since = days + kThursday;
        return since >= 0 ? since / kWeek : (since - kWeek + 1) / kWeek;
    }
    const std::chrono::year_month_day date{day};
    const std::int64_t months = kYear * static_cast<int>(date.year()) +
                                static_cast<std::int64_t>(static_cast<unsigned>(date.month())) - 1;
    if (period == RfmPeriod::Month) return months;
    return months / (period == RfmPeriod::Quarter ? kQuarter : kYear);
}

std::shared_ptr<const RfmRule> read_rfm(const Node& node, const Context& context) {
    return RfmReader(node, context).read();
}

}  // namespace duet::document
