#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "connectors/registry.h"
#include "connectors/sandbox/apis.h"
#include "daemon/store/store.h"
#include "daemon/sync/cycle.h"
#include "daemon/sync/model.h"
#include "daemon/sync/org.h"
#include "mappings/document/load.h"
#include "tests/connectors/help/connector_help.h"
#include "tests/world/crashing_store.h"
#include "tests/world/sandbox_transport.h"
#include "tests/world/vendor_people.h"
#include "tests/world/world.h"

namespace duet::world {

struct VendorWorldOptions {
    std::vector<document::Source> documents{};  // empty: vendor_documents()
    std::chrono::seconds pardot_lag{0};         // how far the sandbox's reads of Pardot lag
    bool first_reads_in_bulk = false;           // history through bulk jobs, whatever its size
    /// Vendors of the test's own, and the way to them; they outlive the world. Empty: the world
    /// has both, in its own process and time.
    sandbox::Apis* apis = nullptr;
    http::Transport* transport = nullptr;
    std::string origin = "https://vendors.test";
};

/// The sandbox's handlers for both vendors, the real connectors, the real store and the real cycle
/// between them, all in one thread and one virtual time. Starts in mode apply with an empty org.
/// A restart is a new process on the same store: connectors sign in and describe anew.
class VendorWorld {
public:
    explicit VendorWorld(VendorWorldOptions options = {});
    VendorWorld(const VendorWorld&) = delete;
    VendorWorld& operator=(const VendorWorld&) = delete;
    ~VendorWorld();

    WorldClock clock;
    SeededRandom random{1};
    sync::CycleSettings settings;
    VendorPeople& people() { return *people_; }
    /// The way to vendors of the world's own.
    SandboxTransport& transport() { return *in_process_; }
    CrashingStore& store() { return *crashing_; }
    sync::Org& org() { return *org_; }
    Connector& connector(Side side) { return *connectors_[side]; }
    const document::Documents& documents() { return documents_; }
    /// Every error that a cycle met when it read, one a line.
    std::string errors;

    /// One cycle, and then 90 s pass. Nothing: the process died in it; it was restarted. Fails the
    /// test when the row balance of law 9 does not hold.
    std::optional<sync::CycleReport> run_cycle();
    /// Cycles until two in a row have done nothing and left nothing in doubt, and what was put
    /// aside was tried once more; the test fails when that never comes.
    void run_until_quiet();
    void restart();
    /// A connector that has not signed in or described anything yet; `more` adds settings.
    std::unique_ptr<Connector> make_connector(Side side, bool first_reads_in_bulk = false);
    std::unique_ptr<Connector> make_connector(Side side, bool first_reads_in_bulk,
                                              const nlohmann::json& more);
    /// Runs `work` on the vendors' state, for what no API of theirs can do. At the world's time.
    void with_vendors(const std::function<void(sandbox::SandboxState&)>& work);
    /// How many writes a plan of this moment holds; nothing is sent.
    std::size_t planned_writes();

    // Shorthands of tests. Each gives the new record's key.
    std::string add_contact(const std::string& email, const std::string& last_name = "Doe");
    std::string add_prospect(const std::string& email, const std::string& last_name = "Doe");
    std::string add_list(const std::string& name);
    /// The one live person of that address on the side, a contact or a lead in the CRM; an empty
    /// key when there is none. The test fails when there are several.
    RecordId with_email(Side side, const std::string& email);
    /// A field of that person as people see it; "" without such a person.
    std::string value(Side side, const std::string& email, const std::string& field);

private:
    void make_org();
    [[nodiscard]] sandbox::Apis& apis() { return own_apis_ ? *own_apis_ : *options_.apis; }

    VendorWorldOptions options_;
    test::SecretFile secret_{"duet-sandbox-secret"};
    std::unique_ptr<sandbox::Apis> own_apis_;
    std::unique_ptr<SandboxTransport> in_process_;
    std::unique_ptr<VendorPeople> people_;
    document::Documents documents_;
    std::unique_ptr<sync::Model> model_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<CrashingStore> crashing_;
    PerSide<std::unique_ptr<Connector>> connectors_;
    std::unique_ptr<sync::Org> org_;
};

/// People matched by address and created on both sides, with a two-way field of each kind of
/// winner, a consent field, a stage and one list ("Buyers", for titles that hold "Buyer").
[[nodiscard]] std::vector<document::Source> vendor_documents();

/// A connector to a sandbox; `secret_file` holds its client's secret. `more`: settings besides.
[[nodiscard]] std::unique_ptr<Connector> make_vendor_connector(Side side, const std::string& origin,
                                                               const std::string& secret_file,
                                                               const nlohmann::json& more,
                                                               const ConnectorContext& context);

/// What the connectors discover of the empty org of tests/world/vendor_seed; asked for once in a
/// process.
[[nodiscard]] const PerSide<Catalog>& vendor_catalogs();

/// The sandbox of tests/world/vendor_seed at 2018-01-02, with a clock that stands still.
[[nodiscard]] sandbox::SandboxOptions vendor_options();

}  // namespace duet::world
