#include "tests/simulation/documents.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <variant>

#include <fmt/format.h>

#include "tests/world/acme.h"

namespace duet::simulation {
namespace {

constexpr FieldPair kEmail{"Email", "email", Wins::Crm};

const std::array<Rules, kRuleSets>& all_rules() {
    static const std::array<Rules, kRuleSets> kAll{{
        {{kEmail,
          {"FirstName", "firstName", Wins::Crm},
          {"LastName", "lastName", Wins::Marketing},
          {"Phone", "phone", Wins::Recent, Blanks::Travel},
          {"Title", "jobTitle", Wins::Recent},
          {"Department", "department", Wins::Crm, Blanks::FillOnly}},
         "Buyer",
         5},
        {{kEmail,
          {"FirstName", "firstName", Wins::Marketing, Blanks::Travel},
          {"LastName", "lastName", Wins::Crm},
          {"Phone", "phone", Wins::Crm, Blanks::Travel},
          {"Title", "jobTitle", Wins::Marketing},
          {"Department", "department", Wins::Crm, Blanks::FillOnly}},
         "Chief",
         3},
        {{kEmail,
          {"FirstName", "firstName", Wins::Crm},
          {"LastName", "lastName", Wins::Marketing},
          {"Phone", "phone", Wins::Marketing, Blanks::Travel},
          {"Title", "jobTitle", Wins::Crm},
          {"Department", "department", Wins::Recent},
          {"Fax", "fax", Wins::Recent, Blanks::Travel}},
         "Buyer",
         4},
    }};
    return kAll;
}

std::string people(const Rules& rules, std::string_view more) {
    static constexpr const char* kWinner[] = {"salesforce", "pardot", "most_recent"};
    static constexpr const char* kBlank[] = {"keep", "propagate", "fill_only"};
    std::string yaml = "entity: person\nmatch: [crm_id, email]\nfields:\n";
    for (const FieldPair& field : rules.fields) {
        yaml += fmt::format("  - {{ salesforce: {}, pardot: {}, winner: {}, blank: {} }}\n",
                            field.crm, field.marketing, kWinner[static_cast<int>(field.wins)],
                            kBlank[static_cast<int>(field.blanks)]);
    }
    yaml += fmt::format(
        "  - {{ salesforce: {}, pardot: {}, winner: salesforce }}\n"
        "  - {{ salesforce: {}, pardot: {}, consent: strictest }}\n"
        "  - {{ name: stage, salesforce: {}, pardot: {}, direction: both, value: Duet.Stage }}\n",
        kTag[0], kTag[1], kOptOut[0], kOptOut[1], kStage[0], kStage[1]);
    yaml += more;
    yaml += R"(create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
  salesforce:
    when: AND(NOT(ISBLANK(Prospect.email)), NOT(ISBLANK(Prospect.lastName)))
    object: Lead
    key: Duet_Key__c
)";
    return yaml;
}

std::string list(const List& list, const Rules& rules) {
    std::string yaml = fmt::format(
        "  - pardot_list: {}\n    suppress_when: OR(HasOptedOutOfEmail, Prospect.optedOut)\n",
        list.name);
    switch (list.who) {
        case Listed::Buyers:
            break;
        case Listed::BuyersLater:
            yaml += "    join_after_hours: 1\n    grace_hours: 2\n";
            break;
        case Listed::SomeOfADepartment:
            return yaml + fmt::format(
                              "    member_when: NOT(ISBLANK(Department))\n    cap: {}\n"
                              "    order: {{ lowest: LEN(Department) }}\n",
                              rules.places);
    }
    return yaml + fmt::format("    member_when: CONTAINS(Title, \"{}\")\n", rules.word);
}

std::string lists(const Rules& rules) {
    std::string yaml = "lists:\n";
    for (const List& one : kLists) yaml += list(one, rules);
    return yaml + fmt::format(R"(lifecycle:
  stages:
    - {{ name: BUYER, rank: 20, when: 'CONTAINS(Title, "{0}")' }}
    - {{ name: KNOWN, rank: 10, when: "TRUE" }}
)",
                              rules.word);
}

FieldInfo text_field(const char* name) {
    FieldInfo field;
    field.name = field.label = name;
    field.type = FieldType::Text;
    field.length = 80;
    return field;
}

PerSide<Catalog> make_catalogs() {
    PerSide<Catalog> made = world::acme_catalogs();
    for (const Side side : kSides) {
        for (ObjectInfo& object : made[side].objects) {
            if (object.entity != EntityKind::Person) continue;
            object.fields.push_back(text_field(kTag[static_cast<int>(side)]));
            object.fields.push_back(text_field(side == Side::Crm ? "Fax" : "fax"));
        }
    }
    return made;
}

struct Loaded {
    document::Documents documents;
    std::unique_ptr<sync::Model> model;
};

Loaded load(int set) {
    auto loaded = document::load(sources(set), {"salesforce", "pardot"}, &catalogs());
    if (const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded))
        throw std::logic_error(document::render(findings->front()));
    return {std::get<document::Documents>(std::move(loaded)), nullptr};
}

}  // namespace

const FieldPair* Rules::find(Side side, std::string_view field) const {
    for (const FieldPair& pair : fields) {
        if (field == pair.on(side)) return &pair;
    }
    return nullptr;
}

std::vector<document::Source> sources(int set, std::string_view more) {
    return {{"people.yaml", people(rules(set), more)}, {"lists.yaml", lists(rules(set))}};
}

const Rules& rules(int set) { return all_rules().at(static_cast<std::size_t>(set)); }

const PerSide<Catalog>& catalogs() {
    static const PerSide<Catalog> kMade = make_catalogs();
    return kMade;
}

const sync::Model& model(int set) {
    static std::array<Loaded, kRuleSets> made;
    Loaded& wanted = made.at(static_cast<std::size_t>(set));
    if (!wanted.model) {
        wanted = load(set);
        wanted.model = std::make_unique<sync::Model>(wanted.documents, catalogs());
    }
    return *wanted.model;
}

}  // namespace duet::simulation
