#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sync/attribute.h"
#include "daemon/sync/facts.h"
#include "daemon/sync/org.h"
#include "daemon/sync/own_rows.h"
#include "mappings/attribution/influence.h"

namespace duet::sync {

/// The org lacks a model whose rows an attribution keeps: only those rows stay as they are.
inline constexpr const char* kNoModelCode = "DUET-5060";
/// The model is one of the CRM's own, which Duet never writes.
inline constexpr const char* kBuiltInModelCode = "DUET-5061";

/// What the rows of campaign influence of opportunities should be, beside what they are. Reads
/// only; makes one batch, as its planner does.
class Influences {
public:
    Influences(Org& org, RecordCache& cache, PathReader& paths, formula::Moment moment)
        : org_(org), cache_(cache), paths_(paths), moment_(moment) {}

    /// Of this opportunity. A rule that fails changes no row. An Error is the store's.
    Result<OwnRows> wanted(const Record& opportunity, merge::FactSource& facts,
                           const Lessons& lessons);

private:
    struct ModelRow {
        std::string key;
        std::string type;
    };
    Status load_models();
    /// The model's key; empty, and a warning: its rows are not ours to write.
    Result<std::string> model_key(const document::Attribution& attribution, OwnRows& wanted);
    std::variant<std::vector<attribution::InfluenceRow>, std::string> rows_of(
        const document::Attribution& attribution, const Record& opportunity,
        merge::FactSource& facts, const Lessons& lessons, std::optional<DateTime>& next);
    std::vector<attribution::HeldRow> held_rows(const Record& opportunity, const std::string& model,
                                                std::map<std::string, Fields>& held);

    Org& org_;
    RecordCache& cache_;
    PathReader& paths_;
    formula::Moment moment_;
    std::optional<std::map<std::string, ModelRow>> models_;  // by developer name, in lower case
};

}  // namespace duet::sync
