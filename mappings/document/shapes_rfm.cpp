#include "mappings/document/shape_forms.h"

namespace duet::document {
namespace {

constexpr int kMostMonths = 1200;
constexpr int kMostThreshold = 1'000'000'000;
constexpr int kMostScore = 9;

Key a_formula(const char* name, const char* title, const char* description, const char* examples) {
    return {.name = name,
            .form = formula(),
            .title = title,
            .description = description,
            .examples = examples};
}

/// One key a measure, all of one form.
std::vector<Key> measures(const Form& form, const char* description, const char* examples) {
    std::vector<Key> keys;
    for (const auto& [name, title] : {std::pair{"recency", "Days since the last purchase"},
                                      std::pair{"frequency", "Number of purchases"},
                                      std::pair{"money", "Amount of all purchases"}}) {
        keys.push_back({.name = name,
                        .form = form,
                        .title = title,
                        .description = description,
                        .examples = examples});
    }
    return keys;
}

Shape rfm_shape() {
    return {
        "rfm",
        "\"rfm\"",
        "When, how often and how much customers bought last",
        {
            {.name = "of",
             .form = word({"account", "person"}),
             .title = "Who the customers are",
             .description = "Default account.",
             .examples = R"json(["account"])json"},
            required(
                {.name = "purchases",
                 .form = list(map("purchase")),
                 .title = "What counts as a purchase",
                 .description = "Children of the customer's record in $crm.",
                 .examples =
                     R"json([[{ "object": "Opportunity", "where": "IsWon", "day": "CloseDate", "amount": "Amount" }]])json"}),
            {.name = "window_months",
             .form = whole(0, kMostMonths),
             .title = "Months back that count",
             .description = "Default 24; 0: all that ever was bought.",
             .examples = R"json([24, 0])json"},
            {.name = "taken_every",
             .form = word({"day", "week", "month", "quarter", "year"}),
             .title = "How often thresholds are taken anew",
             .description = "Default month: with the first cycle of each month, from all customers "
                            "of that day. Until then the same thresholds hold.",
             .examples = R"json(["month"])json"},
            {.name = "quantile_percents",
             .form = list(whole(1, 99)),
             .title = "Shares of the customers that thresholds part",
             .description = "Rising. Default 20, 40, 60, 80: scores from 1 to 5.",
             .examples = R"json([[20, 40, 60, 80]])json"},
            {.name = "few_customers",
             .form = whole(1, 100'000),
             .title = "Customers that there must be",
             .description = "Default 5. With fewer everybody has the middle score.",
             .examples = R"json([5])json"},
            {.name = "thresholds",
             .form = map("rfm_thresholds"),
             .title = "Thresholds that are given",
             .description = "Of a measure, in place of those that the customers give.",
             .examples = R"json([{ "recency": [30, 90, 180, 365] }])json"},
            {.name = "rises",
             .form = word({"above", "one_above"}),
             .title = "Where a score rises",
             .description = "above: above the threshold (default). one_above: at the threshold and "
                            "one, as the R package rfm has it.",
             .examples = R"json(["above"])json"},
            {.name = "weight_percent",
             .form = map("rfm_weights"),
             .title = "How much each score counts in Rfm.Weighted",
             .description = "Default 50, 30, 20.",
             .examples = R"json([{ "recency": 50, "frequency": 30, "money": 20 }])json"},
            {.name = "classes",
             .form = list(map("rfm_class")),
             .title = "The classes",
             .description = "The first whose scores fit. Default: the usual ten.",
             .examples =
                 R"json([[{ "name": "Champions", "recency": 5, "frequency": 5, "money": 5 }]])json"},
            {.name = "other_class",
             .form = name(),
             .title = "The class of all others",
             .description = "Default Others.",
             .examples = R"json(["Others"])json"},
        }};
}

}  // namespace

void add_rfm_shapes(Grammar& grammar) {
    grammar.push_back(rfm_shape());
    grammar.push_back(
        {"purchase",
         "a purchase",
         "What counts as a purchase",
         {required({.name = "object",
                    .form = name(),
                    .title = "The child object",
                    .description = "A child of the customer's record in $crm.",
                    .examples = R"json(["Opportunity"])json"}),
          a_formula("where", "Which children", "A condition over the child. Absent: all.",
                    R"json(["IsWon"])json"),
          required(a_formula("day", "When it was bought", "A date or an instant; blank: not yet.",
                             R"json(["CloseDate"])json")),
          required(a_formula("amount", "What it brought",
                             "A number; below 0 it is a refund, which is subtracted and is no "
                             "purchase. It counts in the corporate currency, by the rate of the "
                             "day where the org has dated rates.",
                             R"json(["Amount"])json")),
          a_formula("currency", "The currency of the amount",
                    "A text: its ISO code, blank: the corporate one. Absent: the record's own, "
                    "where the org has several.",
                    R"json(["TEXT(CurrencyIsoCode)", "\"\""])json")}});
    grammar.push_back(
        {"rfm_thresholds", "\"thresholds\"", "Thresholds that are given",
         measures(list(whole(0, kMostThreshold)), "Rising, as many as there are quantile_percents.",
                  R"json([[30, 90, 180, 365]])json")});
    grammar.push_back({"rfm_weights", "\"weight_percent\"", "How much each score counts",
                       measures(whole(0, 1000), "In percent; absent: 0.", R"json([50])json")});
    Shape one{"rfm_class",
              "a class",
              "Customers of some scores",
              {required({.name = "name",
                         .form = name(),
                         .title = "The class",
                         .description = "As people read it.",
                         .examples = R"json(["Champions"])json"})}};
    for (Key& key :
         measures(either({whole(1, kMostScore), list_of(2, whole(1, kMostScore))}),
                  "A score, or the lowest and the highest. Absent: any.", R"json([5, [3, 5]])json"))
        one.keys.push_back(std::move(key));
    grammar.push_back(std::move(one));
}

}  // namespace duet::document
