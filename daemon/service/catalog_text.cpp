#include "daemon/service/catalog_text.h"

#include <exception>
#include <utility>

#include <nlohmann/json.hpp>

namespace duet::service {
namespace {

using nlohmann::json;

json field_json(const FieldInfo& field) {
    json made{{"name", field.name}, {"type", static_cast<int>(field.type)}};
    const auto put = [&](const char* key, const auto& value, const auto& plain) {
        if (value != plain) made[key] = value;
    };
    put("label", field.label, field.name);
    put("length", field.length, 0);
    put("precision", field.precision, 0);
    put("scale", field.scale, 0);
    put("creatable", field.creatable, true);
    put("updatable", field.updatable, true);
    put("required", field.required, false);
    put("unique_key", field.unique_key, false);
    put("restricted", field.restricted, false);
    put("relationship", field.relationship, std::string{});
    if (!field.options.empty()) made["options"] = field.options;
    if (!field.references.empty()) made["references"] = field.references;
    return made;
}

FieldInfo field_from(const json& said) {
    FieldInfo field;
    field.name = said.at("name").get<std::string>();
    const int type = said.at("type").get<int>();
    if (type < 0 || type > static_cast<int>(FieldType::Geolocation)) throw std::exception();
    field.type = static_cast<FieldType>(type);
    field.label = said.value("label", field.name);
    field.length = said.value("length", 0);
    field.precision = said.value("precision", 0);
    field.scale = said.value("scale", 0);
    field.creatable = said.value("creatable", true);
    field.updatable = said.value("updatable", true);
    field.required = said.value("required", false);
    field.unique_key = said.value("unique_key", false);
    field.restricted = said.value("restricted", false);
    field.relationship = said.value("relationship", "");
    field.options = said.value("options", std::vector<std::string>{});
    field.references = said.value("references", std::vector<std::string>{});
    return field;
}

}  // namespace

std::string encode_catalog(const Catalog& catalog) {
    json objects = json::array();
    for (const ObjectInfo& object : catalog.objects) {
        json fields = json::array();
        for (const FieldInfo& field : object.fields) fields.push_back(field_json(field));
        objects.push_back({{"name", object.name},
                           {"label", object.label},
                           {"entity", static_cast<int>(object.entity)},
                           {"creatable", object.creatable},
                           {"updatable", object.updatable},
                           {"deletable", object.deletable},
                           {"fields", std::move(fields)}});
    }
    return objects.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Catalog> decode_catalog(std::string_view text) {
    const json objects = json::parse(text, nullptr, false);
    if (!objects.is_array()) return std::nullopt;
    try {
        Catalog catalog;
        for (const json& said : objects) {
            ObjectInfo object;
            object.name = said.at("name").get<std::string>();
            object.label = said.value("label", "");
            const int entity = said.at("entity").get<int>();
            if (entity < 0 || entity > static_cast<int>(EntityKind::Activity)) return std::nullopt;
            object.entity = static_cast<EntityKind>(entity);
            object.creatable = said.value("creatable", true);
            object.updatable = said.value("updatable", true);
            object.deletable = said.value("deletable", true);
            for (const json& field : said.at("fields")) object.fields.push_back(field_from(field));
            catalog.objects.push_back(std::move(object));
        }
        return catalog;
    } catch (const std::exception&) {  // a key that is missing or of another type
        return std::nullopt;
    }
}

}  // namespace duet::service
