#include "daemon/cli/trials.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/service/preview.h"
#include "daemon/trial/bench.h"
#include "daemon/trial/fields.h"
#include "daemon/trial/preview.h"
#include "mappings/document/codes.h"

namespace duet::cli {
namespace {

using document::Source;
using nlohmann::json;

const SideNames kNames{"salesforce", "pardot"};

bool is_test(const std::filesystem::path& path) {
    return path.filename().string().ends_with(service::kTestSuffix);
}

Findings cannot_read(const std::string& path, const std::string& why) {
    document::Finding finding;
    finding.place = {path, 1, 1};
    finding.code = "DUET-1001";
    finding.message = "cannot read " + path + ": " + why;
    finding.hint = "check the path and its rights";
    return {finding};
}

/// Test documents at and below a path, by their folder.
std::variant<std::map<std::string, std::vector<std::string>>, Findings> find_tests(
    const std::string& path) {
    std::map<std::string, std::vector<std::string>> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
        if (entry.is_regular_file(error) && is_test(entry.path()))
            found[entry.path().parent_path().string()].push_back(entry.path().string());
    }
    if (error) return cannot_read(path, error.message());
    for (auto& [folder, files] : found) std::sort(files.begin(), files.end());
    return found;
}

/// Runs the tests of one folder; what came of them is added to `report`.
std::optional<Findings> run_folder(const std::string& folder, const std::vector<std::string>& files,
                                   const std::string& only, trial::TestReport& report) {
    auto documents = read_sources_at({folder});
    if (auto* wrong = std::get_if<Findings>(&documents)) return std::move(*wrong);
    auto tests = read_sources_at(files);
    if (auto* wrong = std::get_if<Findings>(&tests)) return std::move(*wrong);
    auto run =
        trial::run_tests(std::get<std::vector<Source>>(documents),
                         std::get<std::vector<Source>>(tests), kNames, standard_catalogs(), only);
    if (!run.findings.empty()) return std::move(run.findings);
    std::move(run.tests.begin(), run.tests.end(), std::back_inserter(report.tests));
    std::move(run.failures.begin(), run.failures.end(), std::back_inserter(report.failures));
    return std::nullopt;
}

/// A record file at work: it declares fields, gives records, and may say which of them matter.
class RecordFile {
public:
    RecordFile(const Source& source, std::span<const Source> documents)
        : text_(source.file, source.text), documents_(documents) {
        findings_.know(text_);
        tree_ = document::parse_tree(text_, findings_);
    }

    std::variant<json, Findings, Error> preview(std::span<const trial::Assumption> sets) {
        document::MapReader map(tree_, "a record file", findings_);
        auto catalogs = standard_catalogs();
        if (const auto* fields = map.find("fields"))
            trial::declare_fields(*fields, kNames, catalogs, findings_);
        if (!findings_.empty()) return taken();
        auto loaded = document::load(documents_, kNames, &catalogs);
        if (auto* wrong = std::get_if<Findings>(&loaded)) return std::move(*wrong);
        const auto& documents = std::get<document::Documents>(loaded);
        const sync::Model model(documents, catalogs);
        const auto moment = trial::read_moment(map, documents.time_zone, findings_);
        if (!moment && findings_.empty())
            findings_.add(tree_, document::kMissing, "a record file needs \"today\" or \"now\"");
        const auto situation =
            trial::read_situation(map, moment.value_or(DateTime{}), model, findings_);
        const auto records = wanted(map, situation, model);
        map.finish();
        if (!findings_.empty()) return taken();
        auto bench = trial::Bench::make(model, situation);
        if (!bench) return std::move(bench).error();
        json entities = json::array();
        std::vector<store::EntityId> told;
        for (const std::size_t record : records) {
            auto entity = (*bench)->entity_of(record);
            if (!entity) return std::move(entity).error();
            if (!*entity || std::find(told.begin(), told.end(), **entity) != told.end()) continue;
            told.push_back(**entity);
            auto story = trial::preview((*bench)->org(), **entity, sets, situation.ready);
            if (!story) return std::move(story).error();
            entities.push_back(std::move(*story));
        }
        return json{{"documents", documents.version}, {"entities", std::move(entities)}};
    }

private:
    /// Those that `of` names; else every record that the documents describe.
    std::vector<std::size_t> wanted(document::MapReader& map, const trial::Situation& situation,
                                    const sync::Model& model) {
        std::vector<std::size_t> records;
        if (const auto* of = map.find("of")) {
            if (const auto at = trial::find_record(*of, situation, findings_))
                records.push_back(*at);
            return records;
        }
        for (std::size_t at = 0; at < situation.records.size(); ++at) {
            const trial::GivenRecord& given = situation.records[at];
            const auto* object = model.find(given.side, given.record.id.object);
            if (object != nullptr && object->entity != nullptr) records.push_back(at);
        }
        return records;
    }

    Findings taken() { return findings_.take({text_.file()}); }

    document::Findings findings_;
    document::SourceText text_;
    std::span<const Source> documents_;
    document::Node tree_;
};

}  // namespace

std::variant<std::vector<Source>, Findings> read_sources_at(const std::vector<std::string>& paths) {
    service::OrgConfig org;
    org.document_paths = paths;
    if (!paths.empty()) org.place = {paths.front(), 1, 1};
    return service::read_documents(org);
}

Result<std::vector<std::string>> document_paths(const service::Config& config,
                                                const std::string& name) {
    for (const service::OrgConfig& org : config.orgs) {
        if (org.name == name || (name.empty() && config.orgs.size() == 1))
            return org.document_paths;
    }
    return Error{ErrorKind::Rejected,
                 "There is no org \"" + name + "\" in the configuration.",
                 "DUET-6001",
                 "",
                 {}};
}

std::variant<trial::TestReport, Findings> run_tests_at(const std::vector<std::string>& paths) {
    trial::TestReport report;
    for (const std::string& path : paths) {
        const bool is_one = is_test(path);
        const auto parent = std::filesystem::path(path).parent_path();
        std::error_code error;
        if (!is_one && !std::filesystem::is_directory(path, error)) {
            if (!std::filesystem::exists(path, error))
                return cannot_read(path, "there is no such path");
            continue;  // a document that the configuration names by itself has no tests beside it
        }
        auto found = find_tests(is_one ? (parent.empty() ? "." : parent.string()) : path);
        if (auto* wrong = std::get_if<Findings>(&found)) return std::move(*wrong);
        std::string only;
        for (const auto& [folder, files] : std::get<0>(found)) {
            if (is_one) {
                const auto same = std::find_if(files.begin(), files.end(), [&](const auto& file) {
                    return std::filesystem::equivalent(file, path, error);
                });
                if (same == files.end()) continue;
                only = *same;
            }
            if (auto wrong = run_folder(folder, files, only, report)) return std::move(*wrong);
        }
        if (is_one && only.empty()) return cannot_read(path, "there is no such file");
    }
    return report;
}

std::variant<json, Findings, Error> preview_file(const std::string& file,
                                                 const std::vector<std::string>& documents,
                                                 const json& sets) {
    auto sources = read_sources_at(documents);
    if (auto* wrong = std::get_if<Findings>(&sources)) return std::move(*wrong);
    auto record = read_sources_at({file});
    if (auto* wrong = std::get_if<Findings>(&record)) return std::move(*wrong);
    auto assumptions = service::read_sets({{"set", sets}});
    if (!assumptions) return std::move(assumptions).error();
    RecordFile given(std::get<std::vector<Source>>(record).front(),
                     std::get<std::vector<Source>>(sources));
    return given.preview(*assumptions);
}

}  // namespace duet::cli
