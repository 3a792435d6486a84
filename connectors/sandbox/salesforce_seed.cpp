#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "connectors/sandbox/csv.h"
#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_api.h"
#include "connectors/sandbox/salesforce_dml.h"
#include "connectors/sandbox/salesforce_schema.h"
#include "connectors/sandbox/salesforce_setup.h"
#include "connectors/sandbox/salesforce_side.h"
#include "connectors/sandbox/soql_sql.h"

namespace duet::sandbox {

namespace {

/// Parents before children, so that derived values find what they copy.
constexpr const char* kLoadOrder[] = {"Organization",
                                      "CurrencyType",
                                      "DatedConversionRate",
                                      "User",
                                      "Group",
                                      "ListView",
                                      "PermissionSet",
                                      "PermissionSetAssignment",
                                      "OpportunityStage",
                                      "Account",
                                      "Contact",
                                      "Lead",
                                      "Product2",
                                      "Pricebook2",
                                      "PricebookEntry",
                                      "Campaign",
                                      "CampaignMemberStatus",
                                      "CampaignMember",
                                      "Opportunity",
                                      "OpportunityHistory",
                                      "OpportunityContactRole",
                                      "OpportunityLineItem",
                                      "Contract",
                                      "Case",
                                      "Task",
                                      "Event",
                                      "CampaignInfluenceModel",
                                      "CampaignInfluence"};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error(path.string() + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

class SeedFile {
public:
    explicit SeedFile(const std::filesystem::path& path)
        : path_(path.string()), text_(read_file(path)), reader_(text_) {
        if (!reader_.next(header_)) throw std::runtime_error(path_ + ": no header line");
    }
    bool next(std::vector<CsvCell>& row) {
        if (!reader_.next(row)) return false;
        if (row.size() != header_.size())
            fail("has " + std::to_string(row.size()) + " cells, not " +
                 std::to_string(header_.size()));
        return true;
    }
    [[nodiscard]] const std::vector<CsvCell>& header() const { return header_; }
    [[nodiscard]] std::string cell(const std::vector<CsvCell>& row, std::string_view column) const {
        for (std::size_t i = 0; i < header_.size(); ++i) {
            if (header_[i].text == column) return row[i].text;
        }
        return {};
    }
    [[noreturn]] void fail(const std::string& why) const {
        throw std::runtime_error(path_ + ":" + std::to_string(reader_.line()) + ": " + why);
    }

private:
    std::string path_;
    std::string text_;
    CsvReader reader_;
    std::vector<CsvCell> header_;
};

void complete_stamps(Row& row, const std::string& now, const std::string& user) {
    if (row.is_null("CreatedDate")) {
        row.set("CreatedDate",
                row.is_null("LastModifiedDate") ? SqlValue{now} : row.value("LastModifiedDate"));
    }
    if (row.is_null("LastModifiedDate")) row.set("LastModifiedDate", row.value("CreatedDate"));
    if (row.is_null("SystemModstamp")) {
        // Rows of a history are never modified.
        row.set("SystemModstamp", row.is_null("LastModifiedDate") ? row.value("CreatedDate")
                                                                  : row.value("LastModifiedDate"));
    }
    if (row.is_null("CreatedById")) row.set("CreatedById", text_or_null(user));
    if (row.is_null("LastModifiedById")) row.set("LastModifiedById", row.value("CreatedById"));
}

void load_object(SandboxState& state, const Object& object, const std::filesystem::path& path) {
    SeedFile file(path);
    const Table& table = table_of(state, object);
    std::vector<int> places;
    for (const CsvCell& name : file.header()) {
        const int place = table.index(name.text);
        if (place < 0) file.fail("no field " + name.text + " on " + object.name);
        places.push_back(place);
    }
    const std::string now = state.clock.now_iso();
    const std::string user = first_user(state);
    std::vector<CsvCell> cells;
    while (file.next(cells)) {
        Row row(table);
        Write write;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (cells[i].text.empty()) continue;
            const Field& field = object.fields[static_cast<std::size_t>(places[i])];
            auto value = from_text(field, cells[i].text);
            if (auto* refused = std::get_if<Refusal>(&value))
                file.fail(field.name + ": " + refused->message);
            row.set_at(places[i], std::get<SqlValue>(std::move(value)));
            write.given.insert(field.name);
        }
        if (const auto why = store_seeded(state, row, write.given, now, user)) file.fail(*why);
    }
}

void load_custom_fields(SandboxState& state, const std::filesystem::path& path) {
    SeedFile file(path);
    std::vector<CsvCell> cells;
    const auto whole = [&file](const std::string& text) {
        if (text.empty()) return 0;
        if (text.find_first_not_of("0123456789") != std::string::npos || text.size() > 6) {
            file.fail("not a whole number: " + text);
        }
        return std::stoi(text);
    };
    auto insert = state.database.prepare(
        "INSERT INTO sandbox_custom_field VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
    while (file.next(cells)) {
        int place = 0;
        for (const char* column : {"object", "name", "label", "type"})
            insert.bind(++place, file.cell(cells, column));
        for (const char* column : {"length", "precision", "scale"}) {
            insert.bind(++place, whole(file.cell(cells, column)));
        }
        for (const char* column : {"external_id", "unique"}) {
            insert.bind(++place, file.cell(cells, column) == "true" ? 1 : 0);
        }
        insert.bind(++place, file.cell(cells, "options"));
        insert.run();
    }
}

void load_custom_objects(SandboxState& state, const std::filesystem::path& path) {
    SeedFile file(path);
    std::vector<CsvCell> cells;
    auto insert = state.database.prepare("INSERT INTO sandbox_custom_object VALUES(?1,?2,?3,?4)");
    while (file.next(cells)) {
        int place = 0;
        for (const char* column : {"name", "label", "plural", "name_format"})
            insert.bind(++place, file.cell(cells, column));
        insert.run();
    }
}

void add_custom_objects(SandboxState& state) {
    auto row = state.database.prepare("SELECT * FROM sandbox_custom_object ORDER BY rowid");
    while (row.step()) {
        add_custom_object(state.schema, {std::string(row.text(0)), std::string(row.text(1)),
                                         std::string(row.text(2)), std::string(row.text(3))});
    }
}

void add_custom_fields(SandboxState& state) {
    auto row = state.database.prepare("SELECT * FROM sandbox_custom_field ORDER BY rowid");
    while (row.step()) {
        add_custom_field(
            state.schema,
            {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
             std::string(row.text(3)), static_cast<int>(row.integer(4)),
             static_cast<int>(row.integer(5)), static_cast<int>(row.integer(6)),
             row.integer(7) != 0, row.integer(8) != 0, std::string(row.text(9))});
    }
}

/// Rows that a seed gives as deleted lie in the bin, each by itself, since their last stamp.
void fill_bin(SandboxState& state) {
    for (const Object& object : state.schema.objects) {
        if (!object.deletable) continue;
        std::vector<std::string> ids;
        {
            auto rows = state.database.prepare(
                "SELECT Id FROM \"" + object.name +
                "\" WHERE IsDeleted=1 AND Id NOT IN (SELECT id FROM sandbox_bin)");
            while (rows.step()) ids.emplace_back(rows.text(0));
        }
        for (const std::string& id : ids) {
            const auto row = load_row(state, table_of(state, object), id);
            state.database.prepare("INSERT INTO sandbox_bin VALUES(?1,?2,?1,?3)")
                .bind(1, id)
                .bind(2, object.name)
                .bind(3, ms_from_iso(row->text("SystemModstamp")))
                .run();
        }
    }
}

/// Every value that a picklist has come to hold is one of its values; stages come from their
/// object.
void complete_picklists(SandboxState& state) {
    for (Object& object : state.schema.objects) {
        for (Field& field : object.fields) {
            if (field.type != "picklist" ||
                (field.restricted_picklist && field.name != "StageName"))
                continue;
            const bool stage = object.name == "Opportunity" && field.name == "StageName";
            const bool currency = field.name == "CurrencyIsoCode";
            auto used = state.database.prepare(
                currency ? std::string("SELECT IsoCode FROM CurrencyType WHERE IsActive=1")
                : stage  ? std::string("SELECT MasterLabel FROM OpportunityStage WHERE IsActive=1 "
                                        "ORDER BY SortOrder")
                         : "SELECT DISTINCT \"" + field.name + "\" FROM \"" + object.name +
                              "\" WHERE \"" + field.name + "\" IS NOT NULL ORDER BY 1 LIMIT 1000");
            while (used.step()) {
                const std::string value(used.text(0));
                if (std::find(field.picklist.begin(), field.picklist.end(), value) ==
                    field.picklist.end()) {
                    field.picklist.push_back(value);
                }
            }
        }
    }
}

constexpr const char* kCurrencies = "salesforce.multi_currency";

/// Currencies are turned on for good, by an option or by a seed that has some.
OrgFeatures features_of(SandboxState& state, const std::filesystem::path& seed) {
    const SandboxOptions& options = state.options;
    OrgFeatures features;
    features.campaign_influence = options.campaign_influence;
    features.multi_currency = options.multi_currency || state.setting(kCurrencies) == "true" ||
                              (!seed.empty() && std::filesystem::exists(seed / "CurrencyType.csv"));
    features.influence_decimals = options.influence_decimals;
    features.influence_member_settable = options.influence_member_settable;
    if (features.multi_currency) state.set_setting(kCurrencies, "true");
    return features;
}

}  // namespace

std::string first_user(SandboxState& state) {
    auto user = state.database.prepare("SELECT Id FROM User WHERE IsDeleted=0 ORDER BY Id LIMIT 1");
    return std::string(user.step() ? user.text(0) : std::string_view{});
}

std::optional<std::string> store_seeded(SandboxState& state, Row& row, std::set<std::string> given,
                                        const std::string& now, const std::string& user) {
    Write write;
    write.seeding = true;
    write.given = std::move(given);
    if (row.is_null("Id")) row.set("Id", mint_id(state, row.table().object()));
    apply_defaults(row, user);
    complete_stamps(row, now, user.empty() ? row.text("Id") : user);
    if (const auto refused = derive(state, row, write)) return refused->message;
    try {
        insert_row(state, row);
    } catch (const DatabaseError& error) {
        return error.what();
    }
    return std::nullopt;
}

void prepare_salesforce(SandboxState& state, const std::string& folder) {
    namespace fs = std::filesystem;
    const fs::path root(folder);
    if (!folder.empty() && !fs::is_directory(root))
        throw std::runtime_error(folder + " is not a folder");
    state.salesforce = std::make_shared<SalesforceSide>();
    if (!soql::register_soql_functions(state.database.handle())) {
        throw std::runtime_error("SQLite refuses the functions of SOQL");
    }
    state.schema = standard_schema(features_of(state, root));
    state.database.exec(
        "CREATE TABLE IF NOT EXISTS sandbox_custom_field(object TEXT, name TEXT, label TEXT,"
        " type TEXT, length INTEGER, precision INTEGER, scale INTEGER, external_id INTEGER,"
        " is_unique INTEGER, options TEXT);"
        "CREATE TABLE IF NOT EXISTS sandbox_custom_object(name TEXT, label TEXT, plural TEXT,"
        " name_format TEXT)");
    const fs::path objects = root / "custom_objects.csv";
    if (!folder.empty() && fs::exists(objects)) load_custom_objects(state, objects);
    add_custom_objects(state);
    const fs::path custom = root / "custom_fields.csv";
    if (!folder.empty() && fs::exists(custom)) load_custom_fields(state, custom);
    add_custom_fields(state);
    create_tables(state);
    if (!folder.empty()) {
        for (const auto& entry : fs::directory_iterator(root)) {
            const std::string name = entry.path().stem().string();
            if (entry.path().extension() != ".csv" || name.starts_with("custom_")) continue;
            if (std::find(std::begin(kLoadOrder), std::end(kLoadOrder), name) ==
                std::end(kLoadOrder)) {
                throw std::runtime_error(entry.path().string() + ": the sandbox has no object " +
                                         name);
            }
        }
        for (const char* object : kLoadOrder) {
            if (std::string_view(object) == "Opportunity") add_stock_stages(state);
            const fs::path file = root / (std::string(object) + ".csv");
            if (!fs::exists(file)) continue;
            const Object* known = state.schema.find(object);
            if (known == nullptr)
                throw std::runtime_error(file.string() + ": turned off by option");
            load_object(state, *known, file);
        }
    }
    add_stock_rows(state);
    fill_bin(state);
    if (!folder.empty()) settle_all(state);
    complete_picklists(state);
}

}  // namespace duet::sandbox
