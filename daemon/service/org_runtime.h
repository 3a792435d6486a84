#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "connectors/registry.h"
#include "daemon/service/config.h"
#include "daemon/service/engine.h"
#include "daemon/sync/model.h"

namespace duet::service {

/// One org at work: its connectors, and, once discovered, its catalogs, documents and model.
class OrgRuntime {
public:
    struct Shared {
        store::Store& store;
        http::Transport& transport;
        Clock& clock;
        Random& random;
    };

    /// Reads and checks the documents (without catalogs) and makes the connectors.
    static std::variant<std::unique_ptr<OrgRuntime>, StartError> make(const OrgConfig& config,
                                                                      const Shared& shared);

    /// Signs in, describes both sides and checks the documents against them. Once; again after
    /// `forget_catalogs`. What was described is kept in the store for recall().
    std::optional<StartError> discover(std::stop_token stop);
    /// As discover(), and whether both sides are fit for what the documents do there: types and
    /// sizes of the fields that ship with Duet, and the user's rights.
    std::optional<StartError> check(std::stop_token stop);
    /// What the org lacks and Duet works without; live_setup.h. Call after check().
    Result<std::vector<document::Finding>> advise(std::stop_token stop);
    void forget_catalogs() noexcept { discovered_ = false; }
    /// While writes are refused or values do not fit, describes both sides once more every hour:
    /// what is mended there frees them. A side that is away changes nothing.
    void look_again(std::stop_token stop);

    /// Makes the org ready to be looked at, by what both sides were when they were last described:
    /// no vendor is asked. False when they never were, or the documents do not fit them.
    bool recall();
    /// Whether the documents are those of the last cycle, by which the store was decided.
    [[nodiscard]] bool are_documents_in_force() const;

    /// Other documents for the same org, checked against both sides as last described.
    struct Trial {
        document::Documents documents;
        std::unique_ptr<sync::Model> model;
    };
    using TrialResult = std::variant<std::unique_ptr<Trial>, StartError>;
    /// Call after a good discover() or recall().
    [[nodiscard]] TrialResult try_documents(std::vector<document::Source> sources) const;

    /// The org as a cycle wants it. Call after a good discover(); after recall() to look only.
    [[nodiscard]] sync::Org org() const;
    /// The same with other documents, to look only.
    [[nodiscard]] sync::Org org(const Trial& trial) const;
    [[nodiscard]] const PerSide<Catalog>& catalogs() const noexcept { return catalogs_; }

    [[nodiscard]] const OrgConfig& config() const noexcept { return config_; }
    [[nodiscard]] const SideNames& names() const noexcept { return names_; }
    [[nodiscard]] Connector& connector(Side side) const { return *connectors_[side]; }
    [[nodiscard]] const document::Documents& documents() const noexcept { return documents_; }

private:
    OrgRuntime(OrgConfig config, const Shared& shared)
        : config_(std::move(config)), shared_(shared) {}

    /// What is wrong with the documents, or with a side's settings, is added to `findings`.
    void read_rules(std::vector<document::Finding>& findings);
    void make_connector(Side side, std::vector<document::Finding>& findings);
    std::optional<StartError> describe(std::stop_token stop);
    Status keep_catalogs();

    OrgConfig config_;
    Shared shared_;
    SideNames names_;
    std::vector<document::Source> sources_;
    document::Documents documents_;
    PerSide<std::unique_ptr<Connector>> connectors_;
    PerSide<Catalog> catalogs_;
    std::unique_ptr<sync::Model> model_;
    bool discovered_ = false;
    Instant described_at_{};
};

}  // namespace duet::service
