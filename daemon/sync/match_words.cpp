// The matcher's ear for people's words: choices come before every rule.
#include <algorithm>

#include "daemon/sync/match.h"

namespace duet::sync {

using store::Link;
using store::SeenRow;

/// What a person said about this record, or about another by choosing this one.
Result<std::optional<Match>> Matcher::word_on(const SeenRow& row) {
    const Link mine{row.side, row.record.id};
    auto choice = store_.choice_of(org_, mine);
    if (!choice) return std::move(choice).error();
    if (*choice && (*choice)->chosen) {
        const Link& chosen = *(*choice)->chosen;
        auto end = survivor_of(chosen.side, chosen.id);
        if (!end) return std::move(end).error();
        auto lives = is_live({chosen.side, *end});
        if (!lives) return std::move(lives).error();
        auto free = *end == chosen.id ? Result<Is>{Is::Yes} : is_free({chosen.side, *end}, mine.id);
        if (!free) return std::move(free).error();
        Match match;
        if (*lives == Is::Yes && chosen.side == row.side) {
            match.ambiguous =
                "a person said that it is the same as " + end->object + " " + end->key;
            return std::optional{std::move(match)};
        }
        if (*lives == Is::Yes && *free == Is::Yes) {
            match.record = *end;
            match.chosen = true;
            return std::optional{std::move(match)};
        }
    }
    auto others = store_.choices_for(org_, mine);
    if (!others) return std::move(others).error();
    for (const store::Choice& word : *others) {
        if (word.record.side == row.side) continue;
        auto lives = is_live(word.record);
        if (!lives) return std::move(lives).error();
        if (*lives == Is::No) continue;
        Match match;
        match.record = word.record.id;
        match.chosen = true;
        return std::optional{std::move(match)};
    }
    return std::optional<Match>{};
}

Status Matcher::strike(const SeenRow& row, Evidence& evidence) {
    const Link mine{row.side, row.record.id};
    for (const auto& [side, records] :
         {std::pair{other(row.side), &evidence.there}, std::pair{row.side, &evidence.here}}) {
        Records kept;
        for (RecordId& id : *records) {
            auto struck = is_struck(mine, {side, id});
            if (!struck) return std::move(struck).error();
            if (*struck == Is::No) kept.push_back(std::move(id));
        }
        *records = std::move(kept);
    }
    return Done{};
}

/// Whether people said that it belongs to somebody else, is somebody's duplicate, or is not this.
Result<Matcher::Is> Matcher::is_struck(const Link& mine, const Link& candidate) {
    const auto names = [](const store::Choice& choice, const Link& link) {
        return std::find(choice.candidates.begin(), choice.candidates.end(), link) !=
               choice.candidates.end();
    };
    auto own = store_.choice_of(org_, mine);
    if (!own) return std::move(own).error();
    if (*own && !(*own)->chosen && names(**own, candidate)) return Is::Yes;
    auto word = store_.choice_of(org_, candidate);
    if (!word) return std::move(word).error();
    if (*word && !(*word)->chosen && names(**word, mine)) return Is::Yes;
    if (*word && (*word)->chosen && *(*word)->chosen != mine) {
        auto lives = is_live(*(*word)->chosen);
        if (!lives || *lives == Is::Yes) return lives;
    }
    auto others = store_.choices_for(org_, candidate);
    if (!others) return std::move(others).error();
    for (const store::Choice& one : *others) {
        if (one.record == mine || one.record.side == candidate.side) continue;
        auto lives = is_live(one.record);
        if (!lives || *lives == Is::Yes) return lives;
    }
    return Is::No;
}

}  // namespace duet::sync
