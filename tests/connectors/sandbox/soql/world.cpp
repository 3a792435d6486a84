#include "tests/connectors/sandbox/soql/world.h"

#include <cstdio>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "connectors/sandbox/soql_sql.h"

namespace duet::sandbox::soql {
namespace {

Field field(std::string name, std::string type) {
    Field out;
    out.name = std::move(name);
    out.type = std::move(type);
    out.custom = out.name.size() > 3 && out.name.substr(out.name.size() - 3) == "__c";
    return out;
}

Field reference(std::string name, std::string relationship, std::vector<std::string> targets) {
    Field out = field(std::move(name), "reference");
    out.relationship_name = std::move(relationship);
    out.reference_to = std::move(targets);
    return out;
}

Schema make_schema() {
    Object account;
    account.name = "Account";
    account.fields = {field("Id", "id"),
                      field("IsDeleted", "boolean"),
                      field("Name", "string"),
                      reference("ParentId", "Parent", {"Account"}),
                      reference("OwnerId", "Owner", {"User"}),
                      field("Type", "picklist"),
                      field("NumberOfEmployees", "int"),
                      field("AnnualRevenue", "currency"),
                      field("BillingStreet", "textarea"),
                      field("BillingCity", "string"),
                      field("BillingAddress", "address"),
                      field("Description", "textarea")};
    account.fields[5].picklist = {"Prospect", "Customer", "Former"};
    account.fields[10].filterable = false;
    account.fields[11].filterable = false;
    account.children = {{"Contact", "AccountId", "Contacts"},
                        {"Account", "ParentId", "ChildAccounts"}};
    Object contact;
    contact.name = "Contact";
    contact.fields = {field("Id", "id"),
                      field("IsDeleted", "boolean"),
                      field("LastName", "string"),
                      field("Email", "email"),
                      reference("AccountId", "Account", {"Account"}),
                      reference("OwnerId", "Owner", {"Group", "User"}),
                      field("HasOptedOutOfEmail", "boolean"),
                      field("Birthdate", "date"),
                      field("CreatedDate", "datetime"),
                      field("Start__c", "time"),
                      field("Score__c", "double"),
                      field("Visits__c", "int"),
                      field("Topics__c", "multipicklist")};
    Object user;
    user.name = "User";
    user.fields = {field("Id", "id"), field("Name", "string"), field("Email", "email"),
                   reference("ManagerId", "Manager", {"User"})};
    Object group;
    group.name = "Group";
    group.fields = {field("Id", "id"), field("Name", "string"), field("Type", "picklist")};
    return {{account, contact, user, group}};
}

void bind(sqlite3_stmt* statement, int index, const std::string& value) {
    ASSERT_EQ(sqlite3_bind_text(statement, index, value.c_str(), static_cast<int>(value.size()),
                                SQLITE_TRANSIENT),
              SQLITE_OK);
}
void bind(sqlite3_stmt* statement, int index, double value) {
    ASSERT_EQ(sqlite3_bind_double(statement, index, value), SQLITE_OK);
}
void bind(sqlite3_stmt* statement, int index, std::int64_t value) {
    ASSERT_EQ(sqlite3_bind_int64(statement, index, value), SQLITE_OK);
}
void bind(sqlite3_stmt* statement, int index, std::monostate /*null*/) {
    ASSERT_EQ(sqlite3_bind_null(statement, index), SQLITE_OK);
}

Cell read(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL:
            return {};
        case SQLITE_INTEGER:
            return std::int64_t{sqlite3_column_int64(statement, column)};
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, column);
        default:
            return std::string{
                reinterpret_cast<const char*>(sqlite3_column_text(statement, column))};
    }
}

std::string column_type(const Field& field) {
    for (const char* number : {"boolean", "int", "double", "currency", "percent"}) {
        if (field.type == number) return "NUMERIC";
    }
    return "TEXT";
}

}  // namespace

const Schema& test_schema() {
    static const Schema schema = make_schema();
    return schema;
}

std::string print(const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) return std::to_string(*whole);
    const auto* number = std::get_if<double>(&cell);
    if (number == nullptr) return "~";
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.6g", *number);
    return buffer;
}

std::string test_id(std::string_view prefix, int number) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%s%012d", std::string{prefix}.c_str(), number);
    return normalize_id(buffer);
}

World::World() {
    sqlite3* raw = nullptr;
    EXPECT_EQ(sqlite3_open(":memory:", &raw), SQLITE_OK);
    database_ = {raw, sqlite3_close};
    EXPECT_TRUE(register_soql_functions(raw));
    for (const Object& object : test_schema().objects) {
        std::string columns;
        for (const Field& item : object.fields) {
            if (item.type == "address") continue;
            columns += (columns.empty() ? "\"" : ", \"") + item.name + "\" " + column_type(item);
        }
        const std::string sql = "CREATE TABLE \"" + object.name + "\" (" + columns + ")";
        EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    }
}

void World::insert(std::string_view object, const Row& row) {
    std::string names;
    std::string marks;
    for (const auto& [name, cell] : row) {
        names += (names.empty() ? "\"" : ", \"") + name + "\"";
        marks += marks.empty() ? "?" : ", ?";
    }
    const std::string sql =
        "INSERT INTO \"" + std::string{object} + "\" (" + names + ") VALUES (" + marks + ")";
    sqlite3_stmt* statement = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr), SQLITE_OK);
    int index = 1;
    for (const auto& [name, cell] : row) {
        std::visit([&](const auto& value) { bind(statement, index, value); }, cell);
        ++index;
    }
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
}

std::vector<std::string> World::run(const std::string& sql, const Parameters& parameters,
                                    std::size_t columns) {
    sqlite3_stmt* statement = nullptr;
    const int prepared = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr);
    EXPECT_EQ(prepared, SQLITE_OK) << sqlite3_errmsg(database_.get()) << "\n" << sql;
    if (prepared != SQLITE_OK) return {"broken SQL"};
    int index = 1;
    for (const auto& parameter : parameters) {
        std::visit([&](const auto& value) { bind(statement, index, value); }, parameter);
        ++index;
    }
    std::vector<std::string> rows;
    int step = 0;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        std::string row;
        for (std::size_t i = 0; i < columns; ++i) {
            row += (i == 0 ? "" : "|") + print(read(statement, static_cast<int>(i)));
        }
        rows.push_back(std::move(row));
    }
    EXPECT_EQ(step, SQLITE_DONE) << sqlite3_errmsg(database_.get());
    sqlite3_finalize(statement);
    return rows;
}

World::Answer World::ask(std::string_view soql, bool all_rows, bool bulk) {
    Answer answer;
    auto parsed = parse(soql);
    if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
        answer.error_code = refusal->error_code;
        answer.message = refusal->message;
        return answer;
    }
    auto translated =
        translate(*std::get<QueryPtr>(parsed), soql, test_schema(), kNow, all_rows, bulk);
    if (const auto* refusal = std::get_if<Refusal>(&translated)) {
        answer.error_code = refusal->error_code;
        answer.message = refusal->message;
        return answer;
    }
    answer.translation = std::move(std::get<Translation>(translated));
    const Translation& made = answer.translation;
    answer.rows = run(made.sql, made.parameters, made.count_only ? 1 : made.columns.size());
    answer.count = std::stoll(run(made.count_sql, made.parameters, 1).at(0));
    return answer;
}

std::vector<std::string> World::children_of(const Child& child, const std::string& parent_id) {
    Parameters parameters = child.query.parameters;
    parameters.emplace_back(parent_id);
    return run(child.query.sql, parameters, child.query.columns.size());
}

}  // namespace duet::sandbox::soql
