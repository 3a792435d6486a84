#include "daemon/trial/situation.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include <date/tz.h>
#include <fmt/format.h>

#include "mappings/document/codes.h"

namespace duet::trial {
namespace {

using document::Findings;
using document::MapReader;
using document::Node;

constexpr std::array<std::string_view, 3> kStamps{"SystemModstamp", "LastModifiedDate",
                                                  "updatedAt"};

/// When nobody says when a record was changed: an hour before the moment.
constexpr std::chrono::hours kSettled{1};

bool is_true(const Fields& fields, std::string_view name) {
    for (const auto& [field, value] : fields) {
        const bool* flag = std::get_if<bool>(&value);
        if (same_name(field, name) && flag != nullptr) return *flag;
    }
    return false;
}

std::string text_at(const Fields& fields, std::string_view name) {
    for (const auto& [field, value] : fields) {
        const std::string* held = as_text(value);
        if (same_name(field, name) && held != nullptr) return *held;
    }
    return {};
}

std::vector<std::string> names_of(const ObjectInfo& object) {
    std::vector<std::string> names;
    for (const FieldInfo& field : object.fields) names.push_back(field.name);
    return names;
}

/// What vendors say with fields of their own: stamps, the bin, merges and conversions.
void read_state(GivenRecord& given, DateTime now) {
    const Fields& fields = given.record.fields;
    given.record.modified = now - kSettled;
    for (const std::string_view name : kStamps) {
        const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& entry) {
            return same_name(entry.first, name);
        });
        if (found == fields.end()) continue;
        if (const auto* stamp = std::get_if<DateTime>(&found->second)) {
            given.record.modified = *stamp;
            given.has_stamp = true;
            break;
        }
    }
    given.deleted = is_true(fields, "IsDeleted");
    if (const std::string master = text_at(fields, "MasterRecordId"); !master.empty()) {
        given.deleted = true;
        given.survivor = {given.record.id.object, master};
    }
    if (const std::string contact = text_at(fields, "ConvertedContactId");
        is_true(fields, "IsConverted") && !contact.empty()) {
        given.survivor = {"Contact", contact};
    }
}

class SituationReader {
public:
    SituationReader(const sync::Model& model, DateTime now, Findings& findings)
        : model_(model), findings_(findings) {
        situation_.now = now;
    }

    Situation read(MapReader& map) {
        if (const Node* given = map.require("given")) read_given(*given);
        if (const Node* agreed = map.find("agreed")) {
            for (const Node& item : document::list_items(*agreed, "agreed", findings_))
                read_agreed(item);
        }
        if (const Node* away = map.find("away")) {
            for (const std::string& name : document::text_list(*away, "away", findings_)) {
                if (const auto side = side_named(*away, name)) situation_.ready[*side] = false;
            }
        }
        check_references();
        return std::move(situation_);
    }

private:
    const SideNames& names() const { return model_.documents().names; }

    std::optional<Side> side_named(const Node& node, std::string_view name) {
        for (const Side side : kSides) {
            if (name == names()[side]) return side;
        }
        const std::vector<std::string> both{names().crm, names().marketing};
        findings_.add(node, document::kUnknownKey, fmt::format("there is no side \"{}\"", name),
                      document::did_you_mean(name, both, "it may be " + document::one_of(both)));
        return std::nullopt;
    }

    void read_given(const Node& given) {
        const MapReader sides(given, "given", findings_);
        if (!sides.is_map()) return;
        for (std::size_t i = 0; i < given.keys.size() && i < given.items.size(); ++i) {
            const auto side = side_named(given.keys[i], given.keys[i].text);
            if (side && given.items[i].kind != Node::Kind::Null) read_side(*side, given.items[i]);
        }
    }

    void read_side(Side side, const Node& node) {
        const MapReader objects(node, "the records of " + names()[side], findings_);
        if (!objects.is_map()) return;
        const Catalog& catalog = model_.catalogs()[side];
        for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
            const ObjectInfo* object = catalog.find(node.keys[i].text);
            if (object == nullptr) {
                std::vector<std::string> known;
                for (const ObjectInfo& one : catalog.objects) known.push_back(one.name);
                findings_.add(
                    node.keys[i], document::kUnknownName,
                    fmt::format("{} has no object \"{}\"", names()[side], node.keys[i].text),
                    document::did_you_mean(node.keys[i].text, known,
                                           "an object of your own is declared under \"fields\""));
                continue;
            }
            const std::string what = "the records of " + object->name;
            for (const Node& item : document::list_items(node.items[i], what, findings_))
                read_record(side, *object, item);
        }
    }

    void read_record(Side side, const ObjectInfo& object, const Node& node) {
        const MapReader map(node, "a record of " + object.name, findings_);
        if (!map.is_map()) return;
        GivenRecord given;
        given.side = side;
        given.record.id.object = object.name;
        given.place = node.place();
        for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
            const Node& key = node.keys[i];
            const FieldInfo* field = object.find(key.text);
            if (field == nullptr) {
                findings_.add(
                    key, document::kUnknownName,
                    fmt::format("{} has no field \"{}\"", object.name, key.text),
                    document::did_you_mean(key.text, names_of(object),
                                           "a field of your own is declared under \"fields\""));
                continue;
            }
            auto value = read_value(node.items[i], *field, findings_);
            if (!value) continue;
            if (same_name(field->name, "Id")) given.record.id.key = display(*value);
            given.record.fields.set(field->name, std::move(*value));
        }
        if (given.record.id.key.empty()) {
            findings_.add(node, document::kMissing,
                          fmt::format("a record of {} needs an Id; any word will do", object.name));
            return;
        }
        for (const GivenRecord& other : situation_.records) {
            if (other.side != side || other.record.id != given.record.id) continue;
            findings_.add(node, document::kDefinedTwice,
                          fmt::format("{} {} is already given at {}", object.name,
                                      given.record.id.key, document::at_line(other.place)));
            return;
        }
        read_state(given, situation_.now);
        nodes_.push_back(&node);
        situation_.records.push_back(std::move(given));
    }

    /// A reference to a record that is not there would read as blank and prove nothing.
    void check_references() {
        for (std::size_t at = 0; at < situation_.records.size(); ++at) {
            const GivenRecord& given = situation_.records[at];
            const sync::ObjectModel* object = model_.find(given.side, given.record.id.object);
            if (object == nullptr) continue;
            for (const std::string& field : object->references) {
                const std::string* target = as_text(given.record.fields.get(field));
                if (target != nullptr) check_reference(*nodes_[at], given.side, *object, field);
            }
        }
    }

    void check_reference(const Node& record, Side side, const sync::ObjectModel& object,
                         const std::string& field) {
        for (std::size_t i = 0; i < record.keys.size() && i < record.items.size(); ++i) {
            if (!same_name(record.keys[i].text, field)) continue;
            const std::string& target = record.items[i].text;
            std::vector<std::string> candidates;
            bool is_read = false;
            for (const std::string& parent : object.info->find(field)->references) {
                if (model_.find(side, parent) != nullptr) is_read = true;
                for (const GivenRecord& given : situation_.records) {
                    if (given.side == side && given.record.id.object == parent)
                        candidates.push_back(given.record.id.key);
                }
            }
            const bool is_given =
                std::find(candidates.begin(), candidates.end(), target) != candidates.end();
            if (!is_read || is_given) return;
            findings_.add(record.items[i], document::kUnknownName,
                          fmt::format("{} names \"{}\", which is not given", field, target),
                          document::did_you_mean(target, candidates,
                                                 "give that record too, or leave the field out"));
        }
    }

    void read_agreed(const Node& node) {
        MapReader map(node, "an agreed record", findings_);
        if (!map.is_map()) return;
        GivenAgreed agreed;
        const Node* of = map.require("of");
        const auto record = of == nullptr ? std::nullopt : find_record(*of, situation_, findings_);
        agreed.stage = map.text("stage").value_or("");
        const Node* values = map.find("values");
        const Node* lists = map.find("lists");
        const Node* tasks = map.find("tasks");
        const Node* routings = map.find("routing");
        map.finish();
        if (!record) return;
        agreed.record = *record;
        if (values != nullptr) read_agreed_values(*values, agreed);
        if (lists != nullptr) {
            for (const Node& item : document::list_items(*lists, "lists", findings_))
                read_agreed_list(item, agreed);
        }
        const auto& documents = model_.documents();
        if (tasks != nullptr) read_edges(*tasks, "task", documents.tasks, agreed);
        if (routings != nullptr) read_edges(*routings, "routing", documents.routings, agreed);
        situation_.agreed.push_back(std::move(agreed));
    }

    /// `tasks: { score_passes_100: false }`: what each condition was when it was last asked.
    template <class Rules>
    void read_edges(const Node& node, const std::string& kind, const Rules& rules,
                    GivenAgreed& agreed) {
        static const std::vector<document::Word<bool>> kAnswers{{"true", true}, {"false", false}};
        MapReader map(node, "what " + kind + " rules last answered", findings_);
        if (!map.is_map()) return;
        std::vector<std::string> known;
        for (const auto& rule : rules) known.push_back(rule.name);
        for (const Node& key : node.keys) {
            const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& one) {
                return same_name(one.name, key.text);
            });
            if (rule == rules.end()) {
                findings_.add(key, document::kUnknownName,
                              fmt::format("there is no {} rule \"{}\"", kind, key.text),
                              document::did_you_mean(key.text, known));
                continue;
            }
            const auto answer = map.choice(key.text, kAnswers);
            agreed.edges.push_back(
                {kind + " " + rule->name, rule->version, answer.value_or(false)});
        }
    }

    void read_agreed_list(const Node& node, GivenAgreed& agreed) {
        static const std::vector<document::Word<bool>> kAnswers{{"true", true}, {"false", false}};
        MapReader map(node, "an agreed list", findings_);
        GivenListed listed;
        std::vector<std::string> known;
        for (const auto& rule : model_.documents().lists) known.push_back(rule.list);
        const auto name = map.required_name("list");
        if (name && std::find(known.begin(), known.end(), *name) == known.end()) {
            findings_.add(*map.find("list"), document::kUnknownName,
                          fmt::format("there is no list rule \"{}\"", *name),
                          document::did_you_mean(*name, known));
        }
        listed.list = name.value_or("");
        listed.rule = map.choice("rule", kAnswers).value_or(false);
        listed.was_on = map.choice("was_on", kAnswers).value_or(false);
        listed.by_hand = map.choice("by_hand", kAnswers).value_or(false);
        if (const auto since = map.required_text("since")) {
            const auto day = parse_date(*since);
            const auto time = day ? std::optional{DateTime{*day}} : parse_instant(*since);
            if (time) {
                listed.since = Instant{*time};
            } else {
                findings_.add(*map.find("since"), document::kNotAllowed,
                              "\"since\" is neither 2018-01-02 nor 2018-01-02T09:00:00Z");
            }
        }
        map.finish();
        agreed.lists.push_back(std::move(listed));
    }

    void read_agreed_values(const Node& node, GivenAgreed& agreed) {
        const MapReader map(node, "the agreed values", findings_);
        const GivenRecord& record = situation_.records[agreed.record];
        const sync::ObjectModel* object = model_.find(record.side, record.record.id.object);
        if (!map.is_map() || object == nullptr || object->entity == nullptr) return;
        for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
            const std::string& name = node.keys[i].text;
            std::vector<std::string> rules;
            const document::FieldRule* rule = nullptr;
            for (const document::FieldRule& one : object->entity->fields) {
                rules.push_back(one.name);
                if (one.name == name) rule = &one;
            }
            if (rule == nullptr) {
                findings_.add(node.keys[i], document::kUnknownName,
                              fmt::format("there is no field rule \"{}\"", name),
                              document::did_you_mean(name, rules));
                continue;
            }
            read_pair(node.items[i], *rule, *object->entity, agreed.values[rule->name]);
        }
    }

    /// One value that both sides held, or `{ salesforce: A, pardot: B }`.
    void read_pair(const Node& node, const document::FieldRule& rule,
                   const document::EntityDocument& entity, PerSide<Value>& pair) {
        for (const Side side : kSides) {
            const FieldInfo* field = nullptr;
            for (const std::string& name : entity.objects[side]) {
                const ObjectInfo* object = model_.catalogs()[side].find(name);
                if (object == nullptr || field != nullptr) continue;
                field = object->find(rule.fields[side].on(object->name));
            }
            static const FieldInfo kText{};
            const Node* half = &node;
            if (node.kind == Node::Kind::Map) {
                MapReader map(node, "a pair of agreed values", findings_);
                half = map.find(names()[side]);
                static_cast<void>(map.find(names()[other(side)]));
                map.finish();
            }
            if (half == nullptr) continue;
            if (auto value = read_value(*half, field == nullptr ? kText : *field, findings_))
                pair[side] = std::move(*value);
        }
    }

    const sync::Model& model_;
    Findings& findings_;
    Situation situation_;
    std::vector<const Node*> nodes_;  // of situation_.records
};

std::optional<DateTime> noon_of(Date day, const std::string& time_zone) {
    try {
        const auto local = ::date::local_days{day.time_since_epoch()} + std::chrono::hours{12};
        return ::date::locate_zone(time_zone)->to_sys(local, ::date::choose::earliest);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace

std::optional<DateTime> read_moment(MapReader& map, const std::string& time_zone,
                                    Findings& findings) {
    const Node* now = map.find("now");
    const Node* today = map.find("today");
    if (now != nullptr && today != nullptr) {
        findings.add(*today, document::kContradiction, "\"now\" and \"today\" are both given",
                     "\"today\" means noon of that day; give one of them");
        return std::nullopt;
    }
    if (now != nullptr) {
        const auto time = parse_instant(now->text);
        if (!time)
            findings.add(*now, document::kWrongType,
                         "\"now\" must be an instant such as 2018-01-02T09:00:00Z");
        return time;
    }
    if (today == nullptr) return std::nullopt;
    const auto day = parse_date(today->text);
    const auto noon = day ? noon_of(*day, time_zone) : std::nullopt;
    if (!noon)
        findings.add(*today, document::kWrongType, "\"today\" must be a day such as 2018-01-02");
    return noon;
}

Situation read_situation(MapReader& map, DateTime now, const sync::Model& model,
                         Findings& findings) {
    return SituationReader(model, now, findings).read(map);
}

std::optional<std::size_t> find_record(const Node& name, const Situation& situation,
                                       Findings& findings) {
    std::vector<std::size_t> found;
    std::vector<std::string> known;
    for (std::size_t at = 0; at < situation.records.size(); ++at) {
        const RecordId& id = situation.records[at].record.id;
        known.push_back(id.key);
        if (name.text == id.key || name.text == id.object + " " + id.key) found.push_back(at);
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) {
        findings.add(name, document::kUnknownName,
                     fmt::format("the record \"{}\" is not given", name.text),
                     document::did_you_mean(name.text, known));
    } else {
        findings.add(name, document::kNotAllowed,
                     fmt::format("several records are called \"{}\"", name.text),
                     fmt::format("write the object too: \"{} {}\"",
                                 situation.records[found.front()].record.id.object, name.text));
    }
    return std::nullopt;
}

std::optional<Value> parse_value(const std::string& said, const FieldInfo& field,
                                 std::string& why) {
    const auto made = [&](const auto& parsed, const char* wanted) -> std::optional<Value> {
        if (parsed) return Value{*parsed};
        why = wanted;
        return std::nullopt;
    };
    if (said.empty()) return Value{};
    switch (field.type) {
        case FieldType::Number:
        case FieldType::Currency:
        case FieldType::Percent:
            return made(Decimal::parse(said), "a number");
        case FieldType::Boolean:
            if (said == "true" || said == "false") return Value{said == "true"};
            why = "true or false";
            return std::nullopt;
        case FieldType::Date:
            return made(parse_date(said), "a day such as 2018-01-02");
        case FieldType::DateTime:
            return made(parse_instant(said), "an instant such as 2018-01-02T09:00:00Z");
        case FieldType::Time:
            return made(parse_time(said), "a time of day such as 09:00:00");
        default:
            return text(said);
    }
}

std::optional<Value> read_value(const Node& node, const FieldInfo& field, Findings& findings) {
    if (node.kind == Node::Kind::Null) return Value{};
    std::string why = "one value";
    const auto value = node.kind == Node::Kind::Scalar ? parse_value(node.text, field, why)
                                                       : std::optional<Value>{};
    if (!value) {
        findings.add(node, document::kWrongType, fmt::format("\"{}\" must be {}", field.name, why));
        return std::nullopt;
    }
    const auto& options = field.options;
    const bool is_choice = field.type == FieldType::Picklist && field.restricted;
    if (is_choice && !node.text.empty() &&
        std::find(options.begin(), options.end(), node.text) == options.end()) {
        findings.add(node, document::kNotAllowed,
                     fmt::format("\"{}\" has no value \"{}\"", field.name, node.text),
                     document::did_you_mean(node.text, options));
        return std::nullopt;
    }
    return value;
}

}  // namespace duet::trial
