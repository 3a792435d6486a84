#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/link.h"
#include "mappings/result.h"
#include "mappings/seams.h"

/// What Duet remembers of lists that rules own, and how large they were.
namespace duet::store {

/// A person's place on a list that has only so many.
enum class Seat : std::uint8_t {
    None = 0,     // wants none
    Waiting = 1,  // wants one, and none was given
    Given = 2,    // may join, or is on the list
    Over = 3,     // is on the list and must leave it: there are more than it may have
};

/// Sorts below every order.
inline constexpr std::int64_t kNoOrder = std::numeric_limits<std::int64_t>::min();

/// One person and one list. People about whom there is nothing to remember have no row.
struct ListMember {
    EntityId entity = 0;
    std::string list;      // its name, as documents have it
    std::string standing;  // mappings/lists/README.md: "member", "joining", "queued", ...
    bool wanted = false;   // what the rule answered last
    Instant since{};       // since when it answers so
    bool member = false;   // on the list, as seen
    bool by_hand = false;  // people put them on
    bool removed = false;  // people took them off
    bool covered = false;  // of those whom the list is about, and the rule is false
    Seat seat = Seat::None;
    std::int64_t order = kNoOrder;  // the larger comes first
    Instant until{};                // the standing ends then with no new data; epoch: it does not
    Instant changed_at{};           // when the standing became what it is
    bool operator==(const ListMember&) const = default;
};

/// A list as a whole.
struct ListState {
    std::string list;
    Instant evaluated_at{};    // when its rule was last asked about somebody; epoch: never
    Instant changed_at{};      // when somebody last joined or left; epoch: never
    Instant agreed_at{};       // when all of it last was as its rules want; epoch: never
    std::int64_t pending = 0;  // people who are not yet as the rules want
    bool operator==(const ListState&) const = default;
};

/// One list on one day, as it was at the day's last cycle that looked at it.
struct ListDay {
    std::string list;
    std::int64_t day = 0;  // days since 1970-01-01 in the business time zone
    std::int64_t size = 0;
    std::int64_t wanted = 0;   // people for whom the rule is true
    std::int64_t covered = 0;  // of those whom it is about, people for whom it is false
    std::int64_t queued = 0;   // kept off by the cap
    std::int64_t held_out = 0;
    std::int64_t suppressed = 0;
    std::int64_t joined = 0;  // on that day
    std::int64_t left = 0;
    bool operator==(const ListDay&) const = default;
};

/// How many people stand where on one list.
struct ListCounts {
    std::map<std::string, std::int64_t> standings{};
    std::map<std::string, std::int64_t> on_it{};  // of each standing those who are on the list
    std::int64_t members = 0;
    std::int64_t wanted = 0;
    std::int64_t covered = 0;
    std::int64_t by_hand = 0;
};

/// A part of the store; its rules are those of `Store`.
class ListStore {
public:
    ListStore() = default;
    ListStore(const ListStore&) = delete;
    ListStore& operator=(const ListStore&) = delete;
    virtual ~ListStore() = default;

    /// Of one entity, by list. They go with the entity.
    virtual Result<std::vector<ListMember>> lists_of(std::string_view org, EntityId entity) = 0;
    virtual Status save_list_member(std::string_view org, const ListMember& member) = 0;
    virtual Status remove_list_member(std::string_view org, std::string_view list,
                                      EntityId entity) = 0;
    /// Rows of one list with an entity > `after`, by entity; of one standing unless it is empty.
    virtual Result<std::vector<ListMember>> list_members(std::string_view org,
                                                         std::string_view list,
                                                         std::string_view standing, EntityId after,
                                                         std::size_t limit) = 0;
    virtual Result<ListCounts> list_counts(std::string_view org, std::string_view list) = 0;
    /// How many people have which seat. Reads an index of the seats alone.
    virtual Result<std::map<Seat, std::int64_t>> seats(std::string_view org,
                                                       std::string_view list) = 0;
    /// Who waits for a seat, those who come first in order before the others.
    virtual Result<std::vector<EntityId>> first_waiting(std::string_view org, std::string_view list,
                                                        std::size_t limit) = 0;
    /// Who was given a seat and came by Duet's hand, those who come last in order first. Whose
    /// standing is "unknown" stays as they are, and is left out.
    virtual Result<std::vector<EntityId>> last_seated(std::string_view org, std::string_view list,
                                                      std::size_t limit) = 0;
    virtual Status set_seat(std::string_view org, std::string_view list, EntityId entity,
                            Seat seat) = 0;

    virtual Result<std::vector<ListState>> list_states(std::string_view org) = 0;
    virtual Status save_list_state(std::string_view org, const ListState& state) = 0;
    /// A row of the same list and day is replaced.
    virtual Status save_list_day(std::string_view org, const ListDay& day) = 0;
    /// Rows from `from` to `to` (days since 1970-01-01, both included), by list and day; of one
    /// list unless it is empty. A day without a row was as the one before it.
    virtual Result<std::vector<ListDay>> list_sizes(std::string_view org, std::string_view list,
                                                    std::int64_t from, std::int64_t to) = 0;
};

}  // namespace duet::store
