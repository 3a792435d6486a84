#include "daemon/version.h"

namespace duet {

std::string_view version() noexcept { return DUET_VERSION; }

}  // namespace duet
