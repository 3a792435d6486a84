#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/ledger.h"
#include "tests/simulation/script.h"
#include "tests/simulation/world.h"

namespace duet::simulation {

/// Every value that people type has one of these in it.
inline constexpr const char* kTypedMark = "zq";
inline constexpr const char* kAddressMark = "@people.example";

/// The people on both sides: does what a step says, to those whom it can happen to, and tells the
/// ledger.
class People {
public:
    using Log = std::function<void(std::string)>;
    People(std::uint64_t seed, SimulatedOrg& org, Ledger& ledger, Log log)
        : seed_(seed), org_(org), ledger_(ledger), log_(std::move(log)) {}

    /// Each of them on one side or on both; who has which number does not depend on how many.
    void populate(std::size_t count);
    /// False: there is nobody to whom it could happen.
    bool happen(const Step& step);
    /// One of the two edits of an EditBoth, which may be apart. False as above.
    bool edit_half(const Step& step, bool is_second);
    /// A live record of a person on the side.
    [[nodiscard]] std::optional<RecordId> somebody(Side side, std::uint32_t choice) const;

private:
    using Wanted = std::function<bool(const Human&)>;
    std::optional<std::size_t> some_human(std::uint32_t choice, const Wanted& wanted) const;
    [[nodiscard]] std::string some_value(const Step& step, std::size_t field);

    void type(Side side, const RecordId& id, std::size_t field, const std::string& value);
    RecordId make(std::size_t human, Side side, const char* object);
    [[nodiscard]] std::vector<std::string> values_of(Side side, const RecordId& id) const;
    /// What the vendor itself put into a survivor or a converted lead is as if people typed it.
    void note_filled(Side side, const RecordId& id, const std::vector<std::string>& before);
    bool edit(const Step& step, Side side);
    bool edit_both(const Step& step);
    bool opt_out(const Step& step, Side side);
    bool add(const Step& step, Side side);
    bool remove(const Step& step, Side side);
    bool undelete(const Step& step, Side side);
    bool convert(const Step& step);
    bool merge(const Step& step, Side side, bool converts);
    bool move(const Step& step, Side side);
    bool join_list(const Step& step);
    bool leave_list(const Step& step, bool quits);
    bool reload(const Step& step);

    std::uint64_t seed_;
    SimulatedOrg& org_;
    Ledger& ledger_;
    Log log_;
    int typed_ = 0;
    std::vector<std::string> lists_;                        // keys, as kLists
    std::map<std::pair<Side, RecordId>, Instant> removed_;  // to the bin, and when
};

}  // namespace duet::simulation
