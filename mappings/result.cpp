#include "mappings/result.h"

namespace duet {

const char* to_string(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::Transient:
            return "transient";
        case ErrorKind::RateLimited:
            return "rate_limited";
        case ErrorKind::Unauthenticated:
            return "unauthenticated";
        case ErrorKind::Rejected:
            return "rejected";
        case ErrorKind::InDoubt:
            return "in_doubt";
        case ErrorKind::Broken:
            return "broken";
    }
    return "unknown";
}

Error rejected(std::string code, std::string message) {
    return {ErrorKind::Rejected, std::move(message), std::move(code), {}, {}};
}

}  // namespace duet
