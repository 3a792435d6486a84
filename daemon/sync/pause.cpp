#include "daemon/sync/pause.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "mappings/catalog.h"

namespace duet::sync {
namespace {

using nlohmann::json;

constexpr const char* kPauseFact = "paused";
constexpr const char* kWhat[] = {"org", "side", "object"};

std::int64_t microseconds(Instant time) { return time.time_since_epoch().count(); }

json to_json(const Pause& pause) {
    return {{"what", kWhat[static_cast<int>(pause.what)]},
            {"side", pause.side == Side::Crm ? 0 : 1},
            {"object", pause.object},
            {"pulls_too", pause.pulls_too},
            {"since", microseconds(pause.since)},
            {"by", pause.by},
            {"because", pause.because}};
}

std::optional<Pause> pause_from(const json& row) {
    const auto what =
        std::find(std::begin(kWhat), std::end(kWhat), row.at("what").get<std::string>());
    if (what == std::end(kWhat)) return std::nullopt;
    Pause pause;
    pause.what = static_cast<Pause::What>(what - std::begin(kWhat));
    pause.side = row.at("side").get<int>() == 0 ? Side::Crm : Side::Marketing;
    pause.object = row.at("object").get<std::string>();
    pause.pulls_too = row.at("pulls_too").get<bool>();
    pause.since = Instant{std::chrono::microseconds{row.at("since").get<std::int64_t>()}};
    pause.by = row.at("by").get<std::string>();
    pause.because = row.at("because").get<std::string>();
    return pause;
}

Error unreadable() {
    return {ErrorKind::Broken,
            "What is paused cannot be read from the state file.",
            "DUET-4010",
            "",
            {}};
}

}  // namespace

bool Pause::is_of_same(const Pause& other) const noexcept {
    if (what != other.what) return false;
    if (what == What::Org) return true;
    return side == other.side && (what == What::Side || same_name(object, other.object));
}

Result<Pauses> Pauses::load(store::Store& store, std::string_view org) {
    auto fact = store.fact(org, kPauseFact);
    if (!fact) return std::move(fact).error();
    Pauses pauses;
    if (fact->empty()) return pauses;
    try {
        for (const json& row : json::parse(*fact)) {
            auto pause = pause_from(row);
            if (!pause) return unreadable();
            pauses.all_.push_back(std::move(*pause));
        }
    } catch (const json::exception&) {
        return unreadable();
    }
    return pauses;
}

Status Pauses::save(store::Store& store, std::string_view org) const {
    auto rows = json::array();
    for (const Pause& pause : all_) rows.push_back(to_json(pause));
    return store.set_fact(org, kPauseFact, all_.empty() ? std::string{} : rows.dump());
}

void Pauses::put(Pause pause) {
    const auto known = std::find_if(all_.begin(), all_.end(),
                                    [&](const Pause& one) { return one.is_of_same(pause); });
    if (known == all_.end()) {
        all_.push_back(std::move(pause));
    } else {
        *known = std::move(pause);
    }
}

bool Pauses::remove(const Pause& pause) {
    return std::erase_if(all_, [&](const Pause& one) { return one.is_of_same(pause); }) > 0;
}

const Pause* Pauses::of_org() const noexcept {
    const auto found = std::find_if(all_.begin(), all_.end(), [](const Pause& pause) {
        return pause.what == Pause::What::Org;
    });
    return found == all_.end() ? nullptr : &*found;
}

bool Pauses::stops_reads(Side side) const noexcept {
    return std::any_of(all_.begin(), all_.end(), [&](const Pause& pause) {
        return pause.what == Pause::What::Side && pause.side == side && pause.pulls_too;
    });
}

const Pause* Pauses::of_write(Side side, std::string_view object) const noexcept {
    const Pause* found = nullptr;
    for (const Pause& pause : all_) {
        const bool stops = pause.what == Pause::What::Org ||
                           (pause.side == side &&
                            (pause.what == Pause::What::Side || same_name(pause.object, object)));
        if (stops && (found == nullptr || pause.what < found->what)) found = &pause;
    }
    return found;
}

std::string sentence(const Pause& pause, const SideNames& names) {
    switch (pause.what) {
        case Pause::What::Org:
            break;
        case Pause::What::Side:
            return names[pause.side] + " is paused";
        case Pause::What::Object:
            return names[pause.side] + " " + pause.object + " is paused";
    }
    return "everything is paused";
}

}  // namespace duet::sync
