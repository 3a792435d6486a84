#include "mappings/document/lists.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/for_each.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {

bool has_persons(const Node& node, const char* what, const Context& context) {
    if (context.find(EntityKind::Person) != nullptr) return true;
    context.findings.add(
        node, kAbsent,
        fmt::format("{} are about persons, but no document has entity: person", what));
    return false;
}

/// Members that Duet makes are found again by a key of their own.
void check_campaign_members(const Node& place, const Context& context) {
    const CampaignWords* words = campaign_words(context.names.crm);
    if (words == nullptr) {
        context.findings.add(place, kNotAllowed,
                             fmt::format("Duet does not know where {} keeps members of campaigns",
                                         context.names.crm));
        return;
    }
    const ObjectInfo* member = context.object(Side::Crm, words->member);
    if (context.catalogs == nullptr || (member != nullptr && member->find(words->key))) return;
    context.findings.add(
        place, kUnknownName,
        fmt::format("members of campaigns need {} of {} in {}", words->key, words->member,
                    context.names.crm),
        fmt::format("deploy packaging/salesforce, which holds {}, and give the user that Duet "
                    "signs in as access to it",
                    words->key));
}

namespace {

constexpr int kMostMembers = 10'000'000;
constexpr int kMostListHours = 24 * 366;
constexpr int kMostHeldOutPercent = 90;

const std::vector<Word<ByHand>>& by_hand_words() {
    static const std::vector<Word<ByHand>> words{{"respect", ByHand::Respect},
                                                 {"correct", ByHand::Correct}};
    return words;
}

/// One line of `lists:`.
class ListReader {
public:
    ListReader(const Node& item, const Context& context, const EntityScope& scope)
        : map_(item, "a list", context.findings), context_(context), scope_(scope) {}

    /// Nothing when it has no name or no rule.
    std::optional<ListRule> read() {
        const auto name = read_name();
        const std::string status = read_status();
        const bool keeps_status =
            map_.choice<bool>("keep_status", {{"never", false}, {"always", true}}).value_or(false);
        auto member_when = condition("member_when", true);
        auto suppress_when = condition("suppress_when", false);
        auto among = condition("among", false);
        auto order = read_order();
        const int cap = map_.whole("cap", 1, kMostMembers).value_or(0);
        const auto grace = hours("grace_hours");
        const auto join_after = hours("join_after_hours");
        HoldOut hold_out = read_hold_out(name.value_or(""));
        std::vector<std::string> tags;
        if (const Node* node = map_.find("tags"))
            tags = text_list(*node, "tags", context_.findings);
        std::vector<std::string> seen_by = read_seen_by(tags);
        const bool is_sellers = std::find(tags.begin(), tags.end(), kSellerTag) != tags.end();
        const auto [added, removed] = read_by_hand(is_sellers ? ByHand::Respect : ByHand::Correct);
        map_.finish();
        if (order && cap == 0) {
            context_.findings.add(map_.key_node("order"), kMissing,
                                  "\"order\" says who comes first, but there is no \"cap\"");
        }
        if (keeps_status) check_kept_status(status, added);
        if (!name || !member_when || is_broken_) return std::nullopt;
        return ListRule{*name,
                        side_,
                        status,
                        *std::move(member_when),
                        std::move(suppress_when),
                        std::move(among),
                        std::move(order),
                        cap,
                        grace,
                        join_after,
                        std::move(hold_out),
                        added,
                        removed,
                        std::move(tags),
                        std::move(seen_by),
                        map_.node().place(),
                        keeps_status};
    }

    [[nodiscard]] const Node& name_node() {
        const Node* name = map_.find(name_key_);
        return name == nullptr ? map_.key_node(name_key_) : *name;
    }

private:
    std::optional<std::string> read_name() {
        const std::string list_key = context_.names.marketing + "_list";
        const std::string campaign_key = context_.names.crm + "_campaign";
        const bool has_list = map_.find(list_key) != nullptr;
        const bool has_campaign = map_.find(campaign_key) != nullptr;
        side_ = has_campaign && !has_list ? Side::Crm : Side::Marketing;
        name_key_ = side_ == Side::Crm ? campaign_key : list_key;
        if (has_list && has_campaign) {
            context_.findings.add(map_.key_node(campaign_key), kContradiction,
                                  "a rule owns one list or one campaign");
        }
        if (side_ == Side::Crm) check_campaign_members(name_node(), context_);
        return map_.required_name(name_key_);
    }

    std::string read_status() {
        if (map_.find("status") == nullptr) return {};
        if (side_ == Side::Marketing) {
            context_.findings.add(map_.key_node("status"), kContradiction,
                                  "only members of campaigns have a status");
        }
        return map_.required_name("status").value_or("");
    }

    void check_kept_status(const std::string& status, ByHand added) {
        const Node& key = map_.key_node("keep_status");
        if (status.empty()) {
            context_.findings.add(key, kMissing, "\"keep_status\" needs a \"status\" to keep");
        } else if (added == ByHand::Respect) {
            context_.findings.add(key, kContradiction,
                                  "a list that respects what people do by hand keeps no status",
                                  "by_hand: { added: correct } lets the rule have its way");
        }
    }

    std::chrono::minutes hours(std::string_view key) {
        return std::chrono::hours{map_.whole(key, 1, kMostListHours).value_or(0)};
    }

    std::optional<Rule> condition(std::string_view key, bool required) {
        const Node* node = required ? map_.require(key) : map_.find(key);
        if (node == nullptr) return std::nullopt;
        auto rule = compile_condition(*node, scope_, context_.findings);
        is_broken_ = is_broken_ || !rule;
        return rule;
    }

    std::optional<ListOrder> read_order() {
        const Node* node = map_.find("order");
        if (node == nullptr) return std::nullopt;
        MapReader order(*node, "\"order\"", context_.findings);
        const Node* highest = order.find("highest");
        const Node* lowest = order.find("lowest");
        order.finish();
        if ((highest == nullptr) == (lowest == nullptr)) {
            context_.findings.add(*node, highest == nullptr ? kMissing : kContradiction,
                                  "\"order\" needs one of highest and lowest");
            return std::nullopt;
        }
        static const std::vector<FieldType> kSortable{FieldType::Number, FieldType::Currency,
                                                      FieldType::Percent, FieldType::Date,
                                                      FieldType::DateTime};
        auto by = compile_rule(highest == nullptr ? *lowest : *highest, scope_, kSortable,
                               context_.findings);
        if (!by) return std::nullopt;
        return ListOrder{*std::move(by), highest != nullptr};
    }

    HoldOut read_hold_out(const std::string& list) {
        const Node* node = map_.find("hold_out");
        if (node == nullptr) return {};
        MapReader map(*node, "\"hold_out\"", context_.findings);
        HoldOut hold_out{0, list};
        if (map.require("percent") != nullptr)
            hold_out.percent = map.whole("percent", 1, kMostHeldOutPercent).value_or(0);
        if (map.find("group") != nullptr)
            hold_out.group = map.required_name("group").value_or(list);
        map.finish();
        return hold_out;
    }

    std::vector<std::string> read_seen_by(const std::vector<std::string>& tags) {
        const Node* node = map_.find("seen_by");
        if (node == nullptr) return {};
        if (std::find(tags.begin(), tags.end(), kSellerTag) == tags.end()) {
            context_.findings.add(
                map_.key_node("seen_by"), kContradiction,
                fmt::format("only lists with the tag {} are seen by sellers", kSellerTag));
        }
        return text_list(*node, "seen_by", context_.findings);
    }

    /// Of those whom people put on, and of those whom they took off.
    std::pair<ByHand, ByHand> read_by_hand(ByHand usual) {
        const Node* node = map_.find("by_hand");
        if (node == nullptr) return {usual, usual};
        if (node->kind != Node::Kind::Map) {
            const ByHand both = map_.choice("by_hand", by_hand_words()).value_or(usual);
            return {both, both};
        }
        MapReader map(*node, "\"by_hand\"", context_.findings);
        const ByHand added = map.choice("added", by_hand_words()).value_or(usual);
        const ByHand removed = map.choice("removed", by_hand_words()).value_or(usual);
        map.finish();
        return {added, removed};
    }

    MapReader map_;
    const Context& context_;
    const EntityScope& scope_;
    std::string name_key_;
    Side side_ = Side::Marketing;
    bool is_broken_ = false;
};

void add_list(const Node& line, const Context& context, const EntityScope& scope,
              std::vector<ListRule>& lists) {
    ListReader reader(line, context, scope);
    auto rule = reader.read();
    if (!rule) return;
    const auto owner = std::find_if(lists.begin(), lists.end(),
                                    [&](const ListRule& list) { return list.list == rule->list; });
    if (owner != lists.end()) {
        context.findings.add(
            reader.name_node(), kTwoWriters,
            fmt::format("the list \"{}\" already has a rule at {}", rule->list,
                        at_line(owner->place)),
            owner->place.line == rule->place.line && owner->place.file == rule->place.file
                ? "put a {name} of \"for_each\" into the list's name"
            : owner->side == rule->side ? "join both rules with OR(...)"
                                        : "a list and a campaign need names of their own");
    }
    lists.push_back(*std::move(rule));
}

/// What an expanded line is called.
std::string name_of(const Node& line, const SideNames& names) {
    for (std::size_t i = 0; i < line.keys.size() && i < line.items.size(); ++i) {
        const std::string& key = line.keys[i].text;
        if (key == names.marketing + "_list" || key == names.crm + "_campaign")
            return line.items[i].text;
    }
    return {};
}

}  // namespace

void read_lists(const Node& node, const Context& context, std::vector<ListRule>& lists) {
    if (!has_persons(node, "lists", context)) return;
    const EntityScope scope(context, EntityKind::Person);
    for (const Node& item : list_items(node, "lists", context.findings)) {
        const std::vector<Node> lines = expand_each(item, context.findings);
        const bool is_one = lines.size() == 1 && lines.front().keys.size() == item.keys.size();
        for (const Node& line : lines) {
            if (!is_one) context.findings.about(name_of(line, context.names));
            add_list(line, context, scope, lists);
            context.findings.about({});
        }
    }
}

std::vector<std::string> list_warnings(const Documents& documents) {
    std::set<std::string> roles;
    std::vector<const ListRule*> sellers;
    for (const ListRule& list : documents.lists) {
        if (!list.has_tag(kSellerTag)) continue;
        sellers.push_back(&list);
        roles.insert(list.seen_by.begin(), list.seen_by.end());
    }
    if (roles.empty()) {
        if (sellers.size() <= kMostSellerLists) return {};
        return {fmt::format("{} lists have the tag {}: sellers find their way among {} at most",
                            sellers.size(), kSellerTag, kMostSellerLists)};
    }
    std::vector<std::string> warnings;
    for (const std::string& role : roles) {
        const auto seen = std::count_if(sellers.begin(), sellers.end(), [&](const ListRule* list) {
            return list->seen_by.empty() || std::find(list->seen_by.begin(), list->seen_by.end(),
                                                      role) != list->seen_by.end();
        });
        if (seen <= kMostSellerLists) continue;
        warnings.push_back(
            fmt::format("{} lists with the tag {} are seen by {}: sellers find their way among {} "
                        "at most",
                        seen, kSellerTag, role, kMostSellerLists));
    }
    return warnings;
}

void read_integration_users(const Node& node, const Context& context,
                            PerSide<IntegrationUsers>& users) {
    MapReader map(node, "\"integration_users\"", context.findings);
    for (const Side side : kSides) {
        const Node* names = map.find(context.names[side]);
        if (names == nullptr) continue;
        users[side].field = modified_by_field(context.names[side]);
        users[side].users = text_list(*names, context.names[side], context.findings);
        if (!users[side].field.empty()) continue;
        context.findings.add(map.key_node(context.names[side]), kNotAllowed,
                             fmt::format("Duet does not know where {} keeps who changed a record",
                                         context.names[side]));
    }
    map.finish();
}

}  // namespace duet::document
