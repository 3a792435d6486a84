#include "connectors/salesforce/reader.h"

#include <algorithm>
#include <utility>

namespace duet::salesforce {
namespace {

constexpr std::size_t kRowsPerQueryMax = 2000;  // REST guide, read 2026-08
constexpr std::size_t kRowsPerQueryLeast = 50;
constexpr std::size_t kRetrieveMax = 200;  // records of one collections call
// Address and headers together may have 16,384 bytes; a token takes up to 2 KB of them.
constexpr std::size_t kUrlBytesMax = 12'000;
constexpr std::size_t kPagesPerQueryMax = 2000;
constexpr std::size_t kFoundMax = 200;

constexpr PageShape kQueryShape{"records", "nextRecordsUrl", ""};
constexpr PageShape kArrayShape{"", "", ""};

std::string query_path(std::string_view resource, std::string_view soql) {
    return "/" + std::string(resource) + "?q=" + http::encode_query_value(soql);
}

/// The condition of one page and its order.
std::string page_clause(const Plan& plan, const Position& position, const Start& start,
                        std::size_t rows) {
    std::string where;
    if (position.at) {
        const std::string stamp = instant_literal(*position.at);
        // The first condition is redundant and lets the server use its index on the stamp.
        where = plan.stamp + " >= " + stamp + " AND (" + plan.stamp + " > " + stamp + " OR Id > " +
                in_quotes(position.after) + ")";
    } else if (start.at) {
        where = plan.stamp + (start.exclusive ? " > " : " >= ") + instant_literal(*start.at);
    }
    return (where.empty() ? "" : "WHERE " + where + " ") + "ORDER BY " + plan.stamp +
           " ASC, Id ASC LIMIT " + std::to_string(rows);
}

bool is_timeout(const Error& error) {
    return error.remote_code == "QUERY_TIMEOUT" || error.remote_code == "REQUEST_RUNNING_TOO_LONG";
}

}  // namespace

std::size_t Reader::page_rows(const std::string& object, std::size_t limit) const {
    const auto smaller = rows_at_once_.find(object);
    const std::size_t most = smaller == rows_at_once_.end() ? kRowsPerQueryMax : smaller->second;
    return std::clamp<std::size_t>(limit, 1, most);
}

Result<ChangePage> Reader::changes(const Plan& plan, const Cursor& from, std::size_t limit,
                                   std::stop_token stop) {
    auto position = to_position(from);
    if (!position) return std::move(position).error();
    if (position->mode == Position::Mode::Job && given_up_.contains(position->job)) {
        *position = Position{};
    }
    switch (position->mode) {
        case Position::Mode::Fresh:
            return begin(plan, limit, stop);
        case Position::Mode::Job:
            return job_page(plan, std::move(*position), limit, stop);
        case Position::Mode::Read:
            break;
    }
    return read_page(plan, std::move(*position), limit, stop);
}

Result<ChangePage> Reader::read_page(const Plan& plan, Position position, std::size_t limit,
                                     std::stop_token stop) {
    const Steady now = clock_.steady();
    // After a restart within a pass its beginning is unknown; now is late enough.
    if (!position.at) pass_began_.insert_or_assign(plan.object, now);
    const Steady began = pass_began_.try_emplace(plan.object, now).first->second;

    const std::size_t rows_max = page_rows(plan.object, limit);
    const Start start = start_of(position.covered, config_.overlap);
    auto found =
        query(plan, "queryAll", page_clause(plan, position, start, rows_max), rows_max, stop);
    if (!found) {
        if (is_timeout(found.error())) {
            rows_at_once_[plan.object] = std::max(kRowsPerQueryLeast, rows_max / 2);
        }
        return std::move(found).error();
    }
    std::vector<Fields>& rows = found->rows;

    ChangePage page;
    page.backfill = position.history;
    page.rows_pulled = rows.size();
    page.last = rows.size() < rows_max;
    if (!rows.empty()) {
        position.at = stamp_of(plan, rows.back());
        position.after = key_of(rows.back());
        position.covered.mark =
            std::max(position.covered.mark.value_or(*position.at), *position.at);
    }
    if (page.last) {
        position.covered = settling_.after_read(plan.object, position.covered, began,
                                                clock_.steady(), config_.overlap);
        position.at.reset();
        position.after.clear();
        position.history = false;
    }
    page.next = to_cursor(position);
    // Wide rows are completed only now: the place in the order is that of the rows as queried.
    if (auto whole = complete(plan, *found, stop); !whole) return std::move(whole).error();
    for (Fields& row : rows) page.changes.push_back(to_change(plan, std::move(row)));
    return page;
}

Result<Reader::Found> Reader::query(const Plan& plan, std::string_view resource,
                                    std::string_view rest, std::size_t rows_max,
                                    std::stop_token stop) {
    const std::string path = query_path(resource, select(plan, rest));
    auto bytes = api_.url_bytes(path, stop);
    if (!bytes) return std::move(bytes).error();
    if (*bytes <= kUrlBytesMax) return query_pages(plan, path, rows_max, stop);
    const Plan keys = key_plan(plan);
    auto found = query_pages(keys, query_path(resource, select(keys, rest)), rows_max, stop);
    if (found) found->keys_only = true;
    return found;
}

Result<Reader::Found> Reader::query_pages(const Plan& plan, std::string_view path,
                                          std::size_t rows_max, std::stop_token stop) {
    Found found;
    std::vector<Fields>& rows = found.rows;
    std::string next;
    for (std::size_t pages = 0; pages < kPagesPerQueryMax; ++pages) {
        auto answer = next.empty() ? api_.get(path, stop) : api_.get_given(next, stop);
        if (!answer) return std::move(answer).error();
        auto page = parse_page(answer->body, plan.columns, kQueryShape);
        if (!page) return std::move(page).error();
        for (auto& row : page->rows) {
            if (row && !key_of(*row).empty()) rows.push_back(std::move(*row));
        }
        if (page->next.empty() || rows.size() >= rows_max) return found;
        if (!page->next.starts_with("/services/data/")) break;
        next = std::move(page->next);
    }
    return Error{
        ErrorKind::Broken, "Salesforce's pages of one query lead nowhere.", "DUET-3115", {}, {}};
}

/// Rows that were queried by key only, because the list of columns made the address too long, get
/// their values from the collections resource, which takes the list in a body. Each record comes
/// whole from one statement, so a row can be newer than its place in the order but never torn.
Status Reader::complete(const Plan& plan, Found& found, std::stop_token stop) {
    if (!found.keys_only) return Done{};
    std::vector<Fields>& rows = found.rows;
    std::vector<std::size_t> places;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool* deleted = std::get_if<bool>(&rows[i].get("IsDeleted"));
        if (deleted != nullptr && *deleted) continue;
        places.push_back(i);
        keys.push_back(key_of(rows[i]));
    }
    auto whole = retrieve(plan, keys, stop);
    if (!whole) return std::move(whole).error();
    for (std::size_t i = 0; i < places.size(); ++i) {
        // Gone since the query: the next pass tells how. Archived: its key is all there is.
        if ((*whole)[i]) rows[places[i]] = std::move(*(*whole)[i]);
    }
    return Done{};
}

Result<std::vector<std::optional<Fields>>> Reader::retrieve(const Plan& plan,
                                                            std::span<const std::string> keys,
                                                            std::stop_token stop) {
    std::vector<std::optional<Fields>> rows;
    std::string fields;
    for (const Column& column : plan.columns) {
        if (!fields.empty()) fields += ',';
        append_json_text(fields, column.name);
    }
    for (std::size_t from = 0; from < keys.size(); from += kRetrieveMax) {
        const auto some = keys.subspan(from, std::min(kRetrieveMax, keys.size() - from));
        std::string body = R"({"ids":[)";
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (i > 0) body += ',';
            append_json_text(body, some[i]);
        }
        body += R"(],"fields":[)" + fields + "]}";
        auto answer = api_.ask("/composite/sobjects/" + plan.object, std::move(body), stop);
        if (!answer) return std::move(answer).error();
        auto page = parse_page(answer->body, plan.columns, kArrayShape);
        if (!page) return std::move(page).error();
        if (page->rows.size() != some.size()) {
            return Error{ErrorKind::Broken,
                         "Salesforce answered for another number of records.",
                         "DUET-3115",
                         {},
                         {}};
        }
        for (auto& row : page->rows) rows.push_back(std::move(row));
    }
    return rows;
}

Result<std::vector<Change>> Reader::read(const Plan& plan, std::span<const std::string> keys,
                                         std::stop_token stop) {
    auto rows = retrieve(plan, keys, stop);
    if (!rows) return std::move(rows).error();
    std::vector<Change> changes;
    std::vector<std::string> gone;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if ((*rows)[i]) {
            changes.push_back(to_change(plan, std::move(*(*rows)[i])));
        } else {
            gone.push_back(keys[i]);
        }
    }
    const Plan key_columns = key_plan(plan);
    for (std::size_t from = 0; from < gone.size(); from += kRetrieveMax) {
        const auto some = std::span<const std::string>(gone).subspan(
            from, std::min(kRetrieveMax, gone.size() - from));
        auto found = query(key_columns, "queryAll", "WHERE " + id_in(some), some.size() + 1, stop);
        if (!found) return std::move(found).error();
        for (const std::string& key : some) {
            const auto row = std::find_if(found->rows.begin(), found->rows.end(),
                                          [&key](const Fields& one) { return key_of(one) == key; });
            if (row != found->rows.end()) {
                changes.push_back(to_change(key_columns, *row));
            } else {
                Change& purged = changes.emplace_back();
                purged.kind = ChangeKind::Deleted;
                purged.record.id = {plan.object, key};
            }
        }
    }
    return changes;
}

Result<std::vector<Record>> Reader::find(const Plan& plan, const FieldInfo& field,
                                         std::string_view value, std::stop_token stop) {
    auto literal = literal_for(value, field.type);
    if (!literal) return std::move(literal).error();
    auto found = query(plan, "query",
                       "WHERE " + field.name + " = " + *literal + " ORDER BY Id ASC LIMIT " +
                           std::to_string(kFoundMax),
                       kFoundMax, stop);
    if (!found) return std::move(found).error();
    if (auto whole = complete(plan, *found, stop); !whole) return std::move(whole).error();
    std::vector<Record> records;
    for (Fields& row : found->rows) records.push_back(to_change(plan, std::move(row)).record);
    return records;
}

}  // namespace duet::salesforce
