#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "connectors/connector.h"
#include "mappings/seams.h"

namespace duet::world {

/// What a test may watch and steer while the daemon works. Any of them may be empty.
struct SideWatch {
    /// Before each call of the daemon: time may pass and people may act meanwhile.
    std::function<void()> on_call{};
    /// A write is executed now; of a create, `id` is the new record's.
    std::function<void(const Write&, const RecordId& id)> on_write{};
    /// A fault that was ordered is met now, or a read is older than the truth.
    std::function<void(std::string_view fault)> on_fault{};
};

/// A vendor as a seeded world uses it, whatever stands behind it: people act there, things go wrong
/// there, and it knows what the daemon was told. One thread.
class WatchedSide {
public:
    WatchedSide() = default;
    WatchedSide(const WatchedSide&) = delete;
    WatchedSide& operator=(const WatchedSide&) = delete;
    virtual ~WatchedSide() = default;

    // --- what people do there -------------------------------------------------------------------
    virtual std::string add(const std::string& object, Fields fields) = 0;
    virtual void edit(const RecordId& id, const std::string& field, Value value) = 0;
    virtual void remove(const RecordId& id) = 0;
    virtual void undelete(const RecordId& id) = 0;
    /// `loser` goes into `survivor`; whether its values fill blanks there is the vendor's. Its
    /// memberships become the survivor's. Where both are on a list the survivor's stays, and says
    /// that the person left when either did.
    virtual void merge(const RecordId& loser, const RecordId& survivor) = 0;
    /// A lead becomes a contact that starts with the fields both objects have; its key.
    virtual std::string convert(const std::string& lead_key) = 0;
    /// A lead becomes part of a contact that is there already.
    virtual void convert_into(const std::string& lead_key, const std::string& contact_key) = 0;
    /// The next change of a record becomes visible that much later than its stamp; Duet's do
    /// not count.
    virtual void hides_next_change_for(std::chrono::seconds time) = 0;

    // --- faults ---------------------------------------------------------------------------------
    /// The next write is done, and its answer lost.
    virtual void loses_next_answer() = 0;
    /// The next write is lost on its way, and nobody can tell.
    virtual void loses_next_request() = 0;
    /// The next write is done, and the process dies before it can read the answer.
    virtual void crashes_after_next_write() = 0;
    /// The next page of changes breaks off: nothing of it arrives.
    virtual void cuts_page() = 0;
    /// Every call fails until the side is up again.
    virtual void goes_down(bool down) = 0;
    /// The next write is refused with Rejected or Transient, and so is every later one of the same
    /// record until accepts_all(); others of its batch are done.
    virtual void refuses_next_write(ErrorKind kind, std::string code) = 0;
    virtual void accepts_all() = 0;
    /// Forgets every fault that was ordered and not met yet.
    virtual void heals() = 0;
    /// From now on a write is invisible to reads for so long.
    virtual void lags(std::chrono::seconds time) = 0;
    /// The side's clock runs ahead of ours by this much, or behind.
    virtual void skews(std::chrono::milliseconds time) = 0;
    /// The day's calls are used up, and there again.
    virtual void uses_quota(std::int64_t calls) = 0;
    virtual void renews_quota() = 0;

    virtual void watch(SideWatch watch) = 0;

    // --- what a test looks at -------------------------------------------------------------------
    /// The live record as its users see it, or nullptr.
    [[nodiscard]] virtual const Fields* find_record(const RecordId& id) const = 0;
    [[nodiscard]] virtual Value value(const RecordId& id, const std::string& field) const = 0;
    /// How often the record was written, by whomever.
    [[nodiscard]] virtual std::size_t versions(const RecordId& id) const = 0;
    /// How many of these versions the daemon was told of, by any read; the newest of them.
    [[nodiscard]] virtual std::size_t versions_told(const RecordId& id) const = 0;
    [[nodiscard]] virtual const Change* told(const RecordId& id) const = 0;
    [[nodiscard]] virtual bool was_told_alive(const RecordId& id) const = 0;
    /// From when on the record's newest version can be read.
    [[nodiscard]] virtual Instant visible_at(const RecordId& id) const = 0;
    /// Live records of an object: key -> fields.
    [[nodiscard]] virtual std::map<std::string, Fields> records(
        const std::string& object) const = 0;
    /// Calls that the daemon has an answer to, a refusal included. One that never arrived, or whose
    /// answer was lost, told it nothing, of a quota neither.
    [[nodiscard]] virtual std::int64_t answers() const = 0;
};

}  // namespace duet::world
