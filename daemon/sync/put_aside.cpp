#include "daemon/sync/put_aside.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "daemon/sync/planner.h"
#include "mappings/document/digest.h"

namespace duet::sync {
namespace {

using store::InFlight;
using store::Quarantined;

constexpr std::size_t kDigestDigits = 12;
constexpr std::string_view kFieldsMark = "; fields: ";  // how connectors name fields at fault

/// The field at fault: the first that the side named, or the only one there was.
std::string field_at_fault(const Error& error, const Write& write) {
    if (const auto at = error.message.rfind(kFieldsMark); at != std::string::npos) {
        const auto from = at + kFieldsMark.size();
        return error.message.substr(from, error.message.find_first_of(",.", from) - from);
    }
    return write.fields.size() == 1 ? write.fields.begin()->first : std::string{};
}

std::string cause_of(const Org& org, const Quarantined& row) {
    const std::string& code = row.remote_code.empty() ? row.code : row.remote_code;
    std::string name = fmt::format("{}/{}/{}", org.system(row.side), row.record.object, code);
    return row.field.empty() ? name : name + "/" + row.field;
}

std::chrono::seconds first_delay(const CycleSettings& settings, bool for_good) {
    return for_good ? settings.refused_first : settings.retry_first;
}

/// Notes that the cause is still there, and says when anything of it may be tried again.
Result<Instant> note_cause(Org& org, const Quarantined& row, bool for_good) {
    auto known = org.store.cause(org.name, row.cause);
    if (!known) return std::move(known).error();
    const bool is_new = !*known;
    store::Cause cause = is_new ? store::Cause{} : std::move(**known);
    if (is_new) {
        cause.name = row.cause;
        cause.side = row.side;
        cause.object = row.record.object;
        cause.code = row.code;
        cause.remote_code = row.remote_code;
        cause.field = row.field;
        cause.first_at = row.last_at;
    }
    const ObjectModel* object = org.model.find(row.side, row.record.object);
    cause.catalog = digest_of(object == nullptr ? nullptr : object->info);
    cause.documents = org.model.documents().version;
    cause.message = row.message;
    cause.last_at = row.last_at;
    // What fails within one round says nothing new.
    if (is_new || row.last_at >= cause.retry_at) {
        ++cause.failures;
        cause.retry_at =
            row.last_at + growing_delay(first_delay(org.settings, for_good),
                                        org.settings.cause_longest, cause.failures, org.random);
    }
    if (auto put = org.store.put_cause(org.name, cause); !put) return std::move(put).error();
    return cause.retry_at;
}

Result<std::optional<Quarantined>> find_row(Org& org, const InFlight& write) {
    auto rows = org.store.quarantine_of(org.name, write.entity);
    if (!rows) return std::move(rows).error();
    const std::string slot = slot_of(org, write.side, write.write);
    for (Quarantined& row : *rows) {
        if (row.side == write.side && row.slot == slot) return std::optional(std::move(row));
    }
    return std::optional<Quarantined>{};
}

bool is_address_field(const FieldInfo& field) {
    return same_name(field.name, "Email") || field.name.ends_with("Email") ||
           field.name.ends_with("email");
}

}  // namespace

std::string slot_of(const Org& org, Side side, const Write& write) {
    static constexpr const char* kKinds[] = {"create", "update", "delete"};
    std::string slot = fmt::format("{} {} {}", kKinds[static_cast<std::size_t>(write.kind)],
                                   write.id.object, write.id.key);
    if (write.kind != WriteKind::Create) return slot;
    slot += fmt::format(" {}={}", write.key_field, write.key_value);
    if (const ObjectModel* object = org.model.find(side, write.id.object)) {
        for (const std::string& field : object->references) {
            if (const Value* target = write.fields.find(field))
                slot += fmt::format(" {}={}", field, display(*target));
        }
    }
    return slot;
}

std::string value_class(const Value& value, const FieldInfo* field) {
    if (is_blank(value)) return "blank";
    if (std::holds_alternative<bool>(value)) return "true or false";
    if (std::holds_alternative<Decimal>(value)) return "a number";
    if (std::holds_alternative<Date>(value)) return "a date";
    if (std::holds_alternative<DateTime>(value)) return "an instant";
    const std::string* held = as_text(value);
    if (held == nullptr) return "a time of day";
    const auto characters = std::count_if(held->begin(), held->end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    if (field != nullptr) {
        if (field->length > 0 && characters > field->length)
            return "a text longer than the field takes";
        if (field->type == FieldType::Picklist && !field->options.empty() &&
            std::find(field->options.begin(), field->options.end(), *held) == field->options.end())
            return "a text that is no option of the picklist";
        if (field->type == FieldType::Id) return "a reference";
        if (is_address_field(*field) && held->find('@') == std::string::npos)
            return "a text without an @";
    }
    return characters == static_cast<std::ptrdiff_t>(held->size())
               ? "a text"
               : "a text with letters beyond ASCII";
}

std::string digest_of(const ObjectInfo* object) {
    if (object == nullptr) return {};
    std::string all = fmt::format("{} {} {} {}\n", object->name, object->creatable,
                                  object->updatable, object->deletable);
    for (const FieldInfo& field : object->fields) {
        all +=
            fmt::format("{} {} {} {} {} {} {} {} {} {}", field.name, static_cast<int>(field.type),
                        field.length, field.precision, field.scale, field.creatable,
                        field.updatable, field.required, field.unique_key, field.restricted);
        for (const std::string& option : field.options) all += "\t" + option;
        for (const std::string& target : field.references) all += "\v" + target;
        all += '\n';
    }
    return document::sha256_hex(all).substr(0, kDigestDigits);
}

Status put_aside(Org& org, const InFlight& write, const Error& error, bool for_good) {
    Quarantined row;
    row.entity = write.entity;
    row.side = write.side;
    row.slot = slot_of(org, write.side, write.write);
    row.record = write.write.id;
    row.code = for_good ? kRefusedCode : kLaterCode;
    row.remote_code = error.remote_code;
    row.message = error.message;
    row.fingerprint = fingerprint_of(write.write);
    row.first_at = row.last_at = org.clock.now();
    row.field = field_at_fault(error, write.write);
    if (!row.field.empty()) {
        const ObjectModel* object = org.model.find(row.side, row.record.object);
        row.value_class = value_class(write.write.fields.get(row.field),
                                      object == nullptr ? nullptr : object->info->find(row.field));
    }
    row.cause = cause_of(org, row);
    auto known = find_row(org, write);
    if (!known) return std::move(known).error();
    if (*known && (*known)->fingerprint == row.fingerprint) {
        row.first_at = (*known)->first_at;
        row.attempts = (*known)->attempts;
    }
    ++row.attempts;
    auto cause_may = note_cause(org, row, for_good);
    if (!cause_may) return std::move(cause_may).error();
    const Instant own =
        row.last_at + growing_delay(first_delay(org.settings, for_good), org.settings.retry_longest,
                                    row.attempts, org.random);
    row.retry_at = std::max(own, *cause_may);
    return org.store.put_quarantine(org.name, row);
}

Status take_back(Org& org, const InFlight& write) {
    auto known = find_row(org, write);
    if (!known) return std::move(known).error();
    if (!*known) return Done{};
    const Quarantined& row = **known;
    if (auto gone = org.store.remove_quarantine(org.name, row.entity, row.side, row.slot); !gone)
        return gone;
    if (row.fingerprint != fingerprint_of(write.write) || row.cause.empty()) return Done{};
    return org.store.free_cause(org.name, row.cause, org.clock.now());
}

Status free_mended(Org& org, Instant now) {
    auto causes = org.store.causes(org.name);
    if (!causes) return std::move(causes).error();
    if (causes->empty()) return Done{};
    auto counts = org.store.quarantine_counts(org.name);
    if (!counts) return std::move(counts).error();
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    for (const store::Cause& cause : *causes) {
        const ObjectModel* object = org.model.find(cause.side, cause.object);
        const bool is_mended =
            cause.documents != org.model.documents().version ||
            cause.catalog != digest_of(object == nullptr ? nullptr : object->info);
        if (!is_mended && counts->contains(cause.name)) continue;
        if (auto freed = org.store.free_cause(org.name, cause.name, now); !freed) return freed;
    }
    return transaction->commit();
}

Result<Hold> hold_on(const Org& org, const Quarantined& row, Instant now) {
    if (!row.dropped_by.empty() || row.retry_at > now) return Hold::Wait;
    if (row.cause.empty()) return Hold::Free;
    auto cause = org.store.cause(org.name, row.cause);
    if (!cause) return std::move(cause).error();
    return *cause && (*cause)->retry_at > now ? Hold::Wait : Hold::Free;
}

std::chrono::seconds growing_delay(std::chrono::seconds first, std::chrono::seconds longest,
                                   int attempts, Random& random) {
    auto delay = std::min(first, longest);
    for (int i = 1; i < attempts && delay < longest; ++i) delay *= 2;
    delay = std::min(delay, longest);
    const auto quarter = static_cast<std::uint64_t>(delay.count() / 4 + 1);
    const std::chrono::seconds jitter{static_cast<std::int64_t>(random.next() % quarter)};
    return delay + jitter > longest ? longest - jitter : delay + jitter;
}

}  // namespace duet::sync
