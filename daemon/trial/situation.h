#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/model.h"
#include "mappings/document/findings.h"
#include "mappings/document/reader.h"
#include "mappings/document/tree.h"

/// Documents tried on records that a file gives: no org, no network, a store in memory.
namespace duet::trial {

/// One record as a file gives it.
struct GivenRecord {
    Side side = Side::Crm;
    Record record;
    bool has_stamp = false;  // record.modified was given
    bool deleted = false;
    RecordId survivor;  // of a converted lead, of a merged record; empty otherwise
    document::Place place;
};

/// What Duet remembers of the person and one list.
struct GivenListed {
    std::string list;
    bool rule = false;     // what the rule answered last
    Instant since{};       // since when
    bool was_on = false;   // the person was on the list
    bool by_hand = false;  // put on by people
};

/// What Duet remembers of a rule that acts when its condition comes true.
struct GivenEdge {
    std::string rule;  // "task score_passes_100"
    std::string version;
    bool was_true = false;  // the condition, when it was last asked
};

/// What Duet remembers of the entity of one given record.
struct GivenAgreed {
    std::size_t record = 0;  // index into Situation::records
    store::Agreed values;
    std::string stage;
    std::vector<GivenListed> lists{};
    std::vector<GivenEdge> edges{};
};

/// Both sides and Duet's memory at one moment.
struct Situation {
    DateTime now{};
    PerSide<bool> ready{true, true};
    std::vector<GivenRecord> records;
    std::vector<GivenAgreed> agreed;
};

/// The moment of a file or a test: `now`, or noon of `today` in the zone; nothing when neither is
/// given. What is wrong with them is reported.
[[nodiscard]] std::optional<DateTime> read_moment(document::MapReader& map,
                                                  const std::string& time_zone,
                                                  document::Findings& findings);

/// Reads `given`, `agreed` and `away` of `map`. Every name is checked against the model's catalogs,
/// every value against its field's type, every reference against the records that are given.
[[nodiscard]] Situation read_situation(document::MapReader& map, DateTime now,
                                       const sync::Model& model, document::Findings& findings);

/// The record that "ada" or "Contact ada" names; reports one that is not given, or several.
[[nodiscard]] std::optional<std::size_t> find_record(const document::Node& name,
                                                     const Situation& situation,
                                                     document::Findings& findings);

/// A scalar as a value of the field's type: blank when empty; reported when it is of another type.
[[nodiscard]] std::optional<Value> read_value(const document::Node& node, const FieldInfo& field,
                                              document::Findings& findings);

/// The same for a text; `why` says what it must be.
[[nodiscard]] std::optional<Value> parse_value(const std::string& text, const FieldInfo& field,
                                               std::string& why);

}  // namespace duet::trial
