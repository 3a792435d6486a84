#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/http/transport.h"
#include "daemon/service/config.h"
#include "daemon/sync/consent.h"
#include "daemon/sync/cycle.h"

namespace duet::service {

/// What went wrong while starting: findings for people, or one sentence.
struct StartError {
    std::vector<document::Finding> findings;
    Error error;
    int exit_code = 78;  // sysexits: 78 configuration, 75 try again, 70 bug
    [[nodiscard]] std::string render(std::string_view config_file) const;
    /// The last line of that: how many findings there are, and how to check again.
    [[nodiscard]] std::string ending(std::string_view config_file) const;
};

/// Everything that runs orgs: the store, the connectors, the documents, the clock. The daemon owns
/// one for its life; a command owns one while no daemon runs. One thread.
///
/// Answers are JSON, the same for the socket and for `--json`; daemon/admin/README.md lists them.
class Engine {
public:
    ~Engine();

    /// Opens the store (and takes its lock) and prepares every org; talks to no vendor yet.
    static std::variant<std::unique_ptr<Engine>, StartError> start(Config config);

    /// Calls this before and after each call to a vendor, on whichever thread makes it.
    void on_call(std::function<void()> note);
    [[nodiscard]] const Config& config() const noexcept;
    [[nodiscard]] Clock& clock() noexcept;
    [[nodiscard]] std::vector<std::string> orgs() const;

    /// Replaces documents and settings when all of them are good; else changes nothing.
    std::optional<StartError> reload(Config config);

    /// Signs in to both sides of every org and checks the documents against them; writes nothing.
    std::optional<StartError> check_live(std::stop_token stop);
    /// What orgs lack and Duet works without, each with its place and how to mend it. Call after
    /// check_live(); of orgs whose documents do not fit nothing is told.
    Result<std::vector<document::Finding>> advise_live(std::stop_token stop);

    /// One cycle, in the org's mode or in mode `as`. Signs in and discovers first, where that has
    /// not happened yet.
    Result<sync::CycleReport> run_cycle(
        std::string_view org, std::string trigger, std::stop_token stop,
        const std::function<void(const sync::Progress&)>& progress = {},
        std::optional<store::Mode> as = {});

    nlohmann::json status();
    /// What would be written now: see sync/plan_json.h. `pull`: look for changes first (without
    /// writing).
    Result<nlohmann::json> plan(std::string_view org, bool pull, std::stop_token stop);
    /// Applies just the plan under "plan": see sync/apply_plan.h.
    Result<nlohmann::json> apply(const nlohmann::json& body, std::stop_token stop);
    /// Sets the org's mode unless `wanted` is empty, and tells it. Refused (DUET-6072) when the
    /// configuration names another.
    Result<nlohmann::json> mode(std::string_view org, std::string_view wanted);
    /// Pauses, or resumes, what "what" names: see what_to_pause in plan_answers.h.
    Result<nlohmann::json> pause(const nlohmann::json& body, bool resume);
    [[nodiscard]] bool is_paused(std::string_view org);
    /// The commands about plans, modes, pauses and the brake, by their names on the socket; nothing
    /// when `command` is none of them.
    std::optional<Result<nlohmann::json>> operate(const std::string& command,
                                                  const nlohmann::json& body, std::stop_token stop);
    /// What is asked about people and their history: see person.h. `body` names the org.
    Result<nlohmann::json> person(std::string_view command, const nlohmann::json& body,
                                  std::stop_token stop);
    /// What each rule does for one record, as last seen; writes nothing. `body`: "org", "who",
    /// "set" (a map of field -> text that the record is taken to hold).
    Result<nlohmann::json> preview(const nlohmann::json& body, std::stop_token stop);
    /// What other documents would do to the whole org, as last seen; stores nothing. `body`: "org",
    /// "sources" (a list of {file, text}), "samples". `on_step` is called every so often.
    Result<nlohmann::json> plan_documents(const nlohmann::json& body, std::stop_token stop,
                                          const std::function<void()>& on_step = {});
    /// What one cycle wrote.
    Result<nlohmann::json> history(std::string_view org, store::CycleId cycle);
    /// Takes back a person's opt-out: see sync/consent.h.
    Result<nlohmann::json> allow_back_in(std::string_view org, std::string_view who,
                                         std::string_view field, const sync::Permission& permission,
                                         std::stop_token stop);
    /// What was put aside, and people's word on it: see quarantine.h.
    Result<nlohmann::json> quarantine(const nlohmann::json& body, std::stop_token stop);
    /// How both sides meet, the review queue, and people's words on it: see service/match.h.
    Result<nlohmann::json> match(const nlohmann::json& body, std::stop_token stop);
    /// Lets go what the brake holds of the kind, as it is shown now; how many writes. `up_to`: at
    /// most so many (DUET-6016 when there are more); 0: all that is shown.
    Result<std::int64_t> release_brake(std::string_view org, std::string_view kind,
                                       std::int64_t up_to = 0);
    /// Rehearsals only: sets the fixed clock. Refused when the clock is the machine's.
    Status set_clock(Instant now);

private:
    Status refuse_paused(std::string_view org);
    Status make_visible(std::string_view org, std::stop_token stop);
    struct Impl;
    explicit Engine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace duet::service
