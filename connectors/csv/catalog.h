#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/csv/config.h"
#include "connectors/csv/sheet.h"
#include "connectors/csv/table.h"
#include "mappings/catalog.h"
#include "mappings/result.h"

namespace duet::csv {

/// One object: "<name>.csv" in the folder and "<name>.schema.json" beside it, which need not be.
struct ObjectFile {
    std::string name;
    std::string path;
    std::string schema_path;
    [[nodiscard]] std::string file() const { return name + ".csv"; }
};

/// The objects of the folder by name; hidden files are none. Broken when the folder cannot be
/// listed or two names differ only in case.
[[nodiscard]] Result<std::vector<ObjectFile>> object_files(const std::string& folder);

/// One of `files` by name, without case; nullptr when there is none.
[[nodiscard]] const ObjectFile* find_object(const std::vector<ObjectFile>& files,
                                            std::string_view name) noexcept;

/// What the header and the schema file say. Broken DUET-3130 or DUET-3101 with the wrong places of
/// the schema; the README describes it.
[[nodiscard]] Result<ObjectInfo> describe(const ObjectFile& object, const Row& header,
                                          const Columns& columns);

/// "people.emial (did you mean email?)"
[[nodiscard]] std::string name_with_hint(const ObjectInfo& object, const std::string& field);

}  // namespace duet::csv
