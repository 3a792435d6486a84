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

/// Of one document, without the orgs and with them.
inline std::string offline(const std::string& text) {
    return findings_of({{"a.yaml", text}}, nullptr);
}
inline std::string checked(const std::string& text) {
    return findings_of({{"a.yaml", text}}, &test_catalogs());
}

/// A person document; `more` begins on line 3.
inline std::string person(const std::string& more) {
    return "entity: person\nmatch: [crm_id]\n" + more;
}
inline std::string person_by_email(const std::string& more) {
    return "entity: person\nmatch: [crm_id, email]\n" + more;
}

inline bool says(const std::string& findings, const std::string& words) {
    return findings.find(words) != std::string::npos;
}

/// The documents; fails the test and throws when there are findings.
Documents load_good(const std::vector<Source>& sources, const PerSide<Catalog>* catalogs,
                    const SideNames& names = kNames);

/// The shipped documents, in order of their names.
std::vector<Source> shipped_documents();

}  // namespace duet::document
