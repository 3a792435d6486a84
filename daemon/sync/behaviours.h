#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/sync/all_records.h"
#include "mappings/behaviour/behaviour.h"
#include "mappings/document/behaviour.h"

namespace duet::sync {

/// What deals of each kind came to, as it stands for a term.
struct Behaviours {
    Term term{};
    behaviour::Table table;
};

/// Reads what deals came to from the seen records. Refers to the sources and the rule, which must
/// outlive it. The table is kept by the model: all deals are read once an hour at most. A deal
/// whose rules fail teaches nothing.
class BehaviourReader {
public:
    using Told = std::map<std::string, Value, std::less<>>;
    /// Told of a deal beside the figures, and no name of documents: whether it has not ended.
    static constexpr const char* kIsOpen = "is open";

    BehaviourReader(const EntityFacts::Sources& sources, const document::BehaviourRule& rule)
        : sources_(sources), rule_(rule) {}

    /// Writes every Behaviour.x of a deal to `into`, or says why they cannot be known. `next` is
    /// lowered to when the figures are worked out anew, of a deal that is open.
    [[nodiscard]] std::optional<std::string> deal(const Record& deal, Told& into,
                                                  std::optional<DateTime>& next) const;
    /// The same of an account, by the last deal that it won.
    [[nodiscard]] std::optional<std::string> account(const Record& account, Told& into,
                                                     std::optional<DateTime>& next) const;

    /// How a deal came out.
    struct Read {
        behaviour::Deal deal;
        bool ended = false;
        bool is_dated = true;  // false: that it lapsed is known, but not when
    };
    /// As the rules read it, or why it cannot be known.
    [[nodiscard]] std::variant<Read, std::string> outcome(const Record& deal) const {
        return read(deal, sources_);
    }

private:
    [[nodiscard]] std::variant<Read, std::string> read(const Record& deal,
                                                       const EntityFacts::Sources& sources) const;
    [[nodiscard]] std::shared_ptr<const Behaviours> table() const;
    [[nodiscard]] behaviour::Table work_out(const Term& term) const;
    void lower_to_refresh(std::optional<DateTime>& next) const;

    EntityFacts::Sources sources_;
    const document::BehaviourRule& rule_;
};

}  // namespace duet::sync
