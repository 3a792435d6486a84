#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/plan_answers.h"

namespace duet::service {
namespace {

using nlohmann::json;

struct Gauge {
    const char* name;
    const char* help;
};

constexpr Gauge kAlarm{"duet_alarm_records", "Records of an alarm that waits for a person."};
constexpr Gauge kHeld{"duet_brake_held_writes", "Writes of a kind that the brake holds."};
constexpr Gauge kPaused{"duet_paused", "1 for each thing that people paused."};
constexpr Gauge kDirty{"duet_waiting_entities", "Entities that are still to be decided."};
constexpr Gauge kInFlight{"duet_in_flight_writes", "Writes that were sent and not answered yet."};

constexpr Gauge kAside{"duet_quarantined_writes", "Writes put aside until their cause is gone."};
constexpr Gauge kFrozen{"duet_frozen_fields",
                        "Fields that are written no more, as both sides change them in turns."};
constexpr Gauge kAgreed{"duet_full_agreement_seconds",
                        "Seconds since all of an object was known to be as it was seen."};

std::string word(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t number(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

/// The rows of every org under `key`; nothing when the status has none.
std::vector<std::pair<std::string, json>> rows_of(const json& status, const char* key) {
    std::vector<std::pair<std::string, json>> rows;
    const auto orgs = status.find("orgs");
    if (orgs == status.end() || !orgs->is_array()) return rows;
    for (const json& org : *orgs) {
        const auto found = org.find(key);
        if (found == org.end()) continue;
        if (found->is_array()) {
            for (const json& row : *found) rows.emplace_back(word(org, "org"), row);
        } else {
            rows.emplace_back(word(org, "org"), *found);
        }
    }
    return rows;
}

std::vector<std::pair<std::string, std::size_t>> frozen_fields(const json& status) {
    std::vector<std::pair<std::string, std::size_t>> counts;
    const auto orgs = status.find("orgs");
    if (orgs == status.end() || !orgs->is_array()) return counts;
    for (const json& org : *orgs) {
        const auto fields = org.find("frozen");
        counts.emplace_back(word(org, "org"), fields == org.end() ? 0 : fields->size());
    }
    return counts;
}

void begin(const Gauge& gauge, std::string& out) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", gauge.name, gauge.help);
}

}  // namespace

std::string metrics_text(const json& status) {
    std::string out;
    begin(kAlarm, out);
    for (const auto& [org, row] : rows_of(status, "alarms")) {
        out += fmt::format("{}{{org=\"{}\",code=\"{}\"}} {}\n", kAlarm.name, escaped(org),
                           escaped(word(row, "code")), number(row, "count"));
    }
    begin(kHeld, out);
    for (const auto& [org, row] : rows_of(status, "held")) {
        if (row.value("released", false)) continue;
        out += fmt::format("{}{{org=\"{}\",kind=\"{}\"}} {}\n", kHeld.name, escaped(org),
                           escaped(word(row, "kind")), number(row, "count"));
    }
    begin(kPaused, out);
    for (const auto& [org, row] : rows_of(status, "paused")) {
        out += fmt::format("{}{{org=\"{}\",what=\"{}\",system=\"{}\",object=\"{}\"}} 1\n",
                           kPaused.name, escaped(org), escaped(word(row, "what")),
                           escaped(word(row, "system")), escaped(word(row, "object")));
    }
    begin(kAgreed, out);
    for (const auto& [org, row] : rows_of(status, "objects")) {
        const auto compare = row.find("compare");
        if (compare == row.end() || !compare->contains("agreed_seconds_ago")) continue;
        out += fmt::format("{}{{org=\"{}\",system=\"{}\",object=\"{}\"}} {}\n", kAgreed.name,
                           escaped(org), escaped(word(row, "system")), escaped(word(row, "object")),
                           number(*compare, "agreed_seconds_ago"));
    }
    begin(kFrozen, out);
    for (const auto& [org, number] : frozen_fields(status))
        out += fmt::format("{}{{org=\"{}\"}} {}\n", kFrozen.name, escaped(org), number);
    for (const auto& [gauge, key] :
         {std::pair{kDirty, "dirty"}, {kInFlight, "in_flight"}, {kAside, "quarantine"}}) {
        begin(gauge, out);
        for (const auto& [org, row] : rows_of(status, key)) {
            if (row.is_number())
                out += fmt::format("{}{{org=\"{}\"}} {}\n", gauge.name, escaped(org),
                                   row.get<std::int64_t>());
        }
    }
    return out;
}

}  // namespace duet::service
