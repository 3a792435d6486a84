#include "connectors/sandbox/apis.h"

#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "connectors/sandbox/control.h"
#include "connectors/sandbox/pardot_api.h"
#include "connectors/sandbox/salesforce_api.h"
#include "connectors/sandbox/salesforce_side.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

namespace {

bool starts_with(std::string_view path, std::string_view root) {
    return path.substr(0, root.size()) == root &&
           (path.size() == root.size() || path[root.size()] == '/');
}

bool is_pardot(const ApiRequest& request) { return starts_with(request.path, "/api"); }

/// The answer that a fault gives in place of the work, or nothing.
std::optional<ApiResponse> fault_answer(const Fault& fault, const ApiRequest& request) {
    std::optional<ApiResponse> answer;
    if (!fault.error.empty()) answer = vendor_error(request, fault.error);
    if (fault.status != 0) {
        if (!answer) answer.emplace();
        answer->status = fault.status;
        if (!fault.body.empty() || fault.error.empty()) {
            answer->body = fault.body;
            answer->content_type = fault.content_type;
        }
    }
    if (!answer) return answer;
    answer->headers.insert(answer->headers.end(), fault.headers.begin(), fault.headers.end());
    return answer;
}

}  // namespace

struct Apis::Parts {
    explicit Parts(const SandboxOptions& options) : state(options) {}

    std::mutex mutex;
    SandboxState state;                        // guarded by mutex
    Faults faults;                             // guarded by mutex
    History history{state.database.handle()};  // guarded by mutex

    void prepare() {
        Transaction transaction(state.database);
        const bool fresh = state.setting("seeded").empty();
        const std::string& folder = state.options.seed_folder;
        const bool load = fresh && !folder.empty();
        prepare_salesforce(state, load ? folder + "/salesforce" : "");
        create_pardot_tables(state);
        if (load) seed_pardot(state, folder + "/pardot");
        if (fresh) state.set_setting("seeded", state.clock.now_iso());
        transaction.commit();
    }

    ApiResponse route(const ApiRequest& request) {
        state.turn_to(is_pardot(request) ? SandboxState::Side::Pardot
                                         : SandboxState::Side::Salesforce);
        if (starts_with(request.path, "/services") || starts_with(request.path, "/id")) {
            return handle_salesforce(state, request);
        }
        if (is_pardot(request)) return handle_pardot(state, request);
        ApiResponse answer;
        answer.status = 404;
        answer.body =
            R"([{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}])";
        return answer;
    }

    ApiResponse dispatch(const ApiRequest& request) {
        Transaction transaction(state.database);
        ApiResponse answer = route(request);
        state.clock.skew(0);
        transaction.commit();
        history.keep(state.clock.now_ms());
        return answer;
    }

    /// From the rows as they were; whatever the request writes is lost.
    ApiResponse dispatch_stale(const ApiRequest& request, std::int64_t seconds) {
        Transaction transaction(state.database);
        history.go_back(state.clock.now_ms() - seconds * 1000);
        ApiResponse answer = route(request);
        state.clock.skew(0);
        transaction.rollback();
        history.start();
        return answer;
    }

    ApiResponse work(const ApiRequest& request, const Fault& fault) {
        if (fault.expire_tokens) state.expire_tokens();
        if (fault.expire_cursors) state.salesforce->cursors.clear();
        if (auto given = fault_answer(fault, request)) {
            // A page of HTML comes from a gateway that knows nothing of usage.
            if (given->content_type != "text/html") finish_salesforce(state, request, *given);
            return std::move(*given);
        }
        if (fault.stale_seconds >= 0 && history.recording()) {
            return dispatch_stale(request, fault.stale_seconds);
        }
        state.injected = fault.in_work;
        ApiResponse answer = dispatch(request);
        if (fault.twice) answer = dispatch(request);
        state.injected = {};
        return answer;
    }

    ApiResponse work_and_break(const ApiRequest& request, const Fault& fault) {
        ApiResponse answer;
        if (fault.drop_before) {
            answer.drop = true;
            return answer;
        }
        answer = work(request, fault);
        answer.drop = fault.drop_after || fault.cut_at.has_value();
        answer.cut_at = fault.cut_at;
        answer.hang = fault.hang;
        return answer;
    }
};

Apis::Apis(const SandboxOptions& options) : parts_(std::make_unique<Parts>(options)) {
    parts_->prepare();
}

Apis::~Apis() = default;

ApiResponse Apis::handle(const ApiRequest& request) {
    const std::scoped_lock lock(parts_->mutex);
    if (starts_with(request.path, "/sandbox")) {
        Transaction transaction(parts_->state.database);
        ApiResponse answer =
            handle_control({parts_->state, parts_->faults, parts_->history}, request);
        transaction.commit();
        parts_->history.keep(parts_->state.clock.now_ms());
        return answer;
    }
    // A request that ended in an exception leaves these behind.
    parts_->state.injected = {};
    parts_->state.clock.skew(0);
    const auto fault = parts_->faults.due(request);
    ApiResponse answer =
        fault ? parts_->work_and_break(request, *fault) : parts_->dispatch(request);
    answer.delay = parts_->state.options.latency + (fault ? fault->delay : answer.delay);
    // A call that was refused for coming too often is not in work.
    if (answer.delay.count() > 0 && answer.status != 429 && starts_with(request.path, "/api")) {
        parts_->state.pardot_busy_until.push_back(std::chrono::steady_clock::now() + answer.delay);
    }
    return answer;
}

void Apis::with_state(const std::function<void(SandboxState&)>& work) {
    const std::scoped_lock lock(parts_->mutex);
    work(parts_->state);
}

}  // namespace duet::sandbox
