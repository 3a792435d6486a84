#include "connectors/csv/writer.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/csv/errors.h"
#include "connectors/csv/files.h"
#include "connectors/csv/reader.h"
#include "connectors/csv/table.h"

namespace duet::csv {
namespace {

constexpr int kAttemptsMax = 5;

/// Applies writes to one table. All of them get one stamp.
class Editor {
public:
    Editor(Table& table, const ObjectInfo& object, DateTime stamp)
        : table_(table), object_(object), stamp_(stamp) {}

    Result<Written> apply(const Write& write) {
        switch (write.kind) {
            case WriteKind::Create:
                return create(write);
            case WriteKind::Update:
                return update(write);
            case WriteKind::Delete:
                return remove(write);
        }
        return refused("UNKNOWN_KIND", "This kind of write is not known");
    }

private:
    using Cells = std::vector<std::pair<std::size_t, std::string>>;

    /// The cells that `fields` asks for; the key column only when `with_key`.
    Result<Cells> cells_of(const Fields& fields, bool with_key) const;
    Result<Written> create(const Write& write);
    Result<Written> update(const Write& write);
    Result<Written> remove(const Write& write);
    /// The row a create is keyed to; nothing: a new one is to be made.
    Result<std::optional<std::size_t>> keyed_row(const Write& write) const;
    [[nodiscard]] std::string next_number();
    Result<Written> change(std::size_t row, Cells cells);
    [[nodiscard]] Written outcome(std::size_t row, bool created) const {
        return Written{{object_.name, table_.key(row)}, created, table_.stamp(row)};
    }

    Table& table_;
    const ObjectInfo& object_;
    DateTime stamp_;
    std::size_t numbered_rows_ = 0;  // rows that highest_ covers
    std::uint64_t highest_ = 0;
};

Result<Editor::Cells> Editor::cells_of(const Fields& fields, bool with_key) const {
    Cells cells;
    for (const auto& [name, value] : fields) {
        const auto column = table_.column(name);
        if (!column) {
            return refused("NO_SUCH_COLUMN", "There is no column " + name_with_hint(object_, name));
        }
        const FieldInfo& field = object_.fields[*column];
        const bool is_key_column = *column == table_.columns().key;
        if (is_key_column ? !with_key : !field.updatable) {
            return refused("NOT_WRITABLE",
                           "Duet does not write the column " + object_.name + "." + field.name);
        }
        std::string text = display(value);
        if (!is_clean(text)) {
            return refused("NO_TEXT", "The value for " + object_.name + "." + field.name +
                                          " is not UTF-8 or holds a NUL byte");
        }
        const bool typed = field.type != FieldType::Text && field.type != FieldType::Id;
        if (typed && std::holds_alternative<std::string>(cell_value(text, field.type))) {
            return refused("WRONG_TYPE", "The value for " + object_.name + "." + field.name +
                                             " is no " + to_string(field.type));
        }
        cells.emplace_back(*column, std::move(text));
    }
    return cells;
}

Result<std::optional<std::size_t>> Editor::keyed_row(const Write& write) const {
    using Found = std::optional<std::size_t>;
    if (write.key_field.empty()) return Found{};
    const auto column = table_.column(write.key_field);
    if (!column) {
        return refused("NO_SUCH_COLUMN",
                       "There is no column " + name_with_hint(object_, write.key_field));
    }
    if (*column == table_.columns().key) {
        const Found row = table_.row_of(write.key_value);
        if (row && table_.deleted(*row)) {
            return refused("DELETED", "The row with that key is marked as deleted");
        }
        return row;
    }
    const auto rows = rows_with(table_, object_, *column, write.key_value);
    if (rows.size() > 1) {
        return refused("AMBIGUOUS", "Several rows of " + object_.name + " have that " +
                                        object_.fields[*column].name);
    }
    return rows.empty() ? Found{} : Found{rows.front()};
}

/// The key as a number of at most 18 digits, so that one more always fits; 0 when it is none.
std::uint64_t number_of(std::string_view key) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    return error == std::errc{} && end == key.data() + key.size() && key.size() <= 18 ? number : 0;
}

std::string Editor::next_number() {
    // The table grows by our own rows only: what was looked at once need not be again.
    for (; numbered_rows_ < table_.size(); ++numbered_rows_) {
        highest_ = std::max(highest_, number_of(table_.key(numbered_rows_)));
    }
    return std::to_string(highest_ + 1);
}

Result<Written> Editor::create(const Write& write) {
    auto existing = keyed_row(write);
    if (!existing) return std::move(existing).error();
    Fields fields = write.fields;
    if (!write.key_field.empty()) {
        const std::string& name = object_.fields[*table_.column(write.key_field)].name;
        // The row must be found again by this value, whatever else the write says.
        for (const auto& [field, value] : write.fields) {
            if (same_name(field, name)) fields.erase(field);
        }
        fields.set(name, text(write.key_value));
    }
    auto cells = cells_of(fields, true);
    if (!cells) return std::move(cells).error();
    std::string key;
    std::erase_if(*cells, [this, &key](auto& cell) {
        if (cell.first != table_.columns().key) return false;
        key = std::move(cell.second);
        return true;
    });
    if (*existing) return change(**existing, std::move(*cells));
    if (key.empty()) key = next_number();
    if (!is_key(key)) {
        return refused("UNFIT_KEY", "A key must have 1 to 255 bytes and no control character");
    }
    if (table_.row_of(key)) return refused("KEY_TAKEN", "Another row has that key");
    const std::size_t row = table_.add(std::move(key));
    for (auto& [column, value] : *cells) table_.set(row, column, std::move(value));
    table_.set_stamp(row, stamp_);
    return outcome(row, true);
}

Result<Written> Editor::update(const Write& write) {
    const auto row = table_.row_of(write.id.key);
    if (!row) return refused("NO_SUCH_ROW", "The row is not there");
    if (table_.deleted(*row)) return refused("DELETED", "The row is marked as deleted");
    auto cells = cells_of(write.fields, false);
    if (!cells) return std::move(cells).error();
    return change(*row, std::move(*cells));
}

/// Leaves a row that holds all that already as it is, its stamp included.
Result<Written> Editor::change(std::size_t row, Cells cells) {
    bool changed = false;
    for (auto& [column, value] : cells) {
        if (table_.cell(row, column) == value) continue;
        table_.set(row, column, std::move(value));
        changed = true;
    }
    if (changed) table_.set_stamp(row, stamp_);
    return outcome(row, false);
}

Result<Written> Editor::remove(const Write& write) {
    const auto row = table_.row_of(write.id.key);
    // A delete wants the row gone, and it is.
    if (!row) return Written{write.id, false, std::nullopt};
    if (table_.deleted(*row)) return outcome(*row, false);
    if (!table_.columns().deleted) {
        return refused("NO_DELETION_MARK",
                       object_.name + " has no column that marks rows as deleted");
    }
    table_.set_deleted(*row);
    table_.set_stamp(*row, stamp_);
    return outcome(*row, false);
}

/// Now, but later than every stamp of the table; nothing when the calendar ends before that.
std::optional<DateTime> stamp_after(const Table& table, const Clock& clock) {
    constexpr DateTime kEnd =
        std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - std::chrono::milliseconds{1};
    DateTime stamp = std::chrono::floor<std::chrono::milliseconds>(clock.now());
    if (table.size() > 0) {
        const DateTime newest = table.stamp(table.by_stamp().back());
        if (newest >= kEnd) return std::nullopt;
        stamp = std::max(stamp, newest + std::chrono::milliseconds{1});
    }
    return stamp;
}

}  // namespace

Result<std::vector<Result<Written>>> Writer::attempt(std::span<const Write* const> batch,
                                                     const ObjectFile& object) {
    auto snapshot = take_snapshot(object.path);
    if (!snapshot) return std::move(snapshot).error();
    auto table = Table::load(std::move(snapshot->content), object.file(), config_);
    if (!table) return std::move(table).error();
    auto info = describe(object, table->header(), table->columns());
    if (!info) return std::move(info).error();
    const auto stamp = stamp_after(*table, clock_);
    if (!stamp) {
        const std::string finding = object.file() +
                                    ": a stamp at the end of the year 9999 leaves "
                                    "no later one for a write";
        return table_error({&finding, 1});
    }
    Editor editor(*table, *info, *stamp);
    std::vector<Result<Written>> outcomes;
    for (const Write* write : batch) outcomes.push_back(editor.apply(*write));
    if (!table->edited()) return outcomes;
    auto replacement = Replacement::prepare(object.path, table->render());
    if (!replacement) return std::move(replacement).error();
    auto done = replacement->commit(snapshot->mark);
    if (!done) return std::move(done).error();
    if (*done == Replacement::Outcome::Overtaken) outcomes.clear();
    return outcomes;
}

std::vector<Result<Written>> Writer::write(std::span<const Write* const> batch,
                                           const ObjectFile& object, std::stop_token stop) {
    const auto all = [&batch](const Error& error) {
        return std::vector<Result<Written>>(batch.size(), Result<Written>(error));
    };
    for (int attempts = 0; attempts < kAttemptsMax; ++attempts) {
        if (stop.stop_requested()) return all(stopped());
        auto outcomes = attempt(batch, object);
        if (!outcomes) return all(outcomes.error());
        if (!outcomes->empty()) return std::move(*outcomes);
    }
    return all(always_changing(object.path));
}

}  // namespace duet::csv
