#pragma once

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
    /// `forget_catalogs`.
    std::optional<StartError> discover(std::stop_token stop);
    void forget_catalogs() noexcept { model_.reset(); }
    [[nodiscard]] bool is_discovered() const noexcept { return model_ != nullptr; }

    /// The org as a cycle wants it. Call after a good discover().
    [[nodiscard]] sync::Org org() const;

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

    OrgConfig config_;
    Shared shared_;
    SideNames names_;
    std::vector<document::Source> sources_;
    document::Documents documents_;
    PerSide<std::unique_ptr<Connector>> connectors_;
    PerSide<Catalog> catalogs_;
    std::unique_ptr<sync::Model> model_;
};

}  // namespace duet::service
