#pragma once

#include <string>
#include <vector>

#include "daemon/sync/model.h"
#include "mappings/document/load.h"
#include "mappings/side.h"

/// The rules that a simulated org lives under: three sets that take turns, each as a table that the
/// judge reads and as the mapping documents that Duet reads, made from that table.
namespace duet::simulation {

enum class Wins : std::uint8_t { Crm, Marketing, Recent };
enum class Blanks : std::uint8_t { Keep, Travel, FillOnly };

/// A field that people edit on either side.
struct FieldPair {
    const char* crm;
    const char* marketing;
    Wins wins = Wins::Crm;  // used only when both sides changed
    Blanks blanks = Blanks::Keep;

    [[nodiscard]] const char* on(Side side) const { return side == Side::Crm ? crm : marketing; }
};

struct Rules {
    std::vector<FieldPair> fields;
    const char* word;  // in the Title: a buyer, by stage and by lists
    int places;        // of the list that has only so many

    [[nodiscard]] const FieldPair* find(Side side, std::string_view field) const;
};

inline constexpr int kRuleSets = 3;
inline constexpr const char* kOptOut[] = {"HasOptedOutOfEmail", "optedOut"};
inline constexpr const char* kTag[] = {"Tag__c", "tag__c"};  // whose record it is; never edited
inline constexpr const char* kStage[] = {"Duet_Stage__c", "duet_stage__c"};

/// Who belongs on a list of Pardot's, unless they are out.
enum class Listed : std::uint8_t { Buyers, BuyersLater, SomeOfADepartment };
struct List {
    const char* name;
    Listed who;
};
/// BuyersLater: they join an hour later and leave two hours later than the others.
inline constexpr List kLists[] = {{"Buyers", Listed::Buyers},
                                  {"Settled buyers", Listed::BuyersLater},
                                  {"A few", Listed::SomeOfADepartment}};

[[nodiscard]] const Rules& rules(int set);
[[nodiscard]] const PerSide<Catalog>& catalogs();
/// Their mapping documents. `more`: further fields, for vendors that demand them.
[[nodiscard]] std::vector<document::Source> sources(int set, std::string_view more = {});
/// Documents, checked and joined with the catalogs. Made once in a process; one thread.
[[nodiscard]] const sync::Model& model(int set);

}  // namespace duet::simulation
