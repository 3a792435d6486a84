#include <functional>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/soap.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

// Of one call; SOAP guide, read 2026-08.
constexpr std::size_t kIdsMax = 200;
constexpr std::size_t kMergesMax = 200;
constexpr std::size_t kConversionsMax = 100;

Refusal soap_rolled_back() {
    return {"ALL_OR_NONE_OPERATION_ROLLED_BACK",
            "Record rolled back because not all records were valid and the request was using "
            "AllOrNone header"};
}

std::string errors_xml(const std::vector<Refusal>& errors) {
    std::string out;
    for (const Refusal& error : errors) {
        out += "<errors>";
        for (const std::string& field : error.fields) out += xml_element("fields", field);
        out += xml_element("message", error.message) + xml_element("statusCode", error.code) +
               "</errors>";
    }
    return out;
}

std::string success_xml(bool success) { return xml_element("success", success ? "true" : "false"); }

bool is_true(const XmlElement& order, std::string_view name) {
    const std::string text = order.text_of(name);
    return text == "true" || text == "1";
}

/// One item of a call: what became of it, as the members of its <result>.
struct Item {
    std::vector<Refusal> errors;
    std::function<std::string(const std::vector<Refusal>&)> members;
};

/// Runs `step` for each of `count` items; undoes all when one failed and the header says so.
ApiResponse run(const SoapCall& call, std::size_t count,
                const std::function<Item(Writer&, std::size_t)>& step) {
    Transaction whole(call.state.database);
    Writer writer(call.state, call.user_id);
    std::vector<Item> items;
    bool failed = false;
    for (std::size_t i = 0; i < count; ++i) {
        items.push_back(step(writer, i));
        failed = failed || !items.back().errors.empty();
    }
    if (failed && call.all_or_none) {
        whole.rollback();
        for (Item& item : items) {
            if (item.errors.empty()) item.errors = {soap_rolled_back()};
        }
    } else {
        writer.finish();
        whole.commit();
    }
    std::string body;
    for (const Item& item : items) body += "<result>" + item.members(item.errors) + "</result>";
    const std::string response = call.operation.name + "Response";
    return soap_answer(call, 200, "<" + response + ">" + body + "</" + response + ">");
}

Item id_item(Outcome outcome) {
    const std::string id = outcome.id;
    return {std::move(outcome.errors), [id](const std::vector<Refusal>& errors) {
                return errors_xml(errors) + xml_element("id", errors.empty() ? id : "") +
                       success_xml(errors.empty());
            }};
}

ApiResponse with_ids(const SoapCall& call,
                     const std::function<Outcome(Writer&, const std::string&)>& step) {
    const auto ids = call.operation.all("ids");
    if (ids.size() > kIdsMax) {
        return soap_fault(call, "EXCEEDED_ID_LIMIT",
                          "record limit reached. cannot submit more than " +
                              std::to_string(kIdsMax) + " records");
    }
    return run(call, ids.size(),
               [&](Writer& writer, std::size_t i) { return id_item(step(writer, ids[i]->text)); });
}

Outcome remove_one(const SoapCall& call, Writer& writer, const std::string& id) {
    if (id18(id).empty()) return {.errors = {{"MALFORMED_ID", "malformed id " + id, {"Id"}}}};
    const Object* object = object_of_id(call.state.schema, id);
    if (object == nullptr) return {.errors = {no_such_record()}};
    return writer.remove(*object, id);
}

/// The fields of an sObject element: texts, and null for what fieldsToNull names.
json fields_of(const XmlElement& record) {
    json fields = json::object();
    for (const XmlElement& member : record.children) {
        if (member.name == "type" || member.name == "Id") continue;
        if (member.name == "fieldsToNull") {
            if (!member.text.empty()) fields[member.text] = nullptr;
        } else {
            fields[member.name] = member.nil ? json(nullptr) : json(member.text);
        }
    }
    return fields;
}

Item merge_one(const SoapCall& call, Writer& writer, const XmlElement& order) {
    std::vector<std::string> losers;
    for (const XmlElement* id : order.all("recordToMergeIds")) losers.push_back(id->text);
    const XmlElement* record = order.find("masterRecord");
    const std::string type = record == nullptr ? "" : record->text_of("type");
    const Object* object = call.state.schema.find(type);
    Merged merged;
    if (object == nullptr) {
        merged.outcome.errors = {
            {"INVALID_TYPE", "sObject type '" + type + "' is not supported.", {}}};
    } else {
        merged = writer.merge(*object, record->text_of("Id"), fields_of(*record), losers);
    }
    auto errors = merged.outcome.errors;
    return {std::move(errors), [merged](const std::vector<Refusal>& why) {
                std::string out =
                    errors_xml(why) + xml_element("id", why.empty() ? merged.outcome.id : "");
                if (why.empty()) {
                    for (const auto& id : merged.merged_ids) {
                        out += xml_element("mergedRecordIds", id);
                    }
                }
                out += success_xml(why.empty());
                if (why.empty()) {
                    for (const auto& id : merged.related_ids) {
                        out += xml_element("updatedRelatedIds", id);
                    }
                }
                return out;
            }};
}

Item convert_one(Writer& writer, const XmlElement& order) {
    Conversion wanted;
    wanted.lead_id = order.text_of("leadId");
    wanted.converted_status = order.text_of("convertedStatus");
    wanted.account_id = order.text_of("accountId");
    wanted.contact_id = order.text_of("contactId");
    wanted.opportunity_id = order.text_of("opportunityId");
    wanted.opportunity_name = order.text_of("opportunityName");
    wanted.owner_id = order.text_of("ownerId");
    wanted.without_opportunity = is_true(order, "doNotCreateOpportunity");
    wanted.overwrite_lead_source = is_true(order, "overwriteLeadSource");
    Converted done = writer.convert(wanted);
    auto errors = done.errors;
    return {std::move(errors), [done](const std::vector<Refusal>& why) {
                const bool ok = why.empty();
                return xml_element("accountId", ok ? done.account_id : "") +
                       xml_element("contactId", ok ? done.contact_id : "") + errors_xml(why) +
                       xml_element("leadId", ok ? done.lead_id : "") +
                       xml_element("opportunityId", ok ? done.opportunity_id : "") +
                       success_xml(ok);
            }};
}

}  // namespace

std::optional<ApiResponse> soap_records(const SoapCall& call) {
    const std::string& name = call.operation.name;
    if (name == "undelete") {
        return with_ids(call,
                        [](Writer& writer, const std::string& id) { return writer.undelete(id); });
    }
    if (name == "emptyRecycleBin") {
        return with_ids(call,
                        [](Writer& writer, const std::string& id) { return writer.erase(id); });
    }
    if (name == "delete") {
        return with_ids(call, [&call](Writer& writer, const std::string& id) {
            return remove_one(call, writer, id);
        });
    }
    if (name == "merge") {
        // The WSDL says `request`; jsforce 3 sends `mergeRequests`.
        auto orders = call.operation.all("request");
        if (orders.empty()) orders = call.operation.all("mergeRequests");
        if (orders.size() > kMergesMax) {
            return soap_fault(call, "EXCEEDED_ID_LIMIT", "too many merge requests");
        }
        return run(call, orders.size(), [&](Writer& writer, std::size_t i) {
            return merge_one(call, writer, *orders[i]);
        });
    }
    if (name == "convertLead") {
        const auto orders = call.operation.all("leadConverts");
        if (orders.size() > kConversionsMax) {
            return soap_fault(call, "EXCEEDED_LEAD_CONVERT_LIMIT",
                              "more than 100 leads in one call");
        }
        return run(call, orders.size(),
                   [&](Writer& writer, std::size_t i) { return convert_one(writer, *orders[i]); });
    }
    return std::nullopt;
}

}  // namespace duet::sandbox
