#include <algorithm>
#include <string>
#include <string_view>

#include "mappings/document/conventions.h"
#include "mappings/document/leads_by_domain.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/load.h"
#include "mappings/document/needs_book.h"
#include "mappings/document/paths.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

/// Goes through all documents.
class Gatherer {
public:
    explicit Gatherer(NeedsBook& book) : book_(book) {}

    void gather() {
        for (const EntityDocument& entity : documents().entities) add_entity(entity);
        if (const EntityDocument* person = documents().find(EntityKind::Person)) {
            for (const ListRule& list : documents().lists) {
                for (const Rule* rule : rules_of(list)) book_.add_rule(*rule, *person);
                if (list.side == Side::Crm) book_.add_campaign_members(*person);
            }
            for (const Stage& stage : documents().stages) book_.add_rule(stage.when, *person);
            if (documents().lifecycle != nullptr) add_lifecycle(*documents().lifecycle, *person);
        }
        add_attribution_needs(book_);
        for (const TimerRule& timer : documents().timers) add_timer(timer);
        add_figure_needs(book_);
        for (const TaskRule& task : documents().tasks) add_task(task);
        for (const Routing& routing : documents().routings) add_routing(routing);
        const auto& lists = documents().lists;
        if (std::all_of(lists.begin(), lists.end(),
                        [](const ListRule& list) { return list.side == Side::Crm; }))
            return;
        for (const Need& need : list_needs(documents().names.marketing)) book_.add(need);
    }

private:
    void add_entity(const EntityDocument& entity) {
        for (const Side side : kSides) {
            for (const std::string& object : entity.objects[side]) {
                book_.add_path(side, object, {});
                for (const FieldRule& rule : entity.fields) {
                    for (const FieldRef* ref : rule.refs(side))
                        book_.add_path(side, object, ref->on(object));
                }
            }
        }
        for (const FieldRule& rule : entity.fields) {
            if (rule.value) book_.add_rule(*rule.value, entity);
        }
        if (entity.scope) book_.add_rule(*entity.scope, entity);
        for (const MatchRule& match : entity.match) add_match(match, entity);
        for (const CreateRule& create : entity.creates) {
            book_.add_rule(create.when, entity);
            book_.add_path(create.on, create.object, create.key_field);
        }
        for (const DeletionRule& rule : entity.deletions) {
            for (const std::string& object : entity.objects[other(rule.side)])
                book_.add_path(other(rule.side), object, rule.field);
        }
        for (const Validation& validation : entity.validations) {
            book_.add_object_rule(validation.error_when, validation.side, validation.object);
            for (const std::string& path : validation.message.fields()) {
                book_.add_path(validation.side, validation.object, path);
            }
        }
        for (const Rollup& rollup : entity.rollups) book_.add_rollup(rollup, entity);
    }

    void add_match(const MatchRule& match, const EntityDocument& entity) {
        for (const std::string& object : entity.objects.crm) {
            book_.add_path(Side::Crm, object, match.crm_field);
        }
        for (const std::string& object : entity.objects.marketing) {
            for (const std::string& field : match.marketing_fields) {
                book_.add_path(Side::Marketing, object, field);
            }
        }
    }

    void add_lifecycle(const Lifecycle& lifecycle, const EntityDocument& person) {
        for (const auto* sources : {&lifecycle.events, &lifecycle.spans}) {
            for (const LifecycleSource& source : *sources) {
                book_.add_rollup(join_of(source), person);
                for (const Rule* rule : rules_of(source))
                    book_.add_object_rule(*rule, source.side, source.object);
                book_.add_member_key(source.side, source.object);
            }
        }
        for (const LifecycleCondition& condition : lifecycle.conditions) {
            book_.add_rule(condition.when, person);
            if (condition.since) book_.add_rule(*condition.since, person);
        }
        if (lifecycle.campaign_member) book_.add_campaign_members(person);
        if (lifecycle.deals) add_deals(*lifecycle.deals, person);
        if (lifecycle.event_rows) add_event_rows(*lifecycle.event_rows, person);
        const EntityDocument* account = documents().find(EntityKind::Account);
        if (!lifecycle.account || account == nullptr) return;
        for (const auto& [name, rule] : lifecycle.account->dates) book_.add_rule(rule, *account);
        if (lifecycle.account->role) {
            const std::string& object = lifecycle.account->role_object;
            book_.add_object_rule(*lifecycle.account->role, Side::Crm, object);
            book_.add_references_to(Side::Crm, object, person);
        }
        book_.add_people_of_accounts(person);
        if (lifecycle.account->leads) book_.add_leads(*lifecycle.account->leads);
    }

    /// The account that has a person's domain, and who owns it.
    void add_domain(const LeadsByDomain& domain, const OwnerWords& words) {
        book_.add_leads(domain);
        const EntityDocument* account = documents().find(EntityKind::Account);
        if (account == nullptr) return;
        for (const std::string& name : account->objects.crm)
            book_.add_path(Side::Crm, name, words.field);
    }

    /// The rows themselves, and what they refer to.
    void add_event_rows(const EventRowsRule& rows, const EntityDocument& person) {
        for (const EventRowPart& part : event_row_parts())
            book_.add_path(Side::Crm, rows.object, rows.*part.field);
        book_.add_references_to(Side::Crm, rows.object, person);
        if (!rows.campaign.empty())
            book_.add_path(Side::Crm, campaign_name(documents().names.crm).object, {});
        if (rows.account.empty()) return;
        for (const std::string& name :
             default_objects(documents().names.crm, EntityKind::Account)) {
            const ObjectInfo* account = catalogs().crm.find(name);
            for (const std::string& own : person.objects.crm) {
                if (account != nullptr) book_.add_references(Side::Crm, own, *account);
            }
        }
    }

    void add_timer(const TimerRule& timer) {
        const EntityDocument* person = documents().find(EntityKind::Person);
        if (person == nullptr) return;
        if (timer.cancel_when) book_.add_rule(*timer.cancel_when, *person);
        for (const auto* events : {&timer.starts, &timer.answers}) {
            for (const TimerEvent& event : *events) {
                book_.add_object_rule(event.time, event.side, event.object);
                if (event.where) book_.add_object_rule(*event.where, event.side, event.object);
                book_.add_member_key(event.side, event.object);
                book_.add_references_to(event.side, event.object, *person);
            }
        }
    }

    void add_deals(const DealSource& deals, const EntityDocument& person) {
        book_.add_object_rule(*deals.joined, Side::Crm, deals.through);
        for (const Rule* rule : rules_of(deals))
            book_.add_object_rule(*rule, Side::Crm, deals.deal);
        if (deals.close_lapsed) {
            for (const auto& [field, text] : deals.close_lapsed->set)
                book_.add_path(Side::Crm, deals.deal, field);
        }
        book_.add_references_to(Side::Crm, deals.through, person);
        const ObjectInfo* deal = catalogs().crm.find(deals.deal);
        if (deal == nullptr) return;
        book_.add_references(Side::Crm, deals.through, *deal);
        for (const DealChild* child : children_of(deals)) {
            for (const Rule* rule : rules_of(*child))
                book_.add_object_rule(*rule, Side::Crm, child->object);
            book_.add_references(Side::Crm, child->object, *deal);
        }
    }

    void add_task(const TaskRule& task) {
        const EntityDocument* entity = documents().find(task.entity);
        const TaskWords* words = task_words(documents().names.crm);
        if (entity == nullptr || words == nullptr) return;
        for (const std::string& path : paths_of(task)) book_.add_rule_path(path, *entity);
        const bool is_person = task.entity == EntityKind::Person;
        for (const std::string_view field :
             {words->key, words->status, words->closed, is_person ? words->person : words->about}) {
            book_.add_path(Side::Crm, words->object, field);
        }
        if (task.follows_owner) book_.add_path(Side::Crm, words->object, words->owner);
    }

    void add_routing(const Routing& routing) {
        const EntityDocument* person = documents().find(EntityKind::Person);
        const OwnerWords* words = owner_words(documents().names.crm);
        if (person == nullptr || words == nullptr) return;
        for (const std::string& path : paths_of(routing)) book_.add_rule_path(path, *person);
        for (const std::string& object : routing.objects) {
            book_.add_path(Side::Crm, object, words->field);
            if (routing.open_when) book_.add_object_rule(*routing.open_when, Side::Crm, object);
        }
        const std::string user(words->user);
        if (routing.away_when) book_.add_object_rule(*routing.away_when, Side::Crm, user);
        for (const RouteRule& rule : routing.rules) {
            if (rule.owner_when) book_.add_object_rule(*rule.owner_when, Side::Crm, user);
            if (rule.domain != nullptr) add_domain(*rule.domain, *words);
        }
        for (const std::string_view field :
             {words->user_name, words->user_login, words->user_email, words->user_active}) {
            book_.add_path(Side::Crm, words->user, field);
        }
        for (const std::string_view field :
             {words->group_name, words->group_email, words->group_type}) {
            book_.add_path(Side::Crm, words->group, field);
        }
    }

    [[nodiscard]] const PerSide<Catalog>& catalogs() const { return book_.catalogs(); }
    [[nodiscard]] const Documents& documents() const { return book_.documents(); }

    NeedsBook& book_;
};

}  // namespace

std::vector<Need> needs(const Documents& documents, const PerSide<Catalog>& catalogs) {
    NeedsBook book(documents, catalogs);
    Gatherer(book).gather();
    return book.take();
}

}  // namespace duet::document
