#pragma once

#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/report.h"
#include "daemon/service/report.h"
#include "tests/world/world.h"

namespace duet::world {

/// Two users, by name.
inline std::map<std::string, std::string> add_sellers(World& world) {
    std::map<std::string, std::string> users;
    for (const char* name : {"Ann Ahl", "Bo Berg"}) {
        Fields fields;
        fields.set("Name", text(name));
        users[name] = world.crm().add("User", std::move(fields));
    }
    return users;
}

/// `duet report` of the world's org as it stands, read back from its JSON.
inline report::Report told_report(World& world) {
    auto form = service::report_of(world.org(), nlohmann::json::object());
    EXPECT_TRUE(form) << form.error().message;
    if (!form) return {};
    auto read = report::read_report(*form);
    EXPECT_TRUE(read);
    return read ? *std::move(read) : report::Report{};
}

}  // namespace duet::world
