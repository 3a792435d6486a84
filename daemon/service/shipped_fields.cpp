#include "daemon/service/shipped_fields.h"

#include <algorithm>
#include <regex>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/findings.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/tree.h"

namespace duet::service {
namespace {

using document::Finding;

constexpr const char* kDeploy =
    "it ships with Duet: deploy packaging/salesforce, and give the user that Duet signs in as the "
    "permission set Duet_Integration (a field without read permission looks absent)";
constexpr const char* kPermit =
    "give the user that Duet signs in as the right to edit it; the permission set Duet_Integration "
    "of packaging/salesforce holds the rights for Duet's own fields";

const ShippedField* find_shipped(std::string_view object, std::string_view name) {
    // Custom fields of tasks and events are those of Activity.
    const bool is_activity = same_name(object, "Task") || same_name(object, "Event");
    const std::string_view holder = is_activity ? "Activity" : object;
    const auto all = shipped_fields();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& field) {
        return same_name(field.object, holder) && same_name(field.name, name);
    });
    return found == all.end() ? nullptr : &*found;
}

/// Any text field holds a text: what is shipped as one may be a pick-list in an org.
bool is_alike(FieldType wanted, FieldType found) {
    if (wanted == FieldType::Text) return found == FieldType::Text || found == FieldType::Picklist;
    return wanted == found;
}

class FieldLooker {
public:
    FieldLooker(const document::Documents& documents, std::span<const document::Source> sources,
                const PerSide<Catalog>& catalogs)
        : documents_(documents), sources_(sources), catalogs_(catalogs) {
        for (const document::Source& source : sources)
            texts_.emplace_back(source.file, source.text);
    }

    std::vector<Finding> look() {
        for (const document::EntityDocument& entity : documents_.entities) {
            for (const document::FieldRule& rule : entity.fields) look_at(entity, rule);
            for (const document::CreateRule& create : entity.creates) look_at(create);
            for (const Side side : kSides) look_at_rights(entity, side);
        }
        look_at_lists();
        look_at_keys();
        for (Finding& finding : find_missing_models(models_of(documents_), catalogs_.crm)) {
            finding.line = document::line_of(sources_, finding.place);
            findings_.push_back(std::move(finding));
        }
        return std::move(findings_);
    }

private:
    void look_at(const document::EntityDocument& entity, const document::FieldRule& rule) {
        for (const std::string& name : entity.objects.crm) {
            const ShippedField* shipped = find_shipped(name, rule.fields.crm.on(name));
            const ObjectInfo* object = catalogs_.crm.find(name);
            if (shipped == nullptr || object == nullptr) continue;
            if (const FieldInfo* field = object->find(shipped->name))
                compare(*shipped, *field, rule.fields.crm.place);
        }
    }

    void compare(const ShippedField& shipped, const FieldInfo& field,
                 const document::Place& place) {
        if (!is_alike(shipped.type, field.type)) {
            add(place, "DUET-1020",
                fmt::format("{} of {} is a {} field, but Duet needs a {} field", shipped.name,
                            shipped.object, to_string(field.type), to_string(shipped.type)),
                "change its type as packaging/salesforce has it");
        } else if (field.length > 0 && field.length < shipped.length) {
            add(place, "DUET-1020",
                fmt::format("{} of {} takes {} characters, but Duet needs {}", shipped.name,
                            shipped.object, field.length, shipped.length),
                "make it longer, as packaging/salesforce has it");
        }
    }

    void look_at(const document::CreateRule& create) {
        const ObjectInfo* object = catalogs_[create.on].find(create.object);
        if (object == nullptr) return;
        if (!object->creatable) {
            add(create.place, "DUET-1021",
                fmt::format("the user that Duet signs in as may not create a {} in {}",
                            object->name, documents_.names[create.on]),
                "give it the right to create such records, or take the create rule out");
        }
        const FieldInfo* key = object->find(create.key_field);
        const ShippedField* shipped =
            create.on == Side::Crm ? find_shipped(create.object, create.key_field) : nullptr;
        if (key == nullptr || shipped == nullptr) return;
        compare(*shipped, *key, create.place);
        if (shipped->is_external_id && !key->unique_key) add_no_key(create.place, *object, *key);
    }

    void look_at_rights(const document::EntityDocument& entity, Side side) {
        for (const std::string& name : entity.objects[side]) {
            const ObjectInfo* object = catalogs_[side].find(name);
            if (object == nullptr || object->updatable) continue;
            for (const document::FieldRule& rule : entity.fields) {
                const auto target = side == Side::Crm ? document::Direction::ToCrm
                                                      : document::Direction::ToMarketing;
                const bool writes =
                    rule.direction == document::Direction::Both || rule.direction == target;
                const std::string_view path = rule.fields[side].on(name);
                if (!writes || path.empty() || path.find('.') != std::string_view::npos) continue;
                add(rule.fields[side].place, "DUET-1021",
                    fmt::format("the user that Duet signs in as may not edit a {} in {}",
                                object->name, documents_.names[side]),
                    "give it the right to edit such records");
                return;
            }
        }
    }

    void look_at_lists() {
        const ObjectInfo* membership = catalogs_.marketing.find("list-membership");
        if (documents_.lists.empty() || membership == nullptr || membership->creatable) return;
        add(documents_.lists.front().place, "DUET-1021",
            fmt::format("the user that Duet signs in as may not put anybody on a list in {}",
                        documents_.names.marketing),
            "give it the right to edit list memberships");
    }

    /// Keys by which tasks and campaign members of Duet's own are found again.
    void look_at_keys() {
        const auto look = [&](const document::Place& place, std::string_view object,
                              std::string_view key) {
            const ObjectInfo* info = catalogs_.crm.find(object);
            const FieldInfo* field = info == nullptr ? nullptr : info->find(key);
            if (field != nullptr && !field->unique_key) add_no_key(place, *info, *field);
        };
        if (const auto* words = document::task_words(documents_.names.crm);
            words != nullptr && !documents_.tasks.empty())
            look(documents_.tasks.front().place, words->object, words->key);
        const auto* campaigns = document::campaign_words(documents_.names.crm);
        const document::Place* members = place_of_members();
        if (campaigns != nullptr && members != nullptr)
            look(*members, campaigns->member, campaigns->key);
    }

    /// The first rule by which Duet makes members of campaigns; null: there is none.
    const document::Place* place_of_members() const {
        for (const document::ListRule& list : documents_.lists) {
            if (list.side == Side::Crm) return &list.place;
        }
        const document::Lifecycle* lifecycle = documents_.lifecycle.get();
        const bool makes_some = lifecycle != nullptr && lifecycle->campaign_member;
        return makes_some ? &lifecycle->place : nullptr;
    }

    void add_no_key(const document::Place& place, const ObjectInfo& object, const FieldInfo& key) {
        add(place, "DUET-1020",
            fmt::format("{} of {} is no external id, so a create could not be found again",
                        key.name, object.name),
            "mark it as an external id and as unique, as packaging/salesforce has it");
    }

    void add(const document::Place& place, const char* code, std::string message,
             std::string hint) {
        Finding finding;
        finding.place = place;
        finding.code = code;
        finding.message = std::move(message);
        finding.hint = std::move(hint);
        for (const document::SourceText& text : texts_) {
            if (text.file() == place.file) finding.line = std::string(text.line(place.line));
        }
        findings_.push_back(std::move(finding));
    }

    const document::Documents& documents_;
    std::span<const document::Source> sources_;
    const PerSide<Catalog>& catalogs_;
    std::vector<document::SourceText> texts_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<WantedModel> models_of(const document::Documents& documents) {
    static const std::regex kModel(R"re(Model\.DeveloperName\s*==?\s*"([^"]+)")re",
                                   std::regex::icase);
    std::vector<WantedModel> wanted;
    for (const document::Attribution& attribution : documents.attributions) {
        if (!attribution.influence_model.empty())
            wanted.push_back({attribution.influence_model, attribution.influence_place});
    }
    for (const document::EntityDocument& entity : documents.entities) {
        for (const document::Rollup& rollup : entity.rollups) {
            if (!rollup.where || !same_name(rollup.of, "CampaignInfluence")) continue;
            const std::string& text = rollup.where->formula.text();
            for (std::sregex_iterator at(text.begin(), text.end(), kModel), end; at != end; ++at) {
                wanted.push_back({(*at)[1].str(), rollup.where->place});
            }
        }
    }
    return wanted;
}

std::vector<Finding> find_missing_models(std::span<const WantedModel> wanted, const Catalog& crm) {
    std::vector<Finding> findings;
    const auto add = [&](const document::Place& place, std::string message, std::string hint) {
        Finding finding;
        finding.place = place;
        finding.code = "DUET-1022";
        finding.message = std::move(message);
        finding.hint = std::move(hint);
        findings.push_back(std::move(finding));
    };
    if (wanted.empty()) return findings;
    const ObjectInfo* models = crm.find("CampaignInfluenceModel");
    const FieldInfo* names = models == nullptr ? nullptr : models->find("DeveloperName");
    if (names == nullptr || crm.find("CampaignInfluence") == nullptr) {
        add(wanted.front().place, "the org has no campaign influence that Duet may see",
            "turn on Customizable Campaign Influence in Setup, and give the user that Duet signs "
            "in as access to campaigns");
        return findings;
    }
    for (const WantedModel& model : wanted) {
        if (std::find_if(names->options.begin(), names->options.end(), [&](const auto& name) {
                return same_name(name, model.name);
            }) != names->options.end()) {
            continue;
        }
        const std::string hint =
            same_name(model.name, kShippedModel)
                ? "it ships with Duet: deploy packaging/salesforce"
                : document::did_you_mean(
                      model.name, names->options,
                      "make it in Setup and lock it, or deploy a copy of Duet_Attribution of "
                      "packaging/salesforce under this name");
        add(model.place, fmt::format("the org has no campaign influence model \"{}\"", model.name),
            hint);
    }
    return findings;
}

void tell_how_to_get(const PerSide<Catalog>& catalogs, const SideNames& names,
                     std::vector<Finding>& findings) {
    if (names.crm != "salesforce") return;
    for (Finding& finding : findings) {
        for (const ShippedField& shipped : shipped_fields()) {
            const ObjectInfo* object = catalogs.crm.find(shipped.object);
            const bool is_there = object != nullptr && object->find(shipped.name) != nullptr;
            if (finding.line.find(shipped.name) == std::string::npos) continue;
            if (!is_there && finding.code != document::kNotWritable) finding.hint = kDeploy;
            if (is_there && finding.code == document::kNotWritable) finding.hint = kPermit;
        }
    }
}

std::vector<Finding> find_unfit(const document::Documents& documents,
                                std::span<const document::Source> sources,
                                const PerSide<Catalog>& catalogs) {
    if (documents.names.crm != "salesforce") return {};
    return FieldLooker(documents, sources, catalogs).look();
}

}  // namespace duet::service
