#pragma once

#include "daemon/sync/org.h"

namespace duet::sync {

/// What may wait: forgets audit, decisions and cycles by age, a few hundred rows a transaction and
/// a few thousand a call, and writes the file anew where an erasure could not. After a cycle. The
/// number of rows forgotten.
Result<std::int64_t> keep_up(Org& org);

}  // namespace duet::sync
