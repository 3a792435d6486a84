#include "daemon/sync/review.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/store/keys.h"
#include "daemon/sync/identity.h"
#include "mappings/value.h"

namespace duet::sync {
namespace {

using store::Choice;
using store::Link;
using store::Review;

constexpr std::string_view kNone = "none";

std::string named(const Link& link) { return link.id.object + " " + link.id.key; }

/// The candidate that a person means.
Result<Link> find_candidate(const Review& review, std::string_view record) {
    const auto colon = record.find(':');
    const std::string_view object =
        colon == std::string_view::npos ? std::string_view{} : record.substr(0, colon);
    const std::string_view key =
        colon == std::string_view::npos ? record : record.substr(colon + 1);
    std::vector<Link> found;
    for (const Link& link : review.candidates) {
        const bool is_key = store::long_id(link.id.key) == store::long_id(key);
        if (is_key && (object.empty() || same_name(link.id.object, object))) found.push_back(link);
    }
    if (found.size() == 1) return found.front();
    std::string names;
    for (const Link& link : review.candidates) {
        names += (names.empty() ? "" : ", ") + link.id.object + ":" + link.id.key;
    }
    return rejected("DUET-5051",
                    (found.empty() ? "That is no candidate of the entry. Choose one of " + names
                                   : "Several candidates have that key. Choose one of " + names) +
                        ", or none.");
}

/// What earlier words say otherwise.
Status forget_words_against(Org& org, const Choice& choice) {
    if (!choice.chosen || choice.chosen->side == choice.record.side) return Done{};
    if (auto gone = org.store.remove_choice(org.name, *choice.chosen); !gone) return gone;
    for (const Link& link : {*choice.chosen, choice.record}) {
        auto others = org.store.choices_for(org.name, link);
        if (!others) return std::move(others).error();
        for (const Choice& other : *others) {
            if (other.record == choice.record) continue;
            if (auto gone = org.store.remove_choice(org.name, other.record); !gone) return gone;
        }
    }
    return Done{};
}

/// Everybody whose match the word may change.
Result<std::vector<Link>> concerned(Org& org, const Link& record,
                                    const std::vector<Link>& candidates) {
    std::vector<Link> all{record};
    all.insert(all.end(), candidates.begin(), candidates.end());
    const std::size_t named_here = all.size();
    for (std::size_t i = 0; i < named_here; ++i) {
        auto waiting = org.store.reviews_naming(org.name, all[i]);
        if (!waiting) return std::move(waiting).error();
        for (const Link& link : *waiting) {
            if (std::find(all.begin(), all.end(), link) == all.end()) all.push_back(link);
        }
    }
    return all;
}

Status settle_all(Org& org, const std::vector<Link>& records) {
    Identity identity(org.store, org.name, org.model, org.clock.now());
    // Twice: the first round frees those whom the second one finds free.
    for (int round = 0; round < 2; ++round) {
        for (const Link& link : records) {
            auto entity = identity.settle(link.side, link.id);
            if (!entity) return std::move(entity).error();
            if (!*entity) continue;
            auto marked = org.store.mark_dirty(org.name, **entity, "a person said who it is");
            if (!marked) return marked;
        }
    }
    return Done{};
}

/// The word as a sentence, with the record's entity.
Status audit(Org& org, const Choice& choice, Value after, std::string sentence) {
    auto entity = org.store.entity_of(org.name, choice.record.side, choice.record.id);
    if (!entity) return std::move(entity).error();
    store::AuditRow row;
    row.at = org.clock.now();
    row.entity = entity->value_or(0);
    row.side = choice.record.side;
    row.record = choice.record.id;
    row.rule = "match";
    row.after = std::move(after);
    row.cause = std::move(sentence);
    row.documents = org.model.documents().version;
    return org.store.add_audit(org.name, row);
}

std::string sentence_of(const Choice& choice) {
    const bool is_partner = choice.chosen && choice.chosen->side != choice.record.side;
    return choice.by + " said that " + named(choice.record) +
           (!choice.chosen ? " is none of its candidates"
            : is_partner   ? " belongs with " + named(*choice.chosen)
                           : " is the same as " + named(*choice.chosen)) +
           ": " + choice.because;
}

/// The word on the record that a person names, wherever it is.
Result<std::optional<Choice>> find_choice(Org& org, std::string_view record) {
    const auto colon = record.find(':');
    const std::string key(colon == std::string_view::npos ? record : record.substr(colon + 1));
    for (const ObjectModel& object : org.model.objects()) {
        if (colon != std::string_view::npos &&
            !same_name(object.info->name, record.substr(0, colon)))
            continue;
        auto choice =
            org.store.choice_of(org.name, {object.side, {object.info->name, store::long_id(key)}});
        if (!choice || *choice) return choice;
    }
    return std::optional<Choice>{};
}

}  // namespace

Result<Choice> choose(Org& org, std::int64_t id, std::string_view record,
                      const Permission& permission) {
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    auto review = org.store.review(org.name, id);
    if (!review) return std::move(review).error();
    if (!*review) {
        return rejected("DUET-5050",
                        "There is no entry " + std::to_string(id) + " in the review queue.");
    }
    if (permission.because.empty())
        return rejected("DUET-5051", "A choice needs a reason for the audit.");
    Choice choice{(*review)->record, {}, (*review)->candidates, org.clock.now(), permission.by,
                  permission.because};
    if (record != kNone) {
        auto chosen = find_candidate(**review, record);
        if (!chosen) return std::move(chosen).error();
        choice.chosen = std::move(*chosen);
    }
    auto records = concerned(org, choice.record, choice.candidates);
    if (!records) return std::move(records).error();
    if (auto gone = forget_words_against(org, choice); !gone) return std::move(gone).error();
    if (auto put = org.store.put_choice(org.name, choice); !put) return std::move(put).error();
    if (auto settled = settle_all(org, *records); !settled) return std::move(settled).error();
    const Value after = text(choice.chosen ? named(*choice.chosen) : std::string(kNone));
    if (auto noted = audit(org, choice, after, sentence_of(choice)); !noted)
        return std::move(noted).error();
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return choice;
}

Result<Choice> forget_choice(Org& org, std::string_view record, const Permission& permission) {
    if (permission.because.empty())
        return rejected("DUET-5051", "Taking a word back needs a reason for the audit.");
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    auto choice = find_choice(org, record);
    if (!choice) return std::move(choice).error();
    if (!*choice) return rejected("DUET-5052", "Nobody has said who that record is.");
    std::vector<Link> known = (*choice)->candidates;
    if ((*choice)->chosen) known.push_back(*(*choice)->chosen);
    auto records = concerned(org, (*choice)->record, known);
    if (!records) return std::move(records).error();
    if (auto gone = org.store.remove_choice(org.name, (*choice)->record); !gone)
        return std::move(gone).error();
    if (auto settled = settle_all(org, *records); !settled) return std::move(settled).error();
    auto noted = audit(org, **choice, Value{},
                       permission.by + " took back the word on " + named((*choice)->record) + ": " +
                           permission.because);
    if (!noted) return std::move(noted).error();
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return std::move(**choice);
}

}  // namespace duet::sync
