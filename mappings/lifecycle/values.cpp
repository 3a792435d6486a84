#include "mappings/lifecycle/values.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "mappings/decimal.h"
#include "mappings/text.h"

namespace duet::lifecycle {
namespace {

// The names of a model with as many stages as the one that ships.
constexpr std::size_t kUsualValues = 100;

char spelled(char c) noexcept {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_plain ? c : '_';
}

std::string spelled(std::string_view prefix, std::string_view name) {
    std::string result(prefix);
    for (const char c : name) result += spelled(c);
    return result;
}

Value number(long value) { return Value{Decimal{value}}; }

void set(Values& values, std::string_view head, std::string_view name,
         const std::optional<DateTime>& at) {
    if (at) values.set(head, name, Value{*at});
}

void add_times(const Model& model, const std::vector<StageTimes>& times, Values& values) {
    for (std::size_t i = 0; i < times.size(); ++i) {
        const std::string& stage = model.stage(static_cast<int>(i)).name;
        set(values, "First_", stage, times[i].first);
        set(values, "Date_", stage, times[i].current);
        set(values, "Last_", stage, times[i].last);
        values.set("Count_", stage, number(times[i].count));
    }
}

void add_counts(const Model& model, const History& history, const Facts& facts, DateTime until,
                Values& values) {
    for (const CountRule& rule : model.rules().counts) {
        const int stage = model.stage(rule.after);
        const bool was_there =
            stage != kNone && history.times[static_cast<std::size_t>(stage)].current.has_value();
        const DateTime since =
            was_there ? *history.times[static_cast<std::size_t>(stage)].current : DateTime{};
        std::vector<const Event*> counted;
        std::optional<DateTime> last;
        for (const Event& event : facts.events) {
            if (!was_there || event.name != rule.of) continue;
            if (event.at <= since || event.at > until) continue;
            const bool is_told_twice =
                std::any_of(counted.begin(), counted.end(),
                            [&](const Event* other) { return *other == event; });
            if (is_told_twice) continue;
            counted.push_back(&event);
            if (!last || event.at > *last) last = event.at;
        }
        values.set(rule.name, number(static_cast<long>(counted.size())));
        if (last) values.set(rule.name + "_Last", Value{*last});
    }
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ";"));
}

}  // namespace

ValueNames person_names(const std::vector<std::string>& stages,
                        const std::vector<std::string>& events,
                        const std::vector<std::string>& counts) {
    ValueNames names{{"Stage", FieldType::Text},
                     {"Stage_Owner", FieldType::Text},
                     {"Stage_Since", FieldType::DateTime},
                     {"Cycle", FieldType::Number},
                     {"Returning", FieldType::Boolean},
                     {"Reopened", FieldType::Number},
                     {"Tags", FieldType::Text},
                     {"Reason", FieldType::Text},
                     {"Last_Event", FieldType::Text},
                     {"Campaign", FieldType::Text}};
    for (const std::string& stage : stages) {
        for (const char* prefix : {"First_", "Date_", "Last_"})
            names.emplace_back(spelled(prefix, stage), FieldType::DateTime);
        names.emplace_back(spelled("Count_", stage), FieldType::Number);
        names.emplace_back(spelled("Campaign_", stage), FieldType::Text);
    }
    for (const std::string& event : events) {
        names.emplace_back(spelled("When_", event), FieldType::DateTime);
        names.emplace_back(spelled("Who_", event), FieldType::Text);
    }
    for (const std::string& count : counts) {
        names.emplace_back(count, FieldType::Number);
        names.emplace_back(count + "_Last", FieldType::DateTime);
    }
    return names;
}

ValueNames account_names(const std::vector<std::string>& stages) {
    ValueNames names{{"Stage", FieldType::Text},           {"Stage_Since", FieldType::DateTime},
                     {"Cycle", FieldType::Number},         {"Expansion_Stage", FieldType::Text},
                     {"Substage", FieldType::Text},        {"People", FieldType::Number},
                     {"Engaged", FieldType::Number},       {"Roles_Filled", FieldType::Number},
                     {"Role_Coverage", FieldType::Number}, {"Contract_End", FieldType::Date}};
    for (const std::string& stage : stages) {
        for (const char* prefix : {"First_", "Date_", "Last_"})
            names.emplace_back(spelled(prefix, stage), FieldType::DateTime);
        for (const char* prefix : {"Count_", "People_"})
            names.emplace_back(spelled(prefix, stage), FieldType::Number);
    }
    return names;
}

ValueNames deal_names() {
    return {{"Outcome", FieldType::Text},
            {"Lapse_Reason", FieldType::Text},
            {"Lapsed_Date", FieldType::Date},
            {"Stage_Median", FieldType::Number}};
}

Values values_of(const OutcomeAt& outcome, const Days& days) {
    Values values;
    values.set("Outcome", text(to_string(outcome.outcome)));
    values.set("Lapse_Reason", text(outcome.lapse_reason));
    if (outcome.lapsed_at) values.set("Lapsed_Date", Value{days.of(*outcome.lapsed_at)});
    return values;
}

const Value* Values::find(std::string_view name) const noexcept {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
        const std::size_t head = entry->head.size();
        if (name.size() != head + entry->name.size()) continue;
        if (!same_name(name.substr(0, head), entry->head)) continue;
        const bool is_it = std::equal(
            entry->name.begin(), entry->name.end(), name.substr(head).begin(),
            [](char own, char asked) { return lower_case(spelled(own)) == lower_case(asked); });
        if (is_it) return &entry->value;
    }
    return nullptr;
}

Values values_of(const Model& model, const History& history, const Facts& facts, DateTime until) {
    Values values;
    values.reserve(kUsualValues);
    values.set("Cycle", number(history.cycle));
    values.set("Returning", Value{history.cycle > 1});
    values.set("Reopened", number(history.reopened));
    values.set("Tags", text(joined(history.tags)));
    if (const int stage = model.stage(history.stage); stage != kNone) {
        values.set("Stage", text(history.stage));
        values.set("Stage_Owner", text(model.stage(stage).owner));
        values.set("Stage_Since", Value{history.since});
    }
    if (!history.rows.empty()) {
        values.set("Reason", text(history.rows.back().reason));
        values.set("Last_Event", text(history.rows.back().event));
        values.set("Campaign", text(history.rows.back().campaign));
    }
    add_times(model, history.times, values);
    for (const Row& row : history.rows) {
        values.set("When_", row.event, Value{row.at});
        values.set("Who_", row.event, text(row.owner));
    }
    for (const Row& row : history.rows) {
        if (!row.skipped) values.set("Campaign_", row.to, text(row.campaign));
    }
    for (const Mark& mark : history.marks) values.set("When_", mark.name, Value{mark.at});
    add_counts(model, history, facts, until, values);
    return values;
}

Values values_of(const Model& model, const AccountStanding& standing) {
    Values values;
    if (!standing.stage.empty()) {
        values.set("Stage", text(standing.stage));
        values.set("Stage_Since", Value{standing.since});
    }
    values.set("Cycle", number(standing.cycle));
    values.set("Expansion_Stage", text(standing.expansion));
    values.set("Substage", text(standing.substage));
    values.set("People", number(standing.people));
    values.set("Engaged", number(standing.engaged));
    values.set("Roles_Filled", number(standing.roles_filled));
    const auto required = static_cast<long>(model.rules().account.required_roles.size());
    if (required > 0) {
        const auto share = Decimal::divide(Decimal{standing.roles_filled}, Decimal{required});
        if (share) values.set("Role_Coverage", Value{*share});
    }
    if (standing.contract_end) values.set("Contract_End", Value{*standing.contract_end});
    add_times(model, standing.times, values);
    for (const auto& [stage, people] : standing.counted)
        values.set("People_", stage, number(people));
    return values;
}

}  // namespace duet::lifecycle
