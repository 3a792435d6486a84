#include <string>

#include <nlohmann/json.hpp>

#include "daemon/service/lists_report.h"
#include "tests/laws/scenario_steps.h"

namespace duet::world {
namespace {

std::vector<document::Source> with_cap(int cap) {
    auto documents = acme_documents();
    const std::string head = "- pardot_list: Buyers\n";
    std::string& lists = documents[1].text;
    lists.insert(lists.find(head) + head.size(), "    cap: " + std::to_string(cap) + "\n");
    return documents;
}

WorldOptions two_places() {
    WorldOptions options;
    options.documents = with_cap(2);
    return options;
}

void become_buyer(World& world, const char* email) {
    world.crm().edit(contact(world, email), "Title", text("Buyer"));
}

Status ask_for_lists(World& world) {
    if (auto all = told(service::lists_report(world.org(), nlohmann::json::object())); !all)
        return all;
    if (auto one = told(service::lists_report(world.org(), {{"list", "Buyers"}})); !one) return one;
    return told(service::lists_report(world.org(), {{"list", "Buyers"}, {"who", kAda}}));
}

}  // namespace

Scenario places_on_a_list() {
    return {"PlacesOnAListAreTakenAndHandedOn", two_places,
            [](World& world) {
                settle(world);
                for (const char* email : {kBob, "cy@example.com"}) world.add_contact(email);
                world.run_until_quiet();
                for (const char* email : {kAda, kBob, "cy@example.com"}) become_buyer(world, email);
                world.run_until_quiet();
                world.change_documents(with_cap(1));
            },
            [] {
                return std::vector<Step>{calm_down, ask_for_lists, people([](World& world) {
                                             edit_crm(world, "Title", text("Seller"));
                                         }),
                                         one_cycle, calm_down};
            }};
}

}  // namespace duet::world
