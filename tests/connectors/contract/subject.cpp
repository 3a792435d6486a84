#include "tests/connectors/contract/subject.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/connectors/csv/csv_help.h"
#include "tests/world/vendor_world.h"

namespace duet::test {
namespace {

using nlohmann::json;
using world::FakeSide;
using world::VendorWorld;

/// A double, which is the system and its connector at once.
class Double final : public Subject {
public:
    explicit Double(Side side) : side_(make_side(side)) {
        object = side == Side::Crm ? "Lead" : "prospect";
        email_field = side == Side::Crm ? "Email" : "email";
        name_field = side == Side::Crm ? "LastName" : "lastName";
        key_field = side == Side::Crm ? "Duet_Key__c" : "email";
        key_is_email = side == Side::Marketing;
        upserts = false;  // so that tests of the engine see a create that is sent twice
    }

    Connector& connector() override { return side_; }
    Connector& another_connector() override { return side_; }
    std::string add(const std::string& email, const std::string& name) override {
        Fields fields;
        fields.set(email_field, text(email));
        fields.set(name_field, text(name));
        return side_.add(object, std::move(fields));
    }
    void rename(const std::string& key, const std::string& name) override {
        side_.edit({object, key}, name_field, text(name));
    }
    void remove(const std::string& key) override { side_.remove({object, key}); }
    void pass(std::chrono::seconds time) override { clock_.pass(time); }
    std::size_t with_email(const std::string& email) override {
        std::size_t count = 0;
        for (const auto& [key, fields] : side_.records(object)) {
            if (display(fields.get(email_field)) == email) ++count;
        }
        return count;
    }

private:
    FakeSide make_side(Side side) {
        world::SideOptions options;
        options.name = side == Side::Crm ? "salesforce" : "pardot";
        options.catalog = world::acme_catalogs()[side];
        options.long_keys = side == Side::Crm;
        options.calls_per_day = 100'000;
        return {std::move(options), clock_};
    }

    world::WorldClock clock_;
    FakeSide side_;
};

/// A folder with one file of people, edited by hand.
class CsvTable final : public Subject {
public:
    CsvTable() {
        object = "people";
        email_field = key_field = "email";
        name_field = "name";
        calls_cost = false;
        bench_.folder.write("people.schema.json",
                            R"({"fields": {"email": {"unique": true}, "name": {}}})");
        save();
    }

    Connector& connector() override { return *bench_.connector; }
    Connector& another_connector() override {
        auto made = find_connector_kind("csv")->make(
            {{"folder", bench_.folder.path()}},
            {bench_.clock, bench_.random, bench_.transport, "acme"});
        if (!made) throw std::runtime_error(made.error().message);
        another_ = *std::move(made);
        return *another_;
    }
    std::string add(const std::string& email, const std::string& name) override {
        load();
        rows_.push_back({std::to_string(rows_.size() + 1), email, name, now(), "false"});
        save();
        return rows_.back().key;
    }
    void rename(const std::string& key, const std::string& name) override {
        load();
        row(key).name = name;
        row(key).stamp = now();
        save();
    }
    void remove(const std::string& key) override {
        load();
        row(key).deleted = "true";
        row(key).stamp = now();
        save();
    }
    void pass(std::chrono::seconds time) override { bench_.clock.pass(time); }
    std::size_t with_email(const std::string& email) override {
        load();
        return static_cast<std::size_t>(std::count_if(
            rows_.begin(), rows_.end(),
            [&email](const Row& one) { return one.email == email && one.deleted != "true"; }));
    }

private:
    struct Row {
        std::string key, email, name, stamp, deleted;
    };

    [[nodiscard]] std::string now() const {
        return format_instant(
            std::chrono::time_point_cast<std::chrono::milliseconds>(bench_.clock.now()));
    }
    Row& row(const std::string& key) { return rows_.at(std::stoul(key) - 1); }

    /// What the connector wrote into the file, by the connector's own sheet: no cell of these tests
    /// holds a comma or a quote where people edit.
    void load() {
        rows_.clear();
        std::istringstream file(bench_.folder.read("people.csv"));
        std::string line;
        std::getline(file, line);
        while (std::getline(file, line)) {
            std::istringstream cells(line);
            Row made;
            for (std::string* cell :
                 {&made.key, &made.email, &made.name, &made.stamp, &made.deleted}) {
                std::getline(cells, *cell, ',');
            }
            rows_.push_back(std::move(made));
        }
    }
    void save() {
        std::string content = "id,email,name,updated_at,deleted\n";
        for (const Row& one : rows_) {
            content += one.key + "," + one.email + "," + one.name + "," + one.stamp + "," +
                       one.deleted + "\n";
        }
        bench_.folder.write("people.csv", content);
    }

    CsvBench bench_;
    std::unique_ptr<Connector> another_;
    std::vector<Row> rows_;
};

/// A vendor's real connector over the sandbox's handlers.
class Vendor final : public Subject {
public:
    explicit Vendor(Side side) : side_(side) {
        object = side == Side::Crm ? "Lead" : "prospect";
        email_field = side == Side::Crm ? "Email" : "email";
        name_field = side == Side::Crm ? "LastName" : "lastName";
        key_field = side == Side::Crm ? "Duet_Key__c" : "email";
        key_is_email = side == Side::Marketing;
        if (side == Side::Crm) required = {{"Company", "Acme"}};
    }

    Connector& connector() override { return world_.connector(side_); }
    Connector& another_connector() override {
        another_ = world_.make_connector(side_);
        return *another_;
    }
    std::string add(const std::string& email, const std::string& name) override {
        json fields{{email_field, email}, {name_field, name}};
        for (const auto& [field, value] : required) fields[field] = value;
        return world_.people().add(object, fields);
    }
    void rename(const std::string& key, const std::string& name) override {
        world_.people().edit({object, key}, {{name_field, name}});
    }
    void remove(const std::string& key) override { world_.people().remove({object, key}); }
    void pass(std::chrono::seconds time) override { world_.clock.pass(time); }
    std::size_t with_email(const std::string& email) override {
        return world_.people().keys_with(object, email_field, email).size();
    }

private:
    const Side side_;
    VendorWorld world_;
    std::unique_ptr<Connector> another_;
};

template <class Made, Side kSide>
std::unique_ptr<Subject> make_on() {
    return std::make_unique<Made>(kSide);
}

}  // namespace

Write Subject::create(const std::string& email, const std::string& name) const {
    Write write{
        WriteKind::Create, {object, {}}, {}, key_field, key_is_email ? email : "key of " + email};
    write.fields.set(email_field, text(email));
    write.fields.set(name_field, text(name));
    if (!key_is_email) write.fields.set(key_field, text(write.key_value));
    for (const auto& [field, value] : required) write.fields.set(field, text(value));
    return write;
}

Write Subject::update(const std::string& key, const std::string& name) const {
    Write write{WriteKind::Update, {object, key}, {}, {}, {}};
    write.fields.set(name_field, name.empty() ? Value{} : text(name));
    return write;
}

Write Subject::removal(const std::string& key) const {
    return {WriteKind::Delete, {object, key}, {}, {}, {}};
}

void PrintTo(const SubjectKind& kind, std::ostream* out) { *out << kind.name; }

const std::vector<SubjectKind>& subject_kinds() {
    static const std::vector<SubjectKind> kinds{
        {"CrmDouble", make_on<Double, Side::Crm>},
        {"MarketingDouble", make_on<Double, Side::Marketing>},
        {"Csv", [] { return std::unique_ptr<Subject>(std::make_unique<CsvTable>()); }},
        {"Salesforce", make_on<Vendor, Side::Crm>},
        {"Pardot", make_on<Vendor, Side::Marketing>},
    };
    return kinds;
}

}  // namespace duet::test
