#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/store/store.h"

namespace duet::store {

/// The value of a result that must be good; the test fails with its message when it is not.
template <class T>
T good(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().code << ": " << result.error().message;
        throw std::runtime_error(result.error().message);
    }
    return *std::move(result);
}

/// The error of a result that must be one.
template <class T>
Error bad(const Result<T>& result) {
    if (result) {
        ADD_FAILURE() << "it succeeded";
        throw std::runtime_error("it succeeded");
    }
    return result.error();
}

/// A folder of its own for one test, removed behind it.
class Folder {
public:
    Folder() {
        std::string path = (std::filesystem::temp_directory_path() / "duet-store-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = path;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string file(const std::string& name = "state.db") const {
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

inline Instant at(std::int64_t seconds) { return Instant{std::chrono::seconds{seconds}}; }
inline DateTime stamp(std::int64_t seconds) { return DateTime{std::chrono::seconds{seconds}}; }

inline SeenRow contact(const std::string& key, const std::string& email,
                       const std::string& account = "") {
    SeenRow row;
    row.side = Side::Crm;
    row.record.id = {"Contact", key};
    row.record.fields.set("Email", text(email));
    row.record.fields.set("AccountId", text(account));
    row.record.modified = stamp(1'514'764'800);
    return row;
}

inline const std::vector<std::string> kReferences{"AccountId"};
inline const std::vector<std::string> kKeys{"Email"};

/// A store in memory with the orgs "acme" and "globex".
class StoreTest : public testing::Test {
protected:
    StoreTest() : store_(good(open_sqlite(":memory:"))) {
        good(store_->open_org("acme"));
        good(store_->open_org("globex"));
    }
    Store& store() { return *store_; }

private:
    std::unique_ptr<Store> store_;
};

}  // namespace duet::store
