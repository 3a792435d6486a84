#include "connectors/pardot/connector.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/missing.h"
#include "connectors/pardot/api.h"
#include "connectors/pardot/catalog.h"
#include "connectors/pardot/config.h"
#include "connectors/pardot/reader.h"
#include "connectors/pardot/writer.h"

namespace duet::pardot {
namespace {

// One call per record: a batch is only as long as one may wait for a stop.
constexpr std::size_t kWritesAtOnce = 50;
constexpr std::size_t kCustomFieldPagesMax = 20;

class PardotConnector final : public Connector {
public:
    PardotConnector(Config config, const ConnectorContext& context)
        : config_(std::move(config)),
          api_(config_, context.transport, context.clock),
          reader_(api_, config_, context.clock),
          writer_(api_, reader_) {}

    std::string_view name() const noexcept override { return "pardot"; }
    Status check(std::span<const Selection> needs, std::stop_token stop) override;
    Result<Catalog> discover(std::stop_token stop) override;
    Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit,
                               std::stop_token stop) override;
    Result<std::vector<Change>> read(const Selection& what, std::span<const std::string> keys,
                                     std::stop_token stop) override;
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value, std::stop_token stop) override;
    Result<std::vector<Result<Written>>> write(std::span<const Write> batch,
                                               std::stop_token stop) override;
    std::size_t batch_size(std::string_view, WriteKind) const override { return kWritesAtOnce; }
    std::size_t calls_for(std::string_view object, WriteKind kind,
                          std::size_t writes) const override {
        // One call per record; before a prospect is made, one that asks who has its address.
        const bool is_asked = kind == WriteKind::Create && same_name(object, "prospect");
        return is_asked ? 2 * writes : writes;
    }
    std::chrono::seconds read_lag() const noexcept override { return config_.read_lag; }
    Budget budget() const override { return api_.budget(); }

private:
    /// The object with its fields; prospects include the custom ones, which are asked for once.
    Result<const ObjectInfo*> object(std::string_view name, std::stop_token stop);
    Result<std::vector<FieldInfo>> custom_fields(std::stop_token stop);
    Result<Plan> plan(const Selection& what, std::stop_token stop);

    Config config_;
    Api api_;
    Reader reader_;
    Writer writer_;
    std::map<std::string, ObjectInfo, std::less<>> objects_;  // by canonical name
};

Error no_such_object(std::string_view name) {
    return Error{
        ErrorKind::Broken, "Pardot has no object " + std::string(name) + ".", "DUET-3114", {}, {}};
}

std::string text_of(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool flag_of(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return false;
    return found->is_boolean() ? found->get<bool>() : *found == "true";
}

Result<std::vector<FieldInfo>> PardotConnector::custom_fields(std::stop_token stop) {
    static constexpr std::string_view kFields =
        "/custom-fields?fields=fieldId,id,isRecordMultipleResponses,isRequired,name,type";
    std::vector<FieldInfo> fields;
    std::string parameters = "&limit=" + std::to_string(config_.page_size);
    for (std::size_t page = 0; page < kCustomFieldPagesMax; ++page) {
        auto answer = api_.get(std::string(kFields) + parameters, stop);
        if (!answer) return std::move(answer).error();
        const auto body = nlohmann::json::parse(answer->body, nullptr, false);
        if (!body.is_object() || !body.contains("values") || !body["values"].is_array()) {
            return Error{ErrorKind::Broken,
                         "Pardot's list of custom fields cannot be read.",
                         "DUET-3115",
                         {},
                         {}};
        }
        for (const auto& one : body["values"]) {
            const std::string id = text_of(one, "fieldId");
            if (id.empty()) continue;
            fields.push_back(custom_field(id, text_of(one, "name"), text_of(one, "type"),
                                          flag_of(one, "isRecordMultipleResponses"),
                                          flag_of(one, "isRequired")));
        }
        const std::string next = text_of(body, "nextPageToken");
        if (next.empty()) return fields;
        parameters = "&nextPageToken=" + http::encode_query_value(next);
    }
    return Error{
        ErrorKind::Broken, "Pardot's list of custom fields has no end.", "DUET-3115", {}, {}};
}

Result<const ObjectInfo*> PardotConnector::object(std::string_view name, std::stop_token stop) {
    const ObjectFacts* facts = find_facts(name);
    if (facts == nullptr) return no_such_object(name);
    if (const auto known = objects_.find(facts->name); known != objects_.end()) {
        return &known->second;
    }
    ObjectInfo made = standard_object(*facts);
    if (facts->name == "prospect") {
        auto custom = custom_fields(stop);
        if (!custom) return std::move(custom).error();
        for (FieldInfo& field : *custom) made.fields.push_back(std::move(field));
    }
    return &objects_.insert_or_assign(std::string(facts->name), std::move(made)).first->second;
}

Result<Catalog> PardotConnector::discover(std::stop_token stop) {
    objects_.clear();
    Catalog catalog;
    for (const ObjectFacts& facts : object_facts()) {
        auto described = object(facts.name, stop);
        if (!described) return std::move(described).error();
        catalog.objects.push_back(**described);
    }
    return catalog;
}

Status PardotConnector::check(std::span<const Selection> needs, std::stop_token stop) {
    objects_.clear();
    Missing missing;
    // Signs in and proves the business unit whatever is needed.
    if (auto prospect = object("prospect", stop); !prospect) return std::move(prospect).error();
    for (const Selection& need : needs) {
        if (find_facts(need.object) == nullptr) {
            missing.object(need.object);
            continue;
        }
        auto described = object(need.object, stop);
        if (!described) return std::move(described).error();
        for (const std::string& wanted : need.fields) {
            const FieldInfo* field = (*described)->find(wanted);
            if (field == nullptr) {
                missing.field(**described, wanted);
            } else if (!can_be_queried(*field)) {
                missing.field(**described, wanted,
                              "it holds several values, which Pardot's queries do not give");
            }
        }
    }
    return missing.status("Missing in Pardot");
}

Result<Plan> PardotConnector::plan(const Selection& what, std::stop_token stop) {
    auto described = object(what.object, stop);
    if (!described) return std::move(described).error();
    return plan_for(**described, *find_facts(what.object), what);
}

Result<ChangePage> PardotConnector::changes(const Selection& what, const Cursor& from,
                                            std::size_t limit, std::stop_token stop) {
    auto made = plan(what, stop);
    if (!made) return std::move(made).error();
    return reader_.changes(*made, from, limit, stop);
}

Result<std::vector<Change>> PardotConnector::read(const Selection& what,
                                                  std::span<const std::string> keys,
                                                  std::stop_token stop) {
    auto made = plan(what, stop);
    if (!made) return std::move(made).error();
    return reader_.read(*made, keys, stop);
}

Result<std::vector<Record>> PardotConnector::find(const Selection& what, std::string_view field,
                                                  std::string_view value, std::stop_token stop) {
    auto made = plan(what, stop);
    if (!made) return std::move(made).error();
    return reader_.find(*made, field, value, stop);
}

Result<std::vector<Result<Written>>> PardotConnector::write(std::span<const Write> batch,
                                                            std::stop_token stop) {
    std::vector<Result<Written>> outcomes;
    while (outcomes.size() < batch.size()) {
        const auto rest = batch.subspan(outcomes.size());
        const std::string& name = rest.front().id.object;
        const auto end = std::find_if(rest.begin(), rest.end(), [&name](const Write& write) {
            return write.id.object != name;
        });
        const auto same = rest.first(static_cast<std::size_t>(end - rest.begin()));
        auto described = object(name, stop);
        if (!described) {
            // Nothing of these was sent; what was sent before keeps its outcome.
            if (outcomes.empty()) return std::move(described).error();
            outcomes.resize(batch.size(), Result<Written>(described.error()));
            break;
        }
        for (auto& one : writer_.write(same, **described, stop)) outcomes.push_back(std::move(one));
    }
    return outcomes;
}

}  // namespace

Result<std::unique_ptr<Connector>> make_connector(const nlohmann::json& settings,
                                                  const ConnectorContext& context) {
    auto config = read_config(settings);
    if (!config) return std::move(config).error();
    return std::unique_ptr<Connector>(
        std::make_unique<PardotConnector>(std::move(*config), context));
}

}  // namespace duet::pardot
