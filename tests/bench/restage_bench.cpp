// People re-staged through the store: the model that ships, people stored as a first load leaves
// them, and the cycle that decides everybody anew, as it does after other documents. Nothing is
// written to a vendor. Prints a table; no figure fails anything.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/sync/cycle.h"
#include "daemon/trial/fields.h"
#include "mappings/document/findings.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/reader.h"
#include "mappings/lifecycle/replay.h"
#include "mappings/lifecycle/values.h"
#include "tests/bench/bench_help.h"
#include "tests/world/world.h"

namespace duet::bench {
namespace {

using namespace std::chrono_literals;
using store::EntityId;
using world::World;

constexpr const char* kOrg = "acme";
constexpr std::size_t kPeopleAnAccount = 10;
constexpr std::size_t kPeopleADeal = 10;
constexpr std::size_t kPeopleATransaction = 5'000;
constexpr std::size_t kVisits = 3;  // of each; beside them a task, and for some a deal
// Who is worked out in memory: so many different people, again and again.
constexpr std::size_t kPeopleInMemory = 10'000;
constexpr std::size_t kWorkedOut = 1'000'000;

// Fields that would be written are another matter: here nothing but the stage is worked out.
constexpr const char* kPeople =
    "entity: person\nmatch: [crm_id, email]\nfields:\n"
    "  - { salesforce: Email, pardot: email, winner: salesforce }\n";

// A rule of the model, and another in its place by which others move, and at other times.
constexpr const char* kRule = "to: DORMANT, days: 180";
constexpr const char* kOtherRule = "to: DORMANT, days: 20";

std::string preset(const std::string& file) {
    return content_of(std::string(DUET_LIFECYCLE_PRESET) + "/" + file);
}

std::vector<document::Source> documents() {
    std::vector<document::Source> all{{"people.yaml", kPeople}};
    for (const char* file : {"accounts.yaml", "lifecycle.yaml", "opportunities.yaml"})
        all.push_back({file, preset(file)});
    return all;
}

std::vector<document::Source> other_documents() {
    auto all = documents();
    for (document::Source& source : all) {
        const auto at = source.text.find(kRule);
        if (at != std::string::npos) source.text.replace(at, std::string(kRule).size(), kOtherRule);
    }
    return all;
}

/// What an org has that uses the preset.
void use_its_fields(PerSide<Catalog>& catalogs) {
    catalogs = cli::standard_catalogs();
    const document::SourceText text("fields.test.yaml", preset("fields.test.yaml"));
    document::Findings findings;
    findings.know(text);
    const document::Node tree = document::parse_tree(text, findings);
    document::MapReader map(tree, "a test document", findings);
    const document::Node* fields = map.find("fields");
    if (fields == nullptr) give_up("no fields are declared");
    trial::declare_fields(*fields, {"salesforce", "pardot"}, catalogs, findings);
    if (!findings.empty()) give_up("the declared fields cannot be read");
}

world::WorldOptions options() {
    world::WorldOptions options;
    options.store_in_file = true;
    options.documents = documents();
    options.adjust_catalogs = use_its_fields;
    return options;
}

using Given = std::map<std::string, Value>;

/// People with what happened to them within a year; always the same ones.
class Crowd {
public:
    explicit Crowd(World& world)
        : world_(world), now_(std::chrono::floor<std::chrono::milliseconds>(world.clock.now())) {}

    void add(std::size_t people) {
        for (std::size_t from = 0; from < people; from += kPeopleATransaction) {
            auto transaction = good(world_.store().begin());
            for (std::size_t i = from; i < std::min(people, from + kPeopleATransaction); ++i)
                add_person(i);
            good(transaction.commit());
        }
    }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// What happened to the first of them, as the model's events.
    [[nodiscard]] const std::vector<lifecycle::Facts>& facts() const noexcept { return facts_; }

private:
    /// An event of who is being added; `order` is of its source.
    void tell(const char* name, DateTime at, int order, const std::string& record) {
        if (is_told_) facts_.back().events.push_back({at, order, record, name, {}, {}, {}});
    }

    DateTime moment() { return now_ - std::chrono::minutes{random_() % (365 * 24 * 60)}; }

    /// With all fields that are pulled of the object, those that are not given blank.
    void put(Side side, std::string_view object, const std::string& key, const Given& given) {
        const sync::ObjectModel* model = world_.org().model.find(side, object);
        if (model == nullptr) give_up("the documents read no " + std::string(object));
        store::SeenRow row;
        row.side = side;
        row.record.id = {model->info->name, key};
        row.record.modified = now_ - 24h;
        for (const std::string& field : model->selection.fields) {
            const auto found = given.find(field);
            const bool is_key = same_name(field, "id");
            row.record.fields.set(field, is_key                 ? text(key)
                                         : found == given.end() ? Value{}
                                                                : found->second);
        }
        good(world_.store().put_seen(kOrg, row, model->references, model->keys));
        ++rows_;
    }

    void add_person(std::size_t i) {
        const std::string contact = fmt::format("003{:012}AAA", i);
        const std::string account = fmt::format("001{:012}AAA", i / kPeopleAnAccount);
        const std::string prospect = std::to_string(i + 1);
        const Value email = text(fmt::format("person{}@example.com", i));
        const DateTime made = now_ - std::chrono::hours{24 * 365};
        is_told_ = i < kPeopleInMemory;
        if (is_told_) facts_.emplace_back();
        tell("known", made, 0, contact);
        tell("known", made, 1, prospect);
        if (i % kPeopleAnAccount == 0)
            put(Side::Crm, "Account", account, {{"Name", text(fmt::format("Company {}", i))}});
        put(Side::Crm, "Contact", contact,
            {{"Email", email}, {"AccountId", text(account)}, {"CreatedDate", Value{made}}});
        put(Side::Marketing, "prospect", prospect,
            {{"email", email},
             {"score", Value{Decimal{static_cast<long>(random_() % 130)}}},
             {"grade", text(random_() % 4 == 0 ? "B+" : "C")},
             {"createdAt", Value{made}}});
        for (std::size_t visit = 0; visit < kVisits; ++visit) {
            const bool is_form = random_() % 8 == 0;
            const std::string key = std::to_string(i * kVisits + visit + 1);
            const DateTime at = moment();
            put(Side::Marketing, "visitor-activity", key,
                {{"prospectId", text(prospect)},
                 {"type", Value{Decimal{is_form ? 4 : 2}}},
                 {"details", text(is_form ? "Contact us" : "Products")},
                 {"createdAt", Value{at}}});
            if (is_form) tell("hand_raise", at, 4, key);
            tell("activity", at, 5, key);
        }
        const std::string task = fmt::format("00T{:012}AAA", i);
        const DateTime done = moment();
        put(Side::Crm, "Task", task,
            {{"WhoId", text(contact)},
             {"IsClosed", Value{true}},
             {"CompletedDateTime", Value{done}}});
        tell("outreach", done, 2, task);
        tell("touch", done, 3, task);
        if (i % kPeopleADeal == 0) add_deal(i, contact, account);
        const EntityId id = good(world_.store().add_entity(kOrg, EntityKind::Person));
        good(world_.store().link(kOrg, id, Side::Crm, {"Contact", contact}));
        good(world_.store().link(kOrg, id, Side::Marketing, {"prospect", prospect}));
    }

    void add_deal(std::size_t i, const std::string& contact, const std::string& account) {
        const std::string deal = fmt::format("006{:012}AAA", i);
        const DateTime opened = moment();
        const Value made{opened};
        const bool is_won = i % 4 == 0;
        put(Side::Crm, "Opportunity", deal,
            {{"AccountId", text(account)},
             {"CreatedDate", made},
             {"CloseDate", Value{std::chrono::floor<std::chrono::days>(now_)}},
             {"IsClosed", Value{is_won}},
             {"IsWon", Value{is_won}},
             {"StageName", text(is_won ? "Closed Won" : "Prospecting")}});
        tell("deal_opened", opened, -2, deal);
        if (is_won) tell("deal_won", now_, -1, deal);
        put(Side::Crm, "OpportunityContactRole", fmt::format("00K{:012}AAA", i),
            {{"OpportunityId", text(deal)}, {"ContactId", text(contact)}, {"CreatedDate", made}});
    }

    World& world_;
    DateTime now_;
    std::mt19937_64 random_{1};
    std::size_t rows_ = 0;
    std::vector<lifecycle::Facts> facts_{};
    bool is_told_ = false;  // of who is being added, what happened is kept
};

template <class Work>
void measure(std::size_t people, const char* what, Work&& work) {
    const std::clock_t computed = std::clock();
    const auto began = std::chrono::steady_clock::now();
    const std::string told = work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const double cpu = static_cast<double>(std::clock() - computed) / CLOCKS_PER_SEC;
    fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.1f} | {:.0f} | {} |\n", people, what, took.count(),
               cpu, cpu * 1e6 / static_cast<double>(people), peak_megabytes(), told);
    std::fflush(stdout);
}

std::map<std::string, std::size_t> stages(World& world, std::size_t people) {
    std::map<std::string, std::size_t> found;
    for (EntityId id = 1; id <= static_cast<EntityId>(people); ++id)
        ++found[good(world.store().entity(kOrg, id))->stage];
    return found;
}

/// How many stand elsewhere, at least: some may have changed places.
std::string differences(const std::map<std::string, std::size_t>& before,
                        const std::map<std::string, std::size_t>& after) {
    std::string told;
    for (const auto& [stage, count] : after) {
        const auto was = before.find(stage);
        const std::size_t old = was == before.end() ? 0 : was->second;
        if (old != count)
            told += fmt::format("{}{} {} -> {}", told.empty() ? "" : ", ", stage, old, count);
    }
    return told.empty() ? "everybody as before" : told;
}

/// What the model makes of them, with nothing read and nothing kept.
void work_out(World& world, const std::vector<lifecycle::Facts>& facts) {
    const lifecycle::Model& model = *world.org().model.documents().lifecycle->model;
    const DateTime now = std::chrono::floor<std::chrono::milliseconds>(world.clock.now());
    measure(kWorkedOut, "worked out in memory alone", [&] {
        std::size_t rows = 0;
        std::size_t values = 0;
        for (std::size_t i = 0; i < kWorkedOut; ++i) {
            const lifecycle::Facts& one = facts[i % facts.size()];
            const lifecycle::History history = lifecycle::replay(model, one, now);
            rows += history.rows.size();
            values += lifecycle::values_of(model, history, one, now).size();
        }
        return fmt::format("{} rows of history, {} values", rows, values);
    });
}

void run(std::size_t people) {
    World world(options());
    world.settings.compare_every = std::chrono::seconds{0};  // the vendors hold nobody
    world.restart();
    Crowd crowd(world);
    measure(people, "made", [&] {
        crowd.add(people);
        return fmt::format("{} rows", crowd.rows());
    });
    std::map<std::string, std::size_t> before;
    const auto decide = [&](const char* what) {
        measure(people, what, [&] {
            sync::Cycle cycle(world.org(), "bench");
            const auto report = good(cycle.run({}));
            if (report.decisions != static_cast<std::int64_t>(people))
                give_up(fmt::format("{} were decided", report.decisions));
            return report.warnings.empty() ? std::string{} : report.warnings.front();
        });
        auto after = stages(world, people);
        fmt::print("# {}\n", differences(before, after));
        before = std::move(after);
        world.clock.pass(5min);
    };
    good(world.store().mark_all_dirty(kOrg, "bench"));
    decide("staged for the first time");
    good(world.store().mark_all_dirty(kOrg, "bench"));
    decide("re-staged, nobody moves");
    world.change_documents(other_documents());
    decide("re-staged by another rule");
    work_out(world, crowd.facts());
}

}  // namespace
}  // namespace duet::bench

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    for (int i = 1; i < argc; ++i) {
        const long people = std::atol(argv[i]);
        if (people < 1) {
            std::cerr << "usage: duet_restage_bench [people...]   (default: 10000 100000)\n";
            return 64;
        }
        sizes.push_back(static_cast<std::size_t>(people));
    }
    if (sizes.empty()) sizes = {10'000, 100'000};
    fmt::print(
        "| people | | seconds | computed | a person, microseconds | peak MB | |\n"
        "|---|---|---|---|---|---|---|\n");
    for (const std::size_t people : sizes) duet::bench::run(people);
    return 0;
}
