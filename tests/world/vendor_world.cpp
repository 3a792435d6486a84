#include "tests/world/vendor_world.h"

#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/world/good.h"
#include "tests/world/quiet.h"

namespace duet::world {
namespace {

using nlohmann::json;

// Salesforce refuses a lead without a last name or a company.
constexpr const char* kPeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: FirstName, pardot: firstName, winner: salesforce }
  - { salesforce: LastName, pardot: lastName, winner: pardot }
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { salesforce: Phone, pardot: phone, winner: most_recent, blank: propagate }
  - { salesforce: Title, pardot: jobTitle, winner: most_recent }
  - { name: company_of_contact, salesforce: { contact: Account.Name }, pardot: company, direction: to_pardot }
  - { name: company_of_lead, salesforce: { lead: Company }, pardot: company, winner: salesforce }
  - { salesforce: HasOptedOutOfEmail, pardot: optedOut, consent: strictest }
  - { name: stage, salesforce: Duet_Stage__c, pardot: duet_stage__c, direction: both, value: Duet.Stage }
create:
  pardot:
    when: NOT(ISBLANK(Email))
    object: prospect
    key: email
  salesforce:
    when: AND(NOT(ISBLANK(Prospect.email)), NOT(ISBLANK(Prospect.lastName)), NOT(ISBLANK(Prospect.company)))
    object: Lead
    key: Duet_Key__c
)";

constexpr const char* kLists = R"(lists:
  - pardot_list: Buyers
    member_when: CONTAINS(Title, "Buyer")
    suppress_when: OR(HasOptedOutOfEmail, Prospect.optedOut)
)";

constexpr const char* kLifecycle = R"(lifecycle:
  stages:
    - { name: BUYER, rank: 20, when: 'CONTAINS(Title, "Buyer")' }
    - { name: KNOWN, rank: 10, when: "TRUE" }
)";

document::Documents load_documents(const std::vector<document::Source>& sources) {
    auto loaded = document::load(sources, {"salesforce", "pardot"}, &vendor_catalogs());
    if (const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded)) {
        std::string all;
        for (const auto& finding : *findings) all += document::render(finding);
        throw std::runtime_error(all);
    }
    return std::get<document::Documents>(std::move(loaded));
}

json settings_of(std::string_view kind, const std::string& origin, const std::string& secret_file) {
    json made{{"login_url", origin},
              {"auth",
               {{"flow", "client_credentials"},
                {"client_id", "duet-sandbox-client"},
                {"client_secret_file", secret_file}}}};
    if (kind == "pardot") {
        made["base_url"] = origin;
        made["business_unit_id"] = "0UvSB0000000001AAA";
    }
    return made;
}

}  // namespace

std::unique_ptr<Connector> make_vendor_connector(Side side, const std::string& origin,
                                                 const std::string& secret_file, const json& more,
                                                 const ConnectorContext& context) {
    const char* kind = side == Side::Crm ? "salesforce" : "pardot";
    json made = settings_of(kind, origin, secret_file);
    made.update(more);
    return good(find_connector_kind(kind)->make(made, context));
}

std::vector<document::Source> vendor_documents() {
    return {{"people.yaml", kPeople}, {"lists.yaml", kLists}, {"lifecycle.yaml", kLifecycle}};
}

static PerSide<Catalog> discover_both() {
    const WorldClock clock;
    SeededRandom random(1);
    const test::SecretFile secret("duet-sandbox-secret");
    sandbox::Apis apis(vendor_options());
    SandboxTransport transport(apis, clock);
    PerSide<Catalog> catalogs;
    for (const Side side : kSides) {
        auto connector = make_vendor_connector(side, "https://vendors.test", secret.path(),
                                               json::object(), {clock, random, transport, kOrg});
        catalogs[side] = good(connector->discover({}));
    }
    return catalogs;
}

const PerSide<Catalog>& vendor_catalogs() {
    static const PerSide<Catalog> catalogs = discover_both();
    return catalogs;
}

sandbox::SandboxOptions vendor_options() {
    sandbox::SandboxOptions made;
    made.seed_folder = DUET_SOURCE_DIR "/tests/world/vendor_seed";
    made.clock_start = "2018-01-02T00:00:00Z";
    made.clock_running = false;
    return made;
}

VendorWorld::VendorWorld(VendorWorldOptions options)
    : options_(std::move(options)),
      own_apis_(options_.apis != nullptr ? nullptr
                                         : std::make_unique<sandbox::Apis>(vendor_options())),
      in_process_(own_apis_ ? std::make_unique<SandboxTransport>(*own_apis_, clock) : nullptr),
      people_(std::make_unique<VendorPeople>(apis(), clock)),
      documents_(
          load_documents(options_.documents.empty() ? vendor_documents() : options_.documents)),
      model_(std::make_unique<sync::Model>(documents_, vendor_catalogs())),
      store_(good(store::open_sqlite(":memory:"))),
      crashing_(std::make_unique<CrashingStore>(*store_)) {
    if (options_.pardot_lag.count() > 0) {
        people_->control("settings", {{"pardot.read_lag_seconds", options_.pardot_lag.count()}});
    }
    good(store_->open_org(kOrg));
    good(store_->set_mode(kOrg, store::Mode::Apply));
    make_org();
}

VendorWorld::~VendorWorld() = default;

std::unique_ptr<Connector> VendorWorld::make_connector(Side side, bool first_reads_in_bulk) {
    return make_connector(side, first_reads_in_bulk, json::object());
}

std::unique_ptr<Connector> VendorWorld::make_connector(Side side, bool first_reads_in_bulk,
                                                       const json& more) {
    json made = json::object();
    if (side == Side::Crm) {
        made["bulk_poll_seconds"] = 0;
        made["bulk_threshold_rows"] = first_reads_in_bulk ? 1 : 1'000'000;
    }
    made.update(more);
    http::Transport& transport = in_process_ ? *in_process_ : *options_.transport;
    return make_vendor_connector(side, options_.origin, secret_.path(), made,
                                 {clock, random, transport, kOrg});
}

void VendorWorld::with_vendors(const std::function<void(sandbox::SandboxState&)>& work) {
    people_->set_clock();
    apis().with_state(work);
}

void VendorWorld::make_org() {
    for (const Side side : kSides) {
        connectors_[side] = make_connector(side, options_.first_reads_in_bulk);
    }
    org_ = std::make_unique<sync::Org>(
        sync::Org{kOrg,
                  settings,
                  *model_,
                  {connectors_[Side::Crm].get(), connectors_[Side::Marketing].get()},
                  *crashing_,
                  clock,
                  random,
                  {}});
}

void VendorWorld::restart() {
    org_.reset();
    crashing_ = std::make_unique<CrashingStore>(*store_);
    good(store_->open_org(kOrg));
    good(store_->doubt_all(kOrg));
    make_org();
}

std::optional<sync::CycleReport> VendorWorld::run_cycle() {
    org_->settings = settings;
    return run_one_cycle({*org_, clock, errors, true, [this] { restart(); }});
}

void VendorWorld::run_until_quiet() {
    run_cycles_until_quiet([this] { return run_cycle(); },
                           [this]() -> store::Store& { return *store_; }, kOrg, clock, errors);
}

std::size_t VendorWorld::planned_writes() {
    std::size_t writes = 0;
    good(sync::plan_only(
        *org_, [&writes](const sync::EntityPlan& plan) { writes += plan.writes.size(); }, {}));
    return writes;
}

std::string VendorWorld::add_contact(const std::string& email, const std::string& last_name) {
    return people_->add("Contact", {{"Email", email}, {"LastName", last_name}});
}

std::string VendorWorld::add_prospect(const std::string& email, const std::string& last_name) {
    return people_->add("prospect",
                        {{"email", email}, {"lastName", last_name}, {"company", "Acme"}});
}

std::string VendorWorld::add_list(const std::string& name) {
    return people_->add("list", {{"name", name}});
}

RecordId VendorWorld::with_email(Side side, const std::string& email) {
    std::vector<RecordId> found;
    const auto look = [&](const char* object, const char* field) {
        for (std::string& key : people_->keys_with(object, field, email)) {
            found.push_back({object, std::move(key)});
        }
    };
    if (side == Side::Crm) {
        look("Contact", "Email");
        look("Lead", "Email");
    } else {
        look("prospect", "email");
    }
    EXPECT_LE(found.size(), 1u) << email << " is there more than once";
    return found.empty() ? RecordId{} : found.front();
}

std::string VendorWorld::value(Side side, const std::string& email, const std::string& field) {
    const RecordId id = with_email(side, email);
    return id.key.empty() ? "" : people_->rows(id.object, {field}).at(id.key).at(field);
}

}  // namespace duet::world
