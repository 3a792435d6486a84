#pragma once

#include "mappings/value.h"

namespace duet::merge {

/// When a field took the value it has, as far as Duet's own reads prove it, by Duet's clock: after
/// the last read that could have shown the value and did not, and not after the first that did.
/// Stamps of vendors prove nothing about one field, so they are not used.
struct Evidence {
    DateTime after{};  // epoch: no read came before
    DateTime until{};
    bool by_machine = false;  // an integration user was the last to change the record
    bool operator==(const Evidence&) const = default;
};

}  // namespace duet::merge
