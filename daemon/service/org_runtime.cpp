#include "daemon/service/org_runtime.h"

#include <exception>
#include <iterator>
#include <utility>

#include <date/tz.h>
#include <nlohmann/json.hpp>

#include "daemon/service/log.h"
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

std::optional<StartError> OrgRuntime::discover(std::stop_token stop) {
    if (model_) return std::nullopt;
    for (const Side side : kSides) {
        auto catalog = connectors_[side]->discover(stop);
        if (!catalog) {
            const bool is_config = catalog.error().kind == ErrorKind::Rejected ||
                                   catalog.error().kind == ErrorKind::Broken;
            Error error = catalog.error();
            error.message = "org \"" + config_.name + "\", " + names_[side] + ": " + error.message;
            return from_error(std::move(error), is_config ? 78 : 75);
        }
        catalogs_[side] = std::move(*catalog);
    }
    auto documents = document::load(sources_, names_, &catalogs_);
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&documents)) {
        return from_findings(std::move(*findings));
    }
    documents_ = std::get<document::Documents>(std::move(documents));
    model_ = std::make_unique<sync::Model>(documents_, catalogs_);
    // Other documents may decide anything differently; the same ones decide what is dirty.
    auto known = shared_.store.fact(config_.name, "documents_version");
    if (!known) return from_error(std::move(known).error(), 70);
    if (*known != documents_.version) {
        if (auto marked = shared_.store.mark_all_dirty(config_.name, "the documents changed");
            !marked) {
            return from_error(std::move(marked).error(), 70);
        }
        if (auto set =
                shared_.store.set_fact(config_.name, "documents_version", documents_.version);
            !set) {
            return from_error(std::move(set).error(), 70);
        }
        log::info("Documents in force.", {{"org", config_.name}, {"version", documents_.version}});
    }
    return std::nullopt;
}

sync::Org OrgRuntime::org() const {
    return {config_.name,   config_.cycle,
            *model_,        {connectors_.crm.get(), connectors_.marketing.get()},
            shared_.store,  shared_.clock,
            shared_.random, {}};
}

}  // namespace duet::service
