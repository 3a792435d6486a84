#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/model.h"

namespace duet::sync {

/// What the match rules and people's words found for one record.
struct Match {
    std::optional<RecordId> record{};  // its partner on the other side
    /// A person's word is carried out even where both have another partner.
    bool chosen = false;
    std::string ambiguous;  // why nothing was chosen although something was found
    /// Of what a person must decide, one of the words below; empty: nothing.
    std::string doubt;
    std::vector<store::Link> candidates{};  // likewise; sorted
};

/// Doubts, as the queue names them.
inline constexpr const char* kSeveral = "several";  // several records of the other side match
inline constexpr const char* kShared = "shared";    // others of its own side have the same key
inline constexpr const char* kTaken = "taken";      // the one that matches has a better partner
inline constexpr const char* kChanged = "changed";  // it is linked, and now matches another one
inline constexpr const char* kMerged = "merged";    // its partner went into one that has a partner

/// Asks the match rules of the documents, in order, and people's words before them. Never takes
/// the first of several. Reads only; the order in which records are asked makes no difference.
class Matcher {
public:
    using Records = std::vector<RecordId>;
    Matcher(store::Store& store, std::string org, const Model& model)
        : store_(store), org_(std::move(org)), model_(model) {}

    /// For a record that stands alone.
    Result<Match> find(const ObjectModel& object, const store::SeenRow& row);
    /// For one that has `partners`: what speaks against them. A record only by a person's word.
    Result<Match> doubt(const ObjectModel& object, const store::SeenRow& row,
                        const Records& partners);
    /// What makes `partner` the row's partner: "crm_id", "Email", "a person's word"; empty:
    /// nothing does any more.
    Result<std::string> why_linked(const ObjectModel& object, const store::SeenRow& row,
                                   const RecordId& partner);

    /// The entity's records of a side that are neither deleted nor gone into another.
    Result<Records> live_records(store::EntityId entity, Side side);
    /// Where merges and conversions lead from `id`; itself when nowhere.
    Result<RecordId> survivor_of(Side side, RecordId id);
    enum class Is : std::uint8_t { No, Yes };
    /// Whether no other live record is its partner. One that left the scope is linked no more.
    Result<Is> is_free(const store::Link& link, const RecordId& for_whom);

private:
    /// What one rule says: partners, and records of its own side that say the same.
    struct Evidence {
        Records there;
        Records here;
        std::string field;  // on its own side
    };
    Result<std::optional<Match>> word_on(const store::SeenRow& row);
    Result<Match> left_by_merge(const store::SeenRow& row);
    Result<Match> judge(const ObjectModel& object, const store::SeenRow& row,
                        const document::MatchRule& rule,
                        std::span<const document::MatchRule> stronger);
    Result<Is> is_wanted(const store::Link& candidate, const RecordId& for_whom,
                         std::span<const document::MatchRule> stronger);
    Result<Evidence> ask(const ObjectModel& object, const store::SeenRow& row,
                         const document::MatchRule& rule, bool every_object);
    Result<Evidence> by_crm_id(const ObjectModel& object, const store::SeenRow& row,
                               const document::MatchRule& rule);
    Result<Evidence> by_value(const ObjectModel& object, const store::SeenRow& row,
                              const document::MatchRule& rule, bool every_object);
    Status add_naming(const document::EntityDocument& document, const document::MatchRule& rule,
                      const std::string& crm_key, Records& found);
    Result<Records> holders(Side side, const std::string& object, const std::string& field,
                            const std::string& value);
    /// Takes out what people's words say is not the row's.
    Status strike(const store::SeenRow& row, Evidence& evidence);
    Result<Is> is_struck(const store::Link& mine, const store::Link& candidate);
    Result<Is> is_live(const store::Link& link);

    store::Store& store_;
    std::string org_;
    const Model& model_;
};

/// Whether a marketing system's field for the CRM's id holds a state in place of an id
/// ("[[crm_deleted]]").
[[nodiscard]] bool is_crm_marker(std::string_view value) noexcept;

}  // namespace duet::sync
