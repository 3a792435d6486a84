// How a scenario ended: what people see, and what was done to the vendors.
#include <algorithm>
#include <tuple>

#include "tests/laws/scenarios.h"

namespace duet::world {
namespace {

std::string joined(const Fields& fields) {
    std::string line;
    for (const auto& [name, value] : fields) {
        if (!is_blank(value)) line += " " + name + "=" + display(value);
    }
    return line;
}

}  // namespace

std::vector<std::string> story(World& world) {
    auto lines = people(world.crm());
    for (std::string& line : people(world.marketing())) lines.push_back(std::move(line));
    const auto names = world.marketing().records("list");
    for (const auto& [key, row] : world.marketing().records("list-membership")) {
        const Fields* person =
            world.marketing().find_record({"prospect", display(row.get("prospectId"))});
        const auto list = names.find(display(row.get("listId")));
        lines.push_back("member " + (person ? display(person->get("email")) : "?") + " of " +
                        (list != names.end() ? display(list->second.get("name")) : "?"));
    }
    for (const auto& [key, row] : world.crm().records("Task"))
        lines.push_back("Task" + joined(row));
    auto& store = world.store();
    const auto aside = store.quarantine(kOrg, 100);
    for (const store::Quarantined& row : *aside) lines.push_back("put aside " + row.code);
    const auto held = store.held(kOrg);
    for (const store::Held& row : *held) lines.push_back("held " + row.kind);
    lines.push_back("in flight " + std::to_string(store.in_flight(kOrg)->size()));
    lines.push_back("dirty " + std::to_string(*store.dirty_count(kOrg)));
    std::sort(lines.begin(), lines.end());
    return lines;
}

Deeds deeds(World& world) {
    Deeds all;
    for (const Side side : kSides) {
        for (const Executed& write : world.side(side).writes()) {
            if (write.kind == WriteKind::Create) ++all.creates[write.id.object];
            if (write.kind == WriteKind::Delete) ++all.deletes[write.id.object];
            if (write.kind == WriteKind::Update)
                ++all.updates[write.id.object + " " + write.id.key + joined(write.fields)];
        }
    }
    return all;
}

std::string difference(const Deeds& calm, const Deeds& found) {
    std::string all;
    for (const auto& [mine, theirs, what] :
         {std::tuple{&calm.creates, &found.creates, "creates of "},
          std::tuple{&calm.deletes, &found.deletes, "deletes of "}}) {
        if (*mine == *theirs) continue;
        for (const auto& [object, count] : *theirs)
            all += what + object + ": " + std::to_string(count) + "\n";
    }
    for (const auto& [update, times] : found.updates) {
        const auto known = calm.updates.find(update);
        if (times > std::max(1, known == calm.updates.end() ? 0 : known->second))
            all += std::to_string(times) + " times: " + update + "\n";
    }
    return all;
}

}  // namespace duet::world
