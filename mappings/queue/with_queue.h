#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "mappings/document/queue.h"
#include "mappings/merge/decide.h"
#include "mappings/queue/place.h"

namespace duet::queue {

/// What rules read as Queue.x hangs on the stage and the timers, so they see it through this
/// layer; worked out when it is first asked for. Refers to `below` and `rule`; nullptr: no queue.
class WithQueue final : public merge::FactSource {
public:
    WithQueue(merge::FactSource& below, const document::QueueRule* rule,
              const formula::Moment& moment)
        : below_(below), rule_(rule), moment_(moment) {}

    std::variant<const Value*, std::string> value(std::string_view path) override;
    const Value* side_value(Side side, std::string_view path) override {
        return below_.side_value(side, path);
    }
    std::optional<DateTime> next_change() const override;

    const Place& place();

private:
    void work_out();
    [[nodiscard]] bool asks(const document::Rule& rule);
    Value read(const std::optional<document::Rule>& rule);
    void tell();

    merge::FactSource& below_;
    const document::QueueRule* rule_;
    formula::Moment moment_;
    std::optional<Place> place_;
    std::map<std::string, Value, std::less<>> told_;  // behind "Queue."
    std::optional<DateTime> next_;
};

}  // namespace duet::queue
