#include "connectors/sandbox/pardot_output.h"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

using nlohmann::ordered_json;

namespace {

constexpr int kObjectsDeepMax = 3;

void select(SandboxState& state, const PardotSettings& settings, PardotSelection& into,
            std::string_view name, bool query, int depth) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) {
        const PardotField* field = into.collection.find(name);
        if (!field) refuse(settings.unknown_field_code, std::string{name});
        if (query && field->kind == PardotKind::Multi) refuse(224, std::string{name});
        if (std::find(into.fields.begin(), into.fields.end(), name) == into.fields.end()) {
            into.fields.emplace_back(name);
        }
        return;
    }
    const PardotRelation* relation = into.collection.relation(name.substr(0, dot));
    if (!relation) refuse(settings.unknown_field_code, std::string{name});
    if (depth >= kObjectsDeepMax) refuse(193, std::string{name});
    PardotSelection& child = into.relations[relation->name];
    if (child.collection.name.empty()) {
        child.collection = with_custom_fields(state, *pardot_collection(relation->collection));
    }
    select(state, settings, child, name.substr(dot + 1), query, depth + 1);
}

ordered_json several_values(const std::string& joined) {
    ordered_json values = ordered_json::array();
    std::size_t start = 0;
    while (start <= joined.size()) {
        const std::size_t end = std::min(joined.find(';', start), joined.size());
        values.push_back(joined.substr(start, end - start));
        start = end + 1;
    }
    return values;
}

ordered_json shown(const PardotField& field, const SqlValue& value, std::string_view offset) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        if (field.kind == PardotKind::Boolean) return *number != 0;
        return *number;
    }
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (field.kind == PardotKind::DateTime) return shown_time(*text, offset);
        if (field.kind == PardotKind::Multi) return several_values(*text);
        return *text;
    }
    return nullptr;
}

/// Standard fields before custom ones, each by name.
bool comes_before(const std::string& left, const std::string& right) {
    const bool left_custom = left.ends_with("__c"), right_custom = right.ends_with("__c");
    if (left_custom != right_custom) return right_custom;
    return left < right;
}

ordered_json related(SandboxState& state, const PardotSettings& settings,
                     const PardotSelection& selection, std::int64_t id, PardotCopy copy) {
    if (id == 0) return nullptr;
    const auto row = find_pardot_row(state, selection.collection, id, copy);
    return row ? project(state, settings, selection, *row, copy) : ordered_json(nullptr);
}

}  // namespace

PardotSelection parse_selection(SandboxState& state, const PardotSettings& settings,
                                const PardotCollection& collection,
                                const std::vector<std::string>& fields, bool query) {
    PardotSelection selection{collection, {}, {}};
    for (const std::string& name : fields) select(state, settings, selection, name, query, 1);
    if (selection.fields.empty() && selection.relations.empty()) refuse(13, "fields");
    return selection;
}

std::vector<std::string> split_names(std::string_view text) {
    std::vector<std::string> names;
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        std::string_view name = text.substr(start, end - start);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
        if (!name.empty()) names.emplace_back(name);
        start = end + 1;
    }
    return names;
}

ordered_json project(SandboxState& state, const PardotSettings& settings,
                     const PardotSelection& selection, const PardotRow& row, PardotCopy copy) {
    std::vector<std::string> names = selection.fields;
    for (const auto& [name, child] : selection.relations) names.push_back(name);
    std::sort(names.begin(), names.end(), comes_before);
    const auto id = std::find(names.begin(), names.end(), "id");
    if (id != names.end()) std::rotate(names.begin(), id, id + 1);

    ordered_json record = ordered_json::object();
    for (const std::string& name : names) {
        const auto child = selection.relations.find(name);
        if (child != selection.relations.end()) {
            const PardotRelation* relation = selection.collection.relation(name);
            record[name] =
                related(state, settings, child->second, integer_of(row, relation->field), copy);
            continue;
        }
        const auto value = row.find(name);
        record[name] = value == row.end() ? ordered_json(nullptr)
                                          : shown(*selection.collection.find(name), value->second,
                                                  settings.user_offset);
    }
    return record;
}

std::string shown_time(std::string_view stored, std::string_view offset) {
    std::int64_t minutes = 0;
    if (offset.size() == 6) {
        minutes = std::atoi(std::string{offset.substr(1, 2)}.c_str()) * 60 +
                  std::atoi(std::string{offset.substr(4, 2)}.c_str());
        if (offset.front() == '-') minutes = -minutes;
    }
    return iso_from_ms(ms_from_iso(stored) + minutes * 60'000).substr(0, 19) + std::string{offset};
}

}  // namespace duet::sandbox
