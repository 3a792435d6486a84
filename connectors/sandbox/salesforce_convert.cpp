#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_dml.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

struct Carried {
    const char* lead;
    const char* target;
};

// The vendor's standard conversion mapping (Help, Lead Conversion Field Mapping, read 2026-08).
constexpr Carried kToContact[] = {
    {"FirstName", "FirstName"},
    {"LastName", "LastName"},
    {"Salutation", "Salutation"},
    {"Title", "Title"},
    {"Email", "Email"},
    {"Phone", "Phone"},
    {"MobilePhone", "MobilePhone"},
    {"Fax", "Fax"},
    {"Description", "Description"},
    {"LeadSource", "LeadSource"},
    {"Street", "MailingStreet"},
    {"City", "MailingCity"},
    {"State", "MailingState"},
    {"PostalCode", "MailingPostalCode"},
    {"Country", "MailingCountry"},
    {"Latitude", "MailingLatitude"},
    {"Longitude", "MailingLongitude"},
    {"HasOptedOutOfEmail", "HasOptedOutOfEmail"},
    {"HasOptedOutOfFax", "HasOptedOutOfFax"},
    {"DoNotCall", "DoNotCall"},
    {"EmailBouncedReason", "EmailBouncedReason"},
    {"EmailBouncedDate", "EmailBouncedDate"},
};
constexpr Carried kToAccount[] = {
    {"Company", "Name"},
    {"Phone", "Phone"},
    {"Fax", "Fax"},
    {"Website", "Website"},
    {"Industry", "Industry"},
    {"Rating", "Rating"},
    {"AnnualRevenue", "AnnualRevenue"},
    {"NumberOfEmployees", "NumberOfEmployees"},
    {"LeadSource", "AccountSource"},
    {"Street", "BillingStreet"},
    {"City", "BillingCity"},
    {"State", "BillingState"},
    {"PostalCode", "BillingPostalCode"},
    {"Country", "BillingCountry"},
    {"Latitude", "BillingLatitude"},
    {"Longitude", "BillingLongitude"},
};

json to_json(const SqlValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return nullptr;
}

/// What the lead gives to a record of `object`.
json carried(SandboxState& state, const Row& lead, const Object& object, bool contact) {
    json fields = json::object();
    const auto take = [&](const std::string& from, const std::string& to) {
        const Field* field = object.find(to);
        if (field == nullptr || lead.is_null(from)) return;
        fields[to] = field->type == "boolean" ? json(lead.truth(from)) : to_json(lead.value(from));
    };
    if (contact) {
        for (const Carried& one : kToContact) take(one.lead, one.target);
    } else {
        for (const Carried& one : kToAccount) take(one.lead, one.target);
    }
    // Nothing custom is carried until an administrator maps it.
    if (state.setting("salesforce.convert_maps_custom_fields") == "true") {
        for (const Field& field : lead.table().object().fields) {
            if (field.custom) take(field.name, field.name);
        }
    }
    return fields;
}

bool is_converted_status(SandboxState& state, const std::string& status) {
    std::string known = state.setting("salesforce.converted_statuses", "Closed - Converted") + ";";
    for (std::size_t end = known.find(';'); end != std::string::npos; end = known.find(';')) {
        if (!status.empty() && equal_without_case(known.substr(0, end), status)) return true;
        known.erase(0, end + 1);
    }
    return false;
}

std::string first_open_stage(SandboxState& state) {
    auto stage = state.database.prepare(
        "SELECT MasterLabel FROM OpportunityStage WHERE IsActive=1 AND IsClosed=0"
        " ORDER BY SortOrder LIMIT 1");
    return stage.step() ? std::string(stage.text(0)) : std::string{};
}

/// The last day of the quarter of "2018-02-11": "2018-03-31".
std::string quarter_end(const std::string& date) {
    static constexpr const char* kEnds[] = {"-03-31", "-06-30", "-09-30", "-12-31"};
    const int month = std::stoi(date.substr(5, 2));
    return date.substr(0, 4) + kEnds[(month - 1) / 3];
}

/// The campaign that the lead answered last, else the one it joined last, becomes the deal's
/// primary source.
std::string latest_campaign(SandboxState& state, const std::string& lead) {
    auto member = state.database.prepare(
        "SELECT CampaignId FROM CampaignMember WHERE LeadId=?1 AND IsDeleted=0"
        " ORDER BY HasResponded DESC, FirstRespondedDate DESC, CreatedDate DESC, Id DESC LIMIT 1");
    member.bind(1, lead);
    return member.step() ? std::string(member.text(0)) : std::string{};
}

Refusal missing(const char* argument) {
    return {"MISSING_ARGUMENT", std::string(argument) + " is required", {argument}};
}

}  // namespace

/// The account or contact that the lead becomes: a new one, or the one that was named, whose
/// blanks are filled.
std::variant<std::string, Refusal> Writer::conversion_target(const Row& lead,
                                                             const Conversion& order,
                                                             const std::string& account_id,
                                                             bool contact) {
    const Object& object = *state_.schema.find(contact ? "Contact" : "Account");
    const std::string& named = contact ? order.contact_id : order.account_id;
    json fields = carried(state_, lead, object, contact);
    if (named.empty()) {
        const std::string owner =
            order.owner_id.empty() ? lead.text("OwnerId") : id18(order.owner_id);
        if (owner.starts_with("005")) fields["OwnerId"] = owner;
        if (contact) fields["AccountId"] = account_id;
        const Outcome made = insert(object, fields);
        if (!made.ok()) return made.errors.front();
        return made.id;
    }
    const auto held = load_row(state_, table_of(state_, object), id18(named));
    if (!held) return no_such_record();
    if (held->truth("IsDeleted")) return entity_is_deleted();
    if (contact && held->text("AccountId") != account_id) {
        return Refusal{"INVALID_CROSS_REFERENCE_KEY",
                       "the contact does not belong to the account",
                       {"contactId"}};
    }
    json blanks = json::object();
    for (const auto& [name, value] : fields.items()) {
        const bool source = name == "LeadSource" && order.overwrite_lead_source;
        if (held->is_null(name) || source) blanks[name] = value;
    }
    if (!blanks.empty()) {
        const Outcome filled = update(object, held->text("Id"), blanks);
        if (!filled.ok()) return filled.errors.front();
    }
    return held->text("Id");
}

Outcome Writer::conversion_deal(const Row& lead, const Conversion& order, const Converted& done) {
    const Object& role = *state_.schema.find("OpportunityContactRole");
    if (!order.opportunity_id.empty()) {
        const std::string deal = id18(order.opportunity_id);
        const Outcome linked =
            insert(role, {{"OpportunityId", deal}, {"ContactId", done.contact_id}});
        return linked.ok() ? Outcome{.id = deal} : linked;
    }
    json fields{{"Name", order.opportunity_name.empty() ? lead.text("Company") + "-"
                                                        : order.opportunity_name},
                {"StageName", first_open_stage(state_)},
                {"CloseDate", quarter_end(state_.clock.now_date())},
                {"AccountId", done.account_id},
                {"ContactId", done.contact_id}};
    if (!lead.is_null("LeadSource")) fields["LeadSource"] = lead.text("LeadSource");
    const std::string owner = order.owner_id.empty() ? lead.text("OwnerId") : id18(order.owner_id);
    if (owner.starts_with("005")) fields["OwnerId"] = owner;
    const std::string campaign = latest_campaign(state_, lead.text("Id"));
    if (!campaign.empty()) fields["CampaignId"] = campaign;
    return insert(*state_.schema.find("Opportunity"), fields);
}

void Writer::move_to_contact(const Row& lead, const std::string& contact_id,
                             const std::string& stamp) {
    const auto contact = load_row(state_, table_of(state_, "Contact"), contact_id);
    const Object& members = *state_.schema.find("CampaignMember");
    for (const std::string& id :
         ids_where(state_, members, *members.find("LeadId"), lead.value("Id"), 1'000'000)) {
        auto before = load_row(state_, table_of(state_, members), id);
        auto twin = state_.database.prepare(
            "SELECT 1 FROM CampaignMember WHERE IsDeleted=0 AND CampaignId=?1 AND ContactId=?2");
        twin.bind(1, before->text("CampaignId")).bind(2, contact_id);
        if (twin.step()) {
            // One membership of a person in a campaign: the contact's stays.
            remove_with_children(std::move(*before), stamp, id);
            continue;
        }
        Row member = *before;
        member.set("ContactId", contact_id);
        Write write;
        write.before = &*before;
        // The member's status is one of its campaign's already: nothing here can be refused.
        static_cast<void>(derive(state_, member, write));
        stamp_changed(member, stamp, user_id_);
        update_row(state_, *before, member);
        touch(state_, member, ripple_);
    }
    for (const char* name : {"Task", "Event"}) {
        const Object& activity = *state_.schema.find(name);
        for (const std::string& id :
             ids_where(state_, activity, *activity.find("WhoId"), lead.value("Id"), 1'000'000)) {
            static_cast<void>(move_child(*load_row(state_, table_of(state_, activity), id), "WhoId",
                                         *contact, stamp));
        }
    }
}

Converted Writer::convert_whole(const Conversion& order) {
    const auto refused = [](Refusal why) { return Converted{.errors = {std::move(why)}}; };
    if (order.lead_id.empty()) return refused(missing("leadId"));
    const std::string key = id18(order.lead_id);
    if (key.empty()) return refused({"MALFORMED_ID", "malformed id " + order.lead_id, {"leadId"}});
    const auto before = load_row(state_, table_of(state_, "Lead"), key);
    if (!before) return refused(no_such_record());
    if (before->truth("IsDeleted")) return refused(entity_is_deleted());
    if (before->truth("IsConverted")) return refused(converted_lead());
    if (!is_converted_status(state_, order.converted_status)) {
        return refused({"INVALID_STATUS",
                        "invalid convertedStatus: " + order.converted_status,
                        {"convertedStatus"}});
    }
    if (!order.contact_id.empty() && order.account_id.empty()) return refused(missing("accountId"));

    Converted done;
    auto account = conversion_target(*before, order, "", false);
    if (auto* why = std::get_if<Refusal>(&account)) return refused(std::move(*why));
    done.account_id = std::get<std::string>(account);
    auto contact = conversion_target(*before, order, done.account_id, true);
    if (auto* why = std::get_if<Refusal>(&contact)) return refused(std::move(*why));
    done.contact_id = std::get<std::string>(contact);
    if (!order.without_opportunity || !order.opportunity_id.empty()) {
        const Outcome deal = conversion_deal(*before, order, done);
        if (!deal.ok()) return refused(deal.errors.front());
        done.opportunity_id = deal.id;
    }

    const std::string stamp = state_.write_stamp();
    Row lead = *before;
    lead.set("Status", order.converted_status);
    lead.set_truth("IsConverted", true);
    lead.set_truth("IsUnreadByOwner", false);
    lead.set("ConvertedDate", state_.clock.now_date());
    lead.set("ConvertedAccountId", done.account_id);
    lead.set("ConvertedContactId", done.contact_id);
    lead.set("ConvertedOpportunityId", text_or_null(done.opportunity_id));
    stamp_changed(lead, stamp, user_id_);
    update_row(state_, *before, lead);
    move_to_contact(lead, done.contact_id, stamp);
    done.lead_id = key;
    return done;
}

Converted Writer::convert(const Conversion& order) {
    if (auto broken = broken_row()) return {.errors = {std::move(*broken)}};
    const OneRow counted(within_);
    Transaction whole(state_.database);
    Converted done = convert_whole(order);
    if (done.errors.empty()) whole.commit();
    return done;
}

}  // namespace duet::sandbox
