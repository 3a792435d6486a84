#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/link.h"
#include "mappings/catalog.h"
#include "mappings/result.h"
#include "mappings/seams.h"

/// What people decide about who is who: the review queue, their choices, and the first meeting.
namespace duet::store {

/// A record that Duet matched with nobody, because it would have been a guess.
struct Review {
    std::int64_t id = 0;  // set by the store; kept for as long as the record is in the queue
    Link record;
    std::string doubt;             // "several", "shared", "taken", "changed", "merged"
    std::string reason;            // a sentence's tail, for a person
    std::vector<Link> candidates;  // on the other side: partners; on its own: who shares its key
    Instant since{};
};

/// A person's word on one record; holds until another word on it, or until it is gone.
struct Choice {
    Link record;
    /// On the other side: its partner. On its own side: the record that it is a duplicate of.
    /// Nothing: none of `candidates`.
    std::optional<Link> chosen{};
    std::vector<Link> candidates;  // what there was to choose from, sorted
    Instant at{};
    std::string by;
    std::string because;
};

/// Entities that are alike in how their sides met.
struct Meeting {
    EntityKind kind = EntityKind::None;
    bool crm = false;        // a record lives there
    bool marketing = false;  // likewise
    bool waiting = false;    // nobody was matched, because it would have been a guess
    bool parted = false;     // unlinked because it left the scope
    std::int64_t count = 0;
};

/// A part of Store: see there for threads, transactions and errors.
class ReviewStore {
public:
    virtual ~ReviewStore() = default;

    /// Adds the record's review, or replaces it; its number.
    virtual Result<std::int64_t> put_review(std::string_view org, const Review& review) = 0;
    virtual Status remove_review(std::string_view org, const Link& record) = 0;
    virtual Result<std::optional<Review>> review(std::string_view org, std::int64_t id) = 0;
    virtual Result<std::optional<Review>> review_of(std::string_view org, const Link& record) = 0;
    /// Those with a number > `after`, by number.
    virtual Result<std::vector<Review>> reviews(std::string_view org, std::int64_t after,
                                                std::size_t limit) = 0;
    /// Per doubt.
    virtual Result<std::map<std::string, std::int64_t>> review_counts(std::string_view org) = 0;
    /// The records of reviews that have `candidate` among their candidates, ordered.
    virtual Result<std::vector<Link>> reviews_naming(std::string_view org,
                                                     const Link& candidate) = 0;

    /// Adds or replaces the word on the record.
    virtual Status put_choice(std::string_view org, const Choice& choice) = 0;
    virtual Status remove_choice(std::string_view org, const Link& record) = 0;
    virtual Result<std::optional<Choice>> choice_of(std::string_view org, const Link& record) = 0;
    /// The words that chose this record, by record.
    virtual Result<std::vector<Choice>> choices_for(std::string_view org, const Link& chosen) = 0;

    /// How many entities met how. Walks all entities: for reports.
    virtual Result<std::vector<Meeting>> meetings(std::string_view org) = 0;
    /// The first entities that met like that.
    virtual Result<std::vector<EntityId>> met(std::string_view org, const Meeting& like,
                                              std::size_t limit) = 0;
    /// Gives what was written about `from`, and what is in flight for it, to `to`.
    virtual Status move_history(std::string_view org, EntityId from, EntityId to) = 0;
};

}  // namespace duet::store
