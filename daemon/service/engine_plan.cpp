#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/engine_impl.h"
#include "daemon/service/log.h"
#include "daemon/service/person.h"
#include "daemon/service/plan_answers.h"
#include "daemon/sync/plan_json.h"

namespace duet::service {
namespace {

using nlohmann::json;

std::optional<store::Mode> mode_named(std::string_view name) {
    for (const store::Mode mode : {store::Mode::Observe, store::Mode::Plan, store::Mode::Apply}) {
        if (name == store::to_string(mode)) return mode;
    }
    return std::nullopt;
}

}  // namespace

Result<json> Engine::plan(std::string_view name, bool pull, std::stop_token stop) {
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    PerSide<bool> ready{true, true};
    if (pull) {
        // A cycle in mode plan observes and decides but sends nothing.
        auto report = run_cycle(runtime->config().name, "plan", stop, {}, store::Mode::Plan);
        if (!report) return std::move(report).error();
        ready = sync::readiness(*report);
    } else if (auto seen = make_visible(name, stop); !seen) {
        return std::move(seen).error();
    }
    sync::Org org = runtime->org();
    auto pauses = sync::Pauses::load(org.store, org.name);
    if (!pauses) return std::move(pauses).error();
    sync::PlanMaker maker(org, std::move(*pauses));
    auto done = sync::plan_only(
        org, [&](const sync::EntityPlan& plan) { maker.add(plan); }, stop, ready);
    if (!done) return std::move(done).error();
    auto plan = maker.finish();
    if (!plan) return std::move(plan).error();
    return sync::plan_json(*plan);
}

Result<json> Engine::apply(const json& body, std::stop_token stop) {
    const auto form = body.find("plan");
    auto plan = sync::read_plan(form == body.end() ? json() : *form);
    if (!plan) return std::move(plan).error();
    const std::string asked = body.value("org", "");
    OrgRuntime* runtime = impl_->find(asked.empty() ? plan->org : asked);
    if (runtime == nullptr) return no_such_org(asked.empty() ? plan->org : asked);
    if (auto paused = refuse_paused(runtime->config().name); !paused)
        return std::move(paused).error();
    if (auto error = runtime->discover(stop))
        return to_error(std::move(*error), impl_->config.file);
    const sync::Org org = runtime->org();
    auto applied = sync::apply_plan(org, *plan, stop);
    if (!applied) return std::move(applied).error();
    return to_json(*applied, *plan);
}

Status Engine::refuse_paused(std::string_view name) {
    auto pauses = sync::Pauses::load(*impl_->store, name);
    if (!pauses) return std::move(pauses).error();
    if (pauses->of_org() != nullptr) return sync::paused_error(std::string(name));
    return Done{};
}

bool Engine::is_paused(std::string_view name) {
    const auto pauses = sync::Pauses::load(*impl_->store, name);
    return pauses && pauses->of_org() != nullptr;
}

Result<json> Engine::mode(std::string_view name, std::string_view wanted) {
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    const OrgConfig& config = runtime->config();
    if (!wanted.empty()) {
        const auto mode = mode_named(wanted);
        if (!mode)
            return rejected("DUET-6071", "There is no mode \"" + std::string(wanted) +
                                             "\": observe, plan or apply.");
        if (config.mode && *config.mode != *mode) {
            return rejected(
                "DUET-6072",
                "The configuration says \"mode: " + std::string(store::to_string(*config.mode)) +
                    "\" for org \"" + config.name + "\": change it there and reload.");
        }
        if (auto set = impl_->store->set_mode(config.name, *mode); !set)
            return std::move(set).error();
    }
    auto mode = impl_->store->mode(config.name);
    if (!mode) return std::move(mode).error();
    return json{{"org", config.name},
                {"mode", store::to_string(*mode)},
                {"configured", config.mode.has_value()}};
}

Result<json> Engine::pause(const json& body, bool resume) {
    const std::string name = body.value("org", "");
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    const std::string& org = runtime->config().name;
    const SideNames& names = runtime->names();
    const bool is_known = runtime->recall();
    std::optional<sync::Org> looked;
    if (is_known) looked.emplace(runtime->org());
    auto what =
        what_to_pause(body.value("what", ""), org, names, looked ? &looked->model : nullptr);
    if (!what) return std::move(what).error();
    auto pauses = sync::Pauses::load(*impl_->store, org);
    if (!pauses) return std::move(pauses).error();
    if (resume) {
        if (!pauses->remove(*what)) return rejected("DUET-6073", "That is not paused.");
    } else {
        what->pulls_too = body.value("pull", false);
        if (what->pulls_too && what->what != sync::Pause::What::Side)
            return rejected("DUET-6070", "Only the reading of a side can be paused beside writes.");
        what->since = clock().now();
        what->by = who_asks(body);
        what->because = body.value("because", "");
        pauses->put(*what);
    }
    if (auto saved = pauses->save(*impl_->store, org); !saved) return std::move(saved).error();
    log::info(resume ? "Resumed." : "Paused.",
              {{"org", org}, {"what", sync::sentence(*what, names)}});
    return json{{"org", org}, {"paused", to_json(*pauses, names)}};
}

Result<std::int64_t> Engine::release_brake(std::string_view name, std::string_view kind,
                                           std::int64_t up_to) {
    OrgRuntime* runtime = impl_->find(name);
    if (runtime == nullptr) return no_such_org(name);
    const std::string& org = runtime->config().name;
    if (kind == "opt_out") {
        auto cleared = sync::clear_alarm(*impl_->store, org, sync::kManyOptOutsCode);
        if (!cleared || *cleared > 0) return cleared;
    }
    auto held = impl_->store->held(org);
    if (!held) return std::move(held).error();
    for (store::Held& row : *held) {
        if (row.kind != kind) continue;
        if (up_to > 0 && row.count > up_to) {
            return rejected("DUET-6016",
                            fmt::format("{} writes of kind \"{}\" are held by now, not "
                                        "{}; nothing was released.",
                                        row.count, kind, up_to));
        }
        row.released = true;
        if (auto put = impl_->store->put_held(org, row); !put) return std::move(put).error();
        log::info(
            "Released.",
            {{"org", org}, {"kind", std::string(kind)}, {"count", std::to_string(row.count)}});
        return row.count;
    }
    return rejected("DUET-6002", "No write of kind \"" + std::string(kind) + "\" is held.");
}

std::optional<Result<json>> Engine::operate(const std::string& command, const json& body,
                                            std::stop_token stop) {
    const std::string name = body.value("org", "");
    if (command == "plan") return plan(name, body.value("pull", false), stop);
    if (command == "apply") return apply(body, stop);
    if (command == "mode") return mode(name, body.value("mode", ""));
    if (command == "pause" || command == "resume") return pause(body, command == "resume");
    if (command == "metrics") return json{{"text", metrics_text(status())}};
    if (command == "brake") {
        OrgRuntime* runtime = impl_->find(name);
        if (runtime == nullptr) return no_such_org(name);
        return brake_json(*impl_->store, runtime->config());
    }
    if (command == "release") {
        const std::string kind = body.value("kind", "");
        auto released = release_brake(name, kind, body.value("up_to", std::int64_t{0}));
        if (!released) return std::move(released).error();
        return json{{"done", true}, {"kind", kind}, {"count", *released}};
    }
    return std::nullopt;
}

}  // namespace duet::service
