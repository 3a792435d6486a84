#include "daemon/sync/owners.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sync/lead_accounts.h"
#include "mappings/merge/evaluate.h"
#include "mappings/text.h"

namespace duet::sync {
namespace {

using nlohmann::json;
using store::EntityId;
using store::SeenRow;

constexpr std::size_t kIdCharacters = 15;  // of a Salesforce id; the last three are a check sum

std::string lower_field(const SeenRow& row, std::string_view field) {
    return lower_case(text_in(row.record, field));
}

/// 15 or 18 letters and digits.
bool is_id(std::string_view name) noexcept {
    return (name.size() == kIdCharacters || name.size() == 18) &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

/// A record of one of the routed objects; what only another of them has is blank here.
class RoutedFacts final : public merge::FactSource {
public:
    RoutedFacts(const Model& model, PathReader& paths, const document::Routing& routing,
                const Record& record)
        : model_(model), paths_(paths), routing_(routing), record_(record) {}

    std::variant<const Value*, std::string> value(std::string_view path) override {
        const auto found = paths_.read(Side::Crm, record_, path);
        if (found.value != nullptr) return found.value;
        if (found.missing == PathReader::Missing::NoSuchField && is_of_another(path)) {
            static const Value kBlank{};
            return &kBlank;
        }
        return "the field " + std::string(path) + " cannot be read";
    }
    const Value* side_value(Side, std::string_view) override { return nullptr; }
    std::optional<DateTime> next_change() const override { return std::nullopt; }

private:
    [[nodiscard]] bool is_of_another(std::string_view path) const {
        const Catalog& catalog = model_.catalogs().crm;
        return std::any_of(routing_.objects.begin(), routing_.objects.end(),
                           [&](const std::string& name) {
                               const ObjectInfo* object = catalog.find(name);
                               return object != nullptr && resolve_path(catalog, *object, path);
                           });
    }

    const Model& model_;
    PathReader& paths_;
    const document::Routing& routing_;
    const Record& record_;
};

std::string fact_name(std::string_view robin) { return "round_robin." + std::string(robin); }

}  // namespace

OwnerBook::OwnerBook(Org& org, RecordCache& cache, PathReader& paths, formula::Moment moment)
    : org_(org),
      cache_(cache),
      paths_(paths),
      moment_(moment),
      words_(document::owner_words(org.system(Side::Crm))) {}

void OwnerBook::add(const SeenRow& row, Known known) const {
    known.owner.id = row.record.id.key;
    known.owner.active = known.owner.active && !row.deleted;
    known.id = row.record.id.key.substr(0, kIdCharacters);
    known_.push_back(std::move(known));
}

void OwnerBook::read_users() const {
    auto read = org_.store.each_seen(
        org_.name, Side::Crm, std::string(words_->user), [&](const SeenRow& row) {
            const bool* active = std::get_if<bool>(&row.record.fields.get(words_->user_active));
            Known known;
            known.owner.active = active != nullptr && *active;
            known.login = lower_field(row, words_->user_login);
            known.email = lower_field(row, words_->user_email);
            known.name = lower_field(row, words_->user_name);
            add(row, std::move(known));
            return true;
        });
    // What cannot be read now fails the next call of the store as well, and that one is checked.
    if (!read) known_.clear();
}

void OwnerBook::read_groups() const {
    const std::string queue = lower_case(words_->queue_type);
    auto read = org_.store.each_seen(org_.name, Side::Crm, std::string(words_->group),
                                     [&](const SeenRow& row) {
                                         if (lower_field(row, words_->group_type) != queue)
                                             return true;
                                         Known known;
                                         known.owner.is_user = false;
                                         known.email = lower_field(row, words_->group_email);
                                         known.name = lower_field(row, words_->group_name);
                                         add(row, std::move(known));
                                         return true;
                                     });
    if (!read) known_.clear();
}

void OwnerBook::read() const {
    if (is_read_ || words_ == nullptr) return;
    is_read_ = true;
    read_users();
    read_groups();
}

std::variant<routing::Owner, std::string> OwnerBook::find(std::string_view name) const {
    read();
    if (is_id(name)) {
        const std::string_view id = name.substr(0, kIdCharacters);
        for (const Known& known : known_) {
            if (known.id == id) return known.owner;
        }
        // Queues are not always among what the user that Duet signs in as may read.
        if (name.starts_with("00G")) return routing::Owner{std::string(name), true, false};
    }
    const std::string wanted = lower_case(name);
    for (const auto field : {&Known::login, &Known::email, &Known::name}) {
        const Known* found = nullptr;
        bool is_shared = false;
        for (const Known& known : known_) {
            if (known.*field != wanted) continue;
            // Of two that share a name the one who is active is meant.
            if (found != nullptr && found->owner.active && known.owner.active) is_shared = true;
            if (found == nullptr || known.owner.active) found = &known;
        }
        if (is_shared) return "is what several users or queues are called: name it by its id";
        if (found != nullptr) return found->owner;
    }
    return "is no user or queue of " + org_.system(Side::Crm);
}

std::optional<std::string> OwnerBook::add_open(const document::Routing& routing,
                                               const std::string& object, const std::string& owner,
                                               std::set<EntityId>& open) const {
    const ObjectModel* model = org_.model.find(Side::Crm, object);
    const FieldInfo* field = model == nullptr ? nullptr : model->info->find(words_->field);
    if (field == nullptr) return std::nullopt;
    for (const SeenRow* row : cache_.children(Side::Crm, model->info->name, field->name, owner)) {
        if (row->deleted || !row->survivor.key.empty()) continue;
        if (routing.open_when) {
            RoutedFacts facts(org_.model, paths_, routing, row->record);
            std::optional<DateTime> ignored;
            auto asked = merge::ask(*routing.open_when, facts, moment_, ignored);
            if (asked.failure) return std::move(*asked.failure);
            if (!asked.yes) continue;
        }
        auto entity = org_.store.entity_of(org_.name, Side::Crm, row->record.id);
        if (!entity) return entity.error().message;
        if (*entity) open.insert(**entity);
    }
    return std::nullopt;
}

std::variant<std::int64_t, std::string> OwnerBook::load(const document::Routing& routing,
                                                        const std::string& owner) const {
    std::set<EntityId> open;
    for (const std::string& object : routing.objects) {
        if (auto why = add_open(routing, object, owner, open)) return std::move(*why);
    }
    auto pending = org_.store.pending_for(org_.name, owner);
    if (!pending) return pending.error().message;
    open.insert(pending->begin(), pending->end());
    if (const auto given = given_.find(owner); given != given_.end())
        open.insert(given->second.begin(), given->second.end());
    return static_cast<std::int64_t>(open.size());
}

std::variant<bool, std::string> OwnerBook::holds(const document::Rule& rule,
                                                 const std::string& user) const {
    const SeenRow* row = cache_.get(Side::Crm, {std::string(words_->user), user});
    if (row == nullptr) return std::string("a user cannot be read");
    RecordFacts facts(paths_, Side::Crm, row->record);
    std::optional<DateTime> ignored;
    auto asked = merge::ask(rule, facts, moment_, ignored);
    if (asked.failure) return std::move(*asked.failure);
    return asked.yes;
}

std::optional<std::string> OwnerBook::account_owner(const document::LeadsByDomain& rule,
                                                    const std::string& domain) const {
    const auto account = LeadAccounts(org_.model, cache_, rule).account_with(domain);
    const SeenRow* row = account ? cache_.get(Side::Crm, *account) : nullptr;
    const std::string* owner =
        row == nullptr ? nullptr : as_text(row->record.fields.get(words_->field));
    return owner == nullptr ? std::nullopt : std::optional(*owner);
}

routing::Counters OwnerBook::counters(std::string_view robin) const {
    if (const auto known = counters_.find(robin); known != counters_.end()) return known->second;
    routing::Counters counters;
    auto fact = org_.store.fact(org_.name, fact_name(robin));
    if (!fact) return counters;
    const json held = json::parse(*fact, nullptr, false);
    if (!held.is_object()) return counters;
    for (const auto& [id, counter] : held.items()) {
        if (counter.is_number_integer()) counters.emplace(id, counter.get<std::int64_t>());
    }
    return counters;
}

void OwnerBook::take(const routing::Turn& turn, EntityId entity) {
    counters_[turn.robin] = turn.counters;
    given_[turn.owner].insert(entity);
}

Status save_turn(Org& org, const routing::Turn& turn) {
    return org.store.set_fact(org.name, fact_name(turn.robin), json(turn.counters).dump());
}

}  // namespace duet::sync
