#pragma once

#include <optional>
#include <string>

#include "mappings/value.h"

namespace duet::queue {

/// What the rules of `queue:` say about one person.
struct Place {
    bool member = false;
    std::string reasons{};  // why it is there, joined by "; "; then the note
    bool breached = false;
    std::optional<DateTime> due{};
    double score = 0;
    double grade = 0;
    double priority = 0;  // by the documents' bands, 0 to 1
    std::string owner{};
    std::string account{};
    std::string campaign{};
    std::string failure{};  // why it cannot be told; empty: it can
};

}  // namespace duet::queue
