// Every read that a connector sends, sign-in included.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "mappings/record.h"
#include "tests/wire/operations.h"

namespace duet::wire {
namespace {

using nlohmann::json;

const Selection kLead{"Lead", {"LastName", "Email", "Company"}};
const Selection kProspect{"prospect", {"email", "lastName"}};

std::string told(const std::vector<Change>& changes) {
    std::string text;
    for (const Change& change : changes) {
        text += change.record.id.key + " " + std::to_string(static_cast<int>(change.kind)) + " " +
                encode(change.record.fields) + "\n";
    }
    return text;
}

Result<std::string> told(Result<ChangePage> page) {
    if (!page) return std::move(page).error();
    return told(page->changes) + (page->last ? "last" : "more");
}

Result<std::string> told(Status status) {
    if (!status) return std::move(status).error();
    return std::string("good");
}

Result<std::string> told(Result<std::vector<Change>> changes) {
    if (!changes) return std::move(changes).error();
    return told(*changes);
}

Result<std::string> told(Result<std::vector<Record>> records) {
    if (!records) return std::move(records).error();
    std::string text;
    for (const Record& record : *records) text += record.id.key + encode(record.fields) + "\n";
    return text;
}

/// A connector that has made its first calls: sign-in and descriptions are behind it.
Connector& warm(WireBench& bench, Side side) { return bench.connector(side); }

/// Pages until one has rows or is the last: what that page says.
Result<std::string> bulk(WireBench& bench, int pages) {
    auto connector = bench.fresh_connector(Side::Crm, true);
    Cursor cursor;
    Result<ChangePage> page{ChangePage{}};
    for (int i = 0; i < pages; ++i) {
        page = connector->changes(kLead, cursor, 500, {});
        if (!page) return std::move(page).error();
        cursor = page->next;
    }
    return told(std::move(page));
}

Result<std::string> ask_token(WireBench& bench) {
    return told(bench.fresh_connector(Side::Crm)->check({}, {}));
}

Result<std::string> ask_describe(WireBench& bench) {
    const std::vector<Selection> needs{kLead};
    return told(bench.fresh_connector(Side::Crm)->check(needs, {}));
}

Result<std::string> ask_limits(WireBench& bench) {
    return told(warm(bench, Side::Crm).check({}, {}));
}

Result<std::string> ask_history(WireBench& bench) {
    return told(warm(bench, Side::Crm).changes(kLead, {}, 500, {}));
}

/// An answer in pages is scripted: the sandbox's pages hold all that is asked for.
Result<std::string> ask_next_page(WireBench& bench) {
    return told(warm(bench, Side::Crm).find({"Account", {"Name"}}, "Name", "Paged", {}));
}

Result<std::string> ask_lead(WireBench& bench) {
    const auto keys = bench.people().keys_with("Lead", "LastName", "Read");
    return told(warm(bench, Side::Crm).read(kLead, keys, {}));
}

Result<std::string> ask_custom_fields(WireBench& bench) {
    return told(bench.fresh_connector(Side::Marketing)->check({}, {}));
}

Result<std::string> ask_prospects(WireBench& bench) {
    return told(warm(bench, Side::Marketing).find(kProspect, "email", "read3@example.com", {}));
}

Result<std::string> ask_prospects_next(WireBench& bench) {
    Cursor cursor{R"({"v":1,"mode":"read"})"};  // everything, in the order of updatedAt
    auto first = warm(bench, Side::Marketing).changes(kProspect, cursor, 4, {});
    if (!first) return std::move(first).error();
    return told(warm(bench, Side::Marketing).changes(kProspect, first->next, 4, {}));
}

Result<std::string> ask_prospect(WireBench& bench) {
    const auto keys = bench.people().keys_with("prospect", "email", "read3@example.com");
    return told(warm(bench, Side::Marketing).read(kProspect, keys, {}));
}

Result<std::string> ask_memberships(WireBench& bench) {
    const auto keys = bench.people().keys_with("prospect", "email", "read3@example.com");
    return told(warm(bench, Side::Marketing)
                    .find({"list-membership", {"listId"}}, "prospectId", keys.at(0), {}));
}

Result<std::string> ask_membership(WireBench& bench) {
    std::vector<std::string> keys;
    for (const auto& [key, row] : bench.people().rows("list-membership", {})) keys.push_back(key);
    return told(warm(bench, Side::Marketing).read({"list-membership", {"listId"}}, keys, {}));
}

Result<std::string> ask_lists(WireBench& bench) {
    return told(warm(bench, Side::Marketing).find({"list", {"name"}}, "name", "Readers", {}));
}

}  // namespace

void prepare_reads(WireBench& bench) {
    for (int i = 0; i < 6; ++i) {
        const std::string email = "read" + std::to_string(i) + "@example.com";
        bench.people().add("Lead", {{"LastName", "Read"}, {"Company", "Acme"}, {"Email", email}});
        bench.people().add("prospect", {{"email", email}, {"lastName", "Read"}});
    }
    const std::string list = bench.world().add_list("Readers");
    const auto key = bench.people().keys_with("prospect", "email", "read3@example.com").at(0);
    bench.people().add("list-membership",
                       {{"listId", std::stoll(list)}, {"prospectId", std::stoll(key)}});
    const auto page = [](const char* id, const char* next) {
        json row{{"attributes", {{"type", "Account"}}},
                 {"Id", id},
                 {"Name", "Paged"},
                 {"IsDeleted", false},
                 {"SystemModstamp", "2018-01-01T00:00:00.000+0000"},
                 {"MasterRecordId", nullptr},
                 {"ParentId", nullptr},
                 {"OwnerId", nullptr}};
        json made{{"totalSize", 2}, {"done", next == nullptr}, {"records", json::array({row})}};
        if (next != nullptr) made["nextRecordsUrl"] = next;
        return made;
    };
    bench.people().control(
        "faults", {{"operation", "salesforce.query"},
                   {"query", "FROM Account"},
                   {"times", 0},
                   {"status", 200},
                   {"body", page("001000000000001AAA", "/services/data/v62.0/query/01g-1")}});
    bench.people().control("faults", {{"operation", "salesforce.query.more"},
                                      {"times", 0},
                                      {"status", 200},
                                      {"body", page("001000000000002AAA", nullptr)}});
}

const std::vector<ReadOperation>& read_operations() {
    static const std::vector<ReadOperation> operations{
        {"token", 1, ask_token},
        {"salesforce.limits", 1, ask_limits},
        {"salesforce.describe", 2, ask_describe},
        {"salesforce.limits", 1, ask_history},  // how many rows there are
        {"salesforce.query", 2, ask_history},
        {"salesforce.query.more", 2, ask_next_page},
        {"salesforce.collections.read", 1, ask_lead},
        {"salesforce.bulk.query.create", 4, [](WireBench& bench) { return bulk(bench, 1); }},
        {"salesforce.bulk.query.poll", 5, [](WireBench& bench) { return bulk(bench, 2); }},
        {"salesforce.bulk.query.results", 6, [](WireBench& bench) { return bulk(bench, 2); }},
        {"pardot.custom-fields.query", 2, ask_custom_fields},
        {"pardot.prospects.query", 1, ask_prospects},
        {"pardot.prospects.query", 2, ask_prospects_next},
        {"pardot.prospects.read", 1, ask_prospect},
        {"pardot.list-memberships.query", 1, ask_memberships},
        {"pardot.list-memberships.read", 1, ask_membership},
        {"pardot.lists.query", 1, ask_lists},
    };
    return operations;
}

}  // namespace duet::wire
