#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "daemon/store/store.h"

/// What the store does in a second, on a real file with synchronous=FULL. Aims: 30,000 rows/s
/// for put_seen of new rows in transactions of 10,000; a look-up of one entity under 20 us.
namespace duet::store {
namespace {

constexpr int kRows = 10'000;
const std::vector<std::string> kReferences{"AccountId", "OwnerId"};
const std::vector<std::string> kKeys{"Email"};

/// A new file in a folder of its own.
class File {
public:
    File() {
        std::string path = (std::filesystem::temp_directory_path() / "duet-bench-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) std::abort();
        folder_ = path;
        store_ = *open_sqlite((folder_ / "state.db").string());
        if (!store_->open_org("acme")) std::abort();
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        store_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Store& store() { return *store_; }

private:
    std::filesystem::path folder_;
    std::unique_ptr<Store> store_;
};

/// A contact of 12 fields, about 400 bytes: what the demo's documents read of one.
SeenRow contact(int number, int version) {
    SeenRow row;
    const std::string digits = std::to_string(100'000'000 + number);
    row.record.id = {"Contact", "003xx0" + digits + "AAA"};
    auto& fields = row.record.fields;
    fields.set("AccountId", text("001xx0" + std::to_string(100'000'000 + number / 20) + "AAA"));
    fields.set("Email", text("person." + digits + "@example.com"));
    fields.set("FirstName", text("Ann"));
    fields.set("HasOptedOutOfEmail", false);
    fields.set("LastName", text("Example " + digits));
    fields.set("LeadSource", text("Web"));
    fields.set("MailingCity", text("Springfield"));
    fields.set("MailingCountry", text("United States"));
    fields.set("OwnerId", text("005xx0" + std::to_string(100'000'000 + number % 35) + "AAA"));
    fields.set("Phone", text("+1 555 " + digits));
    fields.set("Title", text("Engineer " + std::to_string(version)));
    fields.set("Score", *decode("n" + std::to_string(number % 100)));
    row.record.modified = DateTime{std::chrono::seconds{1'514'764'800 + version}};
    return row;
}

void put(Store& store, const std::vector<SeenRow>& rows) {
    auto transaction = store.begin();
    for (const SeenRow& row : rows) {
        if (!store.put_seen("acme", row, kReferences, kKeys)) std::abort();
    }
    if (!transaction->commit()) std::abort();
}

std::vector<SeenRow> rows_from(int first, int version) {
    std::vector<SeenRow> rows;
    rows.reserve(kRows);
    for (int i = 0; i < kRows; ++i) rows.push_back(contact(first + i, version));
    return rows;
}

void put_new_rows(benchmark::State& state) {
    File file;
    int first = 0;
    for (auto step : state) {
        state.PauseTiming();
        const auto rows = rows_from(first, 0);
        first += kRows;
        state.ResumeTiming();
        put(file.store(), rows);
    }
    state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(put_new_rows)->Unit(benchmark::kMillisecond)->Iterations(20)->UseRealTime();

void put_edited_rows(benchmark::State& state) {
    File file;
    int version = 0;
    put(file.store(), rows_from(0, version));
    for (auto step : state) {
        state.PauseTiming();
        const auto rows = rows_from(0, ++version);
        state.ResumeTiming();
        put(file.store(), rows);
    }
    state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(put_edited_rows)->Unit(benchmark::kMillisecond)->Iterations(10)->UseRealTime();

void look_up_entities(benchmark::State& state) {
    File file;
    Store& store = file.store();
    {
        auto transaction = store.begin();
        for (int i = 0; i < kRows; ++i) {
            Entity entity;
            entity.id = *store.add_entity("acme", EntityKind::Person);
            entity.kind = EntityKind::Person;
            for (const char* field : {"Email", "FirstName", "LastName", "Phone", "Title"}) {
                entity.agreed[field] = {text("a value"), text("a value")};
            }
            const RecordId id{"Contact", std::to_string(i)};
            if (!store.save_entity("acme", entity)) std::abort();
            if (!store.link("acme", entity.id, Side::Crm, id)) std::abort();
        }
        if (!transaction->commit()) std::abort();
    }
    int next = 0;
    for (auto step : state) {
        next = (next + 7919) % kRows;
        const auto id = store.entity_of("acme", Side::Crm, {"Contact", std::to_string(next)});
        benchmark::DoNotOptimize(store.entity("acme", **id));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(look_up_entities)->Unit(benchmark::kMicrosecond);

void walk_seen_rows(benchmark::State& state) {
    File file;
    put(file.store(), rows_from(0, 0));
    for (auto step : state) {
        std::size_t fields = 0;
        const auto walked =
            file.store().each_seen("acme", Side::Crm, "Contact", [&](const SeenRow& row) {
                fields += row.record.fields.size();
                return true;
            });
        if (!walked) std::abort();
        benchmark::DoNotOptimize(fields);
    }
    state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(walk_seen_rows)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace duet::store

BENCHMARK_MAIN();
