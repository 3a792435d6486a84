#pragma once

#include "daemon/sync/observe.h"

namespace duet::sync {

/// Stores a record that was read by its key in the midst of a cycle as a page's row is, and queues
/// it to be decided when it is another than was seen: Newer. Of no cycle's counts: the page that
/// brings the change counts it. Inside the caller's transaction.
Result<Met> store_read(Org& org, const ObjectModel& object, Change read);

}  // namespace duet::sync
