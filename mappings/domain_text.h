#pragma once

#include <string>
#include <string_view>

#include "mappings/record.h"

namespace duet {

/// The domain in an e-mail address, a web address or a domain itself, in lower case and without a
/// leading "www."; empty: there is none in it.
[[nodiscard]] std::string domain_of(std::string_view text);

/// What a record refers to by a field. A name that ends in '@' is no field of the record: it
/// refers to the domain in the field before the '@' ("Email@"). Empty: to nothing.
[[nodiscard]] std::string referred_by(const Fields& fields, std::string_view field);

/// Whether the name is one of those.
[[nodiscard]] inline bool is_domain_reference(std::string_view field) noexcept {
    return field.ends_with('@');
}

}  // namespace duet
