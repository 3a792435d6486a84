#include "tests/bench/generated_side.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace duet::bench {
namespace {

constexpr std::array kFirstNames{"Ada", "Grace", "Alan", "Edsger", "Barbara", "Tony", "Leslie"};
constexpr std::array kTitles{"Engineer", "Buyer", "Head of Sales", "Analyst", "Clerk"};
constexpr DateTime kMade{std::chrono::sys_days{std::chrono::year{2017} / 6 / 1}};

/// What a person's field holds at first; both vendors' names for it.
Value original(std::string_view field, std::size_t number) {
    const std::array<std::pair<std::array<std::string_view, 2>, Value>, 8> fields{{
        {{"FirstName", "firstName"}, text(kFirstNames[number % kFirstNames.size()])},
        {{"LastName", "lastName"}, text(fmt::format("Person{}", number))},
        {{"Email", "email"}, text(fmt::format("person{}@example.com", number))},
        {{"Phone", "phone"}, text(fmt::format("+1 555 {:07}", number))},
        {{"Title", "jobTitle"}, text(kTitles[number % kTitles.size()])},
        {{"Department", "department"}, text("Dept")},
        {{"HasOptedOutOfEmail", "optedOut"}, Value{false}},
        {{"Duet_Stage__c", "duet_stage__c"},
         text(number % kTitles.size() == 1 ? "BUYER" : "KNOWN")},
    }};
    for (const auto& [names, value] : fields) {
        if (field == names[0] || field == names[1]) return value;
    }
    return Value{};
}

std::size_t number_in(std::string_view written) {
    std::size_t number = 0;
    std::from_chars(written.data(), written.data() + written.size(), number);
    return number;
}

}  // namespace

GeneratedSide::GeneratedSide(Side side, Catalog catalog, std::size_t people, const Clock& clock)
    : side_(side), catalog_(std::move(catalog)), people_(people), clock_(clock) {}

std::string_view GeneratedSide::name() const noexcept {
    return side_ == Side::Crm ? "salesforce" : "pardot";
}

bool GeneratedSide::is_person(std::string_view object) const {
    return object == (side_ == Side::Crm ? "Contact" : "prospect");
}

/// 18 characters as Salesforce has, or digits; the number stands in 12 of them.
std::string GeneratedSide::key_of(std::size_t number) const {
    return side_ == Side::Crm ? fmt::format("003{:012}AAA", number) : fmt::format("{}", number + 1);
}

Record GeneratedSide::person(const Selection& what, std::size_t number) const {
    Record record{{what.object, key_of(number)}, {}, kMade};
    const auto edit = edits_.find(number);
    if (edit != edits_.end()) record.modified = edit->second.stamp;
    for (const std::string& field : what.fields) {
        const Value* edited = edit == edits_.end() ? nullptr : edit->second.fields.find(field);
        const bool is_key = same_name(field, "id");
        record.fields.set(field, is_key              ? text(record.id.key)
                                 : edited != nullptr ? *edited
                                                     : original(field, number));
    }
    return record;
}

DateTime GeneratedSide::change(std::size_t number, const Fields& fields) {
    Edit& edit = edits_[number];
    for (const auto& [field, value] : fields) edit.fields.set(field, value);
    edit.stamp = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
    edited_.push_back(number);
    return edit.stamp;
}

void GeneratedSide::edit_phone(std::size_t person, Value phone) {
    Fields fields;
    fields.set(side_ == Side::Crm ? "Phone" : "phone", std::move(phone));
    change(person, fields);
}

Value GeneratedSide::phone(std::size_t person) const {
    const char* field = side_ == Side::Crm ? "Phone" : "phone";
    const auto edit = edits_.find(person);
    const Value* edited = edit == edits_.end() ? nullptr : edit->second.fields.find(field);
    return edited != nullptr ? *edited : original(field, person);
}

Status GeneratedSide::check(std::span<const Selection>, std::stop_token) { return Done{}; }

Result<Catalog> GeneratedSide::discover(std::stop_token) { return catalog_; }

/// A cursor counts the people told of, then the edits.
Result<ChangePage> GeneratedSide::changes(const Selection& what, const Cursor& from,
                                          std::size_t limit, std::stop_token) {
    ChangePage page;
    page.last = true;
    page.next.text = "0";
    if (!is_person(what.object)) return page;
    std::size_t place = number_in(from.text);
    page.backfill = place < people_;
    const std::size_t end = std::min(place + limit, people_ + edited_.size());
    page.rows_pulled = end - place;
    for (; place < end; ++place) {
        const std::size_t number = place < people_ ? place : edited_[place - people_];
        Change change;
        change.record = person(what, number);
        page.changes.push_back(std::move(change));
    }
    page.last = place == people_ + edited_.size();
    page.next.text = std::to_string(place);
    return page;
}

Result<std::vector<Change>> GeneratedSide::read(const Selection& what,
                                                std::span<const std::string> keys,
                                                std::stop_token) {
    std::vector<Change> found;
    for (const std::string& key : keys) {
        Change change;
        change.record =
            person(what, side_ == Side::Crm ? number_in(std::string_view(key).substr(3, 12))
                                            : number_in(key) - 1);
        found.push_back(std::move(change));
    }
    return found;
}

Result<std::vector<Record>> GeneratedSide::find(const Selection&, std::string_view,
                                                std::string_view, std::stop_token) {
    return std::vector<Record>{};
}

Result<std::vector<Result<Written>>> GeneratedSide::write(std::span<const Write> batch,
                                                          std::stop_token) {
    std::vector<Result<Written>> outcomes;
    for (const Write& write : batch) {
        const std::string_view key = write.id.key;
        const std::size_t number =
            side_ == Side::Crm ? number_in(key.substr(3, 12)) : number_in(key) - 1;
        outcomes.emplace_back(Written{write.id, false, change(number, write.fields)});
        ++writes_;
    }
    return outcomes;
}

std::size_t GeneratedSide::batch_size(std::string_view, WriteKind) const { return 200; }

}  // namespace duet::bench
