#include "connectors/sandbox/salesforce_service.h"

#include <chrono>

#include <fmt/format.h>

#include "mappings/date_text.h"

namespace duet::sandbox {

namespace {

using Refused = std::optional<Refusal>;

constexpr const char* kActivated = "Activated";

std::string status_code(const std::string& status) {
    return status == "In Approval Process" ? "InApproval" : status;
}

Refusal failed_activation() {
    return {"FAILED_ACTIVATION",
            "Choose a valid contract status and save your changes. Ask your admin for details.",
            {"Status"}};
}

}  // namespace

std::string next_number(SandboxState& state, const std::string& name) {
    auto count = state.database.prepare(
        "INSERT INTO sandbox_counter VALUES(?1,1)"
        " ON CONFLICT(prefix) DO UPDATE SET value=value+1 RETURNING value");
    count.bind(1, name);
    count.step();
    return fmt::format("{:08}", count.integer(0));
}

std::string contract_end(std::string_view start, int months) {
    namespace chrono = std::chrono;
    const auto first = date_text::take_date(start, date_text::Style::Exact);
    if (!first) return {};
    const chrono::year_month_day day{chrono::sys_days{*first}};
    auto after = day + chrono::months{months};
    if (!after.ok()) {
        after = chrono::year_month_day{after.year() / after.month() / chrono::last};
    }
    const chrono::year_month_day last{chrono::sys_days{after} - chrono::days{1}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(last.year()),
                       static_cast<unsigned>(last.month()), static_cast<unsigned>(last.day()));
}

Refused derive_contract(SandboxState& state, Row& row, const Write& write) {
    const std::string code = status_code(row.text("Status"));
    const std::string before =
        write.before == nullptr ? std::string{} : write.before->text("StatusCode");
    if (!write.seeding && code != before) {
        if (before == kActivated || (code == kActivated && write.before == nullptr)) {
            return failed_activation();
        }
        if (code == kActivated) {
            row.set("ActivatedDate", state.clock.now_iso());
            row.set("ActivatedById", row.value("OwnerId"));
        }
    }
    row.set("StatusCode", code);
    if (row.is_null("ContractNumber")) row.set("ContractNumber", next_number(state, "Contract"));
    const bool known = !row.is_null("StartDate") && !row.is_null("ContractTerm");
    if (known) {
        row.set("EndDate",
                text_or_null(contract_end(row.text("StartDate"),
                                          static_cast<int>(row.number("ContractTerm")))));
    } else if (!write.seeding) {
        row.set("EndDate", SqlValue{});
    }
    return {};
}

Refused derive_case(SandboxState& state, Row& row, const Write& write) {
    if (row.is_null("CaseNumber")) row.set("CaseNumber", next_number(state, "Case"));
    const bool closed = row.text("Status") == "Closed";
    if (closed && row.is_null("ClosedDate")) {
        row.set("ClosedDate", write.seeding && !row.is_null("LastModifiedDate")
                                  ? row.value("LastModifiedDate")
                                  : SqlValue{state.clock.now_iso()});
    }
    if (!closed) row.set("ClosedDate", SqlValue{});
    row.set_truth("IsClosed", closed);
    if (write.before == nullptr && row.is_null("AccountId") && !row.is_null("ContactId")) {
        const auto contact = load_row(state, table_of(state, "Contact"), row.text("ContactId"));
        if (contact) row.set("AccountId", contact->value("AccountId"));
    }
    return {};
}

}  // namespace duet::sandbox
