#include "connectors/sandbox/faults.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace duet::sandbox {

using nlohmann::json;

namespace {

bool fits(const ApiRequest& request, const FaultTarget& target) {
    if (!target.method.empty() && target.method != request.method) return false;
    if (target.path.find('*') != std::string::npos) {
        if (!fits_pattern(request.path, target.path)) return false;
    } else if (request.path.find(target.path) == std::string::npos) {
        return false;
    }
    if (!target.operation.empty() && !fits_pattern(operation_of(request), target.operation)) {
        return false;
    }
    if (!target.query.empty() &&
        url_decode(request.query, true).find(target.query) == std::string::npos) {
        return false;
    }
    return target.holds.empty() || request.body.find(target.holds) != std::string::npos;
}

/// A member of an order; wrong types are json::exception.
template <class T>
void take(const json& value, T& into) {
    into = value.get<T>();
}

void take_error(const json& value, std::string& into) {
    into = value.is_number_integer() ? std::to_string(value.get<std::int64_t>())
                                     : value.get<std::string>();
}

bool take_target(const std::string& name, const json& value, Fault& fault) {
    const std::pair<const char*, std::string*> texts[] = {{"path", &fault.target.path},
                                                          {"method", &fault.target.method},
                                                          {"operation", &fault.target.operation},
                                                          {"query", &fault.target.query},
                                                          {"holds", &fault.target.holds}};
    for (const auto& [known, into] : texts) {
        if (name != known) continue;
        take(value, *into);
        return true;
    }
    if (name == "skip") {
        take(value, fault.skip);
    } else if (name == "times") {
        take(value, fault.times);
    } else if (name == "probability") {
        take(value, fault.probability);
    } else if (name == "seed") {
        fault.random.seed(value.get<std::uint64_t>());
        fault.in_work.random.seed(value.get<std::uint64_t>());
    } else {
        return false;
    }
    return true;
}

bool take_flag(const std::string& name, const json& value, Fault& fault) {
    const std::pair<const char*, bool*> flags[] = {{"expire_tokens", &fault.expire_tokens},
                                                   {"expire_cursors", &fault.expire_cursors},
                                                   {"drop_before", &fault.drop_before},
                                                   {"drop_after", &fault.drop_after},
                                                   {"twice", &fault.twice},
                                                   {"hang", &fault.hang}};
    for (const auto& [known, into] : flags) {
        if (name != known) continue;
        take(value, *into);
        return true;
    }
    return false;
}

bool take_work(const std::string& name, const json& value, Fault& fault) {
    if (name == "rows") {
        for (const json& row : value) fault.in_work.rows.insert(row.get<std::int64_t>());
    } else if (name == "row_probability") {
        take(value, fault.in_work.row_probability);
    } else if (name == "stamp_behind_seconds") {
        fault.in_work.stamp_behind_ms = value.get<std::int64_t>() * 1000;
    } else if (name == "job_state") {
        take(value, fault.in_work.job_state);
    } else if (name == "lose_rows") {
        take(value, fault.in_work.lose_rows);
    } else if (name == "stale_seconds") {
        take(value, fault.stale_seconds);
    } else {
        return false;
    }
    return true;
}

bool take_answer(const std::string& name, const json& value, Fault& fault) {
    if (name == "status") {
        take(value, fault.status);
    } else if (name == "body") {
        fault.body = value.is_string() ? value.get<std::string>() : value.dump();
    } else if (name == "content_type") {
        take(value, fault.content_type);
    } else if (name == "headers") {
        for (const auto& [header, text] : value.items()) {
            fault.headers.emplace_back(header, text.get<std::string>());
        }
    } else if (name == "error") {
        take_error(value, fault.error);
    } else if (name == "delay_ms") {
        fault.delay = std::chrono::milliseconds(value.get<std::int64_t>());
    } else if (name == "cut_at") {
        fault.cut_at = value.get<std::size_t>();
    } else {
        return false;
    }
    return true;
}

/// What is wrong with a fault as a whole, or "".
std::string mistake(const Fault& fault) {
    const auto is_share = [](double share) { return share >= 0 && share <= 1; };
    if (!is_share(fault.probability) || !is_share(fault.in_work.row_probability)) {
        return "a probability is between 0 and 1";
    }
    if (fault.skip < 0 || fault.times < 0) return "skip and times are 0 or more";
    const std::string& job = fault.in_work.job_state;
    if (!job.empty() && job != "Failed" && job != "Aborted" && job != "InProgress") {
        return "job_state is Failed, Aborted or InProgress";
    }
    ApiRequest salesforce;
    salesforce.path = "/services/data";
    if (!fault.error.empty() && !vendor_error(salesforce, fault.error)) {
        return "no such error: " + fault.error;
    }
    if (fault.in_work.breaks_rows() && words_of(fault.in_work.row_code).empty()) {
        return "rows fail with a Salesforce code in error";
    }
    return {};
}

}  // namespace

bool InjectedFaults::next_row_fails() {
    const std::int64_t row = next_row++;
    if (rows.contains(row)) return true;
    return row_probability > 0 &&
           static_cast<double>(random() >> 11U) * 0x1.0p-53 < row_probability;
}

std::variant<std::int64_t, std::string> Faults::add(const json& order) {
    if (!order.is_object()) return std::string("a JSON object is expected");
    Fault fault;
    for (const auto& [name, value] : order.items()) {
        const bool known = take_target(name, value, fault) || take_flag(name, value, fault) ||
                           take_work(name, value, fault) || take_answer(name, value, fault);
        if (!known) return "a fault has no member " + name;
    }
    if (fault.in_work.breaks_rows()) {
        // The call itself is answered; its rows fail.
        fault.in_work.row_code = fault.error.empty() ? "UNABLE_TO_LOCK_ROW" : fault.error;
        fault.in_work.row_words = words_of(fault.in_work.row_code);
        fault.error.clear();
    }
    if (std::string wrong = mistake(fault); !wrong.empty()) return wrong;
    fault.id = ++last_id_;
    waiting_.push_back(std::move(fault));
    return last_id_;
}

bool Faults::remove(std::int64_t id) {
    return std::erase_if(waiting_, [id](const Fault& one) { return one.id == id; }) > 0;
}

json Faults::list() const {
    json list = json::array();
    for (const Fault& fault : waiting_) {
        list.push_back({{"id", fault.id},
                        {"path", fault.target.path},
                        {"method", fault.target.method},
                        {"operation", fault.target.operation},
                        {"skip", fault.skip},
                        {"times", fault.times},
                        {"hits", fault.hits}});
    }
    return list;
}

std::optional<Fault> Faults::due(const ApiRequest& request) {
    for (auto fault = waiting_.begin(); fault != waiting_.end(); ++fault) {
        if (!fits(request, fault->target)) continue;
        if (fault->skip > 0) {
            --fault->skip;
            continue;
        }
        // 53 bits, as a double holds them: the same draw with every standard library.
        const double drawn = static_cast<double>(fault->random() >> 11U) * 0x1.0p-53;
        if (drawn >= fault->probability) continue;
        ++fault->hits;
        Fault found = *fault;
        // Rows are drawn anew in each request, from where the last one stopped.
        fault->in_work.random.discard(1);
        if (fault->times > 0 && --fault->times == 0) waiting_.erase(fault);
        return found;
    }
    return std::nullopt;
}

}  // namespace duet::sandbox
