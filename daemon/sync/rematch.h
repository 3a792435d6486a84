#pragma once

#include "daemon/sync/org.h"

namespace duet::sync {

/// When the match rules are other than those of the last cycle, or name other objects: indexes
/// every record by its match keys anew and queues those that stand alone to be asked once more.
/// Links that stand are kept. Else nothing but one look. In transactions of its own; may be
/// broken off anywhere, and begins anew then.
Status match_anew(Org& org);

}  // namespace duet::sync
