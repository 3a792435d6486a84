#include "daemon/service/org_runtime.h"

#include <exception>
#include <iterator>
#include <utility>

#include <date/tz.h>
#include <nlohmann/json.hpp>

#include "daemon/service/catalog_text.h"
#include "daemon/service/live_lists.h"
#include "daemon/service/live_setup.h"
#include "daemon/service/log.h"
#include "daemon/service/shipped_fields.h"
#include "daemon/sync/unfit.h"
#include "mappings/document/findings.h"

namespace duet::service {
namespace {

StartError from_error(Error error, int exit_code) {
    StartError failed;
    failed.error = std::move(error);
    failed.exit_code = exit_code;
    return failed;
}

StartError from_findings(std::vector<document::Finding> findings) {
    StartError failed;
    failed.findings = std::move(findings);
    return failed;
}

constexpr std::chrono::hours kDescribedFor{1};
constexpr const char* kVersionFact = "documents_version";
// What is remembered of each decision. Raised when Duet begins to remember more: everybody is
// decided once more then, as after other documents. 2: who is in the work queue. 3: whose values
// do not fit.
constexpr const char* kFormFact = "decisions_form";
constexpr const char* kForm = "3";

std::string fact_name(Side side) { return side == Side::Crm ? "catalog.crm" : "catalog.marketing"; }

bool is_known_zone(const std::string& name) {
    try {
        return ::date::locate_zone(name) != nullptr;
    } catch (const std::exception&) {
        return false;
    }
}

/// Asked of this machine, which must know when the zone's midnights are.
document::Finding unknown_zone(const document::Documents& documents,
                               const std::vector<document::Source>& sources) {
    document::Finding finding;
    finding.place = documents.time_zone_place;
    finding.code = "DUET-1019";
    finding.message =
        "\"" + documents.time_zone + "\" is a time zone that this machine does not know";
    finding.line = document::line_of(sources, finding.place);
    finding.length = static_cast<int>(documents.time_zone.size());
    std::vector<std::string> names;
    try {
        for (const auto& zone : ::date::get_tzdb().zones) names.push_back(zone.name());
    } catch (const std::exception&) {
        names.clear();  // there is no tz database
    }
    finding.hint = document::did_you_mean(
        documents.time_zone, names, "write it as the tz database does, such as Europe/Helsinki");
    return finding;
}

}  // namespace

std::variant<std::unique_ptr<OrgRuntime>, StartError> OrgRuntime::make(const OrgConfig& config,
                                                                       const Shared& shared) {
    std::unique_ptr<OrgRuntime> made(new OrgRuntime(config, shared));
    std::vector<document::Finding> findings;
    made->read_rules(findings);
    for (const Side side : kSides) made->make_connector(side, findings);
    if (!findings.empty()) return from_findings(std::move(findings));
    return made;
}

void OrgRuntime::read_rules(std::vector<document::Finding>& findings) {
    const auto add = [&](std::vector<document::Finding>& more) {
        std::move(more.begin(), more.end(), std::back_inserter(findings));
    };
    names_ = {config_.sides.crm.connector, config_.sides.marketing.connector};
    auto sources = read_documents(config_);
    if (auto* wrong = std::get_if<std::vector<document::Finding>>(&sources)) return add(*wrong);
    sources_ = std::get<std::vector<document::Source>>(std::move(sources));
    auto documents = document::load(sources_, names_, nullptr);
    if (auto* wrong = std::get_if<std::vector<document::Finding>>(&documents)) return add(*wrong);
    documents_ = std::get<document::Documents>(std::move(documents));
    if (is_known_zone(documents_.time_zone)) return;
    findings.push_back(unknown_zone(documents_, sources_));
}

void OrgRuntime::make_connector(Side side, std::vector<document::Finding>& findings) {
    const SideConfig& config = config_.sides[side];
    const ConnectorKind* kind = find_connector_kind(config.connector);
    const auto settings = nlohmann::json::parse(config.settings_json);
    auto connector =
        kind->make(settings, {shared_.clock, shared_.random, shared_.transport, config_.name});
    if (connector) {
        connectors_[side] = std::move(*connector);
        return;
    }
    document::Finding finding;
    finding.place = config.place;
    finding.code = connector.error().code;
    finding.message = "org \"" + config_.name + "\": " + connector.error().message;
    findings.push_back(std::move(finding));
}

std::optional<StartError> OrgRuntime::describe(std::stop_token stop) {
    PerSide<Catalog> found;
    for (const Side side : kSides) {
        auto catalog = connectors_[side]->discover(stop);
        if (!catalog) {
            const bool is_config = catalog.error().kind == ErrorKind::Rejected ||
                                   catalog.error().kind == ErrorKind::Broken;
            Error error = catalog.error();
            error.message = "org \"" + config_.name + "\", " + names_[side] + ": " + error.message;
            return from_error(std::move(error), is_config ? 78 : 75);
        }
        found[side] = std::move(*catalog);
    }
    model_.reset();  // it refers to the old ones
    catalogs_ = std::move(found);
    return std::nullopt;
}

Status OrgRuntime::keep_catalogs() {
    for (const Side side : kSides) {
        const std::string name = fact_name(side);
        const std::string text = encode_catalog(catalogs_[side]);
        auto known = shared_.store.fact(config_.name, name);
        if (!known) return std::move(known).error();
        if (*known == text) continue;
        if (auto set = shared_.store.set_fact(config_.name, name, text); !set) return set;
    }
    return Done{};
}

bool OrgRuntime::recall() {
    if (model_) return true;
    PerSide<Catalog> found;
    for (const Side side : kSides) {
        const auto text = shared_.store.fact(config_.name, fact_name(side));
        auto catalog = text ? decode_catalog(*text) : std::nullopt;
        if (!catalog) return false;
        found[side] = std::move(*catalog);
    }
    auto documents = document::load(sources_, names_, &found);
    if (!std::holds_alternative<document::Documents>(documents)) return false;
    catalogs_ = std::move(found);
    documents_ = std::get<document::Documents>(std::move(documents));
    model_ = std::make_unique<sync::Model>(documents_, catalogs_);
    return true;
}

bool OrgRuntime::are_documents_in_force() const {
    const auto known = shared_.store.fact(config_.name, kVersionFact);
    return known && *known == documents_.version;
}

OrgRuntime::TrialResult OrgRuntime::try_documents(std::vector<document::Source> sources) const {
    auto documents = document::load(sources, names_, &catalogs_);
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&documents))
        return from_findings(std::move(*findings));
    auto trial = std::make_unique<Trial>();
    trial->documents = std::get<document::Documents>(std::move(documents));
    if (!is_known_zone(trial->documents.time_zone))
        return from_findings({unknown_zone(trial->documents, sources)});
    trial->model = std::make_unique<sync::Model>(trial->documents, catalogs_);
    return trial;
}

std::optional<StartError> OrgRuntime::discover(std::stop_token stop) {
    if (discovered_) return std::nullopt;
    if (auto failed = describe(stop)) return failed;
    auto documents = document::load(sources_, names_, &catalogs_);
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&documents)) {
        tell_how_to_get(catalogs_, names_, *findings);
        return from_findings(std::move(*findings));
    }
    documents_ = std::get<document::Documents>(std::move(documents));
    model_ = std::make_unique<sync::Model>(documents_, catalogs_);
    if (auto kept = keep_catalogs(); !kept) return from_error(std::move(kept).error(), 70);
    // Other documents may decide anything differently; the same ones decide what is dirty.
    auto known = shared_.store.fact(config_.name, kVersionFact);
    if (!known) return from_error(std::move(known).error(), 70);
    auto form = shared_.store.fact(config_.name, kFormFact);
    if (!form) return from_error(std::move(form).error(), 70);
    if (*known != documents_.version || *form != kForm) {
        if (auto marked = shared_.store.mark_all_dirty(config_.name, "the documents changed");
            !marked) {
            return from_error(std::move(marked).error(), 70);
        }
        if (auto set = shared_.store.set_fact(config_.name, kVersionFact, documents_.version);
            !set) {
            return from_error(std::move(set).error(), 70);
        }
        if (auto set = shared_.store.set_fact(config_.name, kFormFact, kForm); !set)
            return from_error(std::move(set).error(), 70);
        log::info("Documents in force.", {{"org", config_.name}, {"version", documents_.version}});
    }
    discovered_ = true;
    described_at_ = shared_.clock.now();
    return std::nullopt;
}

void OrgRuntime::look_again(std::stop_token stop) {
    const Instant now = shared_.clock.now();
    // A clock that was set back says nothing of how long ago that was.
    if (!discovered_ || (now >= described_at_ && now - described_at_ < kDescribedFor)) return;
    const auto causes = shared_.store.causes(config_.name);
    const bool is_refused = causes && !causes->empty();
    if (!is_refused && !sync::is_anybody_unfit(shared_.store, config_.name)) return;
    discovered_ = false;
    // As it is known is good enough, unless the documents do not fit what was found.
    if (discover(stop) && model_) {
        discovered_ = true;
        described_at_ = now;
    }
}

std::optional<StartError> OrgRuntime::check(std::stop_token stop) {
    auto error = discover(stop);
    if (error && error->findings.empty()) return error;
    auto unfit = find_unfit(documents_, sources_, catalogs_);
    if (!error) {
        auto missing = find_missing_lists(
            *model_, sources_, {connectors_.crm.get(), connectors_.marketing.get()}, stop);
        if (!missing) return from_error(std::move(missing).error(), 75);
        std::move(missing->begin(), missing->end(), std::back_inserter(unfit));
    }
    if (!error && unfit.empty()) return std::nullopt;
    StartError all = error ? std::move(*error) : StartError{};
    std::move(unfit.begin(), unfit.end(), std::back_inserter(all.findings));
    return all;
}

Result<std::vector<document::Finding>> OrgRuntime::advise(std::stop_token stop) {
    if (!discovered_) return std::vector<document::Finding>{};
    return find_missing_setup(documents_, sources_, *connectors_.crm, stop);
}

sync::Org OrgRuntime::org() const {
    return {config_.name,   config_.cycle,
            *model_,        {connectors_.crm.get(), connectors_.marketing.get()},
            shared_.store,  shared_.clock,
            shared_.random, {}};
}

sync::Org OrgRuntime::org(const Trial& trial) const {
    return {config_.name,   config_.cycle,
            *trial.model,   {connectors_.crm.get(), connectors_.marketing.get()},
            shared_.store,  shared_.clock,
            shared_.random, {}};
}

}  // namespace duet::service
