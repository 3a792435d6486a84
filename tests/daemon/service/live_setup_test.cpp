// What ships with Duet beside fields, looked for in an org.
#include "daemon/service/live_setup.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/mappings/document/catalogs.h"

namespace duet::service {
namespace {

namespace fs = std::filesystem;

std::string all_of(const std::string& xml, const std::string& name) {
    const std::regex pattern("<" + name + ">([^<]*)</" + name + ">");
    std::string found;
    for (std::sregex_iterator at(xml.begin(), xml.end(), pattern), end; at != end; ++at)
        found += (*at)[1].str() + " ";
    return found;
}

TEST(ShippedViews, AreThoseOfTheMetadata) {
    const fs::path objects =
        fs::path(DUET_SOURCE_DIR) / "packaging/salesforce/duet/main/default/objects";
    std::set<std::string> metadata;
    for (const auto& entry : fs::recursive_directory_iterator(objects)) {
        if (!entry.path().string().ends_with(".listView-meta.xml")) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        const std::string object = entry.path().parent_path().parent_path().filename().string();
        const std::string fields = all_of(text.str(), "field");
        metadata.insert(object + "." + all_of(text.str(), "fullName") + fields);
    }
    std::set<std::string> shipped;
    for (const ShippedView& view : shipped_views()) {
        const std::string name = std::string(view.object) + "." + std::string(view.name) + " " +
                                 std::string(view.field) + " ";
        const auto file = metadata.lower_bound(name);
        // A view may choose by more fields; the first is the one that is told.
        EXPECT_TRUE(file != metadata.end() && file->starts_with(name)) << name;
        shipped.insert(name);
    }
    EXPECT_EQ(shipped.size(), metadata.size());
    EXPECT_TRUE(fs::exists(objects.parent_path() / "permissionsets" /
                           (std::string(kShippedPermissions) + ".permissionset-meta.xml")));
}

/// An org that answers for views and permission sets, and for nothing else.
class SetupSide final : public Connector {
public:
    std::map<std::string, std::vector<Record>> rows;
    std::map<std::string, Error> refuses;
    int calls = 0;

    void add(const std::string& object, const std::string& key, Fields fields) {
        rows[object].push_back({{object, key}, std::move(fields)});
    }
    void deploy() {
        for (const ShippedView& view : shipped_views()) {
            Fields fields;
            fields.set("DeveloperName", text(std::string(view.name)));
            fields.set("SobjectType", text(std::string(view.object)));
            add("ListView", "00B", std::move(fields));
        }
        Fields set;
        set.set("Name", text(std::string(kShippedPermissions)));
        add("PermissionSet", "0PS", std::move(set));
    }
    void assign(const std::string& user) {
        Fields fields;
        fields.set("PermissionSetId", text("0PS"));
        fields.set("AssigneeId", text(user));
        add("PermissionSetAssignment", "0Pa", std::move(fields));
    }

    std::string_view name() const noexcept override { return "salesforce"; }
    Result<std::string> signed_in_as(std::stop_token) override { return std::string("005D"); }
    Result<std::vector<Record>> find(const Selection& what, std::string_view field,
                                     std::string_view value, std::stop_token) override {
        ++calls;
        if (const auto refused = refuses.find(what.object); refused != refuses.end())
            return refused->second;
        std::vector<Record> found;
        for (const Record& row : rows[what.object]) {
            if (row.fields.get(field) == text(std::string(value))) found.push_back(row);
        }
        return found;
    }
    Status check(std::span<const Selection>, std::stop_token) override { return unasked(); }
    Result<Catalog> discover(std::stop_token) override { return unasked(); }
    Result<ChangePage> changes(const Selection&, const Cursor&, std::size_t,
                               std::stop_token) override {
        return unasked();
    }
    Result<std::vector<Change>> read(const Selection&, std::span<const std::string>,
                                     std::stop_token) override {
        return unasked();
    }
    Result<std::vector<Result<Written>>> write(std::span<const Write>, std::stop_token) override {
        return unasked();
    }
    std::size_t batch_size(std::string_view, WriteKind) const override { return 1; }
    std::chrono::seconds read_lag() const noexcept override { return {}; }
    Budget budget() const override { return {}; }

private:
    static Error unasked() { return {ErrorKind::Broken, "not asked for", "DUET-0", {}, {}}; }
};

constexpr const char* kQueue = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: FirstName, pardot: firstName }
  - { salesforce: { lead: Duet_In_Queue__c }, value: NOT(ISBLANK(Email)) }
)";

struct Looked {
    std::string told;
    int calls = 0;
};

Looked look(SetupSide& side, const std::string& people) {
    const std::vector<document::Source> sources{{"people.yaml", people}};
    const auto documents = document::load_good(sources, nullptr);
    const auto found = find_missing_setup(documents, sources, side, {});
    if (!found) return {"could not be asked: " + found.error().message, side.calls};
    Looked looked;
    for (const auto& finding : *found) looked.told += document::render(finding, "warning");
    looked.calls = side.calls;
    return looked;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(MissingSetup, AnOrgAsDeployedHasAllOfIt) {
    SetupSide side;
    side.deploy();
    side.assign("005D");
    EXPECT_EQ(look(side, kQueue).told, "");
}

TEST(MissingSetup, ViewsOfFieldsThatTheDocumentsWriteAreNamedWithTheRule) {
    SetupSide side;
    const std::string told = look(side, kQueue).told;
    EXPECT_TRUE(has(told, "people.yaml:5:")) << told;
    EXPECT_TRUE(has(told,
                    ": warning: salesforce has no list view Duet_Work_Queue of Lead, which "
                    "shows Duet_In_Queue__c [DUET-1025]"))
        << told;
    EXPECT_TRUE(has(told, "no list view Duet_Work_Queue_All of Lead")) << told;
    EXPECT_TRUE(has(told, "deploy packaging/salesforce")) << told;
    EXPECT_FALSE(has(told, "of Contact"))
        << "the documents write the field of leads alone: " << told;
    EXPECT_FALSE(has(told, "Duet_SLA_Breached")) << told;
}

TEST(MissingSetup, AViewOfThatNameOfAnotherObjectIsAnotherView) {
    SetupSide side;
    Fields fields;
    fields.set("DeveloperName", text("Duet_Work_Queue"));
    fields.set("SobjectType", text("Contact"));
    side.add("ListView", "00B", std::move(fields));
    EXPECT_TRUE(has(look(side, kQueue).told, "no list view Duet_Work_Queue of Lead"));
}

TEST(MissingSetup, ThePermissionSetIsThereAndTheUsersOwn) {
    SetupSide side;
    EXPECT_TRUE(has(look(side, kQueue).told,
                    "salesforce has no permission set Duet_Integration [DUET-1026]"));
    side.deploy();
    side.assign("005OTHER");
    const std::string told = look(side, kQueue).told;
    EXPECT_TRUE(has(told,
                    "the user that Duet signs in as (005D) has not the permission set "
                    "Duet_Integration [DUET-1026]"))
        << told;
    EXPECT_TRUE(has(told, "sf org assign permset --name Duet_Integration")) << told;
}

TEST(MissingSetup, WhatTheUserMayNotLookForIsTold) {
    SetupSide side;
    for (const char* object : {"ListView", "PermissionSet"})
        side.refuses[object] = {ErrorKind::Rejected, "no", "DUET-3101", "INVALID_TYPE", {}};
    const std::string told = look(side, kQueue).told;
    EXPECT_TRUE(has(told, "does not let Duet look for list views [DUET-1027]")) << told;
    EXPECT_TRUE(has(told, "does not let Duet look for permission sets [DUET-1027]")) << told;
    EXPECT_FALSE(has(told, "DUET-1025")) << "what cannot be seen is not called missing: " << told;
}

TEST(MissingSetup, AnOrgThatCannotBeAskedIsAnError) {
    SetupSide side;
    side.refuses["ListView"] = {ErrorKind::Transient, "down", "DUET-3001", {}, {}};
    EXPECT_EQ(look(side, kQueue).told, "could not be asked: down");
}

TEST(MissingSetup, WhereNoFieldOfDuetsIsWrittenNothingIsAsked) {
    SetupSide side;
    const Looked looked = look(
        side, "entity: person\nmatch: [email]\nfields: [{ salesforce: Phone, pardot: phone }]\n");
    EXPECT_EQ(looked.told, "");
    EXPECT_EQ(looked.calls, 0);
}

}  // namespace
}  // namespace duet::service
