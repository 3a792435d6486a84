#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connectors/http/transport.h"
#include "connectors/sandbox/apis.h"
#include "mappings/side.h"
#include "tests/world/vendor_people.h"
#include "tests/world/watched_side.h"

namespace duet::wire {

/// One vendor of the sandbox as a seeded world uses it. People act through the vendor's own pages
/// and APIs; Duet's requests pass by carry(), where answers are counted and things go wrong; what
/// connectors make of the answers is told to tell(). After whatever may have changed something all
/// rows are looked at, so that each version that a record ever had is known. One thread.
class WatchedVendor final : public world::WatchedSide {
public:
    /// `apis` and `clock` must outlive it.
    WatchedVendor(Side side, sandbox::Apis& apis, const Clock& clock);

    // --- the wire -------------------------------------------------------------------------------
    using Sends = std::function<Result<http::Response>()>;
    /// Lets a request pass, unless something goes wrong with it. `sends` asks the vendor.
    Result<http::Response> carry(const http::Request& request, const Sends& sends);
    /// A connector says that a record is like that. Throws std::logic_error when it never was.
    void tell(const Change& change);

    // --- WatchedSide ----------------------------------------------------------------------------
    std::string add(const std::string& object, Fields fields) override;
    void edit(const RecordId& id, const std::string& field, Value value) override;
    void remove(const RecordId& id) override;
    void undelete(const RecordId& id) override;
    void merge(const RecordId& loser, const RecordId& survivor) override;
    std::string convert(const std::string& lead_key) override;
    void convert_into(const std::string& lead_key, const std::string& contact_key) override;
    void hides_next_change_for(std::chrono::seconds time) override { hide_next_ = time; }

    void loses_next_answer() override { lose_answer_ = true; }
    void loses_next_request() override { lose_request_ = true; }
    void crashes_after_next_write() override { crash_after_write_ = true; }
    void cuts_page() override { cut_page_ = true; }
    void goes_down(bool down) override { is_down_ = down; }
    void refuses_next_write(ErrorKind kind, std::string code) override;
    void accepts_all() override { refused_.clear(); }
    void heals() override;
    void lags(std::chrono::seconds time) override;
    void skews(std::chrono::milliseconds time) override;
    void uses_quota(std::int64_t calls) override;
    void renews_quota() override { uses_quota(0); }
    void watch(world::SideWatch watch) override { watch_ = std::move(watch); }

    [[nodiscard]] const Fields* find_record(const RecordId& id) const override;
    [[nodiscard]] Value value(const RecordId& id, const std::string& field) const override;
    [[nodiscard]] std::size_t versions(const RecordId& id) const override;
    [[nodiscard]] std::size_t versions_told(const RecordId& id) const override;
    [[nodiscard]] const Change* told(const RecordId& id) const override;
    [[nodiscard]] bool was_told_alive(const RecordId& id) const override;
    [[nodiscard]] Instant visible_at(const RecordId& id) const override;
    [[nodiscard]] std::map<std::string, Fields> records(const std::string& object) const override;
    [[nodiscard]] std::int64_t answers() const override { return answers_; }

private:
    struct Version {
        Change change;
        std::string stamp;
        Instant written_at;
        Instant visible_at;
    };
    struct Row {
        std::vector<Version> versions;
        std::size_t told = 0;
        bool was_told_alive = false;
    };
    /// A row that is another than it was: as Duet's write of it would read.
    struct Difference {
        Write write;
        RecordId id;
        bool is_written;  // a field is another, not the stamp alone
    };
    struct Refusal {
        ErrorKind kind;
        std::string code;
    };

    void note(std::string_view fault) const;
    std::vector<Difference> look();
    std::optional<Difference> compare(Change now, std::string stamp);
    /// People's own change, which may be stamped in the past.
    void by_people(const std::function<void()>& act);
    Result<http::Response> carry_read(const Sends& sends);
    Result<http::Response> carry_write(const http::Request& request, const Sends& sends);
    Result<http::Response> refuse_some(const http::Request& request, const Sends& sends);
    void tell_writes(const http::Request& request);
    [[nodiscard]] const Row* find_row(const RecordId& id) const;
    [[nodiscard]] std::string account_of_everybody();
    [[nodiscard]] std::string account_of(const std::string& contact_key);

    Side side_;
    sandbox::Apis& apis_;
    const Clock& clock_;
    world::VendorPeople people_;
    world::SideWatch watch_{};
    std::map<std::string, std::map<std::string, Row>> objects_{};
    std::string account_{};
    std::chrono::seconds lag_{0};
    std::chrono::seconds hide_next_{0};
    bool lose_answer_ = false;
    bool lose_request_ = false;
    bool crash_after_write_ = false;
    bool cut_page_ = false;
    bool is_down_ = false;
    std::optional<Refusal> refuse_next_{};
    std::map<std::string, Refusal> refused_{};  // by what a request names a record by
    std::int64_t answers_ = 0;
    std::int64_t used_ = 0;  // of the daily quota, as ordered
};

/// What a connector reads is told to the vendor; everything else is the connector's.
[[nodiscard]] std::unique_ptr<Connector> make_telling(std::unique_ptr<Connector> connector,
                                                      WatchedVendor& vendor);

}  // namespace duet::wire
