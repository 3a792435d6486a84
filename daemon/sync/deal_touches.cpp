#include "daemon/sync/deal_touches.h"

#include <utility>

#include "daemon/store/keys.h"
#include "daemon/sync/campaign_member.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using attribution::PeopleMode;
using store::SeenRow;

std::vector<std::string> person_objects(const Model& model) {
    const document::EntityDocument* persons = model.documents().find(EntityKind::Person);
    return persons != nullptr
               ? persons->objects.crm
               : document::default_objects(model.documents().names.crm, EntityKind::Person);
}

}  // namespace

std::optional<std::string> DealTouches::gather() {
    if (attribution_.people_of != PeopleMode::Account) {
        if (auto failure = gather_roles()) return failure;
    }
    const bool asks_account =
        attribution_.people_of == PeopleMode::Account ||
        (attribution_.people_of == PeopleMode::ContactRoleElseAccount && !has_people_);
    return asks_account ? gather_account() : std::nullopt;
}

std::optional<std::string> DealTouches::gather_roles() {
    const Catalog& catalog = sources_.model.catalogs().crm;
    if (attribution_.people.size() != 2) return std::nullopt;
    const ObjectInfo* role = catalog.find(attribution_.people[0]);
    const FieldInfo* up = role == nullptr ? nullptr : reference_to(*role, opportunity_.id.object);
    if (up == nullptr) return std::nullopt;
    const auto person = resolve_path(catalog, *role, attribution_.people[1] + ".Id");
    if (!person || person->steps.size() != 1) return std::nullopt;
    const auto* words = document::influence_words(sources_.model.documents().names.crm);
    for (const SeenRow* row :
         sources_.cache.children(Side::Crm, role->name, up->name, opportunity_.id.key)) {
        if (row->deleted) continue;
        const std::string* target = as_text(row->record.fields.get(person->steps[0].field));
        if (target == nullptr) continue;
        has_people_ = true;
        const std::string* name =
            words == nullptr ? nullptr : as_text(row->record.fields.get(words->role));
        const bool is_new = roles_.emplace(*target, name == nullptr ? "" : *name).second;
        if (!is_new) continue;  // the same person in another role
        if (auto failure = gather_person({person->steps[0].objects.front(), *target}))
            return failure;
    }
    return std::nullopt;
}

/// Everyone at the opportunity's account.
std::optional<std::string> DealTouches::gather_account() {
    const auto& documents = sources_.model.documents();
    const Catalog& catalog = sources_.model.catalogs().crm;
    const auto accounts = document::default_objects(documents.names.crm, EntityKind::Account);
    const auto persons = person_objects(sources_.model);
    const ObjectInfo* deal = catalog.find(opportunity_.id.object);
    const ObjectInfo* person = persons.empty() ? nullptr : catalog.find(persons.front());
    if (accounts.empty() || deal == nullptr || person == nullptr) return std::nullopt;
    const FieldInfo* from = reference_to(*deal, accounts.front());
    const FieldInfo* to = reference_to(*person, accounts.front());
    if (from == nullptr || to == nullptr) return std::nullopt;
    const std::string* account = as_text(opportunity_.fields.get(from->name));
    if (account == nullptr) return std::nullopt;
    for (const SeenRow* row :
         sources_.cache.children(Side::Crm, person->name, to->name, *account)) {
        if (row->deleted || !row->survivor.key.empty()) continue;
        has_people_ = true;
        if (auto failure = gather_person(row->record.id)) return failure;
    }
    return std::nullopt;
}

std::optional<std::string> DealTouches::gather_person(const RecordId& person) {
    auto failure = gather_moments(person);
    return failure ? failure : gather_of(person);
}

std::optional<std::string> DealTouches::gather_of(const RecordId& person) {
    int order = 0;
    for (const document::Touch& touch : attribution_.touches) {
        for (const RecordId& parent : parents_of(touch.side, person)) {
            if (auto failure = gather_children(touch, order, parent, person.key)) return failure;
        }
        ++order;
    }
    return std::nullopt;
}

std::optional<std::string> DealTouches::gather_moments(const RecordId& person) {
    if (attribution_.qualified) {
        if (auto failure = add_moment(*attribution_.qualified, person, qualified_)) return failure;
    }
    if (!attribution_.known) return std::nullopt;
    // What was known of a lead before it was converted comes first.
    std::optional<DateTime> as_lead;
    for (const RecordId& lead : converted_into(person)) {
        if (auto failure = add_moment(*attribution_.known, lead, as_lead)) return failure;
    }
    if (!as_lead) return add_moment(*attribution_.known, person, known_);
    if (!known_ || *as_lead < *known_) known_ = as_lead;
    return std::nullopt;
}

std::optional<std::string> DealTouches::add_moment(const document::Rule& rule,
                                                   const RecordId& record,
                                                   std::optional<DateTime>& earliest) {
    const SeenRow* row = sources_.cache.get(Side::Crm, record);
    if (row == nullptr) return std::nullopt;
    RecordFacts facts(sources_.paths, Side::Crm, row->record);
    auto value = merge::evaluate(rule, facts, sources_.moment, next_);
    if (auto* failure = std::get_if<std::string>(&value)) return std::move(*failure);
    const auto at = attribution::instant_of(std::get<Value>(value), sources_.moment.zone_offset);
    if (at && (!earliest || *at < *earliest)) earliest = at;
    return std::nullopt;
}

/// The leads that became this person.
std::vector<RecordId> DealTouches::converted_into(const RecordId& person) {
    std::vector<RecordId> leads;
    const Catalog& catalog = sources_.model.catalogs().crm;
    const auto name = document::converted_into(sources_.model.documents().names.crm);
    for (const std::string& object : person_objects(sources_.model)) {
        const ObjectInfo* info = catalog.find(object);
        const FieldInfo* field = info == nullptr || name.empty() ? nullptr : info->find(name);
        if (field == nullptr || same_name(object, person.object)) continue;
        for (const std::string& key :
             sources_.cache.referring(Side::Crm, info->name, field->name, person.key)) {
            leads.push_back({info->name, key});
        }
    }
    return leads;
}

/// The person's own record and those it was before, or the records linked to it on the other side.
std::vector<RecordId> DealTouches::parents_of(Side side, const RecordId& person) {
    if (side == Side::Crm) {
        std::vector<RecordId> own = converted_into(person);
        own.insert(own.begin(), person);
        return own;
    }
    std::vector<RecordId> linked;
    for (store::Link& link : sources_.cache.linked_with(Side::Crm, person)) {
        if (link.side == side) linked.push_back(std::move(link.id));
    }
    return linked;
}

std::optional<std::string> DealTouches::gather_children(const document::Touch& touch, int order,
                                                        const RecordId& parent,
                                                        const std::string& person) {
    const ObjectInfo* object = sources_.model.catalogs()[touch.side].find(touch.object);
    const FieldInfo* reference = object == nullptr ? nullptr : reference_to(*object, parent.object);
    if (reference == nullptr) return std::nullopt;
    for (const SeenRow* row :
         sources_.cache.children(touch.side, object->name, reference->name, parent.key)) {
        // What a membership that Duet made was made for is the touch, at its own time.
        if (row->deleted || is_own_member(sources_.model, touch.side, *row)) continue;
        has_children_ = true;
        RecordFacts facts(sources_.paths, touch.side, row->record);
        if (auto failure = add(touch, order, person, facts)) return failure;
    }
    return std::nullopt;
}

std::optional<std::string> DealTouches::add(const document::Touch& touch, int order,
                                            const std::string& person, RecordFacts& facts) {
    const auto& moment = sources_.moment;
    if (touch.where) {
        auto counts = merge::ask(*touch.where, facts, moment, next_);
        if (counts.failure) return std::move(*counts.failure);
        if (!counts.yes) return std::nullopt;
    }
    auto time = merge::evaluate(touch.time, facts, moment, next_);
    if (auto* failure = std::get_if<std::string>(&time)) return std::move(*failure);
    auto value = merge::evaluate(touch.campaign, facts, moment, next_);
    if (auto* failure = std::get_if<std::string>(&value)) return std::move(*failure);
    const auto instant = attribution::instant_of(std::get<Value>(time), moment.zone_offset);
    const std::string* written = as_text(std::get<Value>(value));
    if (!instant || written == nullptr) return std::nullopt;
    std::string id = store::long_id(*written);
    // What Pardot still says of a campaign that is gone is nobody's touch.
    if (const SeenRow* row = campaign(id); row != nullptr && row->deleted) return std::nullopt;
    touches_.push_back({*instant, order, std::move(id), person});
    return std::nullopt;
}

const SeenRow* DealTouches::campaign(const std::string& id) const {
    const auto name = document::campaign_name(sources_.model.documents().names.crm);
    return name.object.empty() ? nullptr : sources_.cache.get(Side::Crm, {name.object, id});
}

attribution::Untouched DealTouches::why_untouched() const {
    using attribution::Untouched;
    if (!has_people_) {
        return attribution_.people_of == PeopleMode::ContactRole ? Untouched::NoContactRole
                                                                 : Untouched::NoContact;
    }
    if (!has_children_) return Untouched::NoTouch;
    return touches_.empty() ? Untouched::NoneQualifies : Untouched::OutsideWindow;
}

std::string DealTouches::role_of(const std::string& person) const {
    const auto found = roles_.find(person);
    return found == roles_.end() ? std::string{} : found->second;
}

std::string DealTouches::type_of(const std::string& id) const {
    const auto* words = document::influence_words(sources_.model.documents().names.crm);
    const SeenRow* row = words == nullptr ? nullptr : campaign(id);
    const std::string* type =
        row == nullptr ? nullptr : as_text(row->record.fields.get(words->campaign_type));
    return type == nullptr ? std::string{} : *type;
}

}  // namespace duet::sync
