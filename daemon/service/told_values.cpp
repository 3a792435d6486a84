#include "daemon/service/told_values.h"

#include "mappings/document/document.h"

namespace duet::service {
namespace {

/// The path of the field that the documents fill with just this name; empty: none.
std::string_view filled_with(const document::EntityDocument& document, std::string_view object,
                             std::string_view name) {
    for (const document::FieldRule& rule : document.fields) {
        if (rule.value && rule.value->formula.fields().size() == 1 &&
            same_name(rule.value->formula.fields().front(), name))
            return rule.fields[Side::Crm].on(object);
    }
    return {};
}

}  // namespace

Result<std::map<std::string, std::string>> values_by_record(sync::Org& org, EntityKind kind,
                                                            std::string_view name) {
    std::map<std::string, std::string> values;
    const document::EntityDocument* document = org.model.documents().find(kind);
    if (document == nullptr) return values;
    for (const std::string& object : document->objects.crm) {
        const std::string_view field = filled_with(*document, object, name);
        const sync::ObjectModel* pulled = org.model.find(Side::Crm, object);
        if (field.empty() || pulled == nullptr) continue;
        const std::string spelled = pulled->canonical(std::string(field));
        auto read = org.store.each_seen(
            org.name, Side::Crm, pulled->info->name, [&](const store::SeenRow& row) {
                if (!row.deleted)
                    values[row.record.id.key] = display(row.record.fields.get(spelled));
                return true;
            });
        if (!read) return std::move(read).error();
    }
    return values;
}

}  // namespace duet::service
