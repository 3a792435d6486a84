#pragma once

#include <string>

#include "mappings/value.h"

namespace duet::world {

/// A minute in UTC: "2017-12-01T09:00".
inline DateTime at(const std::string& text) { return parse_instant(text + ":00Z").value(); }

inline Date day(const char* text) { return parse_date(text).value(); }

}  // namespace duet::world
