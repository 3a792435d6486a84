#include "daemon/service/engine.h"

#include <filesystem>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/engine_impl.h"
#include "daemon/service/log.h"
#include "daemon/service/match.h"
#include "daemon/service/person.h"
#include "daemon/service/plan_answers.h"
#include "daemon/service/preview.h"
#include "daemon/service/quarantine.h"
#include "daemon/sync/upkeep.h"
#include "daemon/version.h"
#include "mappings/document/lists.h"

namespace duet::service {
namespace {

using nlohmann::json;

StartError failed(Error error, int exit_code) {
    StartError made;
    made.error = std::move(error);
    made.exit_code = exit_code;
    return made;
}

/// Tells when calls to vendors begin and end. `note` may be set while none is under way.
class NotedTransport final : public http::Transport {
public:
    NotedTransport(std::unique_ptr<http::Transport> inner, const std::function<void()>& note)
        : inner_(std::move(inner)), note_(note) {}
    Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
        if (note_) note_();
        auto answer = inner_->send(request, std::move(stop));
        if (note_) note_();
        return answer;
    }

private:
    std::unique_ptr<http::Transport> inner_;
    const std::function<void()>& note_;
};

std::optional<StartError> make_transport(Config& config, const std::function<void()>& note,
                                         std::unique_ptr<http::Transport>& transport) {
    config.http.user_agent = "duet/" + std::string(version());
    try {
        transport = std::make_unique<NotedTransport>(http::make_transport(config.http), note);
    } catch (const std::exception& problem) {
        return failed({ErrorKind::Broken, problem.what(), "DUET-1017", "", {}}, 78);
    }
    return std::nullopt;
}

/// A fixed clock is for rehearsals: every address in the settings must be on loopback.
bool is_on_loopback(const std::string& settings) {
    const auto parsed = json::parse(settings, nullptr, false);
    bool local = true;
    const std::function<void(const json&)> look = [&](const json& node) {
        if (node.is_structured()) {
            for (const auto& item : node) look(item);
        } else if (node.is_string()) {
            const std::string text = node.get<std::string>();
            const auto scheme = text.find("://");
            if (scheme == std::string::npos) return;
            const std::string host = text.substr(scheme + 3);
            if (host.find('@') != std::string::npos) local = false;  // "localhost:x@elsewhere"
            const auto is = [&](std::string_view name) {
                return host.starts_with(name) &&
                       (host.size() == name.size() || host[name.size()] == ':' ||
                        host[name.size()] == '/');
            };
            if (!is("127.0.0.1") && !is("localhost") && !is("[::1]")) local = false;
        }
    };
    look(parsed);
    return local;
}

/// Sides that have no address in their settings reach the vendor's own: not for a fixed clock.
bool allows_fixed_clock(const OrgConfig& org) {
    for (const Side side : kSides) {
        const SideConfig& config = org.sides[side];
        const bool has_address = config.settings_json.find("://") != std::string::npos;
        if (config.connector != "csv" && !has_address) return false;
        if (!is_on_loopback(config.settings_json)) return false;
    }
    return true;
}

}  // namespace

Error no_such_org(std::string_view org) {
    return {ErrorKind::Rejected,
            "There is no org \"" + std::string(org) + "\" in the configuration.",
            "DUET-6001",
            "",
            {}};
}

Error to_error(StartError error, const std::string& config_file) {
    if (error.findings.empty()) return std::move(error.error);
    return {ErrorKind::Rejected, error.render(config_file), "DUET-2900", "", {}};
}

std::string StartError::render(std::string_view config_file) const {
    if (!findings.empty()) return service::render(findings, config_file);
    return "error " + error.code + ": " + error.message + "\n";
}

std::string StartError::ending(std::string_view config_file) const {
    const std::string all = render(config_file);
    return all.substr(all.rfind('\n', all.size() - 2) + 1);
}

std::variant<std::vector<std::unique_ptr<OrgRuntime>>, StartError> Engine::Impl::make_orgs(
    const Config& wanted, http::Transport& through) {
    std::vector<std::unique_ptr<OrgRuntime>> made;
    StartError all;
    for (const OrgConfig& org : wanted.orgs) {
        if (wanted.fixed_clock && !allows_fixed_clock(org)) {
            document::Finding finding;
            finding.place = org.place;
            finding.code = "DUET-1016";
            finding.message =
                "a fixed clock is refused: org \"" + org.name + "\" is not wholly on loopback";
            finding.hint = "remove \"fixed_clock\", or point both sides at a sandbox on 127.0.0.1";
            all.findings.push_back(std::move(finding));
            continue;
        }
        auto runtime = OrgRuntime::make(org, {*store, through, clock(), random});
        if (auto* error = std::get_if<StartError>(&runtime)) {
            if (error->findings.empty()) return std::move(*error);
            for (auto& finding : error->findings) all.findings.push_back(std::move(finding));
        } else {
            made.push_back(std::get<std::unique_ptr<OrgRuntime>>(std::move(runtime)));
        }
    }
    if (!all.findings.empty()) return all;
    return made;
}

std::optional<StartError> Engine::Impl::open_orgs() {
    for (auto& org : orgs) {
        if (auto opened = store->open_org(org->config().name); !opened)
            return failed(std::move(opened).error(), 70);
        if (!org->config().mode) continue;
        auto set = store->set_mode(org->config().name, *org->config().mode);
        if (!set) return failed(std::move(set).error(), 70);
    }
    return std::nullopt;
}

/// Of an org whose sides were never described, or not as its documents need: what the store says.
json Engine::Impl::status_of_unknown(const OrgRuntime& runtime) {
    const std::string& name = runtime.config().name;
    auto mode = store->mode(name);
    json one{{"org", name}, {"mode", mode ? store::to_string(*mode) : ""}};
    auto cycles = store->cycles(name, 1);
    const bool has_run = cycles && !cycles->empty();
    if (has_run) one["last_cycle"] = to_json(cycles->front());
    one["note"] = has_run ? "its objects are shown once a cycle has run by these documents"
                          : "nothing was loaded yet: the first cycle has not run";
    if (auto added = add_stops(*store, name, runtime.names(), one); !added)
        one["error"] = added.error().message;
    return one;
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

std::variant<std::unique_ptr<Engine>, StartError> Engine::start(Config config) {
    auto impl = std::make_unique<Impl>();
    if (config.fixed_clock) impl->fixed_clock = std::make_unique<FixedClock>(*config.fixed_clock);
    try {
        if (!config.state_directory.empty())
            std::filesystem::create_directories(config.state_directory);
    } catch (const std::exception& problem) {
        return failed({ErrorKind::Broken, problem.what(), "DUET-1017", "", {}}, 78);
    }
    if (auto error = make_transport(config, impl->on_call, impl->transport))
        return std::move(*error);
    auto opened = store::open_sqlite(config.store_path());
    if (!opened) return failed(std::move(opened).error(), 75);
    impl->store = std::move(*opened);
    auto orgs = impl->make_orgs(config, *impl->transport);
    if (auto* error = std::get_if<StartError>(&orgs)) return std::move(*error);
    impl->orgs = std::get<std::vector<std::unique_ptr<OrgRuntime>>>(std::move(orgs));
    impl->config = std::move(config);
    if (auto error = impl->open_orgs()) return std::move(*error);
    // Whatever was in flight when the last process ended has lost its answer.
    for (auto& org : impl->orgs) {
        auto doubted = impl->store->doubt_all(org->config().name);
        if (!doubted) return failed(std::move(doubted).error(), 70);
        if (*doubted > 0) {
            log::warn("Writes in doubt after an unclean stop; they are looked at first.",
                      {{"org", org->config().name}, {"count", std::to_string(*doubted)}});
        }
    }
    return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

void Engine::on_call(std::function<void()> note) { impl_->on_call = std::move(note); }
const Config& Engine::config() const noexcept { return impl_->config; }
Clock& Engine::clock() noexcept { return impl_->clock(); }

std::vector<std::string> Engine::orgs() const {
    std::vector<std::string> names;
    for (const auto& org : impl_->orgs) names.push_back(org->config().name);
    return names;
}

std::optional<StartError> Engine::reload(Config config) {
    if (config.fixed_clock.has_value() != impl_->config.fixed_clock.has_value()) {
        return failed({ErrorKind::Rejected,
                       "\"fixed_clock\" cannot be added or removed while running; restart.",
                       "DUET-1018",
                       "",
                       {}},
                      78);
    }
    std::unique_ptr<http::Transport> transport;
    if (auto error = make_transport(config, impl_->on_call, transport)) return error;
    auto orgs = impl_->make_orgs(config, *transport);
    if (auto* error = std::get_if<StartError>(&orgs)) return std::move(*error);
    impl_->orgs = std::get<std::vector<std::unique_ptr<OrgRuntime>>>(std::move(orgs));
    impl_->transport = std::move(transport);  // after the orgs that went by the old one
    // A clock that was moved since stays where it is, unless the file says another time now.
    if (config.fixed_clock && config.fixed_clock != impl_->config.fixed_clock)
        impl_->fixed_clock->set(*config.fixed_clock);
    impl_->config = std::move(config);
    return impl_->open_orgs();
}

std::optional<StartError> Engine::check_live(std::stop_token stop) {
    StartError all;
    for (auto& org : impl_->orgs) {
        auto error = org->check(stop);
        if (!error) continue;
        if (error->findings.empty()) return error;
        for (auto& finding : error->findings) all.findings.push_back(std::move(finding));
    }
    if (all.findings.empty()) return std::nullopt;
    return all;
}

Result<std::vector<document::Finding>> Engine::advise_live(std::stop_token stop) {
    std::vector<document::Finding> all;
    for (auto& org : impl_->orgs) {
        auto advice = org->advise(stop);
        if (!advice) return std::move(advice).error();
        std::move(advice->begin(), advice->end(), std::back_inserter(all));
    }
    return all;
}

Result<sync::CycleReport> Engine::run_cycle(
    std::string_view name, std::string trigger, std::stop_token stop,
    const std::function<void(const sync::Progress&)>& progress, std::optional<store::Mode> as) {
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    if (auto paused = refuse_paused(runtime->config().name); !paused)
        return std::move(paused).error();
    runtime->look_again(stop);
    if (auto error = runtime->discover(stop)) {
        return to_error(std::move(*error), impl_->config.file);
    }
    sync::Org org = runtime->org();
    org.on_progress = progress;
    sync::Cycle cycle(org, std::move(trigger), as);
    auto report = cycle.run(stop);
    if (!report) return report;
    if (auto kept = sync::keep_up(org); !kept) return std::move(kept).error();
    for (const Side side : kSides) {
        const auto& error = report->observed[side].error;
        // A field that vanished is the usual reason; the next cycle describes both sides anew.
        if (error && (error->kind == ErrorKind::Rejected || error->kind == ErrorKind::Broken))
            runtime->forget_catalogs();
    }
    return report;
}

json Engine::status() {
    auto orgs = json::array();
    for (const auto& runtime : impl_->orgs) {
        const auto told = [&]() -> json {
            if (!runtime->recall()) return impl_->status_of_unknown(*runtime);
            auto one = status_of(runtime->org());
            if (one) return *std::move(one);
            return {{"org", runtime->config().name}, {"error", one.error().message}};
        };
        json one = told();
        one["warnings"] = document::list_warnings(runtime->documents());
        orgs.push_back(std::move(one));
    }
    return {{"version", version()},
            {"now", shown(clock().now())},
            {"fixed_clock", impl_->fixed_clock != nullptr},
            {"orgs", std::move(orgs)}};
}

Result<json> Engine::person(std::string_view command, const json& body, std::stop_token stop) {
    const std::string name = body.value("org", "");
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    if (needs_vendors(command)) {
        if (auto error = runtime->discover(stop))
            return to_error(std::move(*error), impl_->config.file);
    } else if (auto seen = make_visible(name, stop); !seen) {
        return std::move(seen).error();
    }
    sync::Org org = runtime->org();
    return answer_person_request(org, command, body, std::move(stop));
}

/// To look, what both sides were when last described is enough; by other documents than those of
/// the last cycle everything must be decided anew first, and that wants both sides.
Status Engine::make_visible(std::string_view name, std::stop_token stop) {
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    if (runtime->recall() && runtime->are_documents_in_force()) return Done{};
    if (auto error = runtime->discover(stop))
        return to_error(std::move(*error), impl_->config.file);
    return Done{};
}

Result<json> Engine::preview(const json& body, std::stop_token stop) {
    const std::string name = body.value("org", "");
    if (auto seen = make_visible(name, stop); !seen) return std::move(seen).error();
    sync::Org org = impl_->find(name)->org();
    auto sets = read_sets(body);
    if (!sets) return std::move(sets).error();
    auto found = find_entities(org, body.value("who", ""));
    if (!found) return std::move(found).error();
    return service::preview(org, *found, *sets);
}

Result<json> Engine::plan_documents(const json& body, std::stop_token stop,
                                    const std::function<void()>& on_step) {
    const std::string name = body.value("org", "");
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    if (!runtime->recall()) {
        if (auto error = runtime->discover(stop))
            return to_error(std::move(*error), impl_->config.file);
    }
    auto sources = read_sources(body);
    if (!sources) return std::move(sources).error();
    auto trial = runtime->try_documents(std::move(*sources));
    if (auto* error = std::get_if<StartError>(&trial))
        return to_error(std::move(*error), impl_->config.file);
    const auto& other = *std::get<std::unique_ptr<OrgRuntime::Trial>>(trial);
    sync::Org org = runtime->org(other);
    return service::plan_documents(org, runtime->org().model, body.value("samples", 5), stop,
                                   on_step);
}

Result<json> Engine::allow_back_in(std::string_view name, std::string_view who,
                                   std::string_view field, const sync::Permission& permission,
                                   std::stop_token stop) {
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    if (auto error = runtime->discover(stop)) {
        return to_error(std::move(*error), impl_->config.file);
    }
    sync::Org org = runtime->org();
    return service::allow_back_in(org, who, field, permission);
}

Result<json> Engine::quarantine(const json& body, std::stop_token stop) {
    const std::string name = body.value("org", "");
    if (auto seen = make_visible(name, stop); !seen) return std::move(seen).error();
    sync::Org org = impl_->find(name)->org();
    return service::quarantine(org, body);
}

Result<json> Engine::match(const json& body, std::stop_token stop) {
    const std::string name = body.value("org", "");
    if (auto seen = make_visible(name, stop); !seen) return std::move(seen).error();
    sync::Org org = impl_->find(name)->org();
    return service::match(org, body);
}

Result<json> Engine::history(std::string_view name, store::CycleId cycle) {
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    if (!runtime->recall()) {
        return Error{ErrorKind::Transient,
                     "No cycle has run since the start; try again after one.",
                     "DUET-6009",
                     "",
                     {}};
    }
    return service::history(runtime->org(), cycle);
}

Status Engine::set_clock(Instant now) {
    if (!impl_->fixed_clock) {
        return Error{ErrorKind::Rejected,
                     "The clock is the machine's; only a rehearsal's fixed clock can be set.",
                     "DUET-6003",
                     "",
                     {}};
    }
    impl_->fixed_clock->set(now);
    return Done{};
}

}  // namespace duet::service
