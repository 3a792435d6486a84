#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/sync/attribute.h"
#include "daemon/sync/campaign_figures.h"
#include "daemon/sync/routes_book.h"
#include "mappings/document/conventions.h"
#include "mappings/document/scope.h"

namespace duet::sync {
namespace {

using document::Attribution;
using document::EntityDocument;

class Finder {
public:
    Finder(RouteBook& book, const Attribution& attribution, const ObjectInfo& opportunity)
        : book_(book), attribution_(attribution), opportunity_(opportunity) {}

    void find() {
        if (is_by_source(attribution_)) return add_source();
        for (const auto& [person, back] : ways_from_people()) {
            add_touches(person, back);
            add_moments(person, back);
        }
        if (!attribution_.influence_model.empty()) add_influence();
    }

private:
    /// A person's object in the CRM, and the way from its record to the opportunity.
    using Way = std::pair<std::string, Route>;

    /// The name, or the end, of the campaign that people named.
    void add_source() {
        const auto* words = document::money_words(documents().names.crm);
        const FieldInfo* source = words == nullptr ? nullptr : opportunity_.find(words->source);
        if (source == nullptr) return;
        book_.add(Side::Crm, words->campaign,
                  {Hop{Hop::Kind::Down, opportunity_.name, source->name}});
    }

    std::vector<Way> ways_from_people() {
        using attribution::PeopleMode;
        std::vector<Way> ways;
        if (attribution_.people_of != PeopleMode::Account) {
            if (auto way = way_by_role()) ways.push_back(std::move(*way));
        }
        if (attribution_.people_of != PeopleMode::ContactRole) {
            if (auto way = way_by_account()) ways.push_back(std::move(*way));
        }
        return ways;
    }

    /// Along the attribution's `people` hops.
    std::optional<Way> way_by_role() {
        const Catalog& catalog = catalogs().crm;
        if (attribution_.people.size() != 2) return std::nullopt;
        const ObjectInfo* role = catalog.find(attribution_.people[0]);
        if (role == nullptr) return std::nullopt;
        const FieldInfo* up = reference_to(*role, opportunity_.name);
        const auto person = resolve_path(catalog, *role, attribution_.people[1] + ".Id");
        if (up == nullptr || !person || person->steps.size() != 1) return std::nullopt;
        const Hop to_opportunity{Hop::Kind::Up, opportunity_.name, up->name};
        book_.add(Side::Crm, role->name, {to_opportunity});
        return Way{person->steps[0].objects.front(),
                   Route{Hop{Hop::Kind::Down, role->name, person->steps[0].field}, to_opportunity}};
    }

    std::optional<Way> way_by_account() {
        const std::string& crm = documents().names.crm;
        const auto accounts = document::default_objects(crm, EntityKind::Account);
        const auto persons = document::default_objects(crm, EntityKind::Person);
        const ObjectInfo* person = persons.empty() ? nullptr : catalogs().crm.find(persons.front());
        if (person == nullptr || accounts.empty()) return std::nullopt;
        const FieldInfo* up = reference_to(*person, accounts.front());
        const FieldInfo* down = reference_to(opportunity_, accounts.front());
        if (up == nullptr || down == nullptr) return std::nullopt;
        const Route back{Hop{Hop::Kind::Up, accounts.front(), up->name},
                         Hop{Hop::Kind::Down, opportunity_.name, down->name}};
        book_.add(Side::Crm, person->name, back);
        return Way{person->name, back};
    }

    void add_touches(const std::string& person, const Route& back) {
        for (const auto& touch : attribution_.touches) {
            const ObjectInfo* object = catalogs()[touch.side].find(touch.object);
            if (object == nullptr) continue;
            if (touch.side == Side::Crm) {
                add_touch(touch, *object, reference_to(*object, person), person, back);
                for (const auto& [lead, way] : ways_from_leads(person, back))
                    add_touch(touch, *object, reference_to(*object, lead), lead, way);
            } else if (const EntityDocument* persons = documents().find(EntityKind::Person)) {
                const FieldInfo* reference = nullptr;
                for (const std::string& record : persons->objects.marketing) {
                    if (reference == nullptr) reference = reference_to(*object, record);
                }
                Route way = back;
                way.insert(way.begin(), Hop{Hop::Kind::Link, person, {}});
                add_touch(touch, *object, reference,
                          reference == nullptr ? "" : reference->references.front(), way);
            }
        }
    }

    void add_touch(const document::Touch& touch, const ObjectInfo& object,
                   const FieldInfo* reference, const std::string& owner, Route way) {
        if (reference == nullptr) return;
        way.insert(way.begin(), Hop{Hop::Kind::Up, owner, reference->name});
        book_.add(touch.side, object.name, way);
        for (const document::Rule* rule : {&touch.time, &touch.campaign})
            book_.add_child_rule(touch.side, object, *rule, way);
        if (touch.where) book_.add_child_rule(touch.side, object, *touch.where, way);
        add_campaign(touch, object, way);
    }

    /// A campaign that is deleted, or of another type, takes its touches with it.
    void add_campaign(const document::Touch& touch, const ObjectInfo& object, Route way) {
        const auto campaign = document::campaign_name(documents().names.crm);
        const FieldInfo* up = touch.side == Side::Crm && !campaign.object.empty()
                                  ? reference_to(object, campaign.object)
                                  : nullptr;
        if (up == nullptr) return;
        way.insert(way.begin(), Hop{Hop::Kind::Down, object.name, up->name});
        book_.add(Side::Crm, campaign.object, way);
    }

    /// The leads that became persons, and their way on.
    std::vector<Way> ways_from_leads(const std::string& person, const Route& back) {
        std::vector<Way> ways;
        const std::string& crm = documents().names.crm;
        const auto name = document::converted_into(crm);
        for (const std::string& object : document::default_objects(crm, EntityKind::Person)) {
            const ObjectInfo* info = catalogs().crm.find(object);
            if (info == nullptr || name.empty() || same_name(object, person)) continue;
            const FieldInfo* field = info->find(name);
            if (field == nullptr) continue;
            Route way = back;
            way.insert(way.begin(), Hop{Hop::Kind::Up, person, field->name});
            ways.emplace_back(info->name, std::move(way));
        }
        return ways;
    }

    /// Since when a person is known, and as what: only milestones ask.
    void add_moments(const std::string& person, const Route& back) {
        const ObjectInfo* info = catalogs().crm.find(person);
        if (info == nullptr || (!attribution_.qualified && !attribution_.known)) return;
        book_.add(Side::Crm, info->name, back);
        for (const auto* rule : {&attribution_.qualified, &attribution_.known}) {
            if (*rule) book_.add_child_rule(Side::Crm, *info, **rule, back);
        }
        if (!attribution_.known) return;
        for (const auto& [lead, way] : ways_from_leads(person, back))
            book_.add(Side::Crm, lead, way);
    }

    /// Somebody else's hand on our rows; a model that goes.
    void add_influence() {
        const auto* words = document::influence_words(documents().names.crm);
        const ObjectInfo* rows = words == nullptr ? nullptr : catalogs().crm.find(words->object);
        if (rows == nullptr) return;
        const FieldInfo* up = rows->find(words->opportunity);
        const FieldInfo* model = rows->find(words->model);
        if (up == nullptr || model == nullptr) return;
        const Hop to_opportunity{Hop::Kind::Up, opportunity_.name, up->name};
        book_.add(Side::Crm, rows->name, {to_opportunity});
        book_.add(Side::Crm, words->models,
                  {Hop{Hop::Kind::Down, rows->name, model->name}, to_opportunity});
    }

    [[nodiscard]] const document::Documents& documents() const { return book_.documents(); }
    [[nodiscard]] const PerSide<Catalog>& catalogs() const { return book_.catalogs(); }

    RouteBook& book_;
    const Attribution& attribution_;
    const ObjectInfo& opportunity_;
};

/// What a campaign's figures are counted from: rows of influence and their deals, or the deals that
/// name it; and so for every campaign above it, where their sums are read.
void add_figures(RouteBook& book, const Attribution& attribution, const ObjectInfo& campaign) {
    const document::Documents& documents = book.documents();
    const auto* words = document::influence_words(documents.names.crm);
    const auto* money = document::money_words(documents.names.crm);
    const EntityDocument* deals = documents.find(EntityKind::Opportunity);
    if (words == nullptr || money == nullptr || deals == nullptr) return;
    const bool is_named = is_by_source(attribution);
    const ObjectInfo* rows = book.catalogs().crm.find(is_named ? money->deal : words->object);
    if (rows == nullptr || (!is_named && attribution.influence_model.empty())) return;
    const FieldInfo* up = rows->find(is_named ? money->source : words->campaign);
    const FieldInfo* deal = is_named ? nullptr : rows->find(words->opportunity);
    if (up == nullptr || (!is_named && deal == nullptr)) return;
    const FieldInfo* parent = campaign.find(money->parent);
    const EntityDocument* campaigns = documents.find(EntityKind::Campaign);
    const bool has_trees = parent != nullptr && campaigns != nullptr && reads_tree(*campaigns);
    Route way{Hop{Hop::Kind::Up, campaign.name, up->name}};
    Route above;
    for (int step = 0; step <= (has_trees ? kStepsUpCampaigns : 0); ++step) {
        if (step > 0) {
            const Hop to_parent{Hop::Kind::Up, campaign.name, parent->name};
            way.push_back(to_parent);
            above.push_back(to_parent);
            book.add(Side::Crm, campaign.name, above);
        }
        book.add(Side::Crm, rows->name, way);
        if (is_named) continue;
        Route from_deal = way;
        from_deal.insert(from_deal.begin(), Hop{Hop::Kind::Down, rows->name, deal->name});
        for (const std::string& object : deals->objects.crm) book.add(Side::Crm, object, from_deal);
    }
}

}  // namespace

void add_attribution_fact_routes(RouteBook& book, const EntityDocument& entity, Side side,
                                 const ObjectInfo& own) {
    if (!document::reads_attribution(entity)) return;
    for (const Attribution& attribution : book.documents().attributions) {
        if (entity.entity == EntityKind::Campaign && side == Side::Crm)
            add_figures(book, attribution, own);
        if (entity.entity != EntityKind::Person) continue;
        for (const auto& touch : attribution.touches) {
            const ObjectInfo* object =
                touch.side == side ? book.catalogs()[side].find(touch.object) : nullptr;
            const FieldInfo* up = object == nullptr ? nullptr : reference_to(*object, own.name);
            if (up == nullptr) continue;
            const Route way{Hop{Hop::Kind::Up, own.name, up->name}};
            book.add(side, object->name, way);
            for (const document::Rule* rule : {&touch.time, &touch.campaign})
                book.add_child_rule(side, *object, *rule, way);
            if (touch.where) book.add_child_rule(side, *object, *touch.where, way);
        }
    }
}

void add_attribution_routes(RouteBook& book, const Attribution& attribution,
                            const ObjectInfo& opportunity) {
    Finder(book, attribution, opportunity).find();
}

}  // namespace duet::sync
