#include "mappings/lifecycle/account.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>

#include "mappings/formula/calendar.h"
#include "mappings/lifecycle/statistics.h"
#include "mappings/text.h"

namespace duet::lifecycle {
namespace {

/// An entry of somebody into a stage.
struct Entry {
    DateTime at{};
    std::size_t member = 0;
    int stage = kNone;
    bool skipped = false;
};

class RollUp {
public:
    RollUp(const Model& model, const AccountFacts& facts, DateTime as_of, const Days& days)
        : model_(model), rules_(model.rules().account), facts_(facts), as_of_(as_of), days_(days) {
        customer_ = model.stage(rules_.customer);
        for (const std::string& name : rules_.left_out) left_out_.insert(model.stage(name));
        standing_.times.resize(model.stage_count());
        gather();
    }

    AccountStanding run() {
        std::size_t next = 0;
        int stage = kNone;
        for (const DateTime at : moments_) {
            const std::size_t first = next;
            for (; next < entries_.size() && entries_[next].at <= at; ++next) {
                if (!entries_[next].skipped) now_[entries_[next].member] = entries_[next].stage;
            }
            const int became = stage_at(at);
            if (became != stage) {
                if (re_enters(stage, became)) {
                    ++standing_.cycle;
                    for (StageTimes& times : standing_.times) times.current.reset();
                }
                stage = became;
                standing_.since = at;
            }
            for (std::size_t i = first; i < next; ++i) note(entries_[i].stage, entries_[i].at);
        }
        if (stage != kNone) standing_.stage = model_.stage(stage).name;
        describe(stage);
        return std::move(standing_);
    }

private:
    void gather() {
        now_.assign(facts_.members.size(), kNone);
        for (std::size_t i = 0; i < facts_.members.size(); ++i) {
            const History* history = facts_.members[i].history;
            if (history == nullptr) continue;
            for (const Row& row : history->rows) {
                if (row.at <= as_of_)
                    entries_.push_back({row.at, i, model_.stage(row.to), row.skipped});
            }
            lower(history->next_change);
        }
        std::stable_sort(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.at < b.at; });
        for (const Entry& entry : entries_) add_moment(entry.at);
        for (const Span& contract : facts_.contracts) {
            add_moment(contract.from);
            if (contract.until) add_moment(*contract.until);
        }
        if (facts_.contracts.empty()) {
            for (const DateTime win : facts_.wins) {
                add_moment(win);
                if (const auto end = customer_until(win)) add_moment(*end);
            }
        }
        std::sort(moments_.begin(), moments_.end());
        moments_.erase(std::unique(moments_.begin(), moments_.end()), moments_.end());
    }

    void lower(const std::optional<DateTime>& at) {
        if (at && *at > as_of_ && (!standing_.next_change || *at < *standing_.next_change))
            standing_.next_change = at;
    }

    void add_moment(DateTime at) {
        if (at <= as_of_) {
            moments_.push_back(at);
        } else {
            lower(at);
        }
    }

    [[nodiscard]] std::optional<DateTime> customer_until(DateTime win) const {
        const auto last = formula::add_months(days_.of(win), rules_.customer_months);
        if (!last) return std::nullopt;
        return days_.start(*last + std::chrono::days{1});
    }

    [[nodiscard]] bool is_customer(DateTime at) const {
        if (customer_ == kNone) return false;
        for (const Span& contract : facts_.contracts) {
            if (contract.from <= at && (!contract.until || at < *contract.until)) return true;
        }
        if (!facts_.contracts.empty()) return false;
        return std::any_of(facts_.wins.begin(), facts_.wins.end(), [&](DateTime win) {
            const auto end = customer_until(win);
            return win <= at && (!end || at < *end);
        });
    }

    [[nodiscard]] int highest(int below) const {
        int best = kNone;
        for (const int stage : now_) {
            if (stage == kNone || left_out_.contains(stage)) continue;
            const int rank = model_.stage(stage).rank;
            if (rank < below && (best == kNone || rank > model_.stage(best).rank)) best = stage;
        }
        return best;
    }

    [[nodiscard]] int stage_at(DateTime at) const {
        if (is_customer(at)) return customer_;
        const int best = highest(std::numeric_limits<int>::max());
        const bool is_unknown = facts_.contracts.empty() && facts_.wins.empty();
        if (best != customer_ || customer_ == kNone || is_unknown) return best;
        // It was one; where its people went since says more, if they went anywhere.
        const int other = highest(model_.stage(customer_).rank);
        return other == kNone ? best : other;
    }

    [[nodiscard]] bool re_enters(int from, int to) const {
        const int start = model_.stage(model_.rules().cycle_starts_at);
        if (from == kNone || to == kNone || to == customer_ || start == kNone) return false;
        return (from == customer_ || model_.stage(from).rank < 0) &&
               model_.stage(to).rank >= model_.stage(start).rank;
    }

    void note(int stage, DateTime at) {
        if (stage == kNone) return;
        StageTimes& times = standing_.times[static_cast<std::size_t>(stage)];
        if (!times.first) times.first = at;
        if (!times.current) times.current = at;
        times.last = at;
        ++times.count;
    }

    void describe(int stage) {
        std::set<std::string> filled;
        for (std::size_t i = 0; i < facts_.members.size(); ++i) {
            const AccountMember& member = facts_.members[i];
            if (now_[i] != kNone) ++standing_.people;
            const bool is_engaged =
                member.last_activity && *member.last_activity <= as_of_ &&
                days_.between(*member.last_activity, as_of_) <= rules_.engaged_days;
            if (is_engaged) {
                ++standing_.engaged;
                lower(days_.after(*member.last_activity, rules_.engaged_days + 1));
            }
            for (const std::string& counted : rules_.counted) {
                if (now_[i] != kNone && model_.stage(now_[i]).name == counted)
                    ++standing_.counted[counted];
            }
            const auto& required = rules_.required_roles;
            if (std::find(required.begin(), required.end(), member.role) != required.end())
                filled.insert(member.role);
        }
        standing_.roles_filled = static_cast<long>(filled.size());
        standing_.coverage = ratio(static_cast<double>(filled.size()),
                                   static_cast<double>(rules_.required_roles.size()));
        std::optional<DateTime> end;
        for (const Span& contract : facts_.contracts) {
            const bool is_active =
                contract.from <= as_of_ && contract.until && as_of_ < *contract.until;
            if (is_active && (!end || *contract.until > *end)) end = contract.until;
        }
        if (end) standing_.contract_end = days_.of(*end - std::chrono::milliseconds{1});
        if (stage != kNone && stage == customer_) {
            describe_customer();
        } else if (!facts_.contracts.empty() || !facts_.wins.empty()) {
            describe_former_customer();
        }
    }

    void tell_substage(const std::vector<SubstageRule>& rules) {
        const Substage substage = substage_of(rules, facts_.dates, days_.of(as_of_));
        standing_.substage = substage.name;
        if (substage.changes_on) lower(days_.start(*substage.changes_on));
    }

    /// Only what never ends by itself is still true of it.
    void describe_former_customer() {
        std::vector<SubstageRule> lasting;
        std::copy_if(
            rules_.substages.begin(), rules_.substages.end(), std::back_inserter(lasting),
            [](const SubstageRule& rule) { return !rule.since.empty() && !rule.last_days; });
        tell_substage(lasting);
    }

    void describe_customer() {
        const int start = model_.stage(model_.rules().cycle_starts_at);
        const int best = highest(model_.stage(customer_).rank);
        if (best != kNone && start != kNone && model_.stage(best).rank >= model_.stage(start).rank)
            standing_.expansion = model_.stage(best).name;
        tell_substage(rules_.substages);
    }

    const Model& model_;
    const AccountRules& rules_;
    const AccountFacts& facts_;
    DateTime as_of_;
    const Days& days_;
    int customer_ = kNone;
    std::set<int> left_out_;
    std::vector<Entry> entries_;
    std::vector<DateTime> moments_;
    std::vector<int> now_;  // the stage of each member
    AccountStanding standing_;
};

}  // namespace

AccountStanding roll_up(const Model& model, const AccountFacts& facts, DateTime as_of,
                        const Days& days) {
    return RollUp(model, facts, as_of, days).run();
}

std::string account_of_domain(
    std::string_view email, std::span<const std::string> public_domains,
    const std::multimap<std::string, std::string, std::less<>>& accounts_by_domain) {
    const std::size_t at = email.rfind('@');
    if (at == std::string_view::npos) return {};
    const std::string domain = lower_case(email.substr(at + 1));
    if (std::find(public_domains.begin(), public_domains.end(), domain) != public_domains.end())
        return {};
    const auto [first, last] = accounts_by_domain.equal_range(domain);
    return first != last && std::next(first) == last ? first->second : std::string{};
}

}  // namespace duet::lifecycle
