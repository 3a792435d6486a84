#include <stdexcept>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_currency.h"
#include "connectors/sandbox/salesforce_influence.h"
#include "connectors/sandbox/salesforce_setup.h"

namespace duet::sandbox {

namespace {

bool is_empty(SandboxState& state, const char* object) {
    return !state.database.prepare(std::string("SELECT 1 FROM \"") + object + "\" LIMIT 1").step();
}

void add_row(SandboxState& state, const char* object, const char* id,
             const std::vector<std::pair<const char*, SqlValue>>& values) {
    Row row(table_of(state, object));
    std::set<std::string> given;
    for (const auto& [field, value] : values) {
        row.set(field, value);
        given.insert(field);
    }
    if (id != nullptr) row.set("Id", id18(id));
    const auto why =
        store_seeded(state, row, std::move(given), state.clock.now_iso(), first_user(state));
    if (why) throw std::logic_error(*why);
}

}  // namespace

void add_stock_stages(SandboxState& state) {
    if (!is_empty(state, "OpportunityStage")) return;
    struct Stage {
        const char* label;
        std::int64_t probability;
        const char* category;
    };
    static constexpr Stage kStages[] = {{"Prospecting", 10, "Pipeline"},
                                        {"Qualification", 10, "Pipeline"},
                                        {"Needs Analysis", 20, "Pipeline"},
                                        {"Value Proposition", 50, "Pipeline"},
                                        {"Id. Decision Makers", 60, "Pipeline"},
                                        {"Perception Analysis", 70, "Pipeline"},
                                        {"Proposal/Price Quote", 75, "Pipeline"},
                                        {"Negotiation/Review", 90, "Pipeline"},
                                        {"Closed Won", 100, "Closed"},
                                        {"Closed Lost", 0, "Omitted"}};
    std::int64_t order = 0;
    for (const Stage& stage : kStages) {
        const std::string label = stage.label;
        const std::int64_t closed = label.starts_with("Closed") ? 1 : 0;
        add_row(state, "OpportunityStage", nullptr,
                {{"MasterLabel", label},
                 {"ApiName", label},
                 {"IsActive", std::int64_t{1}},
                 {"SortOrder", ++order},
                 {"IsClosed", closed},
                 {"IsWon", std::int64_t{label == "Closed Won" ? 1 : 0}},
                 {"ForecastCategory", stage.category},
                 {"ForecastCategoryName", stage.category},
                 {"DefaultProbability", stage.probability}});
    }
}

void add_stock_rows(SandboxState& state) {
    if (is_empty(state, "User")) {
        add_row(state, "User", "005SB00000uSeRx",
                {{"Username", "sync@duet.example"},
                 {"LastName", "User"},
                 {"FirstName", "Sync"},
                 {"Alias", "sync"},
                 {"Email", "sync@duet.example"}});
    }
    if (is_empty(state, "Organization")) {
        add_row(state, "Organization", "00DSB0000004321",
                {{"Name", "Duet Sandbox"},
                 {"OrganizationType", "Developer Edition"},
                 {"InstanceName", "SBX1"},
                 {"FiscalYearStartMonth", std::int64_t{1}},
                 {"IsSandbox", std::int64_t{1}}});
    }
    add_stock_currency(state);
    add_stock_models(state);
    add_stock_stages(state);
    if (is_empty(state, "Pricebook2")) {
        add_row(state, "Pricebook2", nullptr,
                {{"Name", "Standard Price Book"},
                 {"IsActive", std::int64_t{1}},
                 {"IsStandard", std::int64_t{1}}});
    }
    auto organization = state.database.prepare("SELECT Id FROM Organization");
    if (organization.step()) state.set_setting("organization_id", organization.text(0));
}

}  // namespace duet::sandbox
