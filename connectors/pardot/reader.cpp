#include "connectors/pardot/reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace duet::pardot {
namespace {

constexpr PageShape kQueryShape{"values", "nextPageToken", ""};
constexpr std::size_t kFoundMax = 1000;

std::uint64_t id_of(const Fields& row) {
    const std::string* text = as_text(row.get("id"));
    std::uint64_t id = 0;
    if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), id);
    return id;
}

std::optional<DateTime> stamp_of(const Plan& plan, const Fields& row) {
    const auto* stamp = std::get_if<DateTime>(&row.get(plan.facts->stamp()));
    return stamp != nullptr ? std::optional(*stamp) : std::nullopt;
}

Change to_change(const Plan& plan, Fields row) {
    Change change;
    change.record.id = {std::string(plan.facts->name), std::to_string(id_of(row))};
    change.record.modified = stamp_of(plan, row).value_or(DateTime{});
    const bool* deleted = std::get_if<bool>(&row.get("isDeleted"));
    if (deleted != nullptr && *deleted) change.kind = ChangeKind::Deleted;
    for (const std::string& name : plan.hidden) row.erase(name);
    change.record.fields = std::move(row);
    return change;
}

/// To the second and in UTC, as every v5 sample spells it. Cutting a fraction reads more, never
/// less, where a bound is "or equal".
std::string spelled(DateTime time) {
    std::string text = format_instant(time);
    text.erase(text.find('.'), 4);
    return http::encode_query_value(text);
}

std::string start_filter(std::string_view stamp, const Start& start) {
    if (!start.at) return {};
    return "&" + std::string(stamp) + (start.exclusive ? "After=" : "AfterOrEqualTo=") +
           spelled(*start.at);
}

std::string id_filter(std::uint64_t after) {
    return after == 0 ? std::string{} : "&idGreaterThan=" + std::to_string(after);
}

std::string all_of(const Plan& plan) { return plan.facts->recycle_bin ? "&deleted=all" : ""; }

std::string field_list(std::span<const Column> columns) {
    std::string list;
    for (const Column& column : columns) list += (list.empty() ? "" : ",") + column.name;
    return list;
}

Error out_of_order() {
    return Error{ErrorKind::Broken,
                 "Pardot sent rows out of the order that was asked for; the page was not kept.",
                 "DUET-3115",
                 {},
                 {}};
}

void keep(const Plan& plan, std::vector<Fields> rows, ChangePage& page) {
    page.rows_pulled = rows.size();
    for (Fields& row : rows) page.changes.push_back(to_change(plan, std::move(row)));
}

}  // namespace

Plan plan_for(const ObjectInfo& object, const ObjectFacts& facts, const Selection& what) {
    Plan plan;
    plan.facts = &facts;
    const auto add = [&plan](const FieldInfo* field) {
        if (field == nullptr) return;
        const auto is_there = [field](const Column& one) { return one.name == field->name; };
        if (std::any_of(plan.whole.begin(), plan.whole.end(), is_there)) return;
        plan.whole.push_back({field->name, field->type});
        if (can_be_queried(*field)) plan.columns.push_back({field->name, field->type});
    };
    for (const std::string_view name :
         {std::string_view("id"), facts.stamp(), std::string_view("isDeleted")}) {
        add(object.find(name));
    }
    for (const Column& column : plan.whole) plan.hidden.push_back(column.name);
    for (const FieldInfo& field : object.fields) {
        if (!field.references.empty()) add(&field);
    }
    for (const std::string& name : what.fields) {
        const FieldInfo* field = object.find(name);
        if (field == nullptr) continue;
        add(field);
        std::erase(plan.hidden, field->name);
    }
    const auto by_name = [](const Column& a, const Column& b) { return a.name < b.name; };
    std::sort(plan.columns.begin(), plan.columns.end(), by_name);
    std::sort(plan.whole.begin(), plan.whole.end(), by_name);
    return plan;
}

Result<Reader::Page> Reader::query(const Plan& plan, std::string_view parameters,
                                   std::stop_token stop) {
    auto answer = api_.get("/" + std::string(plan.facts->collection) +
                               "?fields=" + field_list(plan.columns) + std::string(parameters),
                           stop);
    if (!answer) return std::move(answer).error();
    auto parsed = parse_page(answer->body, plan.columns, kQueryShape);
    if (!parsed) return std::move(parsed).error();
    Page page;
    page.next = std::move(parsed->next);
    for (auto& row : parsed->rows) {
        if (!row || id_of(*row) == 0 || !stamp_of(plan, *row)) {
            return Error{ErrorKind::Broken,
                         "Pardot sent a row without its id or stamp.",
                         "DUET-3115",
                         {},
                         {}};
        }
        page.rows.push_back(std::move(*row));
    }
    const std::string* warning = answer->header("Pardot-Warning");
    page.capped = warning != nullptr && warning->starts_with("203");
    return page;
}

Result<ChangePage> Reader::changes(const Plan& plan, const Cursor& from, std::size_t limit,
                                   std::stop_token stop) {
    auto position = to_position(from);
    if (!position) return std::move(position).error();
    const std::size_t rows = std::clamp<std::size_t>(limit, 1, config_.page_size);
    if (position->mode == Position::Mode::Fresh) {
        if (auto begun = begin_history(plan, *position, stop); !begun) {
            return std::move(begun).error();
        }
    }
    switch (position->mode) {
        case Position::Mode::History:
            return history_page(plan, std::move(*position), rows, stop);
        case Position::Mode::Ties:
            return ties_page(plan, std::move(*position), rows, stop);
        default:
            break;
    }
    if (!position->under_way) {
        position->under_way = true;
        position->start = start_of(position->covered, overlap());
        pass_began_.insert_or_assign(std::string(plan.facts->name), clock_.steady());
    }
    return plan.facts->order == Order::CreatedAt
               ? creation_page(plan, std::move(*position), rows, stop)
               : chain_page(plan, std::move(*position), rows, stop);
}

/// The newest stamp before the first row is read: what changes while history is read comes after.
Status Reader::begin_history(const Plan& plan, Position& position, std::stop_token stop) {
    Plan stamps = plan;
    std::erase_if(stamps.columns, [&plan](const Column& column) {
        return column.name != "id" && column.name != plan.facts->stamp();
    });
    const std::string_view order = plan.facts->order == Order::CreatedAt ? "id" : "updatedAt";
    auto newest =
        query(stamps, "&orderBy=" + std::string(order) + "%20DESC&limit=1" + all_of(plan), stop);
    if (!newest) return std::move(newest).error();
    if (!newest->rows.empty()) position.covered.mark = stamp_of(plan, newest->rows.front());
    position.mode = Position::Mode::History;
    return Done{};
}

Result<ChangePage> Reader::history_page(const Plan& plan, Position position, std::size_t rows,
                                        std::stop_token stop) {
    auto got = query(plan,
                     id_filter(position.after_id) +
                         "&orderBy=id%20ASC&limit=" + std::to_string(rows) + all_of(plan),
                     stop);
    if (!got) return std::move(got).error();
    for (const Fields& row : got->rows) {
        if (id_of(row) <= position.after_id) return out_of_order();
        position.after_id = id_of(row);
    }
    if (got->next.empty()) {
        position.mode = Position::Mode::Read;
        position.after_id = 0;
    }
    ChangePage page;
    page.backfill = true;
    page.next = to_cursor(position);
    keep(plan, std::move(got->rows), page);
    return page;
}

Result<Reader::Page> Reader::query_chain(const Plan& plan, Position& position, std::size_t rows,
                                         std::stop_token stop) {
    if (!position.token.empty()) {
        // A token carries its filters; the vendor refuses any beside it.
        auto page = query(plan, "&nextPageToken=" + http::encode_query_value(position.token), stop);
        const bool expired =
            !page && (page.error().remote_code == "210" || page.error().remote_code == "211");
        if (!expired) return page;
        position.token.clear();
        position.chain_rows = 0;
        if (position.last) position.start = {position.last, false};
    }
    return query(plan,
                 start_filter(plan.facts->stamp(), position.start) +
                     "&orderBy=updatedAt%20ASC&limit=" + std::to_string(rows) + all_of(plan),
                 stop);
}

Result<ChangePage> Reader::chain_page(const Plan& plan, Position position, std::size_t rows,
                                      std::stop_token stop) {
    auto got = query_chain(plan, position, rows, stop);
    if (!got) return std::move(got).error();
    std::optional<DateTime> newest = position.token.empty() ? std::nullopt : position.last;
    for (const Fields& row : got->rows) {
        const auto stamp = stamp_of(plan, row);
        if (newest && *stamp < *newest) return out_of_order();
        newest = stamp;
    }
    if (newest) {
        position.last = newest;
        position.covered.mark = std::max(position.covered.mark.value_or(*newest), *newest);
    }
    position.chain_rows += got->rows.size();
    position.token = got->next;

    ChangePage page;
    const bool at_cap = position.chain_rows + rows > config_.chain_cap;
    if (position.token.empty() && !got->capped && position.chain_rows < config_.chain_cap) {
        page.last = true;
        end_pass(plan, position);
    } else if (position.token.empty() || at_cap) {
        // A whole chain within one stamp: another chain from there would be the same again.
        const bool stuck = position.start.at && position.last == position.start.at;
        position.token.clear();
        position.chain_rows = 0;
        position.after_id = 0;
        position.start = {position.last, false};
        if (stuck) position.mode = Position::Mode::Ties;
    }
    page.next = to_cursor(position);
    keep(plan, std::move(got->rows), page);
    return page;
}

Result<ChangePage> Reader::ties_page(const Plan& plan, Position position, std::size_t rows,
                                     std::stop_token stop) {
    const std::string stamp(plan.facts->stamp());
    auto got = query(plan,
                     start_filter(stamp, position.start) + "&" + stamp +
                         "BeforeOrEqualTo=" + spelled(position.start.at.value_or(DateTime{})) +
                         id_filter(position.after_id) +
                         "&orderBy=id%20ASC&limit=" + std::to_string(rows) + all_of(plan),
                     stop);
    if (!got) return std::move(got).error();
    for (const Fields& row : got->rows) {
        if (id_of(row) <= position.after_id) return out_of_order();
        position.after_id = id_of(row);
    }
    if (got->next.empty()) {
        position.mode = Position::Mode::Read;
        position.start.exclusive = true;
        position.after_id = 0;
    }
    ChangePage page;
    page.next = to_cursor(position);
    keep(plan, std::move(got->rows), page);
    return page;
}

Result<ChangePage> Reader::creation_page(const Plan& plan, Position position, std::size_t rows,
                                         std::stop_token stop) {
    auto got =
        query(plan,
              start_filter(plan.facts->stamp(), position.start) + id_filter(position.after_id) +
                  "&orderBy=id%20ASC&limit=" + std::to_string(rows) + all_of(plan),
              stop);
    if (!got) return std::move(got).error();
    for (const Fields& row : got->rows) {
        if (id_of(row) <= position.after_id) return out_of_order();
        position.after_id = id_of(row);
        const auto stamp = stamp_of(plan, row);
        position.covered.mark = std::max(position.covered.mark.value_or(*stamp), *stamp);
    }
    ChangePage page;
    page.last = got->next.empty();
    if (page.last) end_pass(plan, position);
    page.next = to_cursor(position);
    keep(plan, std::move(got->rows), page);
    return page;
}

void Reader::end_pass(const Plan& plan, Position& position) {
    const Steady now = clock_.steady();
    const std::string object(plan.facts->name);
    // After a restart within a pass its beginning is unknown; now is late enough.
    const Steady began = pass_began_.try_emplace(object, now).first->second;
    Position rest;
    rest.mode = Position::Mode::Read;
    rest.covered = settling_.after_read(object, position.covered, began, now, overlap());
    position = rest;
}

Result<std::vector<Change>> Reader::read(const Plan& plan, std::span<const std::string> keys,
                                         std::stop_token stop) {
    std::vector<Change> changes;
    const std::string parameters =
        "?fields=" + field_list(plan.whole) + (plan.facts->recycle_bin ? "&deleted=true" : "");
    for (const std::string& key : keys) {
        if (stop.stop_requested()) {
            return Error{ErrorKind::Transient, "Stopped while reading.", "DUET-3116", {}, {}};
        }
        auto answer = api_.get("/" + std::string(plan.facts->collection) + "/" +
                                   http::encode_query_value(key) + parameters,
                               stop);
        if (!answer) {
            if (answer.error().remote_code != "109" && answer.error().remote_code != "92" &&
                answer.error().remote_code != "3") {
                return std::move(answer).error();
            }
            Change& gone = changes.emplace_back();
            gone.kind = ChangeKind::Deleted;
            gone.record.id = {std::string(plan.facts->name), key};
            continue;
        }
        auto rows = parse_page("[" + answer->body + "]", plan.whole, PageShape{});
        if (!rows) return std::move(rows).error();
        if (rows->rows.size() != 1 || !rows->rows.front()) {
            return Error{
                ErrorKind::Broken, "Pardot's answer to a read is no record.", "DUET-3115", {}, {}};
        }
        changes.push_back(to_change(plan, std::move(*rows->rows.front())));
        changes.back().record.id.key = key;
    }
    return changes;
}

Result<std::vector<Record>> Reader::find(const Plan& plan, std::string_view field,
                                         std::string_view value, std::stop_token stop) {
    if (!plan.facts->filters_by(field)) {
        return Error{ErrorKind::Broken,
                     "Pardot cannot look up " + std::string(plan.facts->name) + " by " +
                         std::string(field) + ".",
                     "DUET-3114",
                     {},
                     {}};
    }
    auto page = query(plan,
                      "&" + std::string(field) + "=" + http::encode_query_value(value) +
                          "&limit=" + std::to_string(kFoundMax),
                      stop);
    if (!page) return std::move(page).error();
    std::vector<Record> records;
    for (Fields& row : page->rows) records.push_back(to_change(plan, std::move(row)).record);
    return records;
}

Result<std::optional<Record>> Reader::find_membership(std::string_view list,
                                                      std::string_view prospect,
                                                      std::stop_token stop) {
    const ObjectFacts* facts = find_facts("list-membership");
    const Plan plan = plan_for(standard_object(*facts), *facts, {"list-membership", {}});
    auto page = query(plan,
                      "&listId=" + http::encode_query_value(list) +
                          "&prospectId=" + http::encode_query_value(prospect) + "&limit=1",
                      stop);
    if (!page) return std::move(page).error();
    if (page->rows.empty()) return std::optional<Record>{};
    return std::optional(to_change(plan, std::move(page->rows.front())).record);
}

}  // namespace duet::pardot
