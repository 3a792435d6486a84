#include "tests/world/unspoken.h"

#include <gtest/gtest.h>

#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

TEST(Unspoken, FindsNamesPhonesAddressesAndWhatItWasTold) {
    const TemporaryFolder folder;
    write_small_seed(folder.path(), "acme");
    Unspoken unspoken;
    unspoken.add_seed(folder.path());
    unspoken.add("a-secret");
    const auto finds = [&](const std::string& line) {
        return unspoken.spoken_in("info Started.\n" + line + "\n").size();
    };
    EXPECT_EQ(finds("info Cycle done. org=acme object=Contact pulled=12"), 0U);
    EXPECT_EQ(finds("warn Row refused. name=Cora3"), 1U);
    EXPECT_EQ(finds("warn Row refused. name=\"Contact acme\""), 1U);
    EXPECT_EQ(finds("warn Row refused. phone=555-0107"), 1U);
    EXPECT_EQ(finds("warn Row refused. who=stranger@web.example"), 1U);
    EXPECT_EQ(finds("warn Signed in. with=a-secret"), 1U);
    // A seeded address is found as itself and as an address.
    EXPECT_EQ(finds("warn Row refused. email=prospect6@acme.example"), 2U);
}

TEST(Unspoken, TakesNamesForWholeWordsAndEveryAtForNoAddress) {
    const TemporaryFolder folder;
    write_small_seed(folder.path(), "acme");
    Unspoken unspoken;
    unspoken.add_seed(folder.path());
    EXPECT_TRUE(unspoken.spoken_in("id=Cora345 at=@ rate=5@2").empty());
    EXPECT_EQ(unspoken.spoken_in("Cora34 Cora3.").size(), 1U);
}

}  // namespace
}  // namespace duet::world
