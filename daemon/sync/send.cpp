#include "daemon/sync/send.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "daemon/sync/brake.h"
#include "daemon/sync/freshen.h"
#include "daemon/sync/pace.h"

namespace duet::sync {
namespace {

using store::InFlight;

constexpr std::size_t kRowsReadAgain = 200;  // of one call by key, of both vendors
constexpr int kMostUnanswered = 2;

struct Group {
    Side side;
    std::string object;
    WriteKind kind;
    int step;
    std::vector<InFlight> writes;
};

/// Creates of an object that others refer to go before creates of those; all else stays in its
/// place.
void put_parents_first(const Model& model, std::vector<Group>& groups) {
    const auto place_of = [&](const Group& group) {
        const ObjectModel* object = model.find(group.side, group.object);
        return object == nullptr ? model.objects().size()
                                 : static_cast<std::size_t>(object - model.objects().data());
    };
    std::vector<std::size_t> places;
    std::vector<Group> creates;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i].kind != WriteKind::Create) continue;
        places.push_back(i);
        creates.push_back(std::move(groups[i]));
    }
    std::stable_sort(creates.begin(), creates.end(),
                     [&](const Group& a, const Group& b) { return place_of(a) < place_of(b); });
    for (std::size_t i = 0; i < places.size(); ++i) groups[places[i]] = std::move(creates[i]);
}

/// Writes of one call: same side, object, kind and step, in the order in which they are to go
/// out.
std::vector<Group> in_groups(const Model& model, std::vector<PlannedWrite>&& writes) {
    std::stable_partition(writes.begin(), writes.end(), is_opt_out);
    std::vector<Group> groups;
    for (PlannedWrite& planned : writes) {
        const Write& write = planned.in_flight.write;
        const auto key =
            std::tuple{planned.in_flight.side, write.id.object, write.kind, planned.step};
        auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& candidate) {
            return std::tuple{candidate.side, candidate.object, candidate.kind, candidate.step} ==
                   key;
        });
        if (group == groups.end()) {
            groups.push_back(
                {planned.in_flight.side, write.id.object, write.kind, planned.step, {}});
            group = groups.end() - 1;
        }
        group->writes.push_back(std::move(planned.in_flight));
    }
    put_parents_first(model, groups);
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return a.step < b.step; });
    return groups;
}

bool closes_side(const Error& error) {
    return concerns_whole_side(error) || error.kind == ErrorKind::Broken;
}

class Sender {
public:
    Sender(Org& org, store::CycleId cycle, std::stop_token stop, const SendVisitor& visit)
        : org_(org), cycle_(cycle), stop_(std::move(stop)), visit_(visit) {}

    Status send(Group& group) {
        step_ = group.step;
        if (step_ > 0) drop_later_steps(group);
        for (std::size_t from = 0; from < group.writes.size();) {
            const auto left = std::span(group.writes).subspan(from);
            if (!takes_more(group.side)) return leave(group.side, left);
            const auto some = left.first(std::min(at_once(group), left.size()));
            if (auto done = send_fresh(group, some); !done) return done;
            from += some.size();
        }
        return Done{};
    }

    [[nodiscard]] const Sent& sent() const noexcept { return sent_; }

private:
    [[nodiscard]] bool takes_more(Side side) const {
        return !sent_.closed[side] && !stop_.stop_requested() && !is_over_budget(org_, side);
    }

    [[nodiscard]] std::size_t batch_size(const Group& group) const {
        return std::max<std::size_t>(
            1, org_.connectors[group.side]->batch_size(group.object, group.kind));
    }

    /// So many as can be looked at and sent before what was seen of the first is too old, at the
    /// pace of the last calls; while that is not known, what one call takes.
    [[nodiscard]] std::size_t at_once(const Group& group) const {
        const std::size_t batch = batch_size(group);
        // Who holds a create's key is asked one by one.
        const std::size_t most = group.kind == WriteKind::Create ? batch : kRowsReadAgain;
        const std::size_t calls =
            org_.connectors[group.side]->calls_for(group.object, group.kind, batch);
        const std::size_t of_a_call = batch / std::clamp<std::size_t>(calls, 1, batch);
        const std::chrono::duration<double> limit = org_.settings.stale_after;
        const std::chrono::duration<double> age =
            org_.clock.steady() - org_.observed_at[group.side];
        const bool is_read_again = group.kind == WriteKind::Create || age >= limit;
        const auto time = is_read_again ? limit / 2 : limit - age;
        return std::min(most, of_a_call * calls_within(org_, group.side, time, most));
    }

    Status leave(Side side, std::span<const InFlight> writes) {
        for (const InFlight& left : writes)
            let_wait(left, org_.system(side) + " takes no more writes in this cycle");
        return Done{};
    }

    void let_wait(const InFlight& write, const std::string& why) {
        ++sent_.not_sent;
        sent_.waiting[write.entity] = why;
        tell(write, std::nullopt, why);
    }

    /// A step that was not done leaves those after it of the same entity for the next plan.
    void drop_later_steps(Group& group) {
        std::erase_if(group.writes, [&](const InFlight& write) {
            const auto undone = undone_.find(write.entity);
            if (undone == undone_.end() || undone->second >= step_) return false;
            ++sent_.not_sent;
            const std::string why = "an earlier write of its rows was not done";
            sent_.waiting.emplace(write.entity, why);
            tell(write, std::nullopt, why);
            return true;
        });
    }

    [[nodiscard]] std::string changed_words(const InFlight& write) const {
        if (write.write.kind != WriteKind::Create)
            return "somebody changed the record since it was seen";
        return org_.system(write.side) + " has a record with its " + write.write.key_field +
               " by now, which is met first";
    }

    static std::string unread_words(const InFlight& write) {
        if (write.write.kind != WriteKind::Create)
            return "the record could not be read once more: ";
        return "who holds its " + write.write.key_field + " could not be asked: ";
    }

    /// What somebody changed since it was seen is left out, and decided anew; so are all later
    /// writes of the same entity, which were decided with it. What nobody could look at waits.
    Status send_fresh(const Group& group, std::span<InFlight> writes) {
        auto looked = [&] {
            const Paced paced(org_, group.side);
            return freshen(org_, group.side, writes, stop_);
        }();
        if (!looked) return std::move(looked).error();
        if (looked->error && closes_side(*looked->error)) close(group.side, *looked->error);
        std::vector<InFlight> fresh;
        for (std::size_t i = 0; i < writes.size(); ++i) {
            if (looked->of[i] == Fresh::Changed) changed_.insert(writes[i].entity);
        }
        for (std::size_t i = 0; i < writes.size(); ++i) {
            InFlight& write = writes[i];
            if (changed_.contains(write.entity)) {
                ++sent_.not_sent;
                tell(write, std::nullopt, changed_words(write));
            } else if (looked->of[i] == Fresh::Unread) {
                let_wait(write, unread_words(write) + looked->error->message);
            } else if (looked->of[i] == Fresh::Held) {
                if (auto kept = put_off(write); !kept) return kept;
            } else {
                fresh.push_back(std::move(write));
            }
        }
        for (std::size_t from = 0; from < fresh.size(); from += batch_size(group)) {
            const auto left = std::span(fresh).subspan(from);
            if (!takes_more(group.side)) return leave(group.side, left);
            const auto batch = left.first(std::min(batch_size(group), left.size()));
            if (auto done = send_batch(group.side, batch); !done) return done;
        }
        return Done{};
    }

    /// Its key is held by a record that Duet may not take: somebody erased, or one that is spelled
    /// otherwise. It is asked for again, less often each time.
    Status put_off(const InFlight& write) {
        const Error held{ErrorKind::Transient,
                         org_.system(write.side) + " has a record with its " +
                             write.write.key_field + " that is not this one's.",
                         "DUET-5013",
                         "",
                         {}};
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        auto settled = settle(org_, write, held);
        if (!settled) return std::move(settled).error();
        if (auto done = transaction->commit(); !done) return done;
        ++sent_.later;
        sent_.waiting[write.entity] = "tried again later: " + held.message;
        tell(write, *settled, held.message);
        return Done{};
    }

    Status send_batch(Side side, std::span<InFlight> batch) {
        for (InFlight& write : batch) {
            write.cycle = cycle_;
            write.sent_at = org_.clock.now();
        }
        {
            auto transaction = org_.store.begin();
            if (!transaction) return std::move(transaction).error();
            if (auto added = org_.store.add_in_flight(org_.name, batch); !added) return added;
            if (auto done = transaction->commit(); !done) return done;
        }
        std::vector<Write> writes;
        writes.reserve(batch.size());
        for (const InFlight& write : batch) writes.push_back(write.write);
        auto outcomes = [&] {
            const Paced paced(org_, side);
            return org_.connectors[side]->write(writes, stop_);
        }();
        if (outcomes && outcomes->size() != batch.size()) {
            outcomes = Error{ErrorKind::InDoubt,
                             "The connector answered for another number of records.",
                             "DUET-5012",
                             "",
                             {}};
        }
        // One lost answer is an accident; after two in a row the next would be waited for just as
        // long, and be in doubt too.
        const bool is_answered = outcomes || !has_no_answer(outcomes.error());
        unanswered_[side] = is_answered ? 0 : unanswered_[side] + 1;
        const bool is_silent = unanswered_[side] >= kMostUnanswered;
        if (!outcomes && (is_silent || closes_side(outcomes.error())))
            close(side, outcomes.error());
        return settle_batch(side, batch, outcomes);
    }

    Status settle_batch(Side side, std::span<InFlight> batch,
                        const Result<std::vector<Result<Written>>>& outcomes) {
        told_ += batch.size();
        if (org_.on_progress) {
            org_.on_progress(
                {.system = org_.system(side), .rows = told_, .work = Progress::Work::Sending});
        }
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const Result<Written> outcome =
                outcomes ? (*outcomes)[i] : Result<Written>{whole_error(outcomes.error())};
            if (!outcome && concerns_whole_side(outcome.error())) close(side, outcome.error());
            auto settled = settle(org_, batch[i], outcome);
            if (!settled) return std::move(settled).error();
            tell(batch[i], *settled, outcome ? std::string{} : outcome.error().message);
            switch (*settled) {
                case Settled::Done:
                    ++sent_.done;
                    break;
                case Settled::Refused:
                    ++sent_.refused;
                    break;
                case Settled::Later:
                    ++sent_.later;
                    sent_.waiting[batch[i].entity] =
                        "tried again later: " + outcome.error().message;
                    break;
                case Settled::InDoubt:
                    ++sent_.in_doubt;
                    sent_.waiting[batch[i].entity] =
                        "a write of it is in doubt and must be looked at first";
                    break;
            }
        }
        return transaction->commit();
    }

    void tell(const InFlight& write, std::optional<Settled> settled, const std::string& why) {
        if (step_ > 0 && settled != Settled::Done) undone_.emplace(write.entity, step_);
        if (visit_) visit_(write, settled, why);
    }

    void close(Side side, const Error& error) {
        if (!sent_.closed[side]) sent_.closed[side] = error;
    }

    /// An error in place of all outcomes: only some kinds say that nothing was sent.
    static Error whole_error(Error error) {
        if (error.kind == ErrorKind::Rejected || error.kind == ErrorKind::Broken)
            error.kind = ErrorKind::InDoubt;
        return error;
    }

    Org& org_;
    store::CycleId cycle_;
    std::stop_token stop_;
    const SendVisitor& visit_;
    std::set<store::EntityId> changed_;      // since they were decided
    int step_ = 0;                           // of the group under way
    std::map<store::EntityId, int> undone_;  // the first step of each that was not done
    PerSide<int> unanswered_{};              // calls in a row that nobody answered
    std::size_t told_ = 0;                   // writes that progress was told of
    Sent sent_;
};

}  // namespace

Result<Sent> send(Org& org, std::vector<PlannedWrite> writes, store::CycleId cycle,
                  std::stop_token stop, const SendVisitor& visit) {
    Sender sender(org, cycle, std::move(stop), visit);
    auto groups = in_groups(org.model, std::move(writes));
    for (Group& group : groups) {
        if (auto done = sender.send(group); !done) return std::move(done).error();
    }
    return sender.sent();
}

}  // namespace duet::sync
