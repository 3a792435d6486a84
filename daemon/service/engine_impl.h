#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/service/clocks.h"
#include "daemon/service/engine.h"
#include "daemon/service/org_runtime.h"

/// What the parts of the engine share; nobody else includes this.
namespace duet::service {

struct Engine::Impl {
    Config config;
    std::unique_ptr<FixedClock> fixed_clock;
    SystemClock system_clock;
    SystemRandom random;
    std::function<void()> on_call;  // before and after each call to a vendor
    std::unique_ptr<http::Transport> transport;
    std::unique_ptr<store::Store> store;
    std::vector<std::unique_ptr<OrgRuntime>> orgs;

    Clock& clock() { return fixed_clock ? static_cast<Clock&>(*fixed_clock) : system_clock; }

    OrgRuntime* find(std::string_view name) {
        for (auto& org : orgs) {
            if (org->config().name == name || (name.empty() && orgs.size() == 1)) return org.get();
        }
        return nullptr;
    }

    /// Makes all orgs of `wanted`, or says what is wrong; touches nothing else.
    std::variant<std::vector<std::unique_ptr<OrgRuntime>>, StartError> make_orgs(
        const Config& wanted, http::Transport& through);
    std::optional<StartError> open_orgs();
    nlohmann::json status_of_unknown(const OrgRuntime& runtime);
};

[[nodiscard]] Error no_such_org(std::string_view org);

/// Why an org cannot be looked at: findings in its documents, or a vendor that is away.
[[nodiscard]] Error to_error(StartError error, const std::string& config_file);

}  // namespace duet::service
