#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sync/org.h"

namespace duet::sync {

/// What is left of somebody who was erased: a receipt that says nothing about them.
struct Erased {
    store::Erasure receipt;
    std::int64_t names = 0;    // digests kept, by which they are recognised
    std::string unscrubbed{};  // why bytes may still be in the file; empty: none are
};

/// Removes everything that the store holds about these entities: records of both sides, what was
/// agreed, audit, memberships and other records that refer to them and mean nothing without them.
/// References that other entities' records hold are blanked. What they were recognised by is kept
/// as digests, so that they do not come again. In one transaction; then the file is written anew.
/// `also`: another name that they were asked for by. Writes nothing to a vendor.
/// Rejected while a write of one of them is in flight.
Result<Erased> erase(Org& org, std::span<const store::EntityId> entities, std::string_view also,
                     const std::string& by);

/// They may come again; how many erasures that takes back. People of both sides, and what
/// hangs on them, are read anew, so that nothing is created that is there already.
Result<std::int64_t> readmit(Org& org, std::string_view who);

/// Whether somebody of this address or id was erased.
Result<char> is_erased(const Org& org, std::string_view who);

/// Leaves erased people out of what is pulled.
class Doorkeeper {
public:
    Doorkeeper(const Org& org, const ObjectModel& object) : org_(org), object_(object) {}

    enum class Verdict : std::uint8_t {
        Pass,
        Blanked,  // `instead` is to be stored: references to people who were erased are blank
        Erased,   // nothing of it is to be stored
    };
    /// Asks once whether anybody was erased at all.
    Status open();
    Result<Verdict> judge(const Change& change, Change& instead) const;

private:
    const Org& org_;
    const ObjectModel& object_;
    bool anybody_ = false;
};

}  // namespace duet::sync
