#include "connectors/csv/connector.h"

#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/csv/catalog.h"
#include "connectors/csv/config.h"
#include "connectors/csv/errors.h"
#include "connectors/csv/reader.h"
#include "connectors/csv/writer.h"

namespace duet::csv {
namespace {

// Each call rewrites the file once, whatever the batch holds: long batches are cheap ones.
constexpr std::size_t kWritesAtOnce = 1000;

class CsvConnector final : public Connector {
public:
    CsvConnector(Config config, const Clock& clock)
        : config_(std::move(config)), reader_(config_, clock), writer_(config_, clock) {}

    std::string_view name() const noexcept override { return "csv"; }
    Status check(std::span<const Selection> needs, std::stop_token stop) override;
    Result<Catalog> discover(std::stop_token stop) override;
    Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit,
                               std::stop_token stop) override {
        if (stop.stop_requested()) return stopped();
        return reader_.changes(what, from, limit);
    }
    Result<std::vector<Change>> read(const Selection& what, std::span<const std::string> keys,
                                     std::stop_token stop) override {
        if (stop.stop_requested()) return stopped();
        return reader_.read(what, keys);
    }
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value, std::stop_token stop) override {
        if (stop.stop_requested()) return stopped();
        return reader_.find(what, field, value);
    }
    Result<std::vector<Result<Written>>> write(std::span<const Write> batch,
                                               std::stop_token stop) override;
    std::size_t batch_size(std::string_view, WriteKind) const override { return kWritesAtOnce; }
    std::chrono::seconds read_lag() const noexcept override { return std::chrono::seconds{0}; }
    Budget budget() const override { return {}; }

private:
    Config config_;
    Reader reader_;
    Writer writer_;
};

/// References must lead to objects of the folder.
void check_references(const Catalog& catalog, std::vector<std::string>& findings) {
    for (const ObjectInfo& object : catalog.objects) {
        for (const FieldInfo& field : object.fields) {
            for (const std::string& target : field.references) {
                if (catalog.find(target) != nullptr) continue;
                findings.push_back("the file " + target + ".csv, to which " + object.name + "." +
                                   field.name + " refers");
            }
        }
    }
}

std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) all += (all.empty() ? "" : "; ") + part;
    return all;
}

Result<Catalog> CsvConnector::discover(std::stop_token stop) {
    auto files = object_files(config_.folder);
    if (!files) return std::move(files).error();
    Catalog catalog;
    for (const ObjectFile& file : *files) {
        if (stop.stop_requested()) return stopped();
        auto snapshot = take_snapshot(file.path);
        if (!snapshot) return std::move(snapshot).error();
        auto header = parse_header(snapshot->content, file.file());
        if (!header) return std::move(header).error();
        auto columns = check_header(*header, snapshot->content, file.file(), config_);
        if (!columns) return std::move(columns).error();
        auto object = describe(file, *header, *columns);
        if (!object) return std::move(object).error();
        catalog.objects.push_back(std::move(*object));
    }
    std::vector<std::string> findings;
    check_references(catalog, findings);
    if (!findings.empty()) return missing(joined(findings));
    return catalog;
}

Status CsvConnector::check(std::span<const Selection> needs, std::stop_token stop) {
    std::vector<std::string> lacking;
    std::vector<std::string> broken;
    for (const Selection& need : needs) {
        if (stop.stop_requested()) return stopped();
        auto object = reader_.open(need.object);
        if (!object) {
            if (object.error().kind == ErrorKind::Transient) return std::move(object).error();
            broken.push_back(object.error().message);
            continue;
        }
        for (const std::string& field : need.fields) {
            if (object->info.find(field) == nullptr) {
                lacking.push_back("the column " + name_with_hint(object->info, field));
            }
        }
    }
    if (!lacking.empty()) broken.push_back(missing(joined(lacking)).message);
    if (broken.empty()) return Done{};
    Error error = missing({});
    error.message.clear();
    for (const std::string& one : broken) error.message += (error.message.empty() ? "" : " ") + one;
    return error;
}

Result<std::vector<Result<Written>>> CsvConnector::write(std::span<const Write> batch,
                                                         std::stop_token stop) {
    auto files = object_files(config_.folder);
    if (!files) return std::move(files).error();
    // Writes of one object keep their order, wherever they stand in the batch.
    std::map<const ObjectFile*, std::vector<std::size_t>> by_object;
    std::vector<std::optional<Result<Written>>> outcomes(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (const ObjectFile* file = find_object(*files, batch[i].id.object)) {
            by_object[file].push_back(i);
        } else {
            outcomes[i] = Result<Written>(missing("the file " + batch[i].id.object + ".csv"));
        }
    }
    for (const auto& [file, numbers] : by_object) {
        std::vector<const Write*> writes;
        for (const std::size_t i : numbers) writes.push_back(&batch[i]);
        auto done = writer_.write(writes, *file, stop);
        for (std::size_t i = 0; i < numbers.size(); ++i) outcomes[numbers[i]] = std::move(done[i]);
    }
    std::vector<Result<Written>> all;
    for (auto& outcome : outcomes) all.push_back(std::move(*outcome));
    return all;
}

}  // namespace

Result<std::unique_ptr<Connector>> make_connector(const nlohmann::json& settings,
                                                  const ConnectorContext& context) {
    auto config = read_config(settings);
    if (!config) return std::move(config).error();
    return std::unique_ptr<Connector>(
        std::make_unique<CsvConnector>(std::move(*config), context.clock));
}

}  // namespace duet::csv
