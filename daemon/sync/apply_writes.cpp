#include "daemon/sync/apply_writes.h"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "daemon/sync/catch_up.h"
#include "daemon/sync/cycle.h"
#include "daemon/sync/freshen.h"
#include "daemon/sync/present.h"
#include "daemon/sync/settle.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

constexpr const char* kFates[] = {"done",   "already so", "changed since", "refused",
                                  "braked", "paused",     "later",         "in doubt"};

/// Names a write among those of one list.
std::string name_of(const store::InFlight& flight) {
    return std::to_string(flight.entity) + "|" + (flight.side == Side::Crm ? "0|" : "1|") +
           fingerprint_of(flight.write);
}

/// What the copy tells of both sides may be long over.
Error catching_up_error(const std::string& org) {
    return {
        ErrorKind::Transient,
        "Org \"" + org +
            "\" was restored from a copy, and not all of both sides was read again yet: nothing "
            "is written.",
        "DUET-5044",
        "",
        {}};
}

class Applier {
public:
    Applier(const Org& org, std::vector<PlannedWrite> writes, std::stop_token stop)
        : org_(org), stop_(std::move(stop)), writes_(std::move(writes)) {
        applied_.outcomes.resize(writes_.size());
        is_open_.assign(writes_.size(), 1);
    }

    Result<Applied> run(const std::string& trigger) {
        auto pauses = may_start();
        if (!pauses) return std::move(pauses).error();
        const Instant now = org_.clock.now();
        auto cycle = org_.store.start_cycle(org_.name, now, trigger);
        if (!cycle) return std::move(cycle).error();
        applied_.cycle = *cycle;
        Gate gate(org_, *cycle, now, std::move(*pauses));
        for (const Side side : kSides) org_.reads_paused[side] = gate.pauses().stops_reads(side);
        if (auto done = resolve_doubts(org_, stop_); !done) return std::move(done).error();
        note_paused(gate.pauses());
        if (auto done = read_again(); !done) return std::move(done).error();
        if (auto done = check(); !done) return std::move(done).error();
        if (auto done = pass(gate); !done) return std::move(done).error();
        if (auto done = gate.settle_alarms(); !done) return std::move(done).error();
        applied_.held = gate.held();
        applied_.alarms = gate.alarms();
        if (auto done = end_cycle(now, trigger); !done) return std::move(done).error();
        return std::move(applied_);
    }

private:
    Result<Pauses> may_start() {
        auto pauses = Pauses::load(org_.store, org_.name);
        if (!pauses) return pauses;
        if (pauses->of_org() != nullptr) return paused_error(org_.name);
        auto mode = org_.store.mode(org_.name);
        if (!mode) return std::move(mode).error();
        if (*mode == store::Mode::Observe) return observe_error(org_.name);
        auto catching_up = find_catch_up(org_);
        if (!catching_up) return std::move(catching_up).error();
        if (catching_up->is_on) return catching_up_error(org_.name);
        if (auto doubted = org_.store.doubt_all(org_.name); !doubted)
            return std::move(doubted).error();
        return pauses;
    }

    void end(std::size_t i, Fate fate, std::string why) {
        applied_.outcomes[i] = {fate, std::move(why)};
        is_open_[i] = 0;
    }

    /// What is paused is not even read.
    void note_paused(const Pauses& pauses) {
        for (std::size_t i = 0; i < writes_.size(); ++i) {
            const store::InFlight& flight = writes_[i].in_flight;
            const Pause* pause = pauses.of_write(flight.side, flight.write.id.object);
            if (pause != nullptr)
                end(i, Fate::Paused, sentence(*pause, org_.model.documents().names));
        }
    }

    /// Every record that is to be changed is read by key, so that what people did since it was seen
    /// is neither overwritten nor deleted.
    Status read_again() {
        std::map<std::tuple<Side, std::string>, std::vector<std::size_t>> by_object;
        for (std::size_t i = 0; i < writes_.size(); ++i) {
            const store::InFlight& flight = writes_[i].in_flight;
            if (is_open_[i] != 0 && flight.write.kind != WriteKind::Create)
                by_object[{flight.side, flight.write.id.object}].push_back(i);
        }
        for (const Side side : kSides) org_.observed_at[side] = org_.clock.steady();
        for (const auto& [object, indexes] : by_object) {
            const ObjectModel* model = org_.model.find(std::get<0>(object), std::get<1>(object));
            if (model == nullptr) {
                for (const std::size_t i : indexes)
                    end(i, Fate::Changed, "the documents do not name the object any more");
                continue;
            }
            const std::size_t size = std::max<std::size_t>(
                1, org_.connectors[model->side]->batch_size(model->info->name, WriteKind::Update));
            for (std::size_t from = 0; from < indexes.size(); from += size) {
                const std::size_t count = std::min(size, indexes.size() - from);
                if (auto read = read_some(*model, std::span(indexes).subspan(from, count)); !read)
                    return read;
            }
        }
        return Done{};
    }

    Status read_some(const ObjectModel& object, std::span<const std::size_t> indexes) {
        std::string why;
        if (stop_.stop_requested()) {
            why = "Duet is stopping";
        } else if (is_over_budget(org_, object.side)) {
            why = "Duet's share of the calls of " + org_.system(object.side) + " is used up";
        } else {
            std::vector<std::string> keys;
            for (const std::size_t i : indexes) keys.push_back(writes_[i].in_flight.write.id.key);
            auto refreshed = refresh(org_, object, keys, stop_);
            if (!refreshed) return std::move(refreshed).error();
            if (refreshed->error)
                why = "the record could not be read once more: " + refreshed->error->message;
        }
        if (why.empty()) return Done{};
        for (const std::size_t i : indexes) end(i, Fate::Later, why);
        return Done{};
    }

    Status check() {
        for (std::size_t i = 0; i < writes_.size(); ++i) {
            if (is_open_[i] == 0) continue;
            auto outcome = check_present(org_, writes_[i]);
            if (!outcome) return std::move(outcome).error();
            if (outcome->fate != Fate::Later || !outcome->why.empty()) {
                end(i, outcome->fate, std::move(outcome->why));
            } else if (!index_.emplace(name_of(writes_[i].in_flight), i).second) {
                end(i, Fate::Already, "the list has it twice");
            } else if (!limits_.admits(writes_[i], org_.system(writes_[i].in_flight.side))) {
                end(i, Fate::Later, "others of its kind go first: a rule's cap, or one key");
            }
        }
        hold_later_steps();
        return Done{};
    }

    /// Where one of the rows that mean something together may not go, those after it stay, too.
    void hold_later_steps() {
        std::map<store::EntityId, int> first_closed;
        for (std::size_t i = 0; i < writes_.size(); ++i) {
            if (writes_[i].step == 0 || is_open_[i] != 0) continue;
            if (applied_.outcomes[i].fate == Fate::Already) continue;
            int& step =
                first_closed.emplace(writes_[i].in_flight.entity, writes_[i].step).first->second;
            step = std::min(step, writes_[i].step);
        }
        for (std::size_t i = 0; i < writes_.size(); ++i) {
            const auto closed = first_closed.find(writes_[i].in_flight.entity);
            if (is_open_[i] == 0 || closed == first_closed.end()) continue;
            if (writes_[i].step > closed->second)
                end(i, Fate::Later, "an earlier write of its rows does not go");
        }
    }

    Status pass(Gate& gate) {
        std::vector<PlannedWrite> open;
        std::vector<std::size_t> indexes;
        for (std::size_t i = 0; i < writes_.size(); ++i) {
            if (is_open_[i] == 0) continue;
            open.push_back(writes_[i]);
            open.back().field_kinds.clear();  // a line is held as a whole
            indexes.push_back(i);
        }
        auto judged = gate.judge(open, false);
        if (!judged) return std::move(judged).error();
        std::map<store::EntityId, std::string> waiting;
        std::vector<PlannedWrite> going;
        for (std::size_t i = 0; i < open.size(); ++i) {
            Judged& answer = (*judged)[i];
            if (answer.stop == Stop::None) {
                going.push_back(std::move(open[i]));
            } else {
                waiting[open[i].in_flight.entity] = answer.why;
                end(indexes[i], Fate::Braked, std::move(answer.why));
            }
        }
        if (auto saved = save_waiting(org_, waiting, applied_.cycle, org_.clock.now()); !saved)
            return saved;
        auto sent = send(org_, std::move(going), applied_.cycle, stop_,
                         [this](const store::InFlight& flight, std::optional<Settled> settled,
                                const std::string& why) { note(flight, settled, why); });
        if (!sent) return std::move(sent).error();
        sent_ = std::move(*sent);
        applied_.closed = sent_.closed;
        return save_waiting(org_, sent_.waiting, applied_.cycle, org_.clock.now());
    }

    void note(const store::InFlight& flight, std::optional<Settled> settled,
              const std::string& why) {
        const auto known = index_.find(name_of(flight));
        if (known == index_.end()) return;
        Fate fate = Fate::Later;
        if (settled == Settled::Done) fate = Fate::Done;
        if (settled == Settled::Refused) fate = Fate::Refused;
        if (settled == Settled::InDoubt) fate = Fate::InDoubt;
        end(known->second, fate, why);
    }

    Status end_cycle(Instant started, const std::string& trigger) {
        store::CycleRow row;
        row.id = applied_.cycle;
        row.started = started;
        row.ended = org_.clock.now();
        row.trigger = trigger;
        row.written = sent_.done;
        for (const Side side : kSides) {
            if (sent_.closed[side]) row.error = sent_.closed[side]->message;
        }
        return org_.store.save_cycle(org_.name, row);
    }

    Org org_;
    std::stop_token stop_;
    std::vector<PlannedWrite> writes_;
    std::vector<char> is_open_;  // whether nothing is known yet of what becomes of the write
    std::map<std::string, std::size_t> index_;
    CreateLimits limits_;
    Sent sent_;
    Applied applied_;
};

}  // namespace

const char* to_string(Fate fate) noexcept { return kFates[static_cast<int>(fate)]; }

Error observe_error(const std::string& org) {
    return {ErrorKind::Rejected,
            "Org \"" + org + "\" is in mode observe: nothing is written.",
            "DUET-5043",
            "",
            {}};
}

std::int64_t Applied::count(Fate fate) const noexcept {
    return std::count_if(outcomes.begin(), outcomes.end(),
                         [&](const Outcome& outcome) { return outcome.fate == fate; });
}

Result<Applied> apply_writes(const Org& org, std::vector<PlannedWrite> writes,
                             const std::string& trigger, std::stop_token stop) {
    return Applier(org, std::move(writes), std::move(stop)).run(trigger);
}

std::vector<std::string> brake_kinds_of(const Fields& before, const Fields& after,
                                        const std::string& system) {
    std::vector<std::string> kinds;
    const auto add = [&](const char* kind) {
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.emplace_back(kind);
    };
    for (const auto& [field, value] : after) {
        if (is_blank(value) && !is_blank(before.get(field))) add("blank");
        if (document::is_opt_out_field(system, field) && value == Value{true}) add("unsubscribe");
    }
    return kinds;
}

}  // namespace duet::sync
