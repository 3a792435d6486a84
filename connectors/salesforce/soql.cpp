#include "connectors/salesforce/soql.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace duet::salesforce {
namespace {

constexpr std::string_view kId = "Id";
constexpr std::string_view kDeleted = "IsDeleted";
constexpr std::string_view kMaster = "MasterRecordId";
constexpr std::string_view kConverted = "IsConverted";
constexpr std::string_view kConvertedContact = "ConvertedContactId";

bool is_flag(const Fields& row, std::string_view name) {
    const bool* flag = std::get_if<bool>(&row.get(name));
    return flag != nullptr && *flag;
}

std::string text_of(const Fields& row, std::string_view name) {
    const std::string* held = as_text(row.get(name));
    return held != nullptr ? *held : std::string{};
}

void add(Plan& plan, const FieldInfo* field) {
    if (field != nullptr && !plan.has(field->name)) {
        plan.columns.push_back({field->name, field->type});
    }
}

}  // namespace

bool Plan::has(std::string_view column) const noexcept {
    return std::any_of(columns.begin(), columns.end(),
                       [column](const Column& one) { return same_name(one.name, column); });
}

Result<Plan> plan_for(const ObjectInfo& object, const Selection& what) {
    Plan plan;
    plan.object = object.name;
    plan.lead = same_name(object.name, "Lead");
    for (const char* stamp : {"SystemModstamp", "LastModifiedDate", "CreatedDate"}) {
        if (plan.stamp.empty() && object.find(stamp) != nullptr) plan.stamp = stamp;
    }
    if (plan.stamp.empty() || object.find(kId) == nullptr) {
        return Error{ErrorKind::Broken,
                     object.name + " has no modification stamp that the user may read.",
                     "DUET-3114",
                     {},
                     {}};
    }
    for (const std::string_view name : {kId, std::string_view(plan.stamp), kDeleted}) {
        add(plan, object.find(name));
    }
    for (const Column& column : plan.columns) plan.hidden.push_back(column.name);
    if (plan.lead) add(plan, object.find(kConverted));
    for (const FieldInfo& field : object.fields) {
        if (!field.references.empty()) add(plan, &field);
    }
    for (const std::string& name : what.fields) {
        const FieldInfo* field = object.find(name);
        if (field == nullptr) continue;
        add(plan, field);
        std::erase(plan.hidden, field->name);
    }
    std::sort(plan.columns.begin(), plan.columns.end(),
              [](const Column& a, const Column& b) { return a.name < b.name; });
    return plan;
}

Plan key_plan(const Plan& plan) {
    Plan keys = plan;
    std::erase_if(keys.columns, [&plan](const Column& column) {
        return column.name != kId && column.name != plan.stamp && column.name != kDeleted &&
               column.name != kMaster && column.name != kConverted &&
               column.name != kConvertedContact;
    });
    return keys;
}

std::string select(const Plan& plan, std::string_view rest) {
    std::string soql = "SELECT ";
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        if (i > 0) soql += ',';
        soql += plan.columns[i].name;
    }
    soql += " FROM " + plan.object;
    if (!rest.empty()) soql += " " + std::string(rest);
    return soql;
}

std::string in_quotes(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string literal = "'";
    for (const char c : text) {
        switch (c) {
            case '\'':
                literal += "\\'";
                break;
            case '\\':
                literal += "\\\\";
                break;
            case '\n':
                literal += "\\n";
                break;
            case '\r':
                literal += "\\r";
                break;
            case '\t':
                literal += "\\t";
                break;
            case '\b':
                literal += "\\b";
                break;
            case '\f':
                literal += "\\f";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    literal += "\\u00";
                    literal += kHex[static_cast<unsigned char>(c) >> 4];
                    literal += kHex[static_cast<unsigned char>(c) & 0xf];
                } else {
                    literal += c;
                }
        }
    }
    return literal + "'";
}

std::string instant_literal(DateTime time) { return format_instant(time); }

Result<std::string> literal_for(std::string_view source, FieldType type) {
    const Value value = value_from_text(source, type);
    switch (type) {
        case FieldType::Boolean:
        case FieldType::Number:
        case FieldType::Currency:
        case FieldType::Percent:
        case FieldType::Date:
        case FieldType::DateTime:
        case FieldType::Time:
            // Still a text: it was not of the type, and bare text would be read as SOQL.
            if (is_blank(value) || as_text(value) != nullptr) {
                return Error{ErrorKind::Rejected,
                             "The value to look up does not have the type of the field.",
                             "DUET-3114",
                             {},
                             {}};
            }
            return display(value) + (type == FieldType::Time ? "Z" : "");
        default:
            return in_quotes(source);
    }
}

std::string id_in(std::span<const std::string> keys) {
    std::string list = "Id IN (";
    for (std::size_t i = 0; i < keys.size(); ++i) list += (i > 0 ? "," : "") + in_quotes(keys[i]);
    return list + ")";
}

std::string key_of(const Fields& row) { return text_of(row, kId); }

DateTime stamp_of(const Plan& plan, const Fields& row) {
    const auto* stamp = std::get_if<DateTime>(&row.get(plan.stamp));
    return stamp != nullptr ? *stamp : DateTime{};
}

Change to_change(const Plan& plan, Fields row) {
    Change change;
    change.record.id = {plan.object, key_of(row)};
    change.record.modified = stamp_of(plan, row);
    const std::string master = text_of(row, kMaster);
    const std::string contact = plan.lead ? text_of(row, kConvertedContact) : std::string{};
    if (is_flag(row, kDeleted)) {
        change.kind = master.empty() ? ChangeKind::Deleted : ChangeKind::Merged;
        if (!master.empty()) change.survivor = {plan.object, master};
    } else if (is_flag(row, kConverted) && !contact.empty()) {
        change.kind = ChangeKind::Converted;
        change.survivor = {"Contact", contact};
    }
    for (const std::string& name : plan.hidden) row.erase(name);
    change.record.fields = std::move(row);
    return change;
}

}  // namespace duet::salesforce
