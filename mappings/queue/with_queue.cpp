#include "mappings/queue/with_queue.h"

#include <utility>

#include "mappings/catalog.h"
#include "mappings/merge/evaluate.h"
#include "mappings/queue/queue.h"
#include "mappings/scoring/grade.h"

namespace duet::queue {
namespace {

const Value kBlank{};

double number_of(const Value& value) {
    if (const auto* number = std::get_if<Decimal>(&value)) return number->to_double();
    const std::string* word = as_text(value);
    const auto grade = word == nullptr ? std::nullopt : scoring::parse_grade(*word);
    return grade ? static_cast<double>(*grade) : 0;
}

}  // namespace

std::variant<const Value*, std::string> WithQueue::value(std::string_view path) {
    constexpr std::string_view kHead = "Queue.";
    if (path.size() <= kHead.size() || !same_name(path.substr(0, kHead.size()), kHead))
        return below_.value(path);
    if (!place().failure.empty()) return "the queue: " + place().failure;
    for (const auto& [name, value] : told_) {
        if (same_name(name, path.substr(kHead.size()))) return &value;
    }
    return &kBlank;
}

std::optional<DateTime> WithQueue::next_change() const {
    auto next = next_;
    merge::lower(next, below_.next_change());
    return next;
}

const Place& WithQueue::place() {
    if (!place_) {
        place_.emplace();
        if (rule_ != nullptr) work_out();
        if (place_->failure.empty()) tell();
    }
    return *place_;
}

bool WithQueue::asks(const document::Rule& rule) {
    auto answer = merge::ask(rule, below_, moment_, next_);
    if (answer.failure && place_->failure.empty()) place_->failure = std::move(*answer.failure);
    return answer.yes;
}

Value WithQueue::read(const std::optional<document::Rule>& rule) {
    if (!rule) return {};
    auto value = merge::evaluate(*rule, below_, moment_, next_);
    if (auto* why = std::get_if<std::string>(&value)) {
        if (place_->failure.empty()) place_->failure = std::move(*why);
        return {};
    }
    return std::get<Value>(std::move(value));
}

void WithQueue::work_out() {
    Place& place = *place_;
    for (const document::QueueReason& reason : rule_->reasons) {
        if (!asks(reason.when)) continue;
        place.reasons += (place.reasons.empty() ? "" : "; ") + reason.name;
    }
    place.member = !place.reasons.empty() && !(rule_->leave_when && asks(*rule_->leave_when));
    if (!place.member) {
        place.reasons.clear();
        return;
    }
    const Value note = read(rule_->note);
    if (!is_blank(note)) place.reasons += "; " + display(note);
    place.breached = rule_->breached_when && asks(*rule_->breached_when);
    const Value due = read(rule_->due);
    if (const auto* instant = std::get_if<DateTime>(&due)) place.due = *instant;
    place.score = number_of(read(rule_->score));
    place.grade = number_of(read(rule_->grade));
    const double part = rule_->score_percent / 100.0;
    place.priority = part * banded(place.score, rule_->score_bands) +
                     (1 - part) * banded(place.grade, rule_->grade_bands);
    place.owner = display(read(rule_->owner));
    place.account = display(read(rule_->account));
    place.campaign = display(read(rule_->campaign));
}

void WithQueue::tell() {
    const Place& place = *place_;
    told_["Member"] = Value{place.member};
    told_["Breached"] = Value{place.breached};
    told_["Reason"] = text(place.reasons);
    if (place.due) told_["Due"] = Value{*place.due};
    if (!place.member) return;
    const auto rank = Decimal::from_double(rank_of(place.breached, place.due, place.priority));
    if (rank) told_["Rank"] = Value{*rank};
}

}  // namespace duet::queue
