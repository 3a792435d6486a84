#include "connectors/window.h"

namespace duet {

Start start_of(const Covered& covered, std::chrono::seconds overlap) {
    if (!covered.mark) return {};
    const DateTime early = *covered.mark - overlap;
    if (covered.floor && *covered.floor >= early) return {*covered.floor, true};
    return {early, false};
}

Covered Settling::after_read(const std::string& object, Covered covered, Steady began, Steady now,
                             std::chrono::seconds overlap) {
    if (!covered.mark) return covered;
    const auto known = reached_.find(object);
    if (known == reached_.end() || known->second.mark != *covered.mark) {
        reached_.insert_or_assign(object, Reached{*covered.mark, now});
        return covered;
    }
    if (began - known->second.at >= overlap) covered.floor = covered.mark;
    return covered;
}

}  // namespace duet
