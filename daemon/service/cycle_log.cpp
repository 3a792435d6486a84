#include "daemon/service/cycle_log.h"

#include "daemon/service/log.h"
#include "daemon/sync/alarms.h"

namespace duet::service {
namespace {

void log_closed(std::string_view sentence, const std::string& org, const std::string& system,
                const std::optional<Error>& error) {
    if (!error) return;
    log::warn(sentence, {{"org", org},
                         {"system", system},
                         {"kind", to_string(error->kind)},
                         {"code", error->code},
                         {"remote_code", error->remote_code},
                         {"reason", error->message}});
}

}  // namespace

void log_report(const std::string& org, const SideNames& names, const sync::CycleReport& report,
                std::chrono::milliseconds took) {
    const auto& c = report.counts;
    const auto n = [](std::int64_t number) { return std::to_string(number); };
    log::info("Cycle done.", {{"org", org},
                              {"cycle", n(c.id)},
                              {"pulled", n(c.pulled)},
                              {"repeats", n(c.repeats)},
                              {"echoes", n(c.echoes)},
                              {"unchanged", n(c.unchanged)},
                              {"planned", n(c.planned)},
                              {"filtered", n(c.filtered)},
                              {"quarantined", n(c.quarantined)},
                              {"waiting", n(c.waiting)},
                              {"written", n(c.written)},
                              {"took_ms", n(took.count())}});
    for (const Side side : kSides) {
        log_closed("A side could not be read to the end.", org, names[side],
                   report.observed[side].error);
        log_closed("A side took no more writes; they wait for the next cycle.", org, names[side],
                   report.sent.closed[side]);
    }
    for (const sync::Drift& drift : report.drifts) {
        log::warn("Records were other than seen, though no change was told; healed.",
                  {{"org", org},
                   {"system", drift.system},
                   {"object", drift.object},
                   {"count", n(drift.found)}});
    }
    for (const store::Held& held : report.held) {
        if (held.released) continue;
        log::warn("The brake holds one kind of write.", {{"org", org},
                                                         {"kind", held.kind},
                                                         {"count", n(held.count)},
                                                         {"limit", n(held.limit)}});
    }
    for (const sync::Alarm& alarm : report.alarms) {
        log::error("Alarm.", {{"org", org},
                              {"code", alarm.code},
                              {"count", n(alarm.count)},
                              {"limit", n(alarm.limit)},
                              {"reason", sync::sentence(alarm)}});
    }
    for (const std::string& warning : report.warnings)
        log::warn("A rule could not be used.", {{"org", org}, {"rule", warning}});
}

}  // namespace duet::service
