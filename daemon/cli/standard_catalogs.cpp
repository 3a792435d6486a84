#include "daemon/cli/standard_catalogs.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/pardot/catalog.h"
#include "connectors/salesforce/catalog.h"
#include "connectors/sandbox/describe.h"
#include "connectors/sandbox/salesforce_schema.h"

namespace duet::cli {

PerSide<Catalog> standard_catalogs() {
    PerSide<Catalog> catalogs;
    const sandbox::Schema schema = sandbox::standard_schema();
    for (const std::string_view name : salesforce::default_objects()) {
        const sandbox::Object* object = schema.find(name);
        if (object == nullptr) continue;
        auto described = salesforce::object_from_describe(
            sandbox::describe_json(schema, *object, "/services/data").dump());
        if (described) catalogs.crm.objects.push_back(std::move(*described));
    }
    for (const pardot::ObjectFacts& facts : pardot::object_facts())
        catalogs.marketing.objects.push_back(pardot::standard_object(facts));
    return catalogs;
}

}  // namespace duet::cli
