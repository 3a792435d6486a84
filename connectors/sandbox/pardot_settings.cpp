#include "connectors/sandbox/pardot_settings.h"

#include <charconv>
#include <string_view>

#include "connectors/sandbox/state.h"

namespace duet::sandbox {

namespace {

template <class Number>
void read(SandboxState& state, std::string_view name, Number& value) {
    const std::string text = state.setting(name);
    std::from_chars(text.data(), text.data() + text.size(), value);
}

void read(SandboxState& state, std::string_view name, bool& value) {
    const std::string text = state.setting(name);
    if (!text.empty()) value = text == "true" || text == "1";
}

void read(SandboxState& state, std::string_view name, std::string& value) {
    value = state.setting(name, value);
}

}  // namespace

PardotSettings pardot_settings(SandboxState& state) {
    PardotSettings settings;
    read(state, "pardot.ampsea", settings.multiple_prospects);
    read(state, "pardot.user_offset", settings.user_offset);
    read(state, "pardot.chain_cap", settings.chain_rows_max);
    read(state, "pardot.token_life_seconds", settings.token_life_seconds);
    read(state, "pardot.token_lenient", settings.token_lenient);
    read(state, "pardot.read_lag_seconds", settings.read_lag_seconds);
    read(state, "pardot.concurrent_max", settings.concurrent_calls_max);
    read(state, "pardot.invalid_email_code", settings.invalid_email_code);
    read(state, "pardot.unknown_property_code", settings.unknown_property_code);
    read(state, "pardot.unknown_field_code", settings.unknown_field_code);
    read(state, "pardot.dynamic_list_code", settings.dynamic_list_code);
    read(state, "pardot.upsert_update_status", settings.upsert_update_status);
    read(state, "pardot.latest_by", settings.latest_by);
    read(state, "pardot.unique_salesforce_id", settings.unique_salesforce_id);
    read(state, "pardot.members_keep_list", settings.members_keep_list);
    read(state, "pardot.readd_revives", settings.readd_revives);
    return settings;
}

}  // namespace duet::sandbox
