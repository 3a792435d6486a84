// A million people re-staged by the model that ships: what happened to each is replayed anew.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "mappings/document/lifecycle.h"
#include "mappings/document/load.h"
#include "mappings/lifecycle/replay.h"

namespace {

using duet::lifecycle::Facts;

std::vector<duet::document::Source> preset(const std::string& folder) {
    std::vector<duet::document::Source> sources;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".yaml") || name.ends_with(".test.yaml")) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        sources.push_back({name, text.str()});
    }
    return sources;
}

/// Ten things that happened to somebody within two years, and a contract of every tenth.
Facts somebody(std::mt19937_64& random) {
    static constexpr const char* kNames[] = {"activity",    "activity",  "activity",
                                             "hand_raise",  "touch",     "rejected",
                                             "deal_opened", "deal_lost", "deal_won"};
    const duet::DateTime start = duet::parse_instant("2023-01-01T00:00:00Z").value();
    const auto moment = [&] { return start + std::chrono::minutes{random() % (730 * 1440)}; };
    Facts facts;
    facts.events.push_back({start, 1, "00Q000000000001AAA", "known", "", "005A", ""});
    for (int i = 0; i < 9; ++i) {
        facts.events.push_back({moment(), 3, "record" + std::to_string(i),
                                kNames[random() % std::size(kNames)], "because", "005A", "701A"});
    }
    if (random() % 10 == 0) {
        const auto from = moment();
        facts.spans.push_back(
            {"contract", "800A", from, from + std::chrono::hours{24 * 365}, 0, "", "", ""});
    }
    return facts;
}

}  // namespace

int main(int argc, char** argv) {
    const long people = argc > 1 ? std::atol(argv[1]) : 1'000'000;
    auto loaded =
        duet::document::load(preset(DUET_LIFECYCLE_PRESET), {"salesforce", "pardot"}, nullptr);
    const auto* documents = std::get_if<duet::document::Documents>(&loaded);
    if (documents == nullptr) return 1;
    const auto& model = *documents->lifecycle->model;
    const duet::DateTime now = duet::parse_instant("2025-06-01T00:00:00Z").value();
    std::mt19937_64 random(1);
    constexpr long kPool = 10'000;  // different people; the same ones again and again
    std::vector<Facts> pool;
    for (long i = 0; i < kPool; ++i) pool.push_back(somebody(random));
    std::size_t rows = 0;
    const std::clock_t began = std::clock();
    for (long i = 0; i < people; ++i)
        rows += replay(model, pool[static_cast<std::size_t>(i % kPool)], now).rows.size();
    const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    std::printf("%ld people, %zu rows: %.2f s of processor time\n", people, rows, seconds);
    return 0;
}
