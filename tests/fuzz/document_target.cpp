// The loader of mapping documents. Lines "%%" divide the input into files.
#include <string>
#include <variant>
#include <vector>

#include "mappings/document/load.h"
#include "tests/fuzz/targets.h"

namespace duet::fuzz {
namespace {

using document::Documents;
using document::Finding;
using document::Source;

ObjectInfo object(const char* name, EntityKind entity,
                  std::vector<std::pair<const char*, FieldType>> fields) {
    ObjectInfo made;
    made.name = made.label = name;
    made.entity = entity;
    for (const auto& [field, type] : fields) {
        FieldInfo info;
        info.name = field;
        info.type = type;
        if (type == FieldType::Id && std::string_view(field) == "AccountId") {
            info.references = {"Account"};
            info.relationship = "Account";
        }
        if (type == FieldType::Picklist) info.options = {"Won", "Lost", "Open"};
        made.fields.push_back(std::move(info));
    }
    return made;
}

const PerSide<Catalog>& catalogs() {
    using enum FieldType;
    static const PerSide<Catalog> kCatalogs = {
        {{object("Contact", EntityKind::Person,
                 {{"Id", Id},
                  {"Email", Text},
                  {"Phone", Text},
                  {"AccountId", Id},
                  {"HasOptedOutOfEmail", Boolean},
                  {"LeadSource", Picklist}}),
          object("Lead", EntityKind::Person, {{"Id", Id}, {"Email", Text}, {"Status", Picklist}}),
          object("Account", EntityKind::Account, {{"Id", Id}, {"Name", Text}, {"Size", Number}}),
          object("Opportunity", EntityKind::Opportunity,
                 {{"Id", Id}, {"AccountId", Id}, {"Amount", Currency}, {"CloseDate", Date}})}},
        {{object("prospect", EntityKind::Person,
                 {{"id", Id},
                  {"email", Text},
                  {"phone", Text},
                  {"score", Number},
                  {"optedOut", Boolean},
                  {"salesforceContactId", Text},
                  {"salesforceLeadId", Text}})}}};
    return kCatalogs;
}

void check_load(const std::vector<Source>& sources, const PerSide<Catalog>* known) {
    static const SideNames kNames{"salesforce", "pardot"};
    const auto loaded = document::load(sources, kNames, known);
    const auto* findings = std::get_if<std::vector<Finding>>(&loaded);
    if (findings == nullptr) {
        if (known != nullptr) (void)document::needs(std::get<Documents>(loaded), *known);
        return;
    }
    expect(!findings->empty(), "what does not load has a finding", "");
    for (const Finding& finding : *findings) {
        expect(!finding.message.empty() && !finding.code.empty(), "a finding says something", "");
        expect(!render(finding).empty(), "a finding can be printed", finding.message);
    }
}

}  // namespace

void documents(std::string_view input) {
    std::vector<Source> sources;
    while (sources.size() < 8) {
        const std::size_t mark = input.find("%%\n");
        sources.push_back({"document" + std::to_string(sources.size()) + ".yaml",
                           std::string(input.substr(0, mark))});
        if (mark == std::string_view::npos) break;
        input.remove_prefix(mark + 3);
    }
    check_load(sources, nullptr);
    check_load(sources, &catalogs());
}

}  // namespace duet::fuzz
