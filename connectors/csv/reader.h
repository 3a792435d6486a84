#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "connectors/csv/catalog.h"
#include "connectors/csv/config.h"
#include "connectors/csv/files.h"
#include "connectors/csv/position.h"
#include "connectors/csv/table.h"
#include "mappings/seams.h"

namespace duet::csv {

/// One object as it is now.
struct Opened {
    ObjectInfo info;
    std::shared_ptr<const Table> table;
    FileMark mark;
};

/// Reads changes and records. One thread.
///
/// A file is read as a whole; the last one stays in memory, so that the pages of one pass do not
/// each parse it again.
class Reader {
public:
    Reader(const Config& config, const Clock& clock) : config_(config), clock_(clock) {}

    /// Broken DUET-3114 when there is no such object.
    [[nodiscard]] Result<ObjectFile> locate(std::string_view object) const;
    Result<Opened> open(std::string_view object);

    Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit);
    Result<std::vector<Change>> read(const Selection& what, std::span<const std::string> keys);
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value);

private:
    struct Cached {
        std::string path;
        FileMark mark;
        std::shared_ptr<const Table> table;
    };

    [[nodiscard]] bool has_news(const ObjectFile& file, const Position& position) const;
    void settle(const ObjectFile& file, Position& position) const;
    void fill(const Opened& object, const Selection& what, Position& position, std::size_t limit,
              ChangePage& page) const;

    const Config& config_;
    const Clock& clock_;
    Cached cached_;
};

/// Rows whose cell equals `value` by the column's type; deleted ones are left out.
[[nodiscard]] std::vector<std::size_t> rows_with(const Table& table, const ObjectInfo& object,
                                                 std::size_t column, std::string_view value);

}  // namespace duet::csv
