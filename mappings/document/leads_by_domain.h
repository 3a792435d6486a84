#pragma once

#include <optional>
#include <set>
#include <string>

#include "mappings/document/context.h"
#include "mappings/document/reader.h"

namespace duet::document {

/// Which accounts people without one are counted to: the only one that has their domain.
struct LeadsByDomain {
    std::string lead;                        // an object of persons
    std::string email;                       // of it
    std::string website;                     // of accounts: a web page, an address or a domain
    std::set<std::string> public_domains{};  // everybody's, such as gmail.com, in lower case
    Place place;
};

/// `leads_by_domain` of `map`; nothing where it has none.
[[nodiscard]] std::optional<LeadsByDomain> read_leads_by_domain(MapReader& map,
                                                                const Context& context);

}  // namespace duet::document
