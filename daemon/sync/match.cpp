#include "daemon/sync/match.h"

#include <algorithm>

#include "daemon/store/keys.h"

namespace duet::sync {
namespace {

using document::MatchRule;
using store::EntityId;
using store::Link;
using store::SeenRow;

// Chains of merges are short; a circle must end.
constexpr int kMostMerges = 20;

const std::string* field_text(const SeenRow& row, const std::string& field) {
    return as_text(row.record.fields.get(field));
}

bool holds(const std::vector<RecordId>& records, const RecordId& id) {
    return std::find(records.begin(), records.end(), id) != records.end();
}

void add_once(std::vector<RecordId>& records, RecordId id) {
    if (!holds(records, id)) records.push_back(std::move(id));
}

Match in_doubt(const char* doubt, std::string why, Side own_side, const Matcher::Records& there,
               const Matcher::Records& here) {
    Match match;
    match.doubt = doubt;
    match.ambiguous = std::move(why);
    for (const RecordId& id : there) match.candidates.push_back({other(own_side), id});
    for (const RecordId& id : here) match.candidates.push_back({own_side, id});
    std::sort(match.candidates.begin(), match.candidates.end());
    return match;
}

bool is_alive(const SeenRow& row) { return !row.deleted && row.survivor.key.empty(); }

}  // namespace

bool is_crm_marker(std::string_view value) noexcept {
    return value.starts_with("[[") && value.ends_with("]]");
}

Result<Match> Matcher::find(const ObjectModel& object, const SeenRow& row) {
    auto spoken = word_on(row);
    if (!spoken) return std::move(spoken).error();
    if (*spoken) return std::move(**spoken);
    auto left = left_by_merge(row);
    if (!left || left->record || !left->doubt.empty()) return left;
    const std::span<const MatchRule> rules(object.entity->match);
    for (std::size_t at = 0; at < rules.size(); ++at) {
        auto match = judge(object, row, rules[at], rules.first(at));
        if (!match || match->record || !match->doubt.empty()) return match;
    }
    return Match{};
}

Result<Match> Matcher::doubt(const ObjectModel& object, const SeenRow& row,
                             const Records& partners) {
    auto spoken = word_on(row);
    if (!spoken) return std::move(spoken).error();
    if (*spoken && (*spoken)->record) {
        return holds(partners, *(*spoken)->record) ? Match{} : std::move(**spoken);
    }
    for (const MatchRule& rule : object.entity->match) {
        auto evidence = ask(object, row, rule, true);
        if (!evidence) return std::move(evidence).error();
        if (auto struck = strike(row, *evidence); !struck) return std::move(struck).error();
        const Records& there = evidence->there;
        if (std::any_of(there.begin(), there.end(),
                        [&](const RecordId& id) { return holds(partners, id); })) {
            return Match{};
        }
        if (there.empty()) continue;
        return in_doubt(kChanged,
                        "its " + evidence->field + " is now that of another record of " +
                            model_.documents().names[other(row.side)],
                        row.side, there, {});
    }
    return Match{};
}

Result<std::string> Matcher::why_linked(const ObjectModel& object, const SeenRow& row,
                                        const RecordId& partner) {
    auto spoken = word_on(row);
    if (!spoken) return std::move(spoken).error();
    if (*spoken && (*spoken)->record == partner) return std::string("a person's word");
    for (const MatchRule& rule : object.entity->match) {
        auto evidence = ask(object, row, rule, true);
        if (!evidence) return std::move(evidence).error();
        if (!holds(evidence->there, partner)) continue;
        return rule.kind == MatchRule::Kind::CrmId ? std::string("crm_id") : evidence->field;
    }
    return std::string{};
}

/// Its partner went into another record: that is its partner now, unless it has one already.
Result<Match> Matcher::left_by_merge(const SeenRow& row) {
    auto entity = store_.entity_of(org_, row.side, row.record.id);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Match{};
    auto links = store_.links(org_, **entity);
    if (!links) return std::move(links).error();
    for (const Link& link : *links) {
        if (link.side == row.side) continue;
        auto end = survivor_of(link.side, link.id);
        if (!end) return std::move(end).error();
        if (*end == link.id) continue;
        const Link survivor{link.side, *end};
        auto lives = is_live(survivor);
        if (!lives) return std::move(lives).error();
        auto struck = is_struck({row.side, row.record.id}, survivor);
        if (!struck) return std::move(struck).error();
        if (*lives == Is::No || *struck == Is::Yes) continue;
        auto free = is_free(survivor, row.record.id);
        if (!free) return std::move(free).error();
        if (*free == Is::Yes) return Match{*end, false, {}, {}, {}};
        return in_doubt(kMerged,
                        "its record of " + model_.documents().names[link.side] +
                            " was merged into one that has a partner",
                        row.side, {*end}, {});
    }
    return Match{};
}

Result<Match> Matcher::judge(const ObjectModel& object, const SeenRow& row, const MatchRule& rule,
                             std::span<const MatchRule> stronger) {
    auto evidence = ask(object, row, rule, false);
    if (!evidence) return std::move(evidence).error();
    if (auto struck = strike(row, *evidence); !struck) return std::move(struck).error();
    const auto& [there, here, field] = *evidence;
    const auto& names = model_.documents().names;
    if (!here.empty()) {
        return in_doubt(kShared,
                        std::to_string(here.size() + 1) + " records of " + names[row.side] +
                            " share its " + field,
                        row.side, there, here);
    }
    if (there.empty()) return Match{};
    const std::string& system = names[other(row.side)];
    if (there.size() > 1) {
        return in_doubt(kSeveral,
                        std::to_string(there.size()) + " records of " + system + " match it",
                        row.side, there, {});
    }
    auto free = is_free({other(row.side), there.front()}, row.record.id);
    if (!free) return std::move(free).error();
    if (*free == Is::No) {
        return in_doubt(kTaken,
                        "the record of " + system + " that matches it is linked with another",
                        row.side, there, {});
    }
    auto wanted = is_wanted({other(row.side), there.front()}, row.record.id, stronger);
    if (!wanted) return std::move(wanted).error();
    if (*wanted == Is::No) return Match{there.front(), false, {}, {}, {}};
    return in_doubt(kTaken,
                    "the record of " + system + " that matches it matches another one better",
                    row.side, there, {});
}

/// Whether a rule that comes before gives `candidate` to somebody else than `for_whom`: who is
/// asked first must not take it from them.
Result<Matcher::Is> Matcher::is_wanted(const Link& candidate, const RecordId& for_whom,
                                       std::span<const MatchRule> stronger) {
    const ObjectModel* object = model_.find(candidate.side, candidate.id.object);
    auto row = store_.seen(org_, candidate.side, candidate.id);
    if (!row) return std::move(row).error();
    if (object == nullptr || !*row) return Is::No;
    for (const MatchRule& rule : stronger) {
        auto evidence = ask(*object, **row, rule, false);
        if (!evidence) return std::move(evidence).error();
        if (auto struck = strike(**row, *evidence); !struck) return std::move(struck).error();
        if (evidence->there.empty()) continue;
        return holds(evidence->there, for_whom) ? Is::No : Is::Yes;
    }
    return Is::No;
}

Result<Matcher::Evidence> Matcher::ask(const ObjectModel& object, const SeenRow& row,
                                       const MatchRule& rule, bool every_object) {
    return rule.kind == MatchRule::Kind::CrmId ? by_crm_id(object, row, rule)
                                               : by_value(object, row, rule, every_object);
}

Result<Matcher::Evidence> Matcher::by_crm_id(const ObjectModel& object, const SeenRow& row,
                                             const MatchRule& rule) {
    Evidence evidence;
    evidence.field = "id";
    if (row.side == Side::Crm) {
        auto added = add_naming(*object.entity, rule, row.record.id.key, evidence.there);
        if (!added) return std::move(added).error();
        return evidence;
    }
    for (const std::string& name : rule.marketing_fields) {
        evidence.field = object.canonical(name);
        const std::string* key = field_text(row, evidence.field);
        if (key == nullptr || is_crm_marker(*key)) continue;
        for (const std::string& crm_object : object.entity->objects.crm) {
            const ObjectModel* there = model_.find(Side::Crm, crm_object);
            if (there == nullptr) continue;
            auto end = survivor_of(Side::Crm, {there->info->name, store::long_id(*key)});
            if (!end) return std::move(end).error();
            auto lives = is_live({Side::Crm, *end});
            if (!lives) return std::move(lives).error();
            if (*lives == Is::No) continue;
            evidence.there.push_back(*end);
            for (const std::string& named : {*key, end->key}) {
                if (auto added = add_naming(*object.entity, rule, named, evidence.here); !added)
                    return std::move(added).error();
            }
            std::erase(evidence.here, row.record.id);
            return evidence;
        }
    }
    return evidence;
}

/// Marketing records that name this record of the CRM as theirs.
Status Matcher::add_naming(const document::EntityDocument& document, const MatchRule& rule,
                           const std::string& crm_key, Records& found) {
    for (const std::string& name : document.objects.marketing) {
        const ObjectModel* there = model_.find(Side::Marketing, name);
        if (there == nullptr) continue;
        for (const std::string& field : rule.marketing_fields) {
            auto held =
                holders(Side::Marketing, there->info->name, there->canonical(field), crm_key);
            if (!held) return std::move(held).error();
            for (RecordId& id : *held) add_once(found, std::move(id));
        }
    }
    return Done{};
}

Result<Matcher::Evidence> Matcher::by_value(const ObjectModel& object, const SeenRow& row,
                                            const MatchRule& rule, bool every_object) {
    const auto field_on = [&](Side side) {
        return side == Side::Crm ? rule.crm_field : rule.marketing_fields.front();
    };
    Evidence evidence;
    evidence.field = object.canonical(field_on(row.side));
    const std::string* value = field_text(row, evidence.field);
    if (value == nullptr) return evidence;
    for (const std::string& name : object.entity->objects[row.side]) {
        const ObjectModel* same_side = model_.find(row.side, name);
        if (same_side == nullptr) continue;
        auto sharing = holders(row.side, same_side->info->name,
                               same_side->canonical(field_on(row.side)), *value);
        if (!sharing) return std::move(sharing).error();
        if (same_side == &object) {
            evidence.here = std::move(*sharing);
            std::erase(evidence.here, row.record.id);
            break;
        }
        // A record of a preferred object (a contact before a lead) takes the match.
        if (!sharing->empty()) return evidence;
    }
    const Side there = other(row.side);
    for (const std::string& name : object.entity->objects[there]) {
        const ObjectModel* candidate = model_.find(there, name);
        if (candidate == nullptr) continue;
        auto held =
            holders(there, candidate->info->name, candidate->canonical(field_on(there)), *value);
        if (!held) return std::move(held).error();
        for (RecordId& id : *held) add_once(evidence.there, std::move(id));
        if (!every_object && !evidence.there.empty()) break;
    }
    return evidence;
}

Result<Matcher::Records> Matcher::holders(Side side, const std::string& object,
                                          const std::string& field, const std::string& value) {
    auto keys = store_.with_key(org_, side, object, field, value);
    if (!keys) return std::move(keys).error();
    Records live;
    for (std::string& key : *keys) {
        RecordId id{object, std::move(key)};
        auto lives = is_live({side, id});
        if (!lives) return std::move(lives).error();
        if (*lives == Is::Yes) live.push_back(std::move(id));
    }
    return live;
}

Result<Matcher::Is> Matcher::is_live(const Link& link) {
    auto row = store_.seen(org_, link.side, link.id);
    if (!row) return std::move(row).error();
    return *row && is_alive(**row) ? Is::Yes : Is::No;
}

Result<Matcher::Is> Matcher::is_free(const Link& link, const RecordId& for_whom) {
    auto entity = store_.entity_of(org_, link.side, link.id);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Is::Yes;
    auto taken = live_records(**entity, other(link.side));
    if (!taken) return std::move(taken).error();
    std::erase(*taken, for_whom);
    if (taken->empty()) return Is::Yes;
    auto stored = store_.entity(org_, **entity);
    if (!stored) return std::move(stored).error();
    return *stored && (*stored)->parted ? Is::Yes : Is::No;
}

Result<Matcher::Records> Matcher::live_records(EntityId entity, Side side) {
    auto links = store_.links(org_, entity);
    if (!links) return std::move(links).error();
    Records live;
    for (const Link& link : *links) {
        if (link.side != side) continue;
        auto lives = is_live(link);
        if (!lives) return std::move(lives).error();
        if (*lives == Is::Yes) live.push_back(link.id);
    }
    return live;
}

Result<RecordId> Matcher::survivor_of(Side side, RecordId id) {
    for (int merge = 0; merge < kMostMerges; ++merge) {
        auto row = store_.seen(org_, side, id);
        if (!row) return std::move(row).error();
        if (!*row || (*row)->survivor.key.empty()) break;
        id = (*row)->survivor;
    }
    return id;
}

}  // namespace duet::sync
