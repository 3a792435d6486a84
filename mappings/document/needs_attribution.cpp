#include <string>
#include <string_view>
#include <variant>

#include "mappings/document/conventions.h"
#include "mappings/document/needs_book.h"
#include "mappings/document/paths.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

/// Deals, the people and touches of each, rows of influence, campaigns and rates.
class AttributionNeeds {
public:
    explicit AttributionNeeds(NeedsBook& book) : book_(book) {}

    void add() {
        const auto& attributions = documents().attributions;
        for (const Attribution& attribution : attributions) add_attribution(attribution);
        if (!attributions.empty()) add_money();
    }

private:
    void add_attribution(const Attribution& attribution) {
        const EntityDocument* opportunity = documents().find(EntityKind::Opportunity);
        if (opportunity == nullptr) return;
        if (attribution.when) book_.add_rule(*attribution.when, *opportunity);
        if (attribution.keep_when) book_.add_rule(*attribution.keep_when, *opportunity);
        if (attribution.contract_value) book_.add_rule(*attribution.contract_value, *opportunity);
        for (const auto* moment : {&attribution.from, &attribution.until}) {
            if (*moment) book_.add_rule(**moment, *opportunity);
        }
        add_people(attribution, *opportunity);
        const CampaignName campaign = campaign_name(documents().names.crm);
        book_.add_path(Side::Crm, campaign.object, campaign.field);
        for (const Touch& touch : attribution.touches) add_touch(touch);
        add_milestones(attribution, *opportunity);
        if (!attribution.influence_model.empty()) add_influence();
        add_rates(*opportunity);
    }

    /// What milestones, numbers by type and role, and people of the account are read from.
    void add_milestones(const Attribution& attribution, const EntityDocument& opportunity) {
        const InfluenceWords* words = influence_words(documents().names.crm);
        const auto persons = default_objects(documents().names.crm, EntityKind::Person);
        const auto accounts = default_objects(documents().names.crm, EntityKind::Account);
        if (words == nullptr || persons.empty() || opportunity.objects.crm.empty()) return;
        for (const auto& rule : {attribution.qualified, attribution.known}) {
            if (rule) book_.add_object_rule(*rule, Side::Crm, persons.front());
        }
        for (std::size_t i = 1; i < persons.size(); ++i) {
            book_.add_path(Side::Crm, persons[i], converted_into(documents().names.crm));
            if (attribution.known) book_.add_object_rule(*attribution.known, Side::Crm, persons[i]);
        }
        if (attribution.people_of != attribution::PeopleMode::ContactRole && !accounts.empty()) {
            if (const ObjectInfo* account = catalogs().crm.find(accounts.front())) {
                book_.add_references(Side::Crm, persons.front(), *account);
                book_.add_references(Side::Crm, opportunity.objects.crm.front(), *account);
            }
        }
        if (std::holds_alternative<attribution::Custom>(attribution.model)) {
            book_.add_path(Side::Crm, campaign_name(documents().names.crm).object,
                           words->campaign_type);
            if (!attribution.people.empty())
                book_.add_path(Side::Crm, attribution.people.front(), words->role);
        }
    }

    void add_influence() {
        const InfluenceWords* words = influence_words(documents().names.crm);
        if (words == nullptr) return;
        for (const std::string_view field :
             {words->opportunity, words->campaign, words->contact, words->model, words->percent}) {
            book_.add_path(Side::Crm, words->object, field);
        }
        book_.add_path(Side::Crm, words->models, words->model_name);
        book_.add_path(Side::Crm, words->models, words->model_type);
    }

    /// What revenue and pipeline are counted from.
    void add_rates(const EntityDocument& opportunity) {
        const InfluenceWords* words = influence_words(documents().names.crm);
        if (words == nullptr) return;
        for (const std::string& deal : opportunity.objects.crm) {
            for (const std::string_view field :
                 {words->closed, words->won, words->amount, words->close, words->currency}) {
                book_.add_path(Side::Crm, deal, field);
            }
        }
        if (const EntityDocument* campaigns = documents().find(EntityKind::Campaign)) {
            for (const std::string& campaign : campaigns->objects.crm)
                book_.add_path(Side::Crm, campaign, words->currency);
        }
        book_.add_currencies();
    }

    /// What a report says of deals and campaigns; fields that the org has not are passed over.
    void add_money() {
        const MoneyWords* words = money_words(documents().names.crm);
        if (words == nullptr || documents().find(EntityKind::Opportunity) == nullptr) return;
        for (const auto field : {words->created, words->close, words->closed, words->won,
                                 words->amount, words->source, words->currency, words->account})
            book_.add_path(Side::Crm, words->deal, field);
        for (const auto field : {words->name, words->cost, words->parent, words->currency})
            book_.add_path(Side::Crm, words->campaign, field);
        for (const auto field : {words->rate_code, words->rate, words->is_corporate})
            book_.add_path(Side::Crm, words->rates, field);
    }

    void add_people(const Attribution& attribution, const EntityDocument& opportunity) {
        const Catalog& catalog = catalogs().crm;
        if (opportunity.objects.crm.empty()) return;
        const ObjectInfo* at = catalog.find(opportunity.objects.crm.front());
        for (const std::string& hop : attribution.people) {
            if (at == nullptr) return;
            const auto next = next_hop(catalog, *at, hop);
            if (next.empty()) return;
            if (same_name(next.front()->name, hop)) {
                book_.add_references(Side::Crm, next.front()->name, *at);
            }
            book_.add_relationship(Side::Crm, *at, hop);
            at = next.front();
        }
    }

    void add_touch(const Touch& touch) {
        book_.add_object_rule(touch.time, touch.side, touch.object);
        book_.add_object_rule(touch.campaign, touch.side, touch.object);
        if (touch.where) book_.add_object_rule(*touch.where, touch.side, touch.object);
        book_.add_member_key(touch.side, touch.object);
        const EntityDocument* person = documents().find(EntityKind::Person);
        if (person == nullptr) return;
        book_.add_references_to(touch.side, touch.object, *person);
    }

    [[nodiscard]] const PerSide<Catalog>& catalogs() const { return book_.catalogs(); }
    [[nodiscard]] const Documents& documents() const { return book_.documents(); }

    NeedsBook& book_;
};

}  // namespace

void add_attribution_needs(NeedsBook& book) { AttributionNeeds(book).add(); }

}  // namespace duet::document
