#pragma once

#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {

/// A test in a world of its own, in which people make records of the CRM.
class CrmTest : public testing::Test {
protected:
    explicit CrmTest(WorldOptions options) : world(std::move(options)) {}

    /// The new record's key. What is blank is left out, as people leave it.
    std::string add(const std::string& object, const std::map<std::string, Value>& values) {
        Fields fields;
        for (const auto& [name, value] : values) {
            if (!is_blank(value)) fields.set(name, value);
        }
        return world.crm().add(object, std::move(fields));
    }
    /// Reads no longer lag, and nothing is left to write.
    void settle() {
        world.clock.pass(std::chrono::minutes{3});
        world.run_until_quiet();
        world.run_until_quiet();
    }

    World world;
};

}  // namespace duet::world
