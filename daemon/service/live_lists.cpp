#include "daemon/service/live_lists.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace duet::service {
namespace {

using document::Finding;
using document::ListRule;

constexpr std::size_t kPageSize = 200;  // lists; a page of Pardot's API v5
constexpr int kPagesMax = 500;          // 100,000 lists: more than a business unit holds
constexpr const char* kDynamicField = "isDynamic";

/// Lists of the side by name, and whether each is dynamic.
Result<std::map<std::string, bool>> lists_of(Connector& side, const sync::ListObjects& objects,
                                             std::stop_token stop) {
    Selection what{objects.list->name, {objects.name_field}};
    if (objects.list->find(kDynamicField) != nullptr) what.fields.emplace_back(kDynamicField);
    std::map<std::string, bool> lists;
    Cursor cursor;
    for (int page = 0; page < kPagesMax; ++page) {
        auto read = side.changes(what, cursor, kPageSize, stop);
        if (!read) return std::move(read).error();
        for (const Change& change : read->changes) {
            const std::string* name = as_text(change.record.fields.get(objects.name_field));
            if (change.kind != ChangeKind::Upserted || name == nullptr) continue;
            lists[*name] = change.record.fields.get(kDynamicField) == Value{true};
        }
        if (read->last) break;
        cursor = std::move(read->next);
    }
    return lists;
}

class Looker {
public:
    Looker(const sync::Model& model, std::span<const document::Source> sources,
           const PerSide<Connector*>& sides, std::stop_token stop)
        : model_(model), sources_(sources), sides_(sides), stop_(std::move(stop)) {}

    Result<std::vector<Finding>> look() {
        for (const ListRule& rule : model_.documents().lists) {
            auto looked = rule.side == Side::Crm ? look_at_campaign(rule) : look_at_list(rule);
            if (!looked) return std::move(looked).error();
        }
        return std::move(findings_);
    }

private:
    Status look_at_list(const ListRule& rule) {
        const sync::ListObjects& objects = model_.lists(Side::Marketing);
        if (objects.list == nullptr) return Done{};
        if (!lists_) {
            auto known = lists_of(*sides_.marketing, objects, stop_);
            if (!known) return std::move(known).error();
            lists_ = *std::move(known);
        }
        const std::string& system = model_.documents().names.marketing;
        const auto found = lists_->find(rule.list);
        if (found == lists_->end()) {
            std::vector<std::string> names;
            for (const auto& [name, is_dynamic] : *lists_) names.push_back(name);
            add(rule, "DUET-1023", fmt::format("{} has no list \"{}\"", system, rule.list),
                document::did_you_mean(
                    rule.list, names,
                    fmt::format("make a static list of that name in {}: Duet makes none", system)));
        } else if (found->second) {
            add(rule, "DUET-1024",
                fmt::format("\"{}\" is a dynamic list: {} alone decides who is on it", rule.list,
                            system),
                "make a static list and name it here, or take the rule out");
        }
        return Done{};
    }

    Status look_at_campaign(const ListRule& rule) {
        const sync::ListObjects& objects = model_.lists(Side::Crm);
        if (objects.list == nullptr) return Done{};
        const Selection what{objects.list->name, {objects.name_field}};
        auto found = sides_.crm->find(what, objects.name_field, rule.list, stop_);
        if (!found) return std::move(found).error();
        if (!found->empty()) return Done{};
        const std::string& system = model_.documents().names.crm;
        add(rule, "DUET-1023", fmt::format("{} has no campaign \"{}\"", system, rule.list),
            fmt::format("make a campaign of that name in {}, and give the user that Duet signs in "
                        "as access to it",
                        system));
        return Done{};
    }

    void add(const ListRule& rule, const char* code, std::string message, std::string hint) {
        Finding finding;
        finding.place = rule.place;
        finding.code = code;
        finding.message = std::move(message);
        finding.hint = std::move(hint);
        finding.line = document::line_of(sources_, finding.place);
        findings_.push_back(std::move(finding));
    }

    const sync::Model& model_;
    std::span<const document::Source> sources_;
    const PerSide<Connector*>& sides_;
    std::stop_token stop_;
    std::optional<std::map<std::string, bool>> lists_;
    std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> find_missing_lists(const sync::Model& model,
                                                std::span<const document::Source> sources,
                                                const PerSide<Connector*>& sides,
                                                std::stop_token stop) {
    return Looker(model, sources, sides, std::move(stop)).look();
}

}  // namespace duet::service
