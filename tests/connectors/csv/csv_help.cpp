#include "tests/connectors/csv/csv_help.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

namespace duet::test {

namespace fs = std::filesystem;

CsvFolder::CsvFolder() {
    std::string name = (fs::temp_directory_path() / "duet-csv-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

CsvFolder::~CsvFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string CsvFolder::path(std::string_view file) const {
    return file.empty() ? path_ : path_ + "/" + std::string(file);
}

std::string CsvFolder::read(std::string_view file) const {
    std::ifstream in(path(file), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void CsvFolder::write_fresh(std::string_view file, std::string_view content) const {
    std::ofstream(path(file), std::ios::binary) << content;
}

void CsvFolder::write(std::string_view file, std::string_view content) {
    write_fresh(file, content);
    age(file);
}

void CsvFolder::age(std::string_view file) {
    const std::time_t then = std::time(nullptr) - 7200 + ++writes_;
    const timespec times[2] = {{then, 0}, {then, 0}};
    if (::utimensat(AT_FDCWD, path(file).c_str(), times, 0) != 0) {
        throw std::runtime_error("cannot set the time of a file");
    }
}

std::vector<std::string> CsvFolder::files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

CsvBench::CsvBench(nlohmann::json more) {
    more.emplace("folder", folder.path());
    auto made = find_connector_kind("csv")->make(more, {clock, random, transport, "acme"});
    if (!made) throw std::runtime_error(made.error().message);
    connector = std::move(*made);
}

ChangePage CsvBench::page(const Cursor& from, std::size_t limit, std::vector<std::string> fields) {
    auto page = connector->changes({"people", std::move(fields)}, from, limit, {});
    if (!page) throw std::runtime_error(page.error().message);
    return std::move(*page);
}

std::vector<std::string> CsvBench::drain(Cursor& cursor, std::size_t limit) {
    std::vector<std::string> keys;
    for (int pages = 0; pages < 1000; ++pages) {
        const ChangePage read = page(cursor, limit);
        for (const std::string& key : keys_of(read.changes)) keys.push_back(key);
        cursor = read.next;
        if (read.last) return keys;
    }
    throw std::runtime_error("the pages never end");
}

Result<Written> CsvBench::write(Write one) {
    auto outcomes = connector->write({&one, 1}, {});
    if (!outcomes) return std::move(outcomes).error();
    return std::move(outcomes->front());
}

Write create(std::string_view key_field, std::string_view key_value, Fields fields) {
    return {WriteKind::Create,
            {"people", ""},
            std::move(fields),
            std::string(key_field),
            std::string(key_value)};
}

Write update(std::string_view key, Fields fields) {
    return {WriteKind::Update, {"people", std::string(key)}, std::move(fields), {}, {}};
}

Write removal(std::string_view key) {
    return {WriteKind::Delete, {"people", std::string(key)}, {}, {}, {}};
}

Fields fields_of(std::initializer_list<std::pair<const char*, Value>> entries) {
    Fields fields;
    for (const auto& [name, value] : entries) fields.set(name, value);
    return fields;
}

std::vector<std::string> keys_of(const std::vector<Change>& changes) {
    std::vector<std::string> keys;
    for (const Change& change : changes) {
        const bool deleted = change.kind == ChangeKind::Deleted;
        keys.push_back((deleted ? "-" : "") + change.record.id.key);
    }
    return keys;
}

}  // namespace duet::test
