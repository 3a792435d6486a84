#include <nlohmann/json.hpp>

#include "daemon/service/customer_report.h"
#include "tests/laws/scenario_steps.h"
#include "tests/world/customer_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

WorldOptions customers() { return of_customers(); }

Date bought(int days_ago) {
    return Date{std::chrono::year{2018} / 1 / 2} - std::chrono::days{days_ago};
}

Status ask_for_customers(World& world) {
    if (auto classes = told(service::rfm_report(world.org(), nlohmann::json::object())); !classes)
        return classes;
    return told(service::behaviour_report(world.org()));
}

}  // namespace

Scenario customers_are_compared() {
    return {"CustomersAreCompared", customers,
            [](World& world) {
                for (int i = 1; i <= 5; ++i) {
                    const std::string account = add_account(world, "Customer");
                    add_deal(world, account, bought(10 * i), 100 * i);
                    add_deal(world, account, bought(-100), 100, false, false);
                }
                world.clock.pass(120s);
            },
            [] {
                return std::vector<Step>{calm_down, ask_for_customers, people([](World& world) {
                                             world.clock.set_day(std::chrono::year{2018} / 2 / 1);
                                         }),
                                         calm_down, ask_for_customers};
            }};
}

}  // namespace duet::world
