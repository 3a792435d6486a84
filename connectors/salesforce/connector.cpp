#include "connectors/salesforce/connector.h"

#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/missing.h"
#include "connectors/salesforce/api.h"
#include "connectors/salesforce/catalog.h"
#include "connectors/salesforce/config.h"
#include "connectors/salesforce/reader.h"
#include "connectors/salesforce/writer.h"

namespace duet::salesforce {
namespace {

class SalesforceConnector final : public Connector {
public:
    SalesforceConnector(Config config, const ConnectorContext& context)
        : config_(std::move(config)),
          api_(config_, context.transport, context.clock),
          reader_(api_, config_, context.clock),
          writer_(api_, [this](std::string_view object, std::stop_token stop) {
              return describe(object, stop);
          }) {}

    std::string_view name() const noexcept override { return "salesforce"; }
    Status check(std::span<const Selection> needs, std::stop_token stop) override;
    Result<std::string> signed_in_as(std::stop_token stop) override;
    Result<Catalog> discover(std::stop_token stop) override;
    Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit,
                               std::stop_token stop) override;
    Result<std::vector<Change>> read(const Selection& what, std::span<const std::string> keys,
                                     std::stop_token stop) override;
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value, std::stop_token stop) override;
    Result<std::vector<Result<Written>>> write(std::span<const Write> batch,
                                               std::stop_token stop) override {
        return writer_.write(batch, stop);
    }
    std::size_t batch_size(std::string_view, WriteKind) const override { return kRecordsPerCall; }
    std::chrono::seconds read_lag() const noexcept override { return std::chrono::seconds{0}; }
    Budget budget() const override { return api_.budget(); }

private:
    Result<const ObjectInfo*> describe(std::string_view object, std::stop_token stop);
    Result<ObjectInfo> fetch(std::string_view object, std::stop_token stop);
    Status name_models(Catalog& catalog, std::stop_token stop);

    /// Runs a read with the plan of `what`. A field can vanish from the org between two
    /// descriptions: then the object is described once more and the rest is read.
    template <class Read>
    auto with_plan(const Selection& what, std::stop_token stop, Read read_it)
        -> decltype(read_it(std::declval<const Plan&>()));

    Config config_;
    Api api_;
    Reader reader_;
    Writer writer_;
    std::map<std::string, ObjectInfo, std::less<>> described_;  // by the name asked for
};

constexpr std::string_view kMissing = "Missing in Salesforce, or hidden from the integration user";

bool is_unknown_object(const Error& error) {
    return error.remote_code == "NOT_FOUND" || error.remote_code == "INVALID_TYPE";
}

Result<ObjectInfo> SalesforceConnector::fetch(std::string_view object, std::stop_token stop) {
    auto answer = api_.get("/sobjects/" + http::encode_query_value(object) + "/describe", stop);
    if (!answer) return std::move(answer).error();
    return object_from_describe(answer->body);
}

Result<const ObjectInfo*> SalesforceConnector::describe(std::string_view object,
                                                        std::stop_token stop) {
    if (const auto known = described_.find(object); known != described_.end()) {
        return &known->second;
    }
    auto fetched = fetch(object, stop);
    if (!fetched) return std::move(fetched).error();
    return &described_.insert_or_assign(std::string(object), std::move(*fetched)).first->second;
}

Result<std::string> SalesforceConnector::signed_in_as(std::stop_token stop) {
    auto answer = api_.get_given("/services/oauth2/userinfo", stop);
    if (!answer) return std::move(answer).error();
    const auto told = nlohmann::json::parse(answer->body, nullptr, false);
    const auto user = told.is_object() ? told.find("user_id") : told.end();
    if (user == told.end() || !user->is_string()) {
        return Error{
            ErrorKind::Broken, "Salesforce does not say which user this is.", "DUET-3115", {}, {}};
    }
    return user->get<std::string>();
}

Result<Catalog> SalesforceConnector::discover(std::stop_token stop) {
    described_.clear();
    Catalog catalog;
    std::vector<std::string> names = config_.objects;
    if (names.empty()) names.assign(default_objects().begin(), default_objects().end());
    for (const std::string& object : names) {
        auto described = describe(object, stop);
        if (!described) {
            // Of our own list an org may lack some, or hide them; what it was told to have it must.
            if (config_.objects.empty() && is_unknown_object(described.error())) continue;
            Error error = std::move(described).error();
            error.message = object + ": " + error.message;
            return error;
        }
        catalog.objects.push_back(**described);
    }
    if (auto named = name_models(catalog, stop); !named) return std::move(named).error();
    return catalog;
}

Status SalesforceConnector::name_models(Catalog& catalog, std::stop_token stop) {
    for (ObjectInfo& object : catalog.objects) {
        if (!same_name(object.name, kInfluenceModels)) continue;
        auto answer = api_.get("/query?q=" + http::encode_query_value(kModelQuery), stop);
        if (!answer) {
            // Whoever may not ask has no model: the documents that need one say so.
            if (answer.error().kind == ErrorKind::Rejected) continue;
            return std::move(answer).error();
        }
        for (FieldInfo& field : object.fields) {
            if (same_name(field.name, kModelName)) {
                field.options = texts_from_query(answer->body, kModelName);
            }
        }
    }
    return Done{};
}

Status SalesforceConnector::check(std::span<const Selection> needs, std::stop_token stop) {
    described_.clear();
    Missing missing;
    for (const Selection& need : needs) {
        auto object = describe(need.object, stop);
        if (!object) {
            if (!is_unknown_object(object.error())) return std::move(object).error();
            missing.object(need.object);
            continue;
        }
        for (const std::string& field : need.fields) {
            if ((*object)->find(field) == nullptr) missing.field(**object, field);
        }
    }
    if (needs.empty()) {
        if (auto limits = api_.get("/limits", stop); !limits) return std::move(limits).error();
    }
    return missing.status(kMissing);
}

template <class Read>
auto SalesforceConnector::with_plan(const Selection& what, std::stop_token stop, Read read_it)
    -> decltype(read_it(std::declval<const Plan&>())) {
    for (int attempt = 0;; ++attempt) {
        auto object = describe(what.object, stop);
        if (!object) return std::move(object).error();
        auto plan = plan_for(**object, what);
        if (!plan) return std::move(plan).error();
        auto outcome = read_it(*plan);
        if (outcome || attempt > 0 || outcome.error().remote_code != "INVALID_FIELD") {
            return outcome;
        }
        described_.erase(what.object);
    }
}

Result<ChangePage> SalesforceConnector::changes(const Selection& what, const Cursor& from,
                                                std::size_t limit, std::stop_token stop) {
    return with_plan(what, stop,
                     [&](const Plan& plan) { return reader_.changes(plan, from, limit, stop); });
}

Result<std::vector<Change>> SalesforceConnector::read(const Selection& what,
                                                      std::span<const std::string> keys,
                                                      std::stop_token stop) {
    return with_plan(what, stop, [&](const Plan& plan) { return reader_.read(plan, keys, stop); });
}

Result<std::vector<Record>> SalesforceConnector::find(const Selection& what, std::string_view field,
                                                      std::string_view value,
                                                      std::stop_token stop) {
    auto object = describe(what.object, stop);
    if (!object) return std::move(object).error();
    const FieldInfo* by = (*object)->find(field);
    if (by == nullptr) {
        Missing missing;
        missing.field(**object, field);
        return missing.status(kMissing).error();
    }
    const FieldInfo copy = *by;  // the description may be renewed below
    return with_plan(what, stop,
                     [&](const Plan& plan) { return reader_.find(plan, copy, value, stop); });
}

}  // namespace

Result<std::unique_ptr<Connector>> make_connector(const nlohmann::json& settings,
                                                  const ConnectorContext& context) {
    auto config = read_config(settings);
    if (!config) return std::move(config).error();
    return std::unique_ptr<Connector>(
        std::make_unique<SalesforceConnector>(std::move(*config), context));
}

}  // namespace duet::salesforce
