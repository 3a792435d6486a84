// What goes wrong between Duet and a vendor, and what Duet is told.
#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/http/errors.h"
#include "connectors/sandbox/state.h"
#include "tests/wire/watched_vendor.h"
#include "tests/world/fake_side.h"

namespace duet::wire {
namespace {

using nlohmann::json;

constexpr const char* kWhere = "POST https://vendors.test";
constexpr int kNoSession = 401;
constexpr const char* kUpsert = "/do/upsertLatestByEmail";

bool holds(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

/// A collections read and a new query job travel as POST and change nothing.
bool only_asks(const http::Request& request) {
    if (request.method == "GET") return true;
    return request.method == "POST" &&
           (holds(request.url, "/jobs/query") || holds(request.url, "/composite/sobjects/"));
}

json body_of(const http::Request& request) { return json::parse(request.body, nullptr, false); }

/// By what the request names each record that it writes, in its order.
std::vector<std::string> names_in(const http::Request& request) {
    const json body = body_of(request);
    std::vector<std::string> names;
    if (body.is_object() && body.contains("records")) {
        for (const json& record : body["records"]) {
            std::string name;
            for (const char* key : {"id", "Id", "Duet_Key__c"}) {
                if (name.empty() && record.contains(key)) name = record[key].get<std::string>();
            }
            names.push_back(std::move(name));
        }
    } else if (body.is_object() && body.contains("matchEmail")) {
        names.push_back(body["matchEmail"].get<std::string>());
    } else {
        names.push_back(request.url.substr(0, request.url.find('?')));
    }
    return names;
}

Fields fields_of(const json& record) {
    Fields fields;
    for (const auto& [name, value] : record.items()) {
        if (value.is_boolean())
            fields.set(name, Value{value.get<bool>()});
        else
            fields.set(name, text(value.is_string() ? value.get<std::string>() : ""));
    }
    return fields;
}

http::Response pardot_refusal(ErrorKind kind) {
    // Another change is under way; the prospect was not saved.
    const int code = kind == ErrorKind::Transient ? 62 : 85;
    http::Response answer;
    answer.status = 400;
    answer.headers = {{"Content-Type", "application/json"}};
    answer.body = json{{"code", code}, {"message", "The record was not saved."}}.dump();
    return answer;
}

/// Tells the vendor what its connector read.
class Telling final : public Connector {
public:
    Telling(std::unique_ptr<Connector> connector, WatchedVendor& vendor)
        : inner_(std::move(connector)), vendor_(vendor) {}
    [[nodiscard]] std::string_view name() const noexcept override { return inner_->name(); }
    Status check(std::span<const Selection> needs, std::stop_token stop) override {
        return inner_->check(needs, stop);
    }
    Result<Catalog> discover(std::stop_token stop) override { return inner_->discover(stop); }
    Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit,
                               std::stop_token stop) override {
        auto page = inner_->changes(what, from, limit, stop);
        if (page) tell(page->changes);
        return page;
    }
    Result<std::vector<Change>> read(const Selection& what, std::span<const std::string> keys,
                                     std::stop_token stop) override {
        auto found = inner_->read(what, keys, stop);
        if (found) tell(*found);
        return found;
    }
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value, std::stop_token stop) override {
        auto found = inner_->find(what, field, value, stop);
        if (!found) return found;
        for (const Record& record : *found) {
            Change change;
            change.record = record;
            vendor_.tell(change);
        }
        return found;
    }
    Result<std::vector<Result<Written>>> write(std::span<const Write> batch,
                                               std::stop_token stop) override {
        return inner_->write(batch, stop);
    }
    [[nodiscard]] std::size_t batch_size(std::string_view object, WriteKind kind) const override {
        return inner_->batch_size(object, kind);
    }
    [[nodiscard]] std::size_t calls_for(std::string_view object, WriteKind kind,
                                        std::size_t writes) const override {
        return inner_->calls_for(object, kind, writes);
    }
    [[nodiscard]] std::chrono::seconds read_lag() const noexcept override {
        return inner_->read_lag();
    }
    [[nodiscard]] Budget budget() const override { return inner_->budget(); }

private:
    void tell(const std::vector<Change>& changes) {
        for (const Change& change : changes) vendor_.tell(change);
    }

    std::unique_ptr<Connector> inner_;
    WatchedVendor& vendor_;
};

}  // namespace

std::unique_ptr<Connector> make_telling(std::unique_ptr<Connector> connector,
                                        WatchedVendor& vendor) {
    return std::make_unique<Telling>(std::move(connector), vendor);
}

// --- faults ---------------------------------------------------------------------------------

void WatchedVendor::refuses_next_write(ErrorKind kind, std::string code) {
    refuse_next_ = {kind, std::move(code)};
}

void WatchedVendor::heals() {
    accepts_all();
    lose_answer_ = lose_request_ = crash_after_write_ = cut_page_ = is_down_ = false;
    hide_next_ = {};
    refuse_next_.reset();
}

void WatchedVendor::lags(std::chrono::seconds time) {
    // What nobody could read yet becomes readable later, or sooner.
    for (auto& [object, rows] : objects_) {
        for (auto& [key, row] : rows) {
            Version& last = row.versions.back();
            if (last.visible_at > clock_.now()) last.visible_at = last.written_at + time;
        }
    }
    lag_ = time;
    people_.control("settings", {{"pardot.read_lag_seconds", time.count()}});
}

void WatchedVendor::skews(std::chrono::milliseconds time) {
    apis_.with_state([&](sandbox::SandboxState& state) {
        (side_ == Side::Crm ? state.salesforce_skew_ms : state.pardot_skew_ms) = time.count();
    });
}

void WatchedVendor::uses_quota(std::int64_t calls) {
    used_ = calls;
    people_.control("limits", {{side_ == Side::Crm ? "salesforce_calls" : "pardot_calls", calls}});
    // Pardot's count begins anew with the first call of a day, which is to be over already: of a
    // day by its own clock.
    apis_.with_state([](sandbox::SandboxState& state) {
        state.turn_to(sandbox::SandboxState::Side::Pardot);
        state.set_setting("pardot.counted_day", state.clock.now_date());
        state.turn_to(sandbox::SandboxState::Side::Salesforce);
        state.clock.skew(0);
    });
}

Result<http::Response> WatchedVendor::carry(const http::Request& request, const Sends& sends) {
    if (watch_.on_call) watch_.on_call();
    // What was ordered to be used up stays so past midnight, until it is ordered otherwise.
    if (used_ > 0) uses_quota(used_);
    if (is_down_) {
        note("down");
        return http::not_sent(kWhere, "Failed to connect to any resolved endpoint");
    }
    auto answer = only_asks(request) ? carry_read(sends) : carry_write(request, sends);
    // A session that has expired is refused at the door: such a call counts for nothing.
    if (answer && answer->status != kNoSession) ++answers_;
    return answer;
}

Result<http::Response> WatchedVendor::carry_read(const Sends& sends) {
    auto answer = sends();
    if (!std::exchange(cut_page_, false)) return answer;
    note("cut page");
    return http::in_doubt(kWhere, "Failed to read response body");
}

Result<http::Response> WatchedVendor::carry_write(const http::Request& request,
                                                  const Sends& sends) {
    if (std::exchange(lose_request_, false)) {
        note("lost request");
        return http::in_doubt(kWhere, "Failed to read HTTP status line");
    }
    auto answer = refuse_some(request, sends);
    tell_writes(request);
    if (std::exchange(crash_after_write_, false)) {
        note("crash after write");
        throw world::Crash{};
    }
    if (std::exchange(lose_answer_, false)) {
        note("lost answer");
        return http::in_doubt(kWhere, "Failed to read HTTP status line");
    }
    return answer;
}

Result<http::Response> WatchedVendor::refuse_some(const http::Request& request,
                                                  const Sends& sends) {
    const auto names = names_in(request);
    if (const auto next = std::exchange(refuse_next_, std::nullopt); next && !names.empty())
        refused_[names.front()] = *next;
    json rows = json::array();
    std::optional<Refusal> refusal;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto found = refused_.find(names[i]);
        if (found == refused_.end()) continue;
        refusal = found->second;
        rows.push_back(i);
    }
    if (!refusal) return sends();
    note(refusal->kind == ErrorKind::Transient ? "row lock" : "refusal");
    if (side_ == Side::Marketing) return pardot_refusal(refusal->kind);
    people_.control("faults",
                    {{"path", "/services/data"}, {"rows", rows}, {"error", refusal->code}});
    auto answer = sends();
    people_.clear_faults();
    return answer;
}

/// Everything that is other than before is this request's doing.
void WatchedVendor::tell_writes(const http::Request& request) {
    for (Difference& one : look()) {
        if (!one.is_written || !watch_.on_write) continue;
        if (holds(request.url, kUpsert) && one.write.kind == WriteKind::Update) {
            one.write.kind = WriteKind::Create;
            one.write.fields = fields_of(body_of(request).at("prospect"));
        }
        watch_.on_write(one.write, one.id);
    }
}

}  // namespace duet::wire
