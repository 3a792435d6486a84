#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/salesforce/csv.h"
#include "connectors/salesforce/json_words.h"
#include "connectors/salesforce/reader.h"

namespace duet::salesforce {
namespace {

using nlohmann::json;

// The vendor's own tries end far earlier: 15 retries of some minutes each (Bulk guide, 2026-08).
constexpr std::chrono::hours kJobLifeMax{6};
constexpr std::size_t kPollsMaxWithoutPause = 10'000;
constexpr std::size_t kRowsPerPageMax = 50'000;

/// The vendor refuses this object or this org in bulk: REST reads it, only slower.
bool refuses_bulk(const Error& error) {
    static constexpr std::string_view kCodes[] = {
        "INVALIDENTITY",      "FEATURENOTENABLED",          "FUNCTIONALITY_NOT_ENABLED",
        "LIMIT_EXCEEDED",     "INVALID_TYPE_FOR_OPERATION", "API_ERROR",
        "FEATURE_NOT_ENABLED"};
    return std::find(std::begin(kCodes), std::end(kCodes), error.remote_code) != std::end(kCodes);
}

/// Waits in real time; returns at once when a stop is asked for.
void pause(std::chrono::seconds length, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any waiter;
    std::unique_lock lock(mutex);
    waiter.wait_for(lock, stop, length, [] { return false; });
}

}  // namespace

Error Reader::give_up(const std::string& job, std::string code, std::string message) {
    given_up_.insert(job);
    return Error{ErrorKind::Transient, std::move(message), std::move(code), {}, {}};
}

Result<std::size_t> Reader::count_rows(const Plan& plan, std::stop_token stop) {
    auto answer = api_.get("/limits/recordCount?sObjects=" + plan.object, stop);
    if (!answer) {
        // Some users may not see this resource. Without a count REST reads any number of rows.
        if (answer.error().kind == ErrorKind::Broken) return std::size_t{0};
        return std::move(answer).error();
    }
    const json body = json::parse(answer->body, nullptr, false);
    if (!body.is_object() || !body.contains("sObjects") || !body["sObjects"].is_array()) {
        return std::size_t{0};
    }
    for (const json& one : body["sObjects"]) {
        if (one.is_object() && same_name(text_at(one, "name"), plan.object) &&
            one.contains("count") && one["count"].is_number_unsigned()) {
            return one["count"].get<std::size_t>();
        }
    }
    return std::size_t{0};
}

Result<ChangePage> Reader::begin(const Plan& plan, std::size_t limit, std::stop_token stop) {
    auto rows = count_rows(plan, stop);
    if (!rows) return std::move(rows).error();
    if (static_cast<std::int64_t>(*rows) >= config_.bulk_threshold_rows) {
        return begin_job(plan, limit, stop);
    }
    Position position;
    position.mode = Position::Mode::Read;
    position.history = true;
    return read_page(plan, std::move(position), limit, stop);
}

Result<ChangePage> Reader::begin_job(const Plan& plan, std::size_t limit, std::stop_token stop) {
    // Unordered: an ORDER BY would keep the vendor from splitting the work.
    const json order{{"operation", "queryAll"},
                     {"query", select(plan, "")},
                     {"contentType", "CSV"},
                     {"columnDelimiter", "COMMA"},
                     {"lineEnding", "LF"}};
    auto answer = api_.ask("/jobs/query", order.dump(), stop);
    Position position;
    if (!answer) {
        if (!refuses_bulk(answer.error())) return std::move(answer).error();
        position.mode = Position::Mode::Read;
        position.history = true;
        return read_page(plan, std::move(position), limit, stop);
    }
    const json job = json::parse(answer->body, nullptr, false);
    position.mode = Position::Mode::Job;
    position.job = job.is_object() ? text_at(job, "id") : std::string{};
    if (position.job.empty()) {
        return Error{
            ErrorKind::Broken, "The answer to a new bulk job holds no id.", "DUET-3115", {}, {}};
    }
    position.created = parse_instant(text_at(job, "createdDate"));
    // An empty page, so that the job is remembered before its first row is read.
    ChangePage page;
    page.next = to_cursor(position);
    page.backfill = true;
    return page;
}

Result<ChangePage> Reader::job_page(const Plan& plan, Position position, std::size_t limit,
                                    std::stop_token stop) {
    auto answer = api_.get("/jobs/query/" + position.job, stop);
    if (!answer) {
        if (answer.error().remote_code == "NOT_FOUND") {
            return give_up(position.job, "DUET-3112",
                           "Bulk job " + position.job +
                               " is gone (results are kept for 7 days); the object is read anew.");
        }
        return std::move(answer).error();
    }
    const json job = json::parse(answer->body, nullptr, false);
    const std::string state = job.is_object() ? text_at(job, "state") : std::string{};
    if (state == "UploadComplete" || state == "InProgress") return wait_for_job(position, stop);
    if (state != "JobComplete") {
        return give_up(position.job, "DUET-3112",
                       "Bulk job " + position.job + " ended as " +
                           (state.empty() ? "(no state)" : state) +
                           "; nothing of it counts as read, and the object is read anew.");
    }
    const auto processed = job.find("numberRecordsProcessed");
    if (processed == job.end() || !processed->is_number_unsigned()) {
        return give_up(position.job, "DUET-3113",
                       "Bulk job " + position.job + " does not tell how many rows it has.");
    }
    return result_page(plan, std::move(position), processed->get<std::size_t>(), limit, stop);
}

Result<ChangePage> Reader::wait_for_job(const Position& position, std::stop_token stop) {
    Position waiting = position;
    const auto seconds = config_.bulk_poll.count();
    const std::size_t polls_max =
        seconds == 0
            ? kPollsMaxWithoutPause
            : static_cast<std::size_t>(std::chrono::seconds{kJobLifeMax}.count() / seconds);
    if (++waiting.polls > polls_max) {
        return give_up(position.job, "DUET-3112",
                       "Bulk job " + position.job +
                           " does not end; nothing of it counts as read, and the object is read "
                           "anew.");
    }
    pause(config_.bulk_poll, stop);
    ChangePage page;
    page.next = to_cursor(waiting);
    page.backfill = true;
    return page;
}

Result<ChangePage> Reader::result_page(const Plan& plan, Position position, std::size_t total,
                                       std::size_t limit, std::stop_token stop) {
    const std::size_t rows_max = std::clamp<std::size_t>(limit, 1, kRowsPerPageMax);
    std::string path =
        "/jobs/query/" + position.job + "/results?maxRecords=" + std::to_string(rows_max);
    if (!position.locator.empty()) path += "&locator=" + http::encode_query_value(position.locator);
    auto answer = api_.get_csv(path, stop);
    if (!answer) {
        if (answer.error().kind == ErrorKind::Broken) {
            return give_up(position.job, "DUET-3112",
                           "The results of bulk job " + position.job +
                               " cannot be read any more; the object is read anew.");
        }
        return std::move(answer).error();
    }
    auto csv = parse_csv(answer->body, plan.columns);
    if (!csv) return std::move(csv).error();
    const std::string* told = answer->header("Sforce-NumberOfRecords");
    if (told != nullptr && *told != std::to_string(csv->rows.size())) {
        return Error{ErrorKind::Transient,
                     "A page of bulk job " + position.job + " holds " +
                         std::to_string(csv->rows.size()) + " rows where " + *told +
                         " were announced.",
                     "DUET-3113",
                     {},
                     {}};
    }
    const std::string* locator = answer->header("Sforce-Locator");
    const bool end = locator == nullptr || locator->empty() || *locator == "null";
    position.rows += csv->rows.size();
    if ((end && position.rows != total) || position.rows > total) {
        return give_up(position.job, "DUET-3113",
                       "Bulk job " + position.job + " gave " + std::to_string(position.rows) +
                           " rows but reports " + std::to_string(total) +
                           "; nothing more of it counts as read, and the object is read anew.");
    }

    ChangePage page;
    page.backfill = true;
    page.rows_pulled = csv->rows.size();
    page.total = total;
    for (Fields& row : csv->rows) {
        const DateTime stamp = stamp_of(plan, row);
        position.covered.mark = std::max(position.covered.mark.value_or(stamp), stamp);
        page.changes.push_back(to_change(plan, std::move(row)));
    }
    if (!end) {
        position.locator = *locator;
        position.polls = 0;
        page.next = to_cursor(position);
        return page;
    }
    // What changed while the job ran may be missing from it: reading goes on from before the job.
    Position after;
    after.mode = Position::Mode::Read;
    after.covered = position.covered;
    if (after.covered.mark && position.created) {
        after.covered.mark = std::min(*after.covered.mark, *position.created);
    }
    page.next = to_cursor(after);
    return page;
}

}  // namespace duet::salesforce
