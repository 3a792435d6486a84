#include "tests/mappings/lifecycle/reference.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <variant>
#include <vector>

#include "mappings/document/lifecycle.h"
#include "mappings/document/load.h"

namespace duet::lifecycle {
namespace {

/// The shipped folder as `duet` reads it: test documents left out.
std::vector<document::Source> shipped() {
    namespace fs = std::filesystem;
    std::vector<document::Source> sources;
    for (const auto& entry :
         fs::directory_iterator(fs::path(DUET_SOURCE_DIR) / "mappings/presets/lifecycle")) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".yaml") || name.ends_with(".test.yaml")) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        sources.push_back({name, text.str()});
    }
    std::sort(sources.begin(), sources.end(),
              [](const auto& a, const auto& b) { return a.file < b.file; });
    return sources;
}

LifecycleRules load_shipped() {
    const auto sources = shipped();
    const auto loaded = document::load(sources, {"salesforce", "pardot"}, nullptr);
    if (const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded)) {
        std::string all;
        for (const auto& finding : *findings) all += document::render(finding);
        throw std::runtime_error(all);
    }
    const auto& documents = std::get<document::Documents>(loaded);
    if (documents.lifecycle == nullptr) throw std::runtime_error("no lifecycle in the folder");
    return documents.lifecycle->model->rules();
}

}  // namespace

DateTime at(const std::string& text) {
    const bool is_day = text.size() == 10;
    const auto parsed = parse_instant(is_day ? text + "T00:00:00Z"
                                             : text.substr(0, 10) + "T" + text.substr(11) +
                                                   (text.size() == 16 ? ":00Z" : "Z"));
    if (!parsed) throw std::invalid_argument(text);
    return *parsed;
}

Date day(const std::string& text) { return parse_date(text).value(); }

const LifecycleRules& reference_rules() {
    static const LifecycleRules rules = load_shipped();
    return rules;
}

Facts reference_person() {
    Facts facts;
    const auto add = [&](const char* time, const char* name, const char* record, int order,
                         const char* reason = "") {
        facts.events.push_back({at(time), order, record, name, reason, "ann", "spring"});
    };
    add("2025-01-10 09:00", "known", "00Q1", 1);
    add("2025-02-03 14:00", "hand_raise", "va1", 4);
    add("2025-02-04 10:00", "accepted", "00Q1", 1);
    add("2025-02-11 10:00", "qualified_by_sales", "00Q1", 1);
    add("2025-02-14 12:00", "deal_opened", "0061", 0);
    add("2025-04-28 12:00", "deal_moved", "0061", 0);  // or it would be archived on 2025-05-12
    add("2025-05-20 12:00", "deal_lost", "0061", 0, "price");
    add("2025-11-04 08:00", "hand_raise", "va2", 4);
    add("2025-11-04 20:00", "accepted", "00Q1", 1);
    add("2025-11-12 08:00", "qualified_by_sales", "00Q1", 1);
    add("2025-11-20 08:00", "deal_opened", "0062", 0);
    add("2026-01-15 08:00", "deal_won", "0062", 0);
    facts.spans.push_back(
        {"open_deal", "0061", at("2025-02-14 12:00"), at("2025-05-20 12:00"), 0, "", "", ""});
    facts.spans.push_back(
        {"open_deal", "0062", at("2025-11-20 08:00"), at("2026-01-15 08:00"), 0, "", "", ""});
    return facts;
}

}  // namespace duet::lifecycle
