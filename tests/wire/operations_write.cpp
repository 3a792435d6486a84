// Every write that a connector sends.
#include <nlohmann/json.hpp>

#include "tests/wire/operations.h"

namespace duet::wire {
namespace {

std::string numbered(const char* name, int n) { return name + std::to_string(n); }

std::string address(int n) { return numbered("wire", n) + "@example.com"; }

int count(WireBench& bench, const char* object, const char* field, const std::string& value) {
    return static_cast<int>(bench.people().keys_with(object, field, value).size());
}

int is_gone(WireBench& bench, const Write& write) {
    return 1 - count(bench, write.id.object.c_str(), "Id", write.id.key);
}

std::string add_lead(WireBench& bench, int n) {
    return bench.people().add("Lead",
                              {{"LastName", "Wire"}, {"Company", "Acme"}, {"Email", address(n)}});
}

std::string add_prospect(WireBench& bench, int n) {
    return bench.people().add("prospect", {{"email", address(n)}, {"lastName", "Wire"}});
}

/// The list that all memberships here are of.
std::string wire_list(WireBench& bench) {
    const auto known = bench.people().keys_with("list", "name", "Wire");
    return known.empty() ? bench.world().add_list("Wire") : known.front();
}

Write lead_with_key(WireBench&, int n) {
    Write write{WriteKind::Create, {"Lead", {}}, {}, "Duet_Key__c", numbered("wire-", n)};
    write.fields.set("LastName", text("Wire"));
    write.fields.set("Company", text("Acme"));
    write.fields.set("Email", text(address(n)));
    return write;
}

Write lead_without_key(WireBench&, int n) {
    Write write{WriteKind::Create, {"Lead", {}}, {}, {}, {}};
    write.fields.set("LastName", text(numbered("Wire", n)));
    write.fields.set("Company", text("Acme"));
    return write;
}

Write lead_update(WireBench& bench, int n) {
    Write write{WriteKind::Update, {"Lead", add_lead(bench, n)}, {}, {}, {}};
    write.fields.set("Phone", text(numbered("+44 ", n)));
    return write;
}

Write prospect_by_address(WireBench&, int n) {
    Write write{WriteKind::Create, {"prospect", {}}, {}, "email", address(n)};
    write.fields.set("lastName", text("Wire"));
    return write;
}

Write prospect_without_key(WireBench&, int n) {
    Write write{WriteKind::Create, {"prospect", {}}, {}, {}, {}};
    write.fields.set("email", text(address(n)));
    return write;
}

Write prospect_update(WireBench& bench, int n) {
    Write write{WriteKind::Update, {"prospect", add_prospect(bench, n)}, {}, {}, {}};
    write.fields.set("phone", text(numbered("+44 ", n)));
    return write;
}

Write membership(WireBench& bench, int n) {
    const std::string prospect = add_prospect(bench, n);
    Write write{WriteKind::Create, {"list-membership", {}}, {}, "prospectId", prospect};
    write.fields.set("listId", text(wire_list(bench)));
    write.fields.set("prospectId", text(prospect));
    return write;
}

Write end_of_membership(WireBench& bench, int n) {
    const std::string prospect = add_prospect(bench, n);
    const std::string key = bench.people().add(
        "list-membership",
        {{"listId", std::stoll(wire_list(bench))}, {"prospectId", std::stoll(prospect)}});
    return {WriteKind::Delete, {"list-membership", key}, {}, {}, {}};
}

/// How many records hold the value that the write sets, of those it may have set.
std::function<int(WireBench&, const Write&)> holding(const char* field) {
    return [field](WireBench& bench, const Write& write) {
        return count(bench, write.id.object.c_str(), field, display(write.fields.get(field)));
    };
}

}  // namespace

const std::vector<WriteOperation>& write_operations() {
    static const std::vector<WriteOperation> operations{
        {"salesforce.collections.upsert", Side::Crm, lead_with_key, holding("Email")},
        {"salesforce.collections.update", Side::Crm, lead_update, holding("Phone")},
        {"pardot.prospects.upsertLatestByEmail", Side::Marketing, prospect_by_address,
         [](WireBench& bench, const Write& write) {
             return count(bench, "prospect", "email", write.key_value);
         }},
        {"pardot.list-memberships.create", Side::Marketing, membership, holding("prospectId")},
        // The four above are those of every test run.
        {"salesforce.collections.delete", Side::Crm,
         [](WireBench& bench, int n) {
             return Write{WriteKind::Delete, {"Lead", add_lead(bench, n)}, {}, {}, {}};
         },
         is_gone},
        {"salesforce.collections.create", Side::Crm, lead_without_key, holding("LastName"), false},
        {"pardot.prospects.update", Side::Marketing, prospect_update, holding("phone")},
        {"pardot.prospects.delete", Side::Marketing,
         [](WireBench& bench, int n) {
             return Write{WriteKind::Delete, {"prospect", add_prospect(bench, n)}, {}, {}, {}};
         },
         is_gone},
        {"pardot.prospects.create", Side::Marketing, prospect_without_key, holding("email"), false},
        {"pardot.list-memberships.delete", Side::Marketing, end_of_membership, is_gone},
    };
    return operations;
}

}  // namespace duet::wire
