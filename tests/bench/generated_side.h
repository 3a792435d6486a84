#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "mappings/seams.h"
#include "mappings/side.h"

namespace duet::bench {

/// A vendor with any number of people that takes next to no memory: each record is worked out
/// from its number when it is asked for, and only what was edited is kept. Answers at once.
/// Contact on the CRM side, prospect on the other; every other object is empty. One thread.
class GeneratedSide final : public Connector {
public:
    /// Both sides hold `people` people who agree on every field. `clock` outlives it.
    GeneratedSide(Side side, Catalog catalog, std::size_t people, const Clock& clock);

    /// Somebody edits the phone of the person with that number, from 0.
    void edit_phone(std::size_t person, Value phone);
    [[nodiscard]] Value phone(std::size_t person) const;
    [[nodiscard]] std::size_t writes() const noexcept { return writes_; }

    [[nodiscard]] std::string_view name() const noexcept override;
    Status check(std::span<const Selection> needs, std::stop_token stop) override;
    Result<Catalog> discover(std::stop_token stop) override;
    Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit,
                               std::stop_token stop) override;
    Result<std::vector<Change>> read(const Selection& what, std::span<const std::string> keys,
                                     std::stop_token stop) override;
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value, std::stop_token stop) override;
    Result<std::vector<Result<Written>>> write(std::span<const Write> batch,
                                               std::stop_token stop) override;
    [[nodiscard]] std::size_t batch_size(std::string_view object, WriteKind kind) const override;
    [[nodiscard]] std::chrono::seconds read_lag() const noexcept override { return {}; }
    [[nodiscard]] Budget budget() const override { return {}; }

private:
    struct Edit {
        Fields fields;
        DateTime stamp;
    };
    [[nodiscard]] bool is_person(std::string_view object) const;
    [[nodiscard]] Record person(const Selection& what, std::size_t number) const;
    [[nodiscard]] std::string key_of(std::size_t number) const;
    DateTime change(std::size_t number, const Fields& fields);

    Side side_;
    Catalog catalog_;
    std::size_t people_;
    const Clock& clock_;
    std::map<std::size_t, Edit> edits_;
    std::vector<std::size_t> edited_;  // in order, as cursors count them
    std::size_t writes_ = 0;
};

}  // namespace duet::bench
