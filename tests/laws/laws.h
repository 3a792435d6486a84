#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/world/world.h"

/// What the tests of the laws share. One file holds one law; its name and number are those of the
/// design, and patches/lawNN_*.patch breaks it.
namespace duet::world {

using namespace std::chrono_literals;

/// A store that is a file, for who looks into it or puts a copy back.
inline WorldOptions in_file() {
    WorldOptions options;
    options.store_in_file = true;
    return options;
}

/// Ada is known on both sides and everything about her is settled.
class SettledWorld : public testing::Test {
protected:
    SettledWorld() : SettledWorld(WorldOptions{}) {}
    explicit SettledWorld(WorldOptions options) : world(std::move(options)) {
        world.add_list("Buyers");
        world.add_list("Spring");
        world.add_contact(kAda, "Lovelace");
        world.run_until_quiet();
        contact = world.with_email(kCrm, kAda);
        prospect = world.with_email(kMarketing, kAda);
    }

    World world;
    RecordId contact;
    RecordId prospect;
};

}  // namespace duet::world
