#include "mappings/document/leads_by_domain.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/rules.h"
#include "mappings/domain_text.h"

namespace duet::document {
namespace {

void check_lead(const Node& node, const LeadsByDomain& rule, const Context& context) {
    const EntityOutline* person = context.find(EntityKind::Person);
    if (person == nullptr || rule.lead.empty()) return;
    const auto& objects = person->objects.crm;
    if (std::none_of(objects.begin(), objects.end(),
                     [&](const std::string& name) { return same_name(name, rule.lead); })) {
        context.findings.add(node, kUnknownName,
                             fmt::format("{} is no object of persons", rule.lead));
    }
}

}  // namespace

std::optional<LeadsByDomain> read_leads_by_domain(MapReader& map, const Context& context) {
    const Node* node = map.find("leads_by_domain");
    if (node == nullptr) return std::nullopt;
    MapReader inner(*node, "\"leads_by_domain\"", context.findings);
    LeadsByDomain rule;
    rule.place = node->place();
    if (const auto lead = inner.required_text("lead")) {
        rule.lead = known_object(*inner.find("lead"), Side::Crm, *lead, context);
        check_lead(*inner.find("lead"), rule, context);
    }
    const auto field = [&](const char* key, const std::string& object, std::string& into) {
        const auto name = inner.required_text(key);
        if (!name) return;
        const Node& at = *inner.find(key);
        (void)known_field(at.place(), at.length(), Side::Crm, object, *name, context);
        into = *name;
    };
    field("email", rule.lead, rule.email);
    const EntityOutline* account = context.find(EntityKind::Account);
    const auto accounts = account == nullptr ? std::vector<std::string>{} : account->objects.crm;
    if (!accounts.empty()) {
        field("website", accounts.front(), rule.website);
    } else {
        (void)inner.require("website");
    }
    if (const Node* list = inner.require("public_domains")) {
        for (const std::string& name : text_list(*list, "public_domains", context.findings)) {
            std::string domain = domain_of(name);
            if (domain.empty()) {
                context.findings.add(*list, kNotAllowed, fmt::format("\"{}\" is no domain", name));
            } else {
                rule.public_domains.insert(std::move(domain));
            }
        }
    }
    inner.finish();
    const bool is_whole = !rule.lead.empty() && !rule.email.empty() && !rule.website.empty();
    return is_whole ? std::optional(std::move(rule)) : std::nullopt;
}

}  // namespace duet::document
