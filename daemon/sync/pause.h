#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/store.h"
#include "mappings/result.h"
#include "mappings/seams.h"
#include "mappings/side.h"

namespace duet::sync {

/// Something that people stopped for a while.
struct Pause {
    enum class What : std::uint8_t { Org, Side, Object };
    What what = What::Org;
    Side side = Side::Crm;   // of a side or an object
    std::string object;      // of an object, in its catalog's spelling
    bool pulls_too = false;  // of a side: it is not read either
    Instant since{};
    std::string by;       // who asked for it
    std::string because;  // in their words; may be empty

    /// Whether both stop the same thing.
    [[nodiscard]] bool is_of_same(const Pause& other) const noexcept;
};

/// Everything that is paused in one org. Kept in the org's fact "paused", so that it outlives the
/// process; a pause ends only when somebody resumes it.
///
/// A pause stops opt-outs too: people who stop a side expect it to be left alone altogether. How
/// many opt-outs wait is an alarm (alarms.h), so that nobody forgets them.
class Pauses {
public:
    /// An Error is the store's, or DUET-4010 when the fact cannot be read: nothing is written then.
    static Result<Pauses> load(store::Store& store, std::string_view org);
    Status save(store::Store& store, std::string_view org) const;

    /// Adds the pause, or replaces the one of the same thing.
    void put(Pause pause);
    /// False when nothing of the kind was paused.
    bool remove(const Pause& pause);

    [[nodiscard]] const std::vector<Pause>& all() const noexcept { return all_; }
    [[nodiscard]] const Pause* of_org() const noexcept;
    [[nodiscard]] bool stops_reads(Side side) const noexcept;
    /// The widest pause that stops a write to `object` of `side`; nullptr: none does.
    [[nodiscard]] const Pause* of_write(Side side, std::string_view object) const noexcept;

private:
    std::vector<Pause> all_;
};

/// "everything is paused", "pardot is paused", "pardot prospect is paused".
[[nodiscard]] std::string sentence(const Pause& pause, const SideNames& names);

}  // namespace duet::sync
