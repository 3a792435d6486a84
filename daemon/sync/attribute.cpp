#include "daemon/sync/attribute.h"

#include <utility>
#include <vector>

#include "mappings/attribution/attribution.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using store::SeenRow;

/// Gathers the touches of one opportunity's people.
class Gatherer {
public:
    Gatherer(const document::Attribution& attribution, const Record& opportunity,
             const AttributionSources& sources, std::optional<DateTime>& next)
        : attribution_(attribution), opportunity_(opportunity), sources_(sources), next_(next) {}

    /// Nothing, or why the touches cannot be known.
    std::optional<std::string> gather() {
        const Catalog& catalog = sources_.model.catalogs().crm;
        if (attribution_.people.size() != 2) return std::nullopt;
        const ObjectInfo* role = catalog.find(attribution_.people[0]);
        const FieldInfo* up =
            role == nullptr ? nullptr : reference_to(*role, opportunity_.id.object);
        if (up == nullptr) return std::nullopt;
        const auto person = resolve_path(catalog, *role, attribution_.people[1] + ".Id");
        if (!person || person->steps.size() != 1) return std::nullopt;
        for (const std::string& key :
             sources_.cache.referring(Side::Crm, role->name, up->name, opportunity_.id.key)) {
            const SeenRow* row = sources_.cache.get(Side::Crm, {role->name, key});
            if (row == nullptr || row->deleted) continue;
            const std::string* target = as_text(row->record.fields.get(person->steps[0].field));
            if (target == nullptr) continue;
            if (auto failure = gather_person({person->steps[0].objects.front(), *target}))
                return failure;
        }
        return std::nullopt;
    }

    [[nodiscard]] const std::vector<attribution::Touch>& touches() const noexcept {
        return touches_;
    }

private:
    std::optional<std::string> gather_person(const RecordId& person) {
        int order = 0;
        for (const document::Touch& touch : attribution_.touches) {
            for (const RecordId& parent : parents_of(touch.side, person)) {
                if (auto failure = gather_children(touch, order, parent, person.key))
                    return failure;
            }
            ++order;
        }
        return std::nullopt;
    }

    /// The person's own record, or the records linked to it on the other side.
    std::vector<RecordId> parents_of(Side side, const RecordId& person) {
        if (side == Side::Crm) return {person};
        std::vector<RecordId> linked;
        auto entity = sources_.cache.store().entity_of(sources_.cache.org(), Side::Crm, person);
        if (!entity || !*entity) return linked;
        auto links = sources_.cache.store().links(sources_.cache.org(), **entity);
        if (!links) return linked;
        for (store::Link& link : *links) {
            if (link.side == side) linked.push_back(std::move(link.id));
        }
        return linked;
    }

    std::optional<std::string> gather_children(const document::Touch& touch, int order,
                                               const RecordId& parent, const std::string& person) {
        const ObjectInfo* object = sources_.model.catalogs()[touch.side].find(touch.object);
        const FieldInfo* reference =
            object == nullptr ? nullptr : reference_to(*object, parent.object);
        if (reference == nullptr) return std::nullopt;
        for (const std::string& key :
             sources_.cache.referring(touch.side, object->name, reference->name, parent.key)) {
            const SeenRow* row = sources_.cache.get(touch.side, {object->name, key});
            if (row == nullptr || row->deleted || is_duets(touch.side, *row)) continue;
            RecordFacts facts(sources_.paths, touch.side, row->record);
            if (auto failure = add(touch, order, person, facts)) return failure;
        }
        return std::nullopt;
    }

    /// A membership that Duet made is no touch: what it was made for is, at its own time.
    [[nodiscard]] bool is_duets(Side side, const SeenRow& row) const {
        const auto* words = document::campaign_words(sources_.model.documents().names.crm);
        if (side != Side::Crm || words == nullptr ||
            !same_name(row.record.id.object, words->member))
            return false;
        const std::string* key = as_text(row.record.fields.get(words->key));
        return key != nullptr && key->starts_with(document::kMemberKeyPrefix);
    }

    std::optional<std::string> add(const document::Touch& touch, int order,
                                   const std::string& person, RecordFacts& facts) {
        const auto& moment = sources_.moment;
        if (touch.where) {
            auto counts = merge::ask(*touch.where, facts, moment, next_);
            if (counts.failure) return std::move(*counts.failure);
            if (!counts.yes) return std::nullopt;
        }
        auto time = merge::evaluate(touch.time, facts, moment, next_);
        if (auto* failure = std::get_if<std::string>(&time)) return std::move(*failure);
        auto campaign = merge::evaluate(touch.campaign, facts, moment, next_);
        if (auto* failure = std::get_if<std::string>(&campaign)) return std::move(*failure);
        const auto instant = attribution::instant_of(std::get<Value>(time), moment.zone_offset);
        const std::string* id = as_text(std::get<Value>(campaign));
        if (instant && id != nullptr) touches_.push_back({*instant, order, *id, person});
        return std::nullopt;
    }

    const document::Attribution& attribution_;
    const Record& opportunity_;
    const AttributionSources& sources_;
    std::optional<DateTime>& next_;
    std::vector<attribution::Touch> touches_;
};

/// The campaign's name, when campaigns are pulled; else blank.
Value name_of_campaign(const AttributionSources& sources, const std::string& id) {
    const document::EntityDocument* campaigns =
        sources.model.documents().find(EntityKind::Campaign);
    if (campaigns == nullptr) return Value{};
    for (const std::string& object : campaigns->objects.crm) {
        const SeenRow* row = sources.cache.get(Side::Crm, {object, id});
        if (row == nullptr) continue;
        const auto name = sources.paths.read(Side::Crm, row->record, "Name");
        if (name.value != nullptr) return *name.value;
    }
    return Value{};
}

}  // namespace

std::variant<Credited, std::string> attribute(const document::Attribution& attribution,
                                              merge::FactSource& facts, const Record& opportunity,
                                              const AttributionSources& sources,
                                              std::optional<DateTime>& next) {
    if (attribution.when) {
        auto wanted = merge::ask(*attribution.when, facts, sources.moment, next);
        if (wanted.failure) return std::move(*wanted.failure);
        if (!wanted.yes) return Credited{};
    }
    auto from = merge::evaluate(attribution.from, facts, sources.moment, next);
    if (auto* failure = std::get_if<std::string>(&from)) return std::move(*failure);
    auto until = merge::evaluate(attribution.until, facts, sources.moment, next);
    if (auto* failure = std::get_if<std::string>(&until)) return std::move(*failure);
    const auto window = attribution::window_of(std::get<Value>(from), std::get<Value>(until),
                                               attribution.window_days, sources.moment.zone_offset);
    if (!window) return Credited{};
    Gatherer gatherer(attribution, opportunity, sources, next);
    if (auto failure = gatherer.gather()) return std::move(*failure);
    const attribution::Touch* chosen =
        attribution::choose(gatherer.touches(), *window, attribution.model);
    if (chosen == nullptr) return Credited{};
    return Credited{text(chosen->campaign), name_of_campaign(sources, chosen->campaign)};
}

}  // namespace duet::sync
