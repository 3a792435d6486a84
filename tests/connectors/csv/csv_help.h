#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/connector.h"
#include "tests/connectors/help/connector_help.h"
#include "tests/world/fake_transport.h"

namespace duet::test {

/// A folder of its own that goes with the object.
class CsvFolder {
public:
    CsvFolder();
    CsvFolder(const CsvFolder&) = delete;
    CsvFolder& operator=(const CsvFolder&) = delete;
    ~CsvFolder();

    [[nodiscard]] std::string path(std::string_view file = {}) const;
    [[nodiscard]] std::string read(std::string_view file) const;
    /// Writes a file that counts as fresh.
    void write_fresh(std::string_view file, std::string_view content) const;
    /// Writes a file that was last touched some hours ago; each call is a second later than the
    /// one before.
    void write(std::string_view file, std::string_view content);
    void age(std::string_view file);
    [[nodiscard]] std::vector<std::string> files() const;

private:
    std::string path_;
    int writes_ = 0;
};

/// A connector on a folder. The clock stands at 2018-01-02T00:00:00Z.
struct CsvBench {
    CsvFolder folder;
    StillClock clock;
    CountingRandom random;
    world::FakeTransport transport;
    std::unique_ptr<Connector> connector;

    /// `more` adds settings. Throws when they are refused.
    explicit CsvBench(nlohmann::json more = nlohmann::json::object());

    /// One page of people. Throws when it fails.
    [[nodiscard]] ChangePage page(const Cursor& from, std::size_t limit = 100,
                                  std::vector<std::string> fields = {"email"});
    /// Reads pages until the last one; the keys, in order. `cursor` moves along.
    std::vector<std::string> drain(Cursor& cursor, std::size_t limit = 100);
    Result<Written> write(Write one);
};

inline constexpr std::string_view kPeople =
    "id,email,updated_at\n"
    "1,ada@example.com,2018-01-01T10:00:00Z\n"
    "2,bob@example.com,2018-01-01T11:00:00Z\n";

[[nodiscard]] Write create(std::string_view key_field, std::string_view key_value,
                           Fields fields = {});
[[nodiscard]] Write update(std::string_view key, Fields fields);
[[nodiscard]] Write removal(std::string_view key);
[[nodiscard]] Fields fields_of(std::initializer_list<std::pair<const char*, Value>> entries);
/// The keys in order, those of deleted records with a minus before them.
[[nodiscard]] std::vector<std::string> keys_of(const std::vector<Change>& changes);

}  // namespace duet::test
