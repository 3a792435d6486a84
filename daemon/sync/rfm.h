#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/sync/facts.h"
#include "daemon/sync/org.h"
#include "mappings/attribution/money.h"
#include "mappings/document/rfm.h"

namespace duet::sync {

/// What parts all customers, as it was taken on one day and stands until the next time.
struct RfmThresholds {
    Date taken{};
    std::string version{};      // of the rule
    std::size_t customers = 0;  // that it was taken from
    /// Rising; empty: the customers said nothing about each other, and all have the middle score.
    scoring::ByMeasure<std::vector<double>> thresholds{};
    attribution::CurrencyTable rates{};  // of now, by which purchases are counted; not kept
};

/// What was taken: the newest first, at most 24; kept in the org's fact "rfm.thresholds".
Result<std::vector<RfmThresholds>> load_thresholds(store::Store& store, const std::string& org);

/// Those that the rule's scores go by: what was taken last by this rule, else (before the first
/// cycle, and where documents are tried) what all customers give now.
Result<RfmThresholds> thresholds_for(const EntityFacts::Sources& sources,
                                     const document::RfmRule& rule);

/// Takes thresholds anew where the documents' time for it has come, or the rule is another; every
/// customer becomes dirty then, behind what is new. Costs one fact otherwise. O(purchases) when
/// it does, a thousand records in memory at once.
Status take_thresholds(Org& org, Instant now);

/// What one customer bought, and its scores. Refers to the sources and the rule, which must
/// outlive it.
class RfmReader {
public:
    using Told = std::map<std::string, Value, std::less<>>;

    RfmReader(const EntityFacts::Sources& sources, const document::RfmRule& rule)
        : sources_(sources), rule_(rule) {}

    /// Writes every Rfm.x to `into`, or says why they cannot be known. `next` is lowered to when
    /// one may change by itself.
    [[nodiscard]] std::optional<std::string> customer(const Record& record, Told& into,
                                                      std::optional<DateTime>& next) const;

    /// One purchase as the rule reads the child, in the corporate currency; nothing when it is
    /// none. `failure` says why it cannot be known.
    [[nodiscard]] std::optional<scoring::Purchase> purchase(const document::PurchaseRule& line,
                                                            const Record& child,
                                                            const attribution::CurrencyTable& rates,
                                                            std::optional<std::string>& failure,
                                                            std::optional<DateTime>& next) const;

private:
    /// ISO code, blank: the corporate one; or why it cannot be known.
    [[nodiscard]] std::variant<Value, std::string> currency_of(const document::PurchaseRule& line,
                                                               RecordFacts& facts,
                                                               const Record& child,
                                                               std::optional<DateTime>& next) const;
    [[nodiscard]] std::optional<std::string> gather(const Record& record,
                                                    const attribution::CurrencyTable& rates,
                                                    std::vector<scoring::Purchase>& purchases,
                                                    std::optional<DateTime>& next) const;

    EntityFacts::Sources sources_;
    const document::RfmRule& rule_;
};

}  // namespace duet::sync
