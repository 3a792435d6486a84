#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/document.h"
#include "mappings/scoring/rfm.h"

/// When, how often and how much customers bought last, as documents give it.
namespace duet::document {

/// Children of a customer's record in the CRM that are purchases, or refunds.
struct PurchaseRule {
    std::string object;
    std::optional<Rule> where;
    Rule day;     // a date or an instant
    Rule amount;  // below 0: a refund
    Place place;
    std::optional<Rule> currency{};  // ISO code of the amount's, blank: the corporate one; absent:
                                     // the record's own, where the CRM has several
};

/// How often thresholds are taken anew: with the first cycle of each.
enum class RfmPeriod : std::uint8_t { Day, Week, Month, Quarter, Year };

/// `rfm:`.
struct RfmRule {
    EntityKind of = EntityKind::Account;  // or persons
    std::vector<PurchaseRule> purchases;
    std::optional<int> window_months = 24;  // nothing: all that ever was bought
    RfmPeriod taken_every = RfmPeriod::Month;
    scoring::RfmSettings settings{};
    std::string version;  // of everything that thresholds follow from
    Place place;
};

/// Every rule of the line.
[[nodiscard]] std::vector<const Rule*> rules_of(const PurchaseRule& purchase);

/// Numbers the periods; a week begins on a Monday.
[[nodiscard]] std::int64_t period_of(Date day, RfmPeriod period) noexcept;

/// What rules of the customers read of it; all blank where nothing was bought in the window.
struct RfmFact {
    std::string_view name;  // behind "Rfm."
    FieldType type = FieldType::Number;
};
inline constexpr std::array kRfmFacts{
    RfmFact{"Code", FieldType::Number},     // 100 R + 10 F + M
    RfmFact{"Class", FieldType::Text},      // the first of the table that fits
    RfmFact{"Recency", FieldType::Number},  // the three scores, the highest is the best
    RfmFact{"Frequency", FieldType::Number}, RfmFact{"Money", FieldType::Number},
    RfmFact{"Weighted", FieldType::Number},   // of the three
    RfmFact{"Days", FieldType::Number},       // since the last purchase
    RfmFact{"Purchases", FieldType::Number},  // in the window
    RfmFact{"Amount", FieldType::Number},     // of these, refunds subtracted
    RfmFact{"Date", FieldType::Date},         // when the thresholds were taken
};

}  // namespace duet::document
