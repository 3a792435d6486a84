#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/record.h"
#include "mappings/result.h"

namespace duet {

/// Where reading resumes. Opaque to all but the connector that made it; empty: from the start.
/// Text, so that the store and a person can look at it. At most 4 KiB.
struct Cursor {
    std::string text;
    bool operator==(const Cursor&) const = default;
};

enum class ChangeKind : std::uint8_t {
    Upserted,   // created, edited or undeleted: `record` is how it is now
    Deleted,    // gone, or in the recycle bin
    Merged,     // gone into `survivor`
    Converted,  // a lead that became the contact `survivor`; `record` is the lead as it is now
};

struct Change {
    ChangeKind kind = ChangeKind::Upserted;
    Record record;      // of a deleted one: the id and the stamp, fields as far as known
    RecordId survivor;  // of Merged and Converted; empty otherwise
};

/// A page of one object's changes.
struct ChangePage {
    std::vector<Change> changes;  // oldest first; the same id may come twice
    Cursor next;                  // store it only once every change above is durable
    bool last = false;            // true: nothing newer exists right now
    bool backfill = false;        // true: still reading history, not what is new
    std::size_t rows_pulled = 0;  // rows the vendor sent, repeats included
    /// Of the whole object, when the vendor tells (a bulk job's count): for progress only.
    std::optional<std::size_t> total{};
};

/// What to read: the object and the fields rules need (paths through parents are not needed:
/// the store joins). Key, stamp and reference fields are added by the connector itself.
struct Selection {
    std::string object;
    std::vector<std::string> fields;
};

enum class WriteKind : std::uint8_t { Create, Update, Delete };

/// One write of one record.
struct Write {
    WriteKind kind = WriteKind::Update;
    RecordId id;    // key empty for a create
    Fields fields;  // only what changes; blank clears the field
    /// For a create: the field by which the record can be found again after a lost answer
    /// (an external id in Salesforce, the address in Pardot), and its value. One that refers to
    /// another record tells only together with all other references of the record.
    std::string key_field;
    std::string key_value;
};

/// What a vendor acknowledged.
struct Written {
    RecordId id;                      // of a create: the key the vendor gave
    bool created = false;             // false for an upsert that found the record
    std::optional<DateTime> stamp{};  // the side's stamp after the write, when it told
};

/// The API allowance of one side, as last told by the vendor.
struct Budget {
    std::optional<std::int64_t> limit_per_day{};
    std::optional<std::int64_t> used_today{};
    /// When it told, by the steady clock that the connector was given: a figure grows old, and a
    /// caller that makes no calls because of it would never hear another.
    std::optional<std::chrono::steady_clock::time_point> told_at{};
    std::int64_t calls_made = 0;  // by this connector since it was made
};

/// One system that can say what changed and take writes. Made by the registry, owned by the
/// org's cycle. One thread at a time. Calls block, and return Transient soon after a stop.
/// No call retries a write; reads may refresh a token once. Errors carry the vendor's code.
class Connector {
public:
    virtual ~Connector() = default;

    /// In configuration, documents and logs: "salesforce", "pardot", "csv".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// Logs in and looks for every field that `needs` names; writes nothing.
    virtual Status check(std::span<const Selection> needs, std::stop_token stop) = 0;

    /// The key of the user that the connector signs in as; empty where a side does not tell. A
    /// call.
    virtual Result<std::string> signed_in_as(std::stop_token) { return std::string{}; }

    /// What the side has: objects, fields, types, limits. A few calls; the caller caches it.
    virtual Result<Catalog> discover(std::stop_token stop) = 0;

    /// Up to about `limit` changes of `what.object` after `from`. May repeat a change; never
    /// skips one: safe against many rows with one stamp, rows that become visible late, and
    /// page caps. An error means that nothing of the page may be stored.
    virtual Result<ChangePage> changes(const Selection& what, const Cursor& from, std::size_t limit,
                                       std::stop_token stop) = 0;

    /// The records as they are now, in any order; one that is gone comes as Deleted.
    virtual Result<std::vector<Change>> read(const Selection& what,
                                             std::span<const std::string> keys,
                                             std::stop_token stop) = 0;

    /// Records of `what.object` whose `field` equals `value`: how a create in doubt is looked up.
    virtual Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                             std::string_view value, std::stop_token stop) = 0;

    /// One outcome per write, in the order given. An Error in place of the vector means that
    /// none is known: the caller treats all as in doubt unless the error's kind says that
    /// nothing was sent (Transient, RateLimited, Unauthenticated).
    virtual Result<std::vector<Result<Written>>> write(std::span<const Write> batch,
                                                       std::stop_token stop) = 0;

    /// How many writes of one object go into one call of `write` at best (200 for collections).
    [[nodiscard]] virtual std::size_t batch_size(std::string_view object, WriteKind kind) const = 0;

    /// How many API calls that many writes of one kind take, for `duet plan`: no more than an
    /// estimate, since what cannot travel together takes calls of its own.
    [[nodiscard]] virtual std::size_t calls_for(std::string_view object, WriteKind kind,
                                                std::size_t writes) const {
        const std::size_t size = batch_size(object, kind);
        return size == 0 ? writes : (writes + size - 1) / size;
    }

    /// For how long a read may lag behind a write of ours (Pardot: 60 s). A create in doubt is
    /// not looked up sooner.
    [[nodiscard]] virtual std::chrono::seconds read_lag() const noexcept = 0;

    [[nodiscard]] virtual Budget budget() const = 0;
};

}  // namespace duet
