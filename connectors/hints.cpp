#include "connectors/hints.h"

#include <algorithm>
#include <array>

namespace duet {
namespace {

struct Hint {
    std::string_view code;
    std::string_view text;
};

// Sorted by code. What the codes mean: salesforce/errors.cpp.
constexpr auto kSalesforce = std::to_array<Hint>({
    {"CANNOT_EXECUTE_FLOW_TRIGGER", "Have the flow's error looked at in Salesforce's setup."},
    {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
     "Have the trigger's exception looked at in Salesforce's setup."},
    {"DUPLICATES_DETECTED",
     "Merge the duplicates, or let the duplicate rule spare the integration user."},
    {"DUPLICATE_VALUE", "Find the other record that holds the unique value, and merge or clear."},
    {"ENTITY_IS_DELETED", "Undelete the record, or let Duet see that it is gone."},
    {"ENTITY_IS_LOCKED", "Wait until the approval ends, or let the integration user edit then."},
    {"FIELD_CUSTOM_VALIDATION_EXCEPTION",
     "Mend the value, or spare the integration user in the validation rule."},
    {"FIELD_FILTER_VALIDATION_EXCEPTION", "Choose a record that the lookup filter lets through."},
    {"INACTIVE_OWNER_OR_USER", "Give the record an active owner, or correct the routing rule."},
    {"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
     "Give the integration user access to the record that it points to."},
    {"INSUFFICIENT_ACCESS_OR_READONLY", "Give the integration user the right to edit the record."},
    {"INVALID_CROSS_REFERENCE_KEY", "Point the field at a record that exists."},
    {"INVALID_EMAIL_ADDRESS", "Correct the address on the side where it was typed."},
    {"INVALID_FIELD", "Make the field, or let the integration user see it."},
    {"INVALID_FIELD_FOR_INSERT_UPDATE", "Give the integration user the right to edit the field."},
    {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
     "Add the value to the picklist, or map it with `map:` in the document."},
    {"NUMBER_OUTSIDE_VALID_RANGE", "Widen the field, or correct the number."},
    {"REQUIRED_FIELD_MISSING", "Fill the field, or give it a `default:` in the document."},
    {"STORAGE_LIMIT_EXCEEDED", "Free data storage in the org, or buy more."},
    {"STRING_TOO_LONG", "Shorten the text, widen the field, or set `too_long: cut`."},
    {"UNABLE_TO_LOCK_ROW", "Nothing to do, unless it stays: then find what locks the record."},
});

// Sorted by code, as text. What the codes mean: pardot/errors.cpp.
constexpr auto kPardot = std::to_array<Hint>({
    {"132", "Restore the prospect from the recycle bin, or leave it there."},
    {"153", "Fill the property, or give it a `default:` in the document."},
    {"154", "Correct the value, or make it an option of the field."},
    {"180", "Take the field out of the document, or make it one-way to Salesforce."},
    {"37", "Such records come from the Salesforce connector of the account; map no create."},
    {"4", "Correct the address on the side where it was typed."},
    {"54", "Merge the two prospects, or correct one of the addresses."},
    {"55", "Make the list, or correct its name in the document."},
    {"56", "Correct the value: the field takes a number."},
    {"57", "Correct the value: the field takes a date."},
    {"59", "Such records come from the Salesforce connector of the account; map no create."},
    {"62", "Nothing to do, unless it stays: then find what changes the prospect."},
    {"65", "Correct the address on the side where it was typed."},
    {"67", "The account is full: remove prospects, or buy room for more."},
    {"9", "A prospect with that address exists: Duet links it once it is read."},
});

template <std::size_t Count>
std::string_view find(const std::array<Hint, Count>& hints, std::string_view code) noexcept {
    const auto found = std::lower_bound(
        hints.begin(), hints.end(), code,
        [](const Hint& hint, std::string_view wanted) { return hint.code < wanted; });
    return found != hints.end() && found->code == code ? found->text : std::string_view{};
}

}  // namespace

std::string_view hint_for(std::string_view system, std::string_view code) noexcept {
    if (system == "salesforce") return find(kSalesforce, code);
    if (system == "pardot") return find(kPardot, code);
    return {};
}

}  // namespace duet
