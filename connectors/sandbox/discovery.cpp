#include <algorithm>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/describe.h"
#include "connectors/sandbox/salesforce_call.h"
#include "connectors/sandbox/salesforce_setup.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

ApiResponse resources(const Call& call) {
    json out;
    for (const char* name : {"sobjects", "query", "queryAll", "limits", "composite", "jobs"}) {
        out[name] = call.root() + "/" + name;
    }
    out["identity"] = call.base_url() + "/id/" + call.state.setting("organization_id") + "/" +
                      call.session.user_id;
    return json_answer(out);
}

ApiResponse limits(const Call& call) {
    const auto entry = [](std::int64_t max, std::int64_t used) {
        return json{{"Max", max}, {"Remaining", std::max<std::int64_t>(0, max - used)}};
    };
    const auto jobs = static_cast<std::int64_t>(call.state.salesforce->jobs.size());
    json out = {
        {"DailyApiRequests", entry(call.state.salesforce_daily_calls, call.state.salesforce_calls)},
        {"DailyBulkApiBatches", entry(15'000, jobs)},
        {"DailyBulkV2QueryJobs", entry(10'000, jobs)},
        {"DailyBulkV2QueryFileStorageMB", entry(976'562, 0)},
        {"DataStorageMB", entry(1024, 0)},
        {"FileStorageMB", entry(1024, 0)},
        {"DailyAsyncApexExecutions", entry(250'000, 0)},
        {"DailyStreamingApiEvents", entry(200'000, 0)},
        {"SingleEmail", entry(5'000, 0)}};
    return json_answer(out);
}

ApiResponse record_count(Call& call) {
    const auto wanted = call.request.parameter("sObjects");
    json list = json::array();
    for (const Object& object : call.state.schema.objects) {
        if (wanted && ("," + lower_case(*wanted) + ",").find("," + lower_case(object.name) + ",") ==
                          std::string::npos) {
            continue;
        }
        auto count = call.state.database.prepare("SELECT COUNT(*) FROM \"" + object.name +
                                                 "\" WHERE IsDeleted=0");
        if (count.step() && count.integer(0) > 0) {
            list.push_back({{"count", count.integer(0)}, {"name", object.name}});
        }
    }
    return json_answer({{"sObjects", list}});
}

ApiResponse describe_global(const Call& call) {
    json list = json::array();
    for (const Object& object : call.state.schema.objects) {
        list.push_back(global_entry(object, call.root()));
    }
    return json_answer({{"encoding", "UTF-8"}, {"maxBatchSize", 200}, {"sobjects", list}});
}

ApiResponse recent(Call& call, const Object& object) {
    const Field* name = object.find("Name");
    auto row = call.state.database.prepare(
        "SELECT Id, " + std::string(name == nullptr ? "NULL" : "Name") + " FROM \"" + object.name +
        "\" WHERE IsDeleted=0 ORDER BY SystemModstamp DESC LIMIT 5");
    json items = json::array();
    while (row.step()) {
        const std::string id(row.text(0));
        json item = {
            {"attributes",
             {{"type", object.name}, {"url", call.root() + "/sobjects/" + object.name + "/" + id}}},
            {"Id", id}};
        if (name != nullptr) item["Name"] = std::string(row.text(1));
        items.push_back(std::move(item));
    }
    return json_answer(
        {{"objectDescribe", global_entry(object, call.root())}, {"recentItems", items}});
}

/// Descriptions change only when an administrator changes a field.
ApiResponse describe(Call& call, const Object& object) {
    const std::string made = call.state.setting(kDescribedSetting, call.state.setting("seeded"));
    const std::int64_t made_ms = ms_from_iso(made) / 1000 * 1000;
    const std::int64_t since = from_http_date(call.request.header("If-Modified-Since"));
    if (since >= 0 && since >= made_ms) {
        ApiResponse same = empty_answer(304);
        same.headers = {{"Last-Modified", http_date(made_ms)}};
        return same;
    }
    auto& text = call.state.salesforce->describes[call.version + object.name];
    if (text.empty()) text = describe_json(call.state.schema, object, call.root()).dump();
    ApiResponse answer = text_answer(text);
    answer.headers.emplace_back("Last-Modified", http_date(made_ms));
    return answer;
}

}  // namespace

ApiResponse handle_discovery(Call& call) {
    const auto& path = call.path;
    if (!is_read(call.request)) return method_not_allowed(call.request, "HEAD,GET");
    if (path.empty()) return resources(call);
    if (path[0] == "limits") {
        if (path.size() == 1) return limits(call);
        if (path.size() == 2 && equal_without_case(path[1], "recordCount"))
            return record_count(call);
        return refusal_answer(not_found());
    }
    if (path.size() == 1) return describe_global(call);
    const Object* object = call.state.schema.find(path[1]);
    if (object == nullptr) return refusal_answer(not_found());
    return path.size() == 2 ? recent(call, *object) : describe(call, *object);
}

}  // namespace duet::sandbox
