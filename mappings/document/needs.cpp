#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/behaviour.h"
#include "mappings/document/conventions.h"
#include "mappings/document/hygiene.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/load.h"
#include "mappings/document/paths.h"
#include "mappings/document/queue.h"
#include "mappings/document/rfm.h"
#include "mappings/document/scope.h"
#include "mappings/document/scoring.h"
#include "mappings/document/shares.h"

namespace duet::document {
namespace {

/// Gathers (side, object) -> fields, in the catalogs' spelling. Paths that do not exist are
/// passed over: loading with these catalogs has reported them.
class Gatherer {
public:
    Gatherer(const Documents& documents, const PerSide<Catalog>& catalogs)
        : documents_(documents), catalogs_(catalogs) {}

    void gather() {
        for (const EntityDocument& entity : documents_.entities) add_entity(entity);
        if (const EntityDocument* person = documents_.find(EntityKind::Person)) {
            for (const ListRule& list : documents_.lists) {
                for (const Rule* rule : rules_of(list)) add_rule(*rule, *person);
                if (list.side == Side::Crm) add_campaign_members(*person);
            }
            for (const Stage& stage : documents_.stages) add_rule(stage.when, *person);
            if (documents_.lifecycle != nullptr) add_lifecycle(*documents_.lifecycle, *person);
        }
        for (const Attribution& attribution : documents_.attributions) {
            add_attribution(attribution);
        }
        if (!documents_.attributions.empty()) add_money();
        for (const TimerRule& timer : documents_.timers) add_timer(timer);
        add_figures();
        for (const TaskRule& task : documents_.tasks) add_task(task);
        for (const Routing& routing : documents_.routings) add_routing(routing);
        const auto& lists = documents_.lists;
        if (std::all_of(lists.begin(), lists.end(),
                        [](const ListRule& list) { return list.side == Side::Crm; }))
            return;
        for (const Need& need : list_needs(documents_.names.marketing)) {
            auto& fields = needed_[{need.side, need.object}];
            fields.insert(need.fields.begin(), need.fields.end());
        }
    }

    [[nodiscard]] std::vector<Need> take() const {
        std::vector<Need> needs;
        for (const auto& [where, fields] : needed_) {
            needs.push_back({where.first, where.second, {fields.begin(), fields.end()}});
        }
        return needs;
    }

private:
    void add_step(Side side, const PathStep& step) {
        needed_[{side, step.object->name}].insert(step.field->name);
    }

    void add_path(Side side, std::string_view object, std::string_view path) {
        const ObjectInfo* info = catalogs_[side].find(object);
        if (info == nullptr) return;
        needed_[{side, info->name}];
        if (path.empty()) return;
        for (const PathStep& step : walk_path(catalogs_[side], *info, path)) add_step(side, step);
    }

    void add_entity(const EntityDocument& entity) {
        for (const Side side : kSides) {
            for (const std::string& object : entity.objects[side]) {
                add_path(side, object, {});
                for (const FieldRule& rule : entity.fields) {
                    for (const FieldRef* ref : rule.refs(side))
                        add_path(side, object, ref->on(object));
                }
            }
        }
        for (const FieldRule& rule : entity.fields) {
            if (rule.value) add_rule(*rule.value, entity);
        }
        if (entity.scope) add_rule(*entity.scope, entity);
        for (const MatchRule& match : entity.match) add_match(match, entity);
        for (const CreateRule& create : entity.creates) {
            add_rule(create.when, entity);
            add_path(create.on, create.object, create.key_field);
        }
        for (const DeletionRule& rule : entity.deletions) {
            for (const std::string& object : entity.objects[other(rule.side)])
                add_path(other(rule.side), object, rule.field);
        }
        for (const Validation& validation : entity.validations) {
            add_object_rule(validation.error_when, validation.side, validation.object);
            for (const std::string& path : validation.message.fields()) {
                add_path(validation.side, validation.object, path);
            }
        }
        for (const Rollup& rollup : entity.rollups) add_rollup(rollup, entity);
    }

    /// Members of a campaign hang on each of the person's objects.
    void add_campaign_members(const EntityDocument& person) {
        const CampaignWords* words = campaign_words(documents_.names.crm);
        const ObjectInfo* member = words == nullptr ? nullptr : catalogs_.crm.find(words->member);
        if (member == nullptr) return;
        add_path(Side::Crm, words->campaign, words->name);
        add_path(Side::Crm, words->member, words->of);
        add_path(Side::Crm, words->member, words->status);
        add_path(Side::Crm, words->member, words->key);
        for (const std::string& object : person.objects.crm) {
            const ObjectInfo* info = catalogs_.crm.find(object);
            if (info != nullptr) add_references(Side::Crm, member->name, *info);
        }
    }

    /// What Duet put on a campaign is known by its key, and is nothing that the person did.
    void add_member_key(Side side, const std::string& object) {
        const CampaignWords* words = campaign_words(documents_.names.crm);
        if (side == Side::Crm && words != nullptr && same_name(object, words->member))
            add_path(side, object, words->key);
    }

    void add_match(const MatchRule& match, const EntityDocument& entity) {
        for (const std::string& object : entity.objects.crm) {
            add_path(Side::Crm, object, match.crm_field);
        }
        for (const std::string& object : entity.objects.marketing) {
            for (const std::string& field : match.marketing_fields) {
                add_path(Side::Marketing, object, field);
            }
        }
    }

    /// A rule of an entity: its names are those of `EntityScope`.
    void add_rule(const Rule& rule, const EntityDocument& entity) {
        for (const std::string& path : rule.formula.fields()) add_rule_path(path, entity);
    }

    void add_rule_path(const std::string& path, const EntityDocument& entity) {
        const auto [head, rest] = split_path(path);
        if (is_worked_out(head)) return;
        const bool marketing = same_name(head, kProspect);
        const Side side = marketing ? Side::Marketing : Side::Crm;
        for (const std::string& object : entity.objects[side]) {
            add_path(side, object, marketing ? rest : std::string_view(path));
        }
    }

    /// A rule of one object: its names are those of `ObjectScope`.
    void add_object_rule(const Rule& rule, Side side, const std::string& object) {
        add_path(side, object, {});
        for (const std::string& path : rule.formula.fields()) add_path(side, object, path);
    }

    /// The child's fields that refer to `parent`.
    void add_references(Side side, const std::string& child, const ObjectInfo& parent) {
        const ObjectInfo* info = catalogs_[side].find(child);
        if (info == nullptr) return;
        for (const FieldInfo* field : references_to(*info, parent)) add_step(side, {info, field});
    }

    void add_rollup(const Rollup& rollup, const EntityDocument& entity) {
        add_path(rollup.side, rollup.of, rollup.field);
        if (!rollup.order_by.empty()) add_path(rollup.side, rollup.of, rollup.order_by);
        if (rollup.where) add_object_rule(*rollup.where, rollup.side, rollup.of);
        const Catalog& catalog = catalogs_[rollup.side];
        for (const std::string& name : entity.objects[rollup.side]) {
            const ObjectInfo* own = catalog.find(name);
            if (own == nullptr) continue;
            for (const ObjectInfo* parent : via_parents(catalog, *own, rollup.via)) {
                add_references(rollup.side, rollup.of, *parent);
            }
            add_relationship(rollup.side, *own, rollup.via);
        }
    }

    /// The own reference field behind a relationship: "Account" -> Contact.AccountId.
    void add_relationship(Side side, const ObjectInfo& own, std::string_view name) {
        for (const FieldInfo& field : own.fields) {
            if (!field.relationship.empty() && same_name(field.relationship, name)) {
                add_step(side, {&own, &field});
            }
        }
    }

    void add_attribution(const Attribution& attribution) {
        const EntityDocument* opportunity = documents_.find(EntityKind::Opportunity);
        if (opportunity == nullptr) return;
        if (attribution.when) add_rule(*attribution.when, *opportunity);
        if (attribution.keep_when) add_rule(*attribution.keep_when, *opportunity);
        if (attribution.contract_value) add_rule(*attribution.contract_value, *opportunity);
        for (const auto* moment : {&attribution.from, &attribution.until}) {
            if (*moment) add_rule(**moment, *opportunity);
        }
        add_people(attribution, *opportunity);
        const CampaignName campaign = campaign_name(documents_.names.crm);
        add_path(Side::Crm, campaign.object, campaign.field);
        for (const Touch& touch : attribution.touches) add_touch(touch);
        add_milestones(attribution, *opportunity);
        if (!attribution.influence_model.empty()) add_influence();
        add_rates(*opportunity);
    }

    /// What milestones, numbers by type and role, and people of the account are read from.
    void add_milestones(const Attribution& attribution, const EntityDocument& opportunity) {
        const InfluenceWords* words = influence_words(documents_.names.crm);
        const auto persons = default_objects(documents_.names.crm, EntityKind::Person);
        const auto accounts = default_objects(documents_.names.crm, EntityKind::Account);
        if (words == nullptr || persons.empty() || opportunity.objects.crm.empty()) return;
        for (const auto& rule : {attribution.qualified, attribution.known}) {
            if (rule) add_object_rule(*rule, Side::Crm, persons.front());
        }
        for (std::size_t i = 1; i < persons.size(); ++i) {
            add_path(Side::Crm, persons[i], converted_into(documents_.names.crm));
            if (attribution.known) add_object_rule(*attribution.known, Side::Crm, persons[i]);
        }
        if (attribution.people_of != attribution::PeopleMode::ContactRole && !accounts.empty()) {
            if (const ObjectInfo* account = catalogs_.crm.find(accounts.front())) {
                add_references(Side::Crm, persons.front(), *account);
                add_references(Side::Crm, opportunity.objects.crm.front(), *account);
            }
        }
        if (std::holds_alternative<attribution::Custom>(attribution.model)) {
            add_path(Side::Crm, campaign_name(documents_.names.crm).object, words->campaign_type);
            if (!attribution.people.empty())
                add_path(Side::Crm, attribution.people.front(), words->role);
        }
    }

    void add_influence() {
        const InfluenceWords* words = influence_words(documents_.names.crm);
        if (words == nullptr) return;
        for (const std::string_view field :
             {words->opportunity, words->campaign, words->contact, words->model, words->percent}) {
            add_path(Side::Crm, words->object, field);
        }
        add_path(Side::Crm, words->models, words->model_name);
        add_path(Side::Crm, words->models, words->model_type);
    }

    /// What revenue and pipeline are counted from.
    void add_rates(const EntityDocument& opportunity) {
        const InfluenceWords* words = influence_words(documents_.names.crm);
        if (words == nullptr) return;
        for (const std::string& deal : opportunity.objects.crm) {
            for (const std::string_view field :
                 {words->closed, words->won, words->amount, words->close, words->currency}) {
                add_path(Side::Crm, deal, field);
            }
        }
        if (const EntityDocument* campaigns = documents_.find(EntityKind::Campaign)) {
            for (const std::string& campaign : campaigns->objects.crm)
                add_path(Side::Crm, campaign, words->currency);
        }
        add_currencies();
    }

    /// Static and dated rates, where the org has them.
    void add_currencies() {
        const InfluenceWords* words = influence_words(documents_.names.crm);
        if (words == nullptr) return;
        for (const std::string_view object : {words->currencies, words->dated_rates}) {
            for (const std::string_view field :
                 {words->iso_code, words->rate, words->rate_from, words->rate_until}) {
                add_path(Side::Crm, object, field);
            }
        }
    }

    /// What a report says of deals and campaigns; fields that the org has not are passed over.
    void add_money() {
        const MoneyWords* words = money_words(documents_.names.crm);
        if (words == nullptr || documents_.find(EntityKind::Opportunity) == nullptr) return;
        for (const auto field : {words->created, words->close, words->closed, words->won,
                                 words->amount, words->source, words->currency, words->account})
            add_path(Side::Crm, words->deal, field);
        for (const auto field : {words->name, words->cost, words->parent, words->currency})
            add_path(Side::Crm, words->campaign, field);
        for (const auto field : {words->rate_code, words->rate, words->is_corporate})
            add_path(Side::Crm, words->rates, field);
    }

    void add_people(const Attribution& attribution, const EntityDocument& opportunity) {
        const Catalog& catalog = catalogs_.crm;
        if (opportunity.objects.crm.empty()) return;
        const ObjectInfo* at = catalog.find(opportunity.objects.crm.front());
        for (const std::string& hop : attribution.people) {
            if (at == nullptr) return;
            const auto next = next_hop(catalog, *at, hop);
            if (next.empty()) return;
            if (same_name(next.front()->name, hop)) {
                add_references(Side::Crm, next.front()->name, *at);
            }
            add_relationship(Side::Crm, *at, hop);
            at = next.front();
        }
    }

    void add_touch(const Touch& touch) {
        add_object_rule(touch.time, touch.side, touch.object);
        add_object_rule(touch.campaign, touch.side, touch.object);
        if (touch.where) add_object_rule(*touch.where, touch.side, touch.object);
        add_member_key(touch.side, touch.object);
        const EntityDocument* person = documents_.find(EntityKind::Person);
        if (person == nullptr) return;
        for (const std::string& name : person->objects[touch.side]) {
            if (const ObjectInfo* own = catalogs_[touch.side].find(name)) {
                add_references(touch.side, touch.object, *own);
            }
        }
    }

    void add_lifecycle(const Lifecycle& lifecycle, const EntityDocument& person) {
        for (const auto* sources : {&lifecycle.events, &lifecycle.spans}) {
            for (const LifecycleSource& source : *sources) {
                add_rollup(join_of(source), person);
                for (const Rule* rule : rules_of(source))
                    add_object_rule(*rule, source.side, source.object);
                add_member_key(source.side, source.object);
            }
        }
        for (const LifecycleCondition& condition : lifecycle.conditions) {
            add_rule(condition.when, person);
            if (condition.since) add_rule(*condition.since, person);
        }
        if (lifecycle.campaign_member) add_campaign_members(person);
        if (lifecycle.deals) add_deals(*lifecycle.deals, person);
        if (lifecycle.event_rows) add_event_rows(*lifecycle.event_rows, person);
        const EntityDocument* account = documents_.find(EntityKind::Account);
        if (!lifecycle.account || account == nullptr) return;
        for (const auto& [name, rule] : lifecycle.account->dates) add_rule(rule, *account);
        if (lifecycle.account->role) {
            const std::string& object = lifecycle.account->role_object;
            add_object_rule(*lifecycle.account->role, Side::Crm, object);
            add_references_to(object, person);
        }
        add_people_of_accounts(person);
        if (lifecycle.account->leads) add_leads(*lifecycle.account->leads);
    }

    /// The account that has a person's domain, and who owns it.
    void add_domain(const LeadsByDomain& domain, const OwnerWords& words) {
        add_leads(domain);
        const EntityDocument* account = documents_.find(EntityKind::Account);
        if (account == nullptr) return;
        for (const std::string& name : account->objects.crm) add_path(Side::Crm, name, words.field);
    }

    void add_leads(const LeadsByDomain& leads) {
        add_path(Side::Crm, leads.lead, leads.email);
        const EntityDocument* account = documents_.find(EntityKind::Account);
        if (account == nullptr) return;
        for (const std::string& name : account->objects.crm)
            add_path(Side::Crm, name, leads.website);
    }

    /// The rows themselves, and what they refer to.
    void add_event_rows(const EventRowsRule& rows, const EntityDocument& person) {
        for (const EventRowPart& part : event_row_parts())
            add_path(Side::Crm, rows.object, rows.*part.field);
        add_references_to(rows.object, person);
        if (!rows.campaign.empty())
            add_path(Side::Crm, campaign_name(documents_.names.crm).object, {});
        if (rows.account.empty()) return;
        for (const std::string& name : default_objects(documents_.names.crm, EntityKind::Account)) {
            const ObjectInfo* account = catalogs_.crm.find(name);
            for (const std::string& own : person.objects.crm) {
                if (account != nullptr) add_references(Side::Crm, own, *account);
            }
        }
    }

    void add_timer(const TimerRule& timer) {
        const EntityDocument* person = documents_.find(EntityKind::Person);
        if (person == nullptr) return;
        if (timer.cancel_when) add_rule(*timer.cancel_when, *person);
        for (const auto* events : {&timer.starts, &timer.answers}) {
            for (const TimerEvent& event : *events) {
                add_object_rule(event.time, event.side, event.object);
                if (event.where) add_object_rule(*event.where, event.side, event.object);
                add_member_key(event.side, event.object);
                for (const std::string& name : person->objects[event.side]) {
                    if (const ObjectInfo* own = catalogs_[event.side].find(name))
                        add_references(event.side, event.object, *own);
                }
            }
        }
    }

    /// An account's deals are found by the deals' reference to it.
    void add_behaviour() {
        const EntityDocument* deal = documents_.find(EntityKind::Opportunity);
        if (deal == nullptr || documents_.behaviour == nullptr) return;
        for (const Rule* rule : rules_of(*documents_.behaviour)) add_rule(*rule, *deal);
    }

    void add_hygiene() {
        const EntityDocument* deal = documents_.find(EntityKind::Opportunity);
        if (deal == nullptr || documents_.hygiene == nullptr) return;
        for (const Rule* rule : rules_of(*documents_.hygiene)) add_rule(*rule, *deal);
    }

    void add_shares() {
        if (documents_.shares == nullptr) return;
        for (const ShareRule& share : *documents_.shares) {
            add_path(Side::Crm, share.object, {});
            for (const Rule* rule : rules_of(share))
                add_object_rule(*rule, Side::Crm, share.object);
        }
    }

    void add_rfm() {
        if (documents_.rfm == nullptr) return;
        const EntityDocument* customer = documents_.find(documents_.rfm->of);
        for (const PurchaseRule& purchase : documents_.rfm->purchases) {
            for (const Rule* rule : rules_of(purchase))
                add_object_rule(*rule, Side::Crm, purchase.object);
            if (customer != nullptr) add_references_to(purchase.object, *customer);
            if (const InfluenceWords* words = influence_words(documents_.names.crm))
                add_path(Side::Crm, purchase.object, words->currency);
        }
        add_currencies();
    }

    void add_figures() {
        add_behaviour();
        add_hygiene();
        add_shares();
        add_rfm();
        const EntityDocument* person = documents_.find(EntityKind::Person);
        if (person == nullptr) return;
        if (documents_.queue != nullptr) {
            for (const Rule* rule : rules_of(*documents_.queue)) add_rule(*rule, *person);
        }
        if (documents_.scoring == nullptr) return;
        const ScoringRule& scoring = *documents_.scoring;
        for (const PointsRule& line : scoring.points) {
            for (const Rule* rule : rules_of(line)) add_object_rule(*rule, line.side, line.object);
            add_member_key(line.side, line.object);
            for (const std::string& name : person->objects[line.side]) {
                if (const ObjectInfo* own = catalogs_[line.side].find(name))
                    add_references(line.side, line.object, *own);
            }
        }
        for (const CriterionRule& criterion : scoring.criteria) {
            add_rule(criterion.when, *person);
            if (criterion.unknown_when) add_rule(*criterion.unknown_when, *person);
        }
        if (scoring.role) {
            add_object_rule(scoring.role->role, Side::Crm, scoring.role->object);
            add_references_to(scoring.role->object, *person);
        }
        if (scoring.of_accounts) add_people_of_accounts(*person);
        if (scoring.leads) add_leads(*scoring.leads);
    }

    /// The fields by which people are found from their account.
    void add_people_of_accounts(const EntityDocument& person) {
        const EntityDocument* account = documents_.find(EntityKind::Account);
        if (account == nullptr) return;
        for (const std::string& name : person.objects.crm) {
            for (const std::string& parent : account->objects.crm) {
                if (const ObjectInfo* info = catalogs_.crm.find(parent))
                    add_references(Side::Crm, name, *info);
            }
        }
    }

    void add_references_to(const std::string& child, const EntityDocument& entity) {
        for (const std::string& name : entity.objects.crm) {
            if (const ObjectInfo* own = catalogs_.crm.find(name))
                add_references(Side::Crm, child, *own);
        }
    }

    void add_deals(const DealSource& deals, const EntityDocument& person) {
        add_object_rule(*deals.joined, Side::Crm, deals.through);
        for (const Rule* rule : rules_of(deals)) add_object_rule(*rule, Side::Crm, deals.deal);
        if (deals.close_lapsed) {
            for (const auto& [field, text] : deals.close_lapsed->set)
                add_path(Side::Crm, deals.deal, field);
        }
        add_references_to(deals.through, person);
        const ObjectInfo* deal = catalogs_.crm.find(deals.deal);
        if (deal == nullptr) return;
        add_references(Side::Crm, deals.through, *deal);
        for (const DealChild* child : children_of(deals)) {
            for (const Rule* rule : rules_of(*child))
                add_object_rule(*rule, Side::Crm, child->object);
            add_references(Side::Crm, child->object, *deal);
        }
    }

    void add_task(const TaskRule& task) {
        const EntityDocument* entity = documents_.find(task.entity);
        const TaskWords* words = task_words(documents_.names.crm);
        if (entity == nullptr || words == nullptr) return;
        for (const std::string& path : paths_of(task)) add_rule_path(path, *entity);
        const bool is_person = task.entity == EntityKind::Person;
        for (const std::string_view field :
             {words->key, words->status, words->closed, is_person ? words->person : words->about}) {
            add_path(Side::Crm, words->object, field);
        }
        if (task.follows_owner) add_path(Side::Crm, words->object, words->owner);
    }

    void add_routing(const Routing& routing) {
        const EntityDocument* person = documents_.find(EntityKind::Person);
        const OwnerWords* words = owner_words(documents_.names.crm);
        if (person == nullptr || words == nullptr) return;
        for (const std::string& path : paths_of(routing)) add_rule_path(path, *person);
        for (const std::string& object : routing.objects) {
            add_path(Side::Crm, object, words->field);
            if (routing.open_when) add_object_rule(*routing.open_when, Side::Crm, object);
        }
        const std::string user(words->user);
        if (routing.away_when) add_object_rule(*routing.away_when, Side::Crm, user);
        for (const RouteRule& rule : routing.rules) {
            if (rule.owner_when) add_object_rule(*rule.owner_when, Side::Crm, user);
            if (rule.domain != nullptr) add_domain(*rule.domain, *words);
        }
        for (const std::string_view field :
             {words->user_name, words->user_login, words->user_email, words->user_active}) {
            add_path(Side::Crm, words->user, field);
        }
        for (const std::string_view field :
             {words->group_name, words->group_email, words->group_type}) {
            add_path(Side::Crm, words->group, field);
        }
    }

    const Documents& documents_;
    const PerSide<Catalog>& catalogs_;
    std::map<std::pair<Side, std::string>, std::set<std::string>> needed_;
};

}  // namespace

std::vector<Need> needs(const Documents& documents, const PerSide<Catalog>& catalogs) {
    Gatherer gatherer(documents, catalogs);
    gatherer.gather();
    return gatherer.take();
}

}  // namespace duet::document
