#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/sync/facts.h"
#include "daemon/sync/org.h"
#include "daemon/sync/own_rows.h"
#include "mappings/document/event_rows.h"
#include "mappings/lifecycle/event_rows.h"
#include "mappings/lifecycle/replay.h"

namespace duet::sync {

/// What the rows in the CRM that tell of people's moves should be, beside what they are. Reads
/// only; makes one batch, as its planner does.
class EventRows {
public:
    EventRows(Org& org, RecordCache& cache);

    /// Of this person, of whom `stored` is kept. `record`: its live one in the CRM; nullptr: it has
    /// none, and so no rows. Nothing where the documents do not ask for rows. An Error is the
    /// store's.
    Result<OwnRows> wanted(store::EntityId person, const store::EntityRows& stored,
                           const Record* record, const std::vector<lifecycle::Row>& history);

private:
    /// A row as Duet would make it.
    struct Made {
        lifecycle::EventRow row;
        Fields fields;
    };
    struct Held {
        lifecycle::EventRow row;
        Fields fields;
    };
    std::vector<Made> made_of(store::EntityId person, const Record* record,
                              const std::vector<lifecycle::Row>& history);
    Fields fields_of(const lifecycle::Row& row, const Record* record);
    /// What the row tells, as a text: the same whoever wrote it.
    [[nodiscard]] std::string move_of(const Fields& fields) const;
    Result<std::vector<Held>> held_by(store::EntityId person, const store::EntityRows& stored,
                                      const std::vector<Made>& made, bool has_record);
    /// Rows with these keys that refer to nobody but this person are this person's.
    Status add_by_key(const std::vector<Made>& made, const std::set<RecordId>& own,
                      std::vector<Held>& held);
    void add_held(const std::string& key, std::vector<Held>& held);
    [[nodiscard]] bool refers_to_others(const Fields& row, const std::set<RecordId>& own) const;
    [[nodiscard]] Value account_of(const Record& record) const;
    [[nodiscard]] std::string live_campaign(const std::string& key);
    void add_changes(const std::vector<Held>& held, std::vector<Made> made, RowWish& wish) const;

    Org& org_;
    RecordCache& cache_;
    const document::EventRowsRule* rule_ = nullptr;  // nullptr: no rows are asked for
    const ObjectInfo* info_ = nullptr;
    std::map<std::string, std::string> persons_;  // object -> the row's reference to it
};

}  // namespace duet::sync
