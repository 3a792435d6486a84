#include "mappings/merge/deletions.h"

#include <algorithm>
#include <string>
#include <utility>

namespace duet::merge {
namespace {

using document::Deletion;
using document::DeletionRule;

constexpr std::string_view kMarked = "marked";
constexpr std::string_view kDeleted = "deleted";

bool is_set(const Value& value) {
    const bool* flag = std::get_if<bool>(&value);
    return flag != nullptr ? *flag : !is_blank(value);
}

/// One side's record is gone or back; `left` is the side of the other one.
class Follower {
public:
    Follower(const Inputs& inputs, Decision& decision, Side gone)
        : inputs_(inputs), decision_(decision), left_(other(gone)), gone_(inputs.sides[gone]) {
        const auto known = inputs.agreed->find(kDeletionNote);
        if (known == inputs.agreed->end()) return;
        if (const std::string* word = as_text(known->second[left_])) note_ = *word;
        if (const std::string* word = as_text(known->second[gone])) was_duets_ = *word == kDeleted;
    }

    /// What is to be remembered of the side `left`.
    std::string follow() {
        const SideRecord& record = inputs_.sides[left_];
        if (record.record == nullptr) return note_;  // it may come back: what was done stays known
        if (gone_.record != nullptr) return note_ == kMarked ? take_back() : std::string{};
        if (gone_.deleted_object.empty() || was_duets_) return note_;
        const DeletionRule* rule = find_rule(gone_.deleted_object);
        if (rule == nullptr || rule->then == Deletion::Unlink) return note_;
        if (!may_act()) return note_;
        return rule->then == Deletion::Mark ? mark(*rule) : remove();
    }

private:
    const DeletionRule* find_rule(std::string_view object) const {
        const auto& rules = inputs_.document->deletions;
        const auto found = std::find_if(rules.begin(), rules.end(), [&](const DeletionRule& rule) {
            return rule.side == other(left_) && same_name(rule.object, object);
        });
        return found == rules.end() ? nullptr : &*found;
    }

    /// An undelete that was not read yet would make it wrong.
    bool may_act() {
        if (inputs_.sides.crm.ready && inputs_.sides.marketing.ready) return true;
        decision_.state = State::Waiting;
        decision_.reason = "one side is not fully loaded or not reachable";
        return false;
    }

    [[nodiscard]] Value mark_in(const FieldInfo& field) const {
        switch (field.type) {
            case FieldType::Boolean:
                return Value{true};
            case FieldType::Date:
                return Value{inputs_.moment.today};
            case FieldType::DateTime:
                return Value{inputs_.moment.now};
            default:
                return text("deleted in " + inputs_.documents->names[other(left_)]);
        }
    }

    void plan(const FieldInfo& field, Value after, Reason reason, const std::string& object) {
        PlannedField write;
        write.side = left_;
        write.field = field.name;
        write.before = inputs_.sides[left_].record->fields.get(field.name);
        write.after = std::move(after);
        write.rule = "deleted " + object;
        write.reason = reason;
        decision_.writes.push_back(std::move(write));
    }

    const FieldInfo* field_of(const DeletionRule& rule) const {
        const ObjectInfo* object = inputs_.sides[left_].object;
        return object == nullptr ? nullptr : object->find(rule.field);
    }

    std::string mark(const DeletionRule& rule) {
        const FieldInfo* field = field_of(rule);
        if (field == nullptr) return note_;
        // What people set themselves is theirs, and stays when the record comes back.
        if (is_set(inputs_.sides[left_].record->fields.get(field->name))) return note_;
        plan(*field, mark_in(*field), Reason::DeletedThere, rule.object);
        return std::string(kMarked);
    }

    /// The mark of whichever rule made it: the record that is back may be of another object.
    std::string take_back() {
        for (const DeletionRule& rule : inputs_.document->deletions) {
            if (rule.side == left_ || rule.then != Deletion::Mark) continue;
            const FieldInfo* field = field_of(rule);
            if (field == nullptr || !is_set(inputs_.sides[left_].record->fields.get(field->name)))
                continue;
            if (!may_act()) return note_;
            const bool is_flag = field->type == FieldType::Boolean;
            plan(*field, is_flag ? Value{false} : Value{}, Reason::BackThere, rule.object);
        }
        return {};
    }

    std::string remove() {
        decision_.deletion = PlannedDeletion{left_, gone_.deleted_object};
        std::erase_if(decision_.writes,
                      [&](const PlannedField& write) { return write.side == left_; });
        if (left_ == Side::Marketing) decision_.memberships.clear();
        return std::string(kDeleted);
    }

    const Inputs& inputs_;
    Decision& decision_;
    Side left_;
    const SideRecord& gone_;
    std::string note_;
    bool was_duets_ = false;
};

}  // namespace

void follow_deletions(const Inputs& inputs, Decision& decision) {
    PerSide<Value> notes;
    for (const Side gone : kSides) {
        const std::string note = Follower(inputs, decision, gone).follow();
        if (!note.empty()) notes[other(gone)] = text(note);
    }
    if (is_blank(notes.crm) && is_blank(notes.marketing)) return;
    decision.agreed.insert_or_assign(kDeletionNote, std::move(notes));
}

}  // namespace duet::merge
