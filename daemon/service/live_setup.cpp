#include "daemon/service/live_setup.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "daemon/service/shipped_fields.h"

namespace duet::service {
namespace {

using document::Finding;

// As packaging/salesforce has them: a test compares.
constexpr std::array kShippedViews{
    ShippedView{"Account", "Duet_Unassigned", "Duet_Segment__c"},
    ShippedView{"Campaign", "Duet_Attribution", "Duet_Attributed_Opportunities__c"},
    ShippedView{"Contact", "Duet_SLA_Breached", "Duet_SLA_Status__c"},
    ShippedView{"Contact", "Duet_Work_Queue", "Duet_In_Queue__c"},
    ShippedView{"Contact", "Duet_Work_Queue_All", "Duet_In_Queue__c"},
    ShippedView{"Lead", "Duet_Handover_Blocked", "Duet_Handover__c"},
    ShippedView{"Lead", "Duet_SLA_Breached", "Duet_SLA_Status__c"},
    ShippedView{"Lead", "Duet_Work_Queue", "Duet_In_Queue__c"},
    ShippedView{"Lead", "Duet_Work_Queue_All", "Duet_In_Queue__c"},
    ShippedView{"Opportunity", "Duet_Faults", "Duet_Hygiene_Faults__c"},
    ShippedView{"Opportunity", "Duet_Lapsed", "Duet_Outcome__c"},
};

constexpr const char* kViewObject = "ListView";
constexpr const char* kSetObject = "PermissionSet";
constexpr const char* kAssignmentObject = "PermissionSetAssignment";

/// Records of an object that describes the org; nothing: the user may not look there.
using SetupRows = std::optional<std::vector<Record>>;

bool has_text(const Record& record, std::string_view field, std::string_view text) {
    const std::string* held = as_text(record.fields.get(field));
    return held != nullptr && same_name(*held, text);
}

class SetupLooker {
public:
    SetupLooker(const document::Documents& documents, std::span<const document::Source> sources,
                Connector& crm, std::stop_token stop)
        : documents_(documents), sources_(sources), crm_(crm), stop_(std::move(stop)) {}

    Result<std::vector<Finding>> look() {
        for (const ShippedView& view : kShippedViews) {
            const document::Place* place = writer_of(view.object, view.field);
            if (place == nullptr) continue;
            if (auto looked = look_at_view(view, *place); !looked) return std::move(looked).error();
        }
        for (const ShippedField& field : shipped_fields()) {
            const document::Place* place = writer_of(field.object, field.name);
            if (place == nullptr) continue;
            if (auto looked = look_at_permissions(*place); !looked)
                return std::move(looked).error();
            break;
        }
        return std::move(findings_);
    }

private:
    /// Where a rule of the documents writes the field; nullptr: none does.
    [[nodiscard]] const document::Place* writer_of(std::string_view object,
                                                   std::string_view field) const {
        for (const document::EntityDocument& entity : documents_.entities) {
            const auto& objects = entity.objects.crm;
            const bool has_it =
                std::any_of(objects.begin(), objects.end(),
                            [&](const std::string& name) { return same_name(name, object); });
            if (!has_it) continue;
            for (const document::FieldRule& rule : entity.fields) {
                if (rule.direction != document::Direction::ToMarketing &&
                    same_name(rule.fields.crm.on(object), field))
                    return &rule.fields.crm.place;
            }
        }
        return nullptr;
    }

    Result<SetupRows> find(const Selection& what, std::string_view field, std::string_view value) {
        auto found = crm_.find(what, field, value, stop_);
        if (found) return SetupRows{*std::move(found)};
        const ErrorKind kind = found.error().kind;
        if (kind == ErrorKind::Rejected || kind == ErrorKind::Broken) return SetupRows{};
        return std::move(found).error();
    }

    Status look_at_view(const ShippedView& view, const document::Place& place) {
        if (blind_) return Done{};
        auto found =
            find({kViewObject, {"DeveloperName", "SobjectType"}}, "DeveloperName", view.name);
        if (!found) return std::move(found).error();
        if (!*found) {
            blind_ = true;
            add(place, "DUET-1027",
                fmt::format("{} does not let Duet look for list views", crm_.name()),
                "look in Setup whether those of packaging/salesforce are there");
            return Done{};
        }
        const bool is_there = std::any_of(
            (*found)->begin(), (*found)->end(),
            [&](const Record& one) { return has_text(one, "SobjectType", view.object); });
        if (is_there) return Done{};
        add(place, "DUET-1025",
            fmt::format("{} has no list view {} of {}, which shows {}", crm_.name(), view.name,
                        view.object, view.field),
            "it ships with Duet: deploy packaging/salesforce (a view that is not shared with the "
            "user that Duet signs in as looks absent)");
        return Done{};
    }

    Status look_at_permissions(const document::Place& place) {
        auto sets = find({kSetObject, {"Name"}}, "Name", kShippedPermissions);
        if (!sets) return std::move(sets).error();
        if (!*sets) return cannot_tell(place);
        if ((*sets)->empty()) {
            add(place, "DUET-1026",
                fmt::format("{} has no permission set {}", crm_.name(), kShippedPermissions),
                "it ships with Duet: deploy packaging/salesforce, and assign it to the user that "
                "Duet signs in as");
            return Done{};
        }
        auto user = crm_.signed_in_as(stop_);
        if (!user) return std::move(user).error();
        auto assigned =
            find({kAssignmentObject, {"AssigneeId", "PermissionSetId"}}, "AssigneeId", *user);
        if (!assigned) return std::move(assigned).error();
        if (!*assigned) return cannot_tell(place);
        const std::string& set = (*sets)->front().id.key;
        const bool has_it =
            std::any_of((*assigned)->begin(), (*assigned)->end(),
                        [&](const Record& one) { return has_text(one, "PermissionSetId", set); });
        if (has_it) return Done{};
        add(place, "DUET-1026",
            fmt::format("the user that Duet signs in as ({}) has not the permission set {}", *user,
                        kShippedPermissions),
            fmt::format("sf org assign permset --name {} (or let a permission set group of that "
                        "user hold it)",
                        kShippedPermissions));
        return Done{};
    }

    Status cannot_tell(const document::Place& place) {
        add(place, "DUET-1027",
            fmt::format("{} does not let Duet look for permission sets", crm_.name()),
            fmt::format("look in Setup whether the user that Duet signs in as has {}",
                        kShippedPermissions));
        return Done{};
    }

    void add(const document::Place& place, const char* code, std::string message,
             std::string hint) {
        Finding finding;
        finding.place = place;
        finding.code = code;
        finding.message = std::move(message);
        finding.hint = std::move(hint);
        finding.line = document::line_of(sources_, place);
        findings_.push_back(std::move(finding));
    }

    const document::Documents& documents_;
    std::span<const document::Source> sources_;
    Connector& crm_;
    std::stop_token stop_;
    bool blind_ = false;  // list views cannot be looked for
    std::vector<Finding> findings_;
};

}  // namespace

std::span<const ShippedView> shipped_views() noexcept { return kShippedViews; }

Result<std::vector<Finding>> find_missing_setup(const document::Documents& documents,
                                                std::span<const document::Source> sources,
                                                Connector& crm, std::stop_token stop) {
    if (documents.names.crm != "salesforce") return std::vector<Finding>{};
    return SetupLooker(documents, sources, crm, std::move(stop)).look();
}

}  // namespace duet::service
