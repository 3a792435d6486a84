#pragma once

#include <string>
#include <variant>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/load.h"
#include "mappings/side.h"

namespace duet::document {

/// Both sides as the documents' tests need them: the shipped documents' objects and fields.
const PerSide<Catalog>& test_catalogs();

inline const SideNames kNames{"salesforce", "pardot"};

/// All findings as they are printed; "" when there are none.
std::string findings_of(const std::vector<Source>& sources, const PerSide<Catalog>* catalogs,
                        const SideNames& names = kNames);

/// The documents; fails the test and throws when there are findings.
Documents load_good(const std::vector<Source>& sources, const PerSide<Catalog>* catalogs,
                    const SideNames& names = kNames);

/// The shipped documents, in order of their names.
std::vector<Source> shipped_documents();

}  // namespace duet::document
