// Thresholds of recency, frequency and money: taken from all customers, and kept.
#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/store/errors.h"
#include "daemon/sync/all_records.h"
#include "daemon/sync/attribution_facts.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/rfm.h"

namespace duet::sync {
namespace {

using nlohmann::json;

constexpr const char* kThresholdsFact = "rfm.thresholds";
constexpr std::size_t kKept = 24;
constexpr scoring::ByMeasure<const char*> kNames{"recency", "frequency", "money"};

json as_json(const RfmThresholds& taken) {
    json one{{"taken", format_date(taken.taken)},
             {"version", taken.version},
             {"customers", taken.customers}};
    for (std::size_t i = 0; i < kNames.size(); ++i) one[kNames[i]] = taken.thresholds[i];
    return one;
}

std::optional<RfmThresholds> thresholds_from(const json& one) {
    if (!one.is_object()) return std::nullopt;
    RfmThresholds taken;
    const auto day = one.find("taken");
    const auto version = one.find("version");
    const auto customers = one.find("customers");
    if (day == one.end() || !day->is_string() || version == one.end() || !version->is_string() ||
        customers == one.end() || !customers->is_number_unsigned()) {
        return std::nullopt;
    }
    const auto date = parse_date(day->get<std::string>());
    if (!date) return std::nullopt;
    taken.taken = *date;
    taken.version = version->get<std::string>();
    taken.customers = customers->get<std::size_t>();
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        const auto list = one.find(kNames[i]);
        if (list == one.end() || !list->is_array()) return std::nullopt;
        for (const json& threshold : *list) {
            if (!threshold.is_number()) return std::nullopt;
            taken.thresholds[i].push_back(threshold.get<double>());
        }
    }
    return taken;
}

Status save(Org& org, const std::vector<RfmThresholds>& taken) {
    auto list = json::array();
    for (const RfmThresholds& one : taken) list.push_back(as_json(one));
    return org.store.set_fact(org.name, kThresholdsFact, list.dump());
}

/// Reads what all customers bought.
class Market {
public:
    Market(const Model& model, store::Store& store, const std::string& org,
           const formula::Moment& moment, const document::RfmRule& rule,
           const attribution::CurrencyTable& rates)
        : model_(model), store_(store), org_(org), moment_(moment), rule_(rule), rates_(rates) {
        if (const auto* document = model.documents().find(rule.of))
            objects_ = document->objects.crm;
    }

    /// Purchases whose rules fail are no purchases here: one bad record parts nobody else.
    Result<std::vector<scoring::Purchase>> purchases() {
        std::vector<scoring::Purchase> all;
        for (const document::PurchaseRule& line : rule_.purchases) {
            if (auto read = add(line, all); !read) return std::move(read).error();
        }
        return all;
    }

    /// The records that customers are told by in `purchases`.
    static RecordId record_of(const std::string& customer) {
        const std::size_t mark = customer.find('\n');
        return {customer.substr(0, mark), customer.substr(mark + 1)};
    }

private:
    Status add(const document::PurchaseRule& line, std::vector<scoring::Purchase>& all) {
        const ObjectInfo* object = model_.catalogs().crm.find(line.object);
        if (object == nullptr) return Done{};
        AllRecords children(model_, store_, org_, moment_);
        if (auto found = children.find({object->name}); !found) return found;
        return children.look([&](const store::SeenRow& row, const EntityFacts::Sources& sources) {
            add_one(line, *object, row.record, sources, all);
        });
    }

    void add_one(const document::PurchaseRule& line, const ObjectInfo& object, const Record& child,
                 const EntityFacts::Sources& sources, std::vector<scoring::Purchase>& all) {
        std::optional<std::string> failure;
        std::optional<DateTime> next;
        auto bought = RfmReader(sources, rule_).purchase(line, child, rates_, failure, next);
        if (!bought) return;
        for (const std::string& name : objects_) {
            const FieldInfo* up = reference_to(object, name);
            const std::string* key = up == nullptr ? nullptr : as_text(child.fields.get(up->name));
            const store::SeenRow* customer =
                key == nullptr ? nullptr : sources.cache.get(Side::Crm, {name, *key});
            if (customer == nullptr || customer->deleted || !customer->survivor.key.empty())
                continue;
            bought->customer = name + "\n" + *key;
            all.push_back(*std::move(bought));
            return;
        }
    }

    const Model& model_;
    store::Store& store_;
    const std::string& org_;
    formula::Moment moment_;
    const document::RfmRule& rule_;
    const attribution::CurrencyTable& rates_;
    std::vector<std::string> objects_;
};

RfmThresholds taken_from(const std::vector<scoring::Purchase>& purchases, Date today,
                         const document::RfmRule& rule) {
    const auto customers = scoring::customers_of(purchases, today, rule.window_months);
    scoring::RfmSettings settings = rule.settings;
    settings.fixed = {};
    return {
        today, rule.version, customers.size(), scoring::rfm(customers, settings).thresholds, {}};
}

/// What was taken changes the scores of everybody who bought, or its date.
Status mark(Org& org, const std::vector<scoring::Purchase>& purchases) {
    std::vector<std::string> customers;
    for (const scoring::Purchase& bought : purchases) customers.push_back(bought.customer);
    std::sort(customers.begin(), customers.end());
    customers.erase(std::unique(customers.begin(), customers.end()), customers.end());
    for (const std::string& customer : customers) {
        auto entity = org.store.entity_of(org.name, Side::Crm, Market::record_of(customer));
        if (!entity) return std::move(entity).error();
        if (!*entity) continue;
        auto marked = org.store.mark_dirty_later(org.name, **entity, "thresholds were taken anew");
        if (!marked) return marked;
    }
    return Done{};
}

}  // namespace

Result<std::vector<RfmThresholds>> load_thresholds(store::Store& store, const std::string& org) {
    std::vector<RfmThresholds> all;
    auto fact = store.fact(org, kThresholdsFact);
    if (!fact) return std::move(fact).error();
    if (fact->empty()) return all;
    const json list = json::parse(*fact, nullptr, false);
    if (!list.is_array()) return store::unreadable("facts.rfm.thresholds");
    for (const json& one : list) {
        auto taken = thresholds_from(one);
        if (!taken) return store::unreadable("facts.rfm.thresholds");
        all.push_back(*std::move(taken));
    }
    return all;
}

Result<RfmThresholds> thresholds_for(const EntityFacts::Sources& sources,
                                     const document::RfmRule& rule) {
    auto known = load_thresholds(sources.cache.store(), sources.cache.org());
    if (!known) {
        sources.cache.note(known.error());
        return std::move(known).error();
    }
    auto rates = rates_of(sources.cache.store(), sources.cache.org(), sources.model.documents());
    if (!rates) {
        sources.cache.note(rates.error());
        return std::move(rates).error();
    }
    if (!known->empty() && known->front().version == rule.version) {
        known->front().rates = *std::move(rates);
        return std::move(known->front());
    }
    Market market(sources.model, sources.cache.store(), sources.cache.org(), sources.moment, rule,
                  *rates);
    auto purchases = market.purchases();
    if (!purchases) {
        sources.cache.note(purchases.error());
        return std::move(purchases).error();
    }
    RfmThresholds taken = taken_from(*purchases, sources.moment.today, rule);
    taken.rates = *std::move(rates);
    return taken;
}

Status take_thresholds(Org& org, Instant now) {
    const document::RfmRule* rule = org.model.documents().rfm.get();
    if (rule == nullptr) return Done{};
    const formula::Moment moment = moment_of(now, org.model.documents().time_zone);
    auto known = load_thresholds(org.store, org.name);
    if (!known) return std::move(known).error();
    const bool stands = !known->empty() && known->front().version == rule->version &&
                        document::period_of(known->front().taken, rule->taken_every) ==
                            document::period_of(moment.today, rule->taken_every);
    if (stands) return Done{};
    auto rates = rates_of(org.store, org.name, org.model.documents());
    if (!rates) return std::move(rates).error();
    Market market(org.model, org.store, org.name, moment, *rule, *rates);
    auto purchases = market.purchases();
    if (!purchases) return std::move(purchases).error();
    known->insert(known->begin(), taken_from(*purchases, moment.today, *rule));
    if (known->size() > kKept) known->resize(kKept);
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    if (auto saved = save(org, *known); !saved) return saved;
    if (auto marked = mark(org, *purchases); !marked) return marked;
    return transaction->commit();
}

}  // namespace duet::sync
