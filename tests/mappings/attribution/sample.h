#pragma once

#include "mappings/attribution/facts.h"

namespace duet::attribution {

/// tests/payloads/attribution/crm-sample
[[nodiscard]] OrgFacts sample_facts();

}  // namespace duet::attribution
