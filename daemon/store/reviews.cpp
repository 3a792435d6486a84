#include <algorithm>
#include <string>

#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kPutReview =
    "INSERT INTO reviews (org, review, side, object, record_key, doubt, reason, candidates, since)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    " ON CONFLICT (org, review) DO UPDATE SET doubt = excluded.doubt, reason = excluded.reason,"
    " candidates = excluded.candidates";
constexpr std::string_view kRemoveReview = "DELETE FROM reviews WHERE org = ?1 AND review = ?2";
constexpr std::string_view kReview =
    "SELECT review, side, object, record_key, doubt, reason, candidates, since FROM reviews"
    " WHERE org = ?1 AND review = ?2";
constexpr std::string_view kReviewOf =
    "SELECT review, side, object, record_key, doubt, reason, candidates, since FROM reviews"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kReviews =
    "SELECT review, side, object, record_key, doubt, reason, candidates, since FROM reviews"
    " WHERE org = ?1 AND review > ?2 ORDER BY review LIMIT ?3";
constexpr std::string_view kReviewCounts =
    "SELECT doubt, count(*) FROM reviews WHERE org = ?1 GROUP BY doubt";
constexpr std::string_view kAddCandidate =
    "INSERT INTO review_candidates (org, side, object, record_key, review)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
constexpr std::string_view kRemoveCandidate =
    "DELETE FROM review_candidates"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4 AND review = ?5";
constexpr std::string_view kNaming =
    "SELECT r.side, r.object, r.record_key FROM review_candidates c"
    " JOIN reviews r ON r.org = c.org AND r.review = c.review"
    " WHERE c.org = ?1 AND c.side = ?2 AND c.object = ?3 AND c.record_key = ?4"
    " ORDER BY r.side, r.object, r.record_key";

constexpr std::string_view kPutChoice =
    "INSERT INTO choices (org, side, object, record_key, chosen_side, chosen_object, chosen_key,"
    " candidates, at, chosen_by, because)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    " ON CONFLICT (org, side, object, record_key) DO UPDATE SET chosen_side = excluded.chosen_side,"
    " chosen_object = excluded.chosen_object, chosen_key = excluded.chosen_key,"
    " candidates = excluded.candidates, at = excluded.at, chosen_by = excluded.chosen_by,"
    " because = excluded.because";
constexpr std::string_view kRemoveChoice =
    "DELETE FROM choices WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kChoiceOf =
    "SELECT side, object, record_key, chosen_side, chosen_object, chosen_key, candidates, at,"
    " chosen_by, because FROM choices"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kChoicesFor =
    "SELECT side, object, record_key, chosen_side, chosen_object, chosen_key, candidates, at,"
    " chosen_by, because FROM choices"
    " WHERE org = ?1 AND chosen_side = ?2 AND chosen_object = ?3 AND chosen_key = ?4"
    " ORDER BY side, object, record_key";

constexpr std::string_view kMeetings =
    "SELECT kind, crm, marketing, waiting, parted, count(*) FROM ("
    " SELECT e.kind AS kind, CASE WHEN e.ambiguous <> '' THEN 1 ELSE 0 END AS waiting, e.parted AS "
    "parted,"
    "  max(CASE WHEN l.side = 0 AND s.deleted = 0 AND s.survivor_key = '' THEN 1 ELSE 0 END)"
    "  AS crm,"
    "  max(CASE WHEN l.side = 1 AND s.deleted = 0 AND s.survivor_key = '' THEN 1 ELSE 0 END)"
    "  AS marketing"
    " FROM entities e JOIN links l ON l.org = e.org AND l.entity = e.entity"
    " JOIN seen s ON s.org = l.org AND s.side = l.side AND s.object = l.object"
    "  AND s.record_key = l.record_key"
    " WHERE e.org = ?1 GROUP BY e.entity, e.kind, e.ambiguous, e.parted) AS met"
    " GROUP BY kind, crm, marketing, waiting, parted"
    " ORDER BY kind, crm, marketing, waiting, parted";
constexpr std::string_view kMet =
    "SELECT entity FROM ("
    " SELECT e.entity AS entity, max(CASE WHEN l.side = 0 AND s.deleted = 0 AND s.survivor_key = "
    "'' THEN 1 ELSE 0 END)"
    "  AS crm,"
    "  max(CASE WHEN l.side = 1 AND s.deleted = 0 AND s.survivor_key = '' THEN 1 ELSE 0 END)"
    "  AS marketing"
    " FROM entities e JOIN links l ON l.org = e.org AND l.entity = e.entity"
    " JOIN seen s ON s.org = l.org AND s.side = l.side AND s.object = l.object"
    "  AND s.record_key = l.record_key"
    " WHERE e.org = ?1 AND e.kind = ?2 AND (CASE WHEN e.ambiguous <> '' THEN 1 ELSE 0 END) = ?3 "
    "AND e.parted = ?4"
    " GROUP BY e.entity) AS met"
    " WHERE crm = ?5 AND marketing = ?6 ORDER BY entity LIMIT ?7";

constexpr std::string_view kMoveAudit =
    "UPDATE audit SET entity = ?3 WHERE org = ?1 AND entity = ?2";
constexpr std::string_view kMoveInFlight =
    "UPDATE in_flight SET entity = ?3 WHERE org = ?1 AND entity = ?2";

Result<Review> read_review(const Query& row) {
    Review review;
    review.id = row.integer(0);
    review.record = {row.side(1), {row.string(2), row.string(3)}};
    review.doubt = row.string(4);
    review.reason = row.string(5);
    auto candidates = decode_links(row.text(6));
    if (!candidates) return unreadable("reviews.candidates");
    review.candidates = *std::move(candidates);
    review.since = row.instant(7);
    return review;
}

Result<Choice> read_choice(const Query& row) {
    Choice choice;
    choice.record = {row.side(0), {row.string(1), row.string(2)}};
    if (!row.text(5).empty()) choice.chosen = Link{row.side(3), {row.string(4), row.string(5)}};
    auto candidates = decode_links(row.text(6));
    if (!candidates) return unreadable("choices.candidates");
    choice.candidates = *std::move(candidates);
    choice.at = row.instant(7);
    choice.by = row.string(8);
    choice.because = row.string(9);
    return choice;
}

Link read_link(const Query& row) { return {row.side(0), {row.string(1), row.string(2)}}; }

}  // namespace

Result<std::int64_t> SqliteStore::put_review(std::string_view org, const Review& review) {
    std::int64_t id = 0;
    auto done = atomically([&]() -> Status {
        const auto known = review_of(org, review.record);
        if (!known) return known.error();
        if (*known) {
            id = (*known)->id;
        } else {
            const auto number = next_number(org, "review");
            if (!number) return number.error();
            id = *number;
        }
        const Link& record = review.record;
        auto put = database_->run(
            kPutReview, {org, id, record.side, record.id.object, record.id.key, review.doubt,
                         review.reason, encode_links(review.candidates), review.since});
        if (!put) return put;
        const std::vector<Link> before = *known ? (*known)->candidates : std::vector<Link>{};
        if (auto gone = name_candidates(org, id, kRemoveCandidate, before); !gone) return gone;
        return name_candidates(org, id, kAddCandidate, review.candidates);
    });
    if (!done) return std::move(done).error();
    return id;
}

Status SqliteStore::name_candidates(std::string_view org, std::int64_t review, std::string_view sql,
                                    const std::vector<Link>& candidates) {
    for (const Link& link : candidates) {
        auto done = database_->run(sql, {org, link.side, link.id.object, link.id.key, review});
        if (!done) return done;
    }
    return Done{};
}

Status SqliteStore::remove_review(std::string_view org, const Link& record) {
    return atomically([&]() -> Status {
        const auto known = review_of(org, record);
        if (!known) return known.error();
        if (!*known) return Done{};
        const Review& review = **known;
        auto done = name_candidates(org, review.id, kRemoveCandidate, review.candidates);
        if (!done) return done;
        return database_->run(kRemoveReview, {org, review.id});
    });
}

Result<std::optional<Review>> SqliteStore::review(std::string_view org, std::int64_t id) {
    return first<Review>(database_->query(kReview, {org, id}), read_review);
}

Result<std::optional<Review>> SqliteStore::review_of(std::string_view org, const Link& record) {
    return first<Review>(
        database_->query(kReviewOf, {org, record.side, record.id.object, record.id.key}),
        read_review);
}

Result<std::vector<Review>> SqliteStore::reviews(std::string_view org, std::int64_t after,
                                                 std::size_t limit) {
    return all<Review>(database_->query(kReviews, {org, after, as_limit(limit)}), read_review);
}

Result<std::map<std::string, std::int64_t>> SqliteStore::review_counts(std::string_view org) {
    using Count = std::pair<std::string, std::int64_t>;
    const auto rows = all<Count>(database_->query(kReviewCounts, {org}), [](const Query& row) {
        return Count{row.string(0), row.integer(1)};
    });
    if (!rows) return rows.error();
    return std::map<std::string, std::int64_t>(rows->begin(), rows->end());
}

Result<std::vector<Link>> SqliteStore::reviews_naming(std::string_view org, const Link& candidate) {
    return all<Link>(
        database_->query(kNaming, {org, candidate.side, candidate.id.object, candidate.id.key}),
        read_link);
}

Status SqliteStore::put_choice(std::string_view org, const Choice& choice) {
    const Link& record = choice.record;
    const Link chosen = choice.chosen.value_or(Link{});
    return database_->run(
        kPutChoice,
        {org, record.side, record.id.object, record.id.key, chosen.side, chosen.id.object,
         chosen.id.key, encode_links(choice.candidates), choice.at, choice.by, choice.because});
}

Status SqliteStore::remove_choice(std::string_view org, const Link& record) {
    return database_->run(kRemoveChoice, {org, record.side, record.id.object, record.id.key});
}

Result<std::optional<Choice>> SqliteStore::choice_of(std::string_view org, const Link& record) {
    return first<Choice>(
        database_->query(kChoiceOf, {org, record.side, record.id.object, record.id.key}),
        read_choice);
}

Result<std::vector<Choice>> SqliteStore::choices_for(std::string_view org, const Link& chosen) {
    return all<Choice>(
        database_->query(kChoicesFor, {org, chosen.side, chosen.id.object, chosen.id.key}),
        read_choice);
}

Result<std::vector<Meeting>> SqliteStore::meetings(std::string_view org) {
    return all<Meeting>(database_->query(kMeetings, {org}),
                        [](const Query& row) -> Result<Meeting> {
                            const auto kind = entity_kind(row.text(0));
                            if (!kind) return unreadable("entities.kind");
                            return Meeting{*kind,
                                           row.integer(1) != 0,
                                           row.integer(2) != 0,
                                           row.integer(3) != 0,
                                           row.integer(4) != 0,
                                           row.integer(5)};
                        });
}

Result<std::vector<EntityId>> SqliteStore::met(std::string_view org, const Meeting& like,
                                               std::size_t limit) {
    return all<EntityId>(
        database_->query(kMet, {org, to_string(like.kind), like.waiting, like.parted, like.crm,
                                like.marketing, as_limit(limit)}),
        [](const Query& row) { return row.integer(0); });
}

Status SqliteStore::move_history(std::string_view org, EntityId from, EntityId to) {
    return atomically([&]() -> Status {
        if (auto moved = database_->run(kMoveAudit, {org, from, to}); !moved) return moved;
        return database_->run(kMoveInFlight, {org, from, to});
    });
}

}  // namespace duet::store
