#include "daemon/service/qualified.h"

#include <vector>

#include "mappings/document/lifecycle.h"

namespace duet::service {

std::string qualified_stage(const document::Documents& documents) {
    const document::Lifecycle* rules = documents.lifecycle.get();
    return rules == nullptr ? std::string{} : rules->model->rules().cycle_starts_at;
}

bool is_entry(const lifecycle::Row& row, const std::string& stage) {
    return !stage.empty() && row.to == stage && !row.skipped;
}

Status each_qualified(sync::Org& org, const std::function<void(const lifecycle::Row&)>& visit) {
    const std::string stage = qualified_stage(org.model.documents());
    if (stage.empty()) return Done{};
    return org.store.each_lifecycle(org.name,
                                    [&](store::EntityId, const std::vector<lifecycle::Row>& rows) {
                                        for (const lifecycle::Row& row : rows) {
                                            if (is_entry(row, stage)) visit(row);
                                        }
                                        return true;
                                    });
}

}  // namespace duet::service
