#include "connectors/csv/reader.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "connectors/csv/errors.h"

namespace duet::csv {
namespace {

/// The columns that become fields: those asked for, and every reference.
std::vector<std::size_t> wanted_columns(const ObjectInfo& object, const Selection& what) {
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i < object.fields.size(); ++i) {
        const FieldInfo& field = object.fields[i];
        const bool asked =
            std::any_of(what.fields.begin(), what.fields.end(),
                        [&field](const std::string& name) { return same_name(name, field.name); });
        if (asked || !field.references.empty()) columns.push_back(i);
    }
    return columns;
}

Record record_of(const Opened& object, std::span<const std::size_t> columns, std::size_t row) {
    Record record;
    record.id = {object.info.name, object.table->key(row)};
    record.modified = object.table->stamp(row);
    for (const std::size_t column : columns) {
        const FieldInfo& field = object.info.fields[column];
        record.fields.set(field.name, cell_value(object.table->cell(row, column), field.type));
    }
    return record;
}

Change change_of(const Opened& object, std::span<const std::size_t> columns, std::size_t row) {
    Change change;
    if (object.table->deleted(row)) change.kind = ChangeKind::Deleted;
    change.record = record_of(object, columns, row);
    return change;
}

}  // namespace

Result<ObjectFile> Reader::locate(std::string_view object) const {
    auto files = object_files(config_.folder);
    if (!files) return std::move(files).error();
    const ObjectFile* found = find_object(*files, object);
    if (found != nullptr) return *found;
    std::vector<std::string> names;
    for (const ObjectFile& file : *files) names.push_back(file.name);
    const std::string near = nearest_name(object, names);
    return missing("the file " + std::string(object) + ".csv" +
                   (near.empty() ? "" : " (did you mean " + near + "?)"));
}

Result<Opened> Reader::open(std::string_view object) {
    auto file = locate(object);
    if (!file) return std::move(file).error();
    if (cached_.path != file->path || !still_holds(file->path, cached_.mark)) {
        auto snapshot = take_snapshot(file->path);
        if (!snapshot) return std::move(snapshot).error();
        auto table = Table::load(std::move(snapshot->content), file->file(), config_);
        if (!table) return std::move(table).error();
        cached_ = {file->path, std::move(snapshot->mark),
                   std::make_shared<const Table>(std::move(*table))};
    }
    auto info = describe(*file, cached_.table->header(), cached_.table->columns());
    if (!info) return std::move(info).error();
    return Opened{std::move(*info), cached_.table, cached_.mark};
}

/// A pass under way goes on; a new one begins only for a file that is not what it was.
bool Reader::has_news(const ObjectFile& file, const Position& position) const {
    return position.at || position.file.digest.empty() || !still_holds(file.path, position.file);
}

/// Lets the next pass begin where this one ended, when nothing can come before that any more: the
/// file was the same from begin to end of the pass, and nobody was still writing it. A stamp of the
/// future is never passed, or later edits would lie behind it.
void Reader::settle(const ObjectFile& file, Position& position) const {
    if (position.file.digest.empty()) return;
    if (position.file.stat.empty()) {
        const auto now = take_snapshot(file.path);
        if (!now || now->mark.digest != position.file.digest) return;
        position.file = now->mark;
    } else if (!still_holds(file.path, position.file)) {
        return;
    }
    if (position.file.stat.empty() || !position.upto) return;
    const DateTime now = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
    position.since = std::min(*position.upto, now);
}

void Reader::fill(const Opened& object, const Selection& what, Position& position,
                  std::size_t limit, ChangePage& page) const {
    const Table& table = *object.table;
    const std::vector<std::size_t> columns = wanted_columns(object.info, what);
    const auto& order = table.by_stamp();
    auto row = order.begin();
    if (position.since) {
        row = std::partition_point(row, order.end(), [&](std::size_t candidate) {
            return table.stamp(candidate) < *position.since - config_.overlap;
        });
    }
    if (position.at) {
        row = std::partition_point(row, order.end(), [&](std::size_t candidate) {
            return std::tuple(table.stamp(candidate), std::string_view(table.key(candidate))) <=
                   std::tuple(position.at->stamp, std::string_view(position.at->key));
        });
    }
    for (; row != order.end() && page.changes.size() < limit; ++row) {
        page.changes.push_back(change_of(object, columns, *row));
        position.at = Position::Row{table.stamp(*row), table.key(*row)};
    }
    page.last = row == order.end();
    page.rows_pulled = page.changes.size();
    page.total = table.size();
}

Result<ChangePage> Reader::changes(const Selection& what, const Cursor& from, std::size_t limit) {
    auto read = to_position(from);
    if (!read) return std::move(read).error();
    Position position = std::move(*read);
    auto file = locate(what.object);
    if (!file) return std::move(file).error();
    ChangePage page;
    page.last = true;
    if (has_news(*file, position)) {
        auto object = open(what.object);
        if (!object) return std::move(object).error();
        if (!position.at) position.file = object->mark;
        fill(*object, what, position, std::max<std::size_t>(limit, 1), page);
        page.backfill = !position.upto && !page.last;
        if (page.last && position.at) {
            position.upto = std::max(position.at->stamp, position.upto.value_or(DateTime::min()));
            position.at.reset();
        }
        // The file changed during the pass: the next pass begins where this one began.
        if (page.last && position.file.digest != object->mark.digest) position.file = {};
    }
    if (page.last) settle(*file, position);
    page.next = to_cursor(position);
    return page;
}

Result<std::vector<Change>> Reader::read(const Selection& what, std::span<const std::string> keys) {
    auto object = open(what.object);
    if (!object) return std::move(object).error();
    const std::vector<std::size_t> columns = wanted_columns(object->info, what);
    std::vector<Change> changes;
    for (const std::string& key : keys) {
        if (const auto row = object->table->row_of(key)) {
            changes.push_back(change_of(*object, columns, *row));
        } else {
            Change gone;
            gone.kind = ChangeKind::Deleted;
            gone.record.id = {object->info.name, key};
            changes.push_back(std::move(gone));
        }
    }
    return changes;
}

Result<std::vector<Record>> Reader::find(const Selection& what, std::string_view field,
                                         std::string_view value) {
    auto object = open(what.object);
    if (!object) return std::move(object).error();
    const auto column = object->table->column(field);
    if (!column) {
        return missing("the column " + name_with_hint(object->info, std::string(field)));
    }
    const std::vector<std::size_t> columns = wanted_columns(object->info, what);
    std::vector<Record> records;
    for (const std::size_t row : rows_with(*object->table, object->info, *column, value)) {
        records.push_back(record_of(*object, columns, row));
    }
    return records;
}

std::vector<std::size_t> rows_with(const Table& table, const ObjectInfo& object, std::size_t column,
                                   std::string_view value) {
    std::vector<std::size_t> rows;
    const FieldType type = object.fields[column].type;
    const bool as_text = type == FieldType::Text || type == FieldType::Id;
    const Value wanted = cell_value(value, type);
    if (is_blank(wanted)) return rows;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string& cell = table.cell(row, column);
        const bool same = as_text ? cell == value : cell_value(cell, type) == wanted;
        if (same && !table.deleted(row)) rows.push_back(row);
    }
    return rows;
}

}  // namespace duet::csv
