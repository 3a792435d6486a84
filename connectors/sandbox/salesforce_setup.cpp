#include "connectors/sandbox/salesforce_setup.h"

#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/salesforce_dml.h"
#include "connectors/sandbox/salesforce_influence.h"
#include "connectors/sandbox/salesforce_side.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

/// Thrown by the actions, caught below.
struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

const Object& object_in(SandboxState& state, const json& order) {
    const std::string name = order.at("object").get<std::string>();
    const Object* object = state.schema.find(name);
    if (object == nullptr) throw Wrong("the sandbox has no object " + name);
    return *object;
}

std::string stored(SandboxState& state, const Object& object, const json& fields) {
    Row row(table_of(state, object));
    std::set<std::string> given;
    for (const auto& [name, value] : fields.items()) {
        const int place = row.table().index(name);
        if (place < 0) throw Wrong("no field " + name + " on " + object.name);
        auto held = from_json(object.fields[static_cast<std::size_t>(place)], value);
        if (const auto* refused = std::get_if<Refusal>(&held)) {
            throw Wrong(name + ": " + refused->message);
        }
        row.set_at(place, std::get<SqlValue>(std::move(held)));
        given.insert(object.fields[static_cast<std::size_t>(place)].name);
    }
    if (const auto why =
            store_seeded(state, row, std::move(given), state.clock.now_iso(), first_user(state))) {
        throw Wrong(*why);
    }
    return row.text("Id");
}

json load_rows(SandboxState& state, const json& order) {
    const Object& object = object_in(state, order);
    json ids = json::array();
    for (const json& fields : order.at("rows")) ids.push_back(stored(state, object, fields));
    settle_all(state);
    return {{"ids", ids}};
}

json edit(SandboxState& state, const json& order) {
    const Object& object = object_in(state, order);
    const std::string id = order.value("id", std::string{});
    const json fields = order.value("fields", json::object());
    Writer writer(state, first_user(state), true);
    const Outcome outcome = order.value("delete", false) ? writer.remove(object, id)
                            : id.empty()                 ? writer.insert(object, fields)
                                                         : writer.update(object, id, fields);
    if (!outcome.ok()) {
        throw Wrong(outcome.errors.front().code + ": " + outcome.errors.front().message);
    }
    writer.finish();
    return {{"id", outcome.id}};
}

std::optional<Row> model_named(SandboxState& state, const std::string& name) {
    auto found = state.database.prepare(
        "SELECT Id FROM CampaignInfluenceModel WHERE DeveloperName=?1 COLLATE NOCASE AND"
        " IsDeleted=0");
    found.bind(1, name);
    if (!found.step()) return std::nullopt;
    const std::string id(found.text(0));
    return load_row(state, table_of(state, "CampaignInfluenceModel"), id);
}

void make_default(SandboxState& state, const std::string& id, const std::string& stamp) {
    state.database
        .prepare(
            "UPDATE CampaignInfluenceModel SET IsDefaultModel=(Id=?1), SystemModstamp=?2,"
            " LastModifiedDate=?2 WHERE IsDefaultModel<>(Id=?1)")
        .bind(1, id)
        .bind(2, stamp)
        .run();
}

Field& custom_field_in(SandboxState& state, const json& order) {
    const std::string& object = object_in(state, order).name;
    const std::string name = order.at("name").get<std::string>();
    for (Object& one : state.schema.objects) {
        if (one.name != object) continue;
        for (Field& field : one.fields) {
            if (field.custom && equal_without_case(field.name, name)) return field;
        }
    }
    throw Wrong("no custom field " + name + " on " + object);
}

/// Changes what a custom field takes, as Setup does. Rows keep what they hold.
json change_field(SandboxState& state, const json& order) {
    Field& field = custom_field_in(state, order);
    const std::string& object = object_in(state, order).name;
    const auto store = [&](const char* column, auto value) {
        state.database
            .prepare(std::string("UPDATE sandbox_custom_field SET ") + column +
                     "=?1 WHERE object=?2 COLLATE NOCASE AND name=?3 COLLATE NOCASE")
            .bind(1, value)
            .bind(2, object)
            .bind(3, field.name)
            .run();
    };
    if (order.contains("length")) {
        const int length = order.at("length").get<int>();
        if (field.length == 0 || field.type == "reference" || length < 1)
            throw Wrong(field.name + " cannot have that length");
        store("length", length);
        field.length = length;
    }
    if (order.contains("options")) {
        const auto options = order.at("options").get<std::vector<std::string>>();
        if (!field.restricted_picklist || options.empty())
            throw Wrong(field.name + " cannot have these options");
        std::string joined;
        for (const std::string& option : options) joined += (joined.empty() ? "" : "|") + option;
        store("options", joined);
        field.picklist = options;
    }
    state.set_setting(kDescribedSetting, state.clock.now_iso());
    state.salesforce->describes.clear();
    return {{"object", object}, {"name", field.name}};
}

/// Makes or changes a model as Setup or a deployment does, by its DeveloperName.
json influence_model(SandboxState& state, const json& order) {
    if (!has_influence(state)) throw Wrong("Customizable Campaign Influence is turned off");
    const std::string name = order.at("DeveloperName").get<std::string>();
    auto before = model_named(state, name);
    if (!before) {
        json fields = {{"DeveloperName", name},
                       {"MasterLabel", order.value("MasterLabel", name)},
                       {"ModelType", "Custom"},
                       {"IsActive", true}};
        const std::string id = stored(state, *state.schema.find("CampaignInfluenceModel"), fields);
        before = load_row(state, table_of(state, "CampaignInfluenceModel"), id);
    }
    Row row = *before;
    const bool custom = row.text("ModelType") == "Custom";
    for (const char* text : {"MasterLabel", "ModelDescription", "RecordPreference"}) {
        if (order.contains(text)) row.set(text, order.at(text).get<std::string>());
    }
    if (order.contains("IsModelLocked")) {
        row.set_truth("IsModelLocked", order.at("IsModelLocked").get<bool>());
    }
    const bool active = order.value("IsActive", row.truth("IsActive"));
    if (custom && !active) throw Wrong("a custom model is always active");
    if (row.truth("IsDefaultModel") && (!active || !order.value("IsDefaultModel", true))) {
        throw Wrong("one model is the default: make another one the default first");
    }
    row.set_truth("IsActive", active);
    const std::string stamp = state.write_stamp();
    stamp_changed(row, stamp, first_user(state));
    update_row(state, *before, row);
    if (order.value("IsDefaultModel", false)) make_default(state, row.text("Id"), stamp);
    if (before->truth("IsActive") && !active) drop_model_rows(state, row.text("Id"));
    if (!custom && active && !before->truth("IsActive")) fill_model(state, row.text("Id"));
    settle_all_influence(state);
    return {{"id", row.text("Id")}};
}

}  // namespace

ApiResponse salesforce_setup(SandboxState& state, const ApiRequest& request,
                             const std::string& action) {
    ApiResponse answer;
    const auto refuse = [&answer](int status, const std::string& why) {
        answer.status = status;
        answer.body = json{{"error", why}}.dump();
    };
    const json order = json::parse(request.body, nullptr, false);
    if (request.method != "POST" || !order.is_object()) {
        refuse(400, "POST with a JSON object is expected");
        return answer;
    }
    state.turn_to(SandboxState::Side::Salesforce);
    try {
        Transaction whole(state.database);
        json done;
        if (action == "rows") {
            done = load_rows(state, order);
        } else if (action == "edit") {
            done = edit(state, order);
        } else if (action == "influence-model") {
            done = influence_model(state, order);
        } else if (action == "field") {
            done = change_field(state, order);
        } else {
            throw Wrong("no such action: " + action);
        }
        whole.commit();
        answer.body = done.dump();
    } catch (const Wrong& wrong) {
        refuse(400, wrong.what());
    } catch (const json::exception&) {
        refuse(400, "a member is missing or has the wrong type");
    }
    state.clock.skew(0);
    return answer;
}

}  // namespace duet::sandbox
