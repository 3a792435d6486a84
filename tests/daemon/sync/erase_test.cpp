#include "daemon/sync/erase.h"

#include <nlohmann/json.hpp>

#include "daemon/service/person.h"
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

using nlohmann::json;

class EraseTest : public SettledWorld {
protected:
    EraseTest() : SettledWorld(in_file()) {
        world.crm().edit(contact, "Title", text("Buyer"));
        world.crm().edit(contact, "Phone", text("555-MARKED"));
        world.run_until_quiet();
    }
    Result<json> ask(json body) {
        return service::answer_person_request(world.org(), "erase", body, {});
    }
    json erase(const std::string& who = kAda) {
        auto answer = ask({{"who", who}, {"dry_run", false}, {"by", "officer"}});
        if (!answer) {
            ADD_FAILURE() << answer.error().message;
            return {};
        }
        return *std::move(answer);
    }
    [[nodiscard]] std::string held(const std::string& what) {
        return world.stored_bytes().find(what) == std::string::npos ? "" : what;
    }
};

TEST_F(EraseTest, LeavesNoByteOfThePersonInTheFileAndItsLog) {
    for (const char* part : {"ada@example.com", "555-MARKED", "Lovelace"})
        ASSERT_EQ(held(part), part) << "it was never there";
    ASSERT_EQ(held(contact.key), contact.key);
    const json receipt = erase();
    for (const std::string& part : {std::string("ada@example"), std::string("555-MARKED"),
                                    std::string("Lovelace"), contact.key}) {
        EXPECT_EQ(held(part), "");
    }
    EXPECT_EQ(receipt["bytes_gone"], true);
    EXPECT_EQ(receipt["by"], "officer");
    EXPECT_GT(receipt["removed"]["audit"].get<int>(), 0);
    EXPECT_EQ(receipt.dump().find("ada"), std::string::npos);
    // Vendors are not touched.
    EXPECT_NE(world.crm().find_record(contact), nullptr);
    EXPECT_NE(world.marketing().find_record(prospect), nullptr);
}

TEST_F(EraseTest, TheyDoNotComeAgainAndTheirRowsAreCountedAsFiltered) {
    erase();
    const auto writes = world.marketing().writes().size();
    world.crm().edit(contact, "Phone", text("555-AGAIN"));
    world.marketing().edit(prospect, "phone", text("555-THERE"));
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_GE(report->counts.filtered, 2);
    world.run_until_quiet();
    for (const char* part : {"ada@example", "555-AGAIN", "555-THERE"}) EXPECT_EQ(held(part), "");
    EXPECT_EQ(world.marketing().writes().size(), writes);
    auto told = service::answer_person_request(world.org(), "explain", {{"who", kAda}}, {});
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, "DUET-6014");
}

TEST_F(EraseTest, ANewRecordOfTheirAddressIsLeftOutToo) {
    erase();
    world.add_prospect("ADA@example.com", "Byron");
    world.run_until_quiet();
    EXPECT_EQ(held("Byron"), "");
    EXPECT_EQ(world.crm().creates("Lead"), 0);
}

TEST_F(EraseTest, ARecordThatOnlyRefersToThemIsLeftOut) {
    erase();
    Fields joined;
    joined.set("listId", text(world.marketing().records("list").begin()->first));
    joined.set("prospectId", text(prospect.key));
    const std::string key = world.marketing().add("list-membership", std::move(joined));
    world.run_until_quiet();
    EXPECT_FALSE(*world.store().seen("acme", kMarketing, {"list-membership", key}));
}

TEST_F(EraseTest, WhoSharesTheAddressIsErasedWithThem) {
    world.add_contact(kAda, "Twin");
    world.run_until_quiet();
    auto looked = ask({{"who", contact.key}});
    ASSERT_TRUE(looked);
    EXPECT_EQ((*looked)["people"], 2);
    erase(contact.key);
    EXPECT_EQ(held("Twin"), "");
    EXPECT_EQ(held("ada@example"), "");
}

TEST_F(EraseTest, OthersStayAsTheyWere) {
    world.add_contact("bob@example.com", "Builder");
    world.run_until_quiet();
    erase();
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, "bob@example.com", "lastName"), text("Builder"));
    EXPECT_EQ(world.store().seen_counts("acme")->at({kCrm, "Contact"}), 1);
    EXPECT_EQ(world.store().entity_states("acme", EntityKind::Person)->at("clean"), 1);
}

TEST_F(EraseTest, WhoIsReadmittedIsThereAgainAndNobodyIsMadeTwice) {
    erase();
    auto readmitted = ask({{"who", kAda}, {"readmit", true}});
    ASSERT_TRUE(readmitted);
    EXPECT_EQ((*readmitted)["readmitted"], 1);
    world.crm().edit(contact, "Phone", text("555-AGAIN"));
    world.run_until_quiet();
    EXPECT_EQ(held("555-AGAIN"), "555-AGAIN");
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("555-AGAIN"));
}

TEST_F(EraseTest, WaitsForAWriteInDoubt) {
    world.marketing().loses_next_answer();
    world.crm().edit(contact, "Phone", text("555-DOUBT"));
    world.run_cycle();
    ASSERT_FALSE(world.store().in_flight("acme")->empty());
    auto refused = ask({{"who", kAda}, {"dry_run", false}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "DUET-5032");
    EXPECT_EQ(held("ada@example.com"), "ada@example.com") << "nothing was half erased";
}

TEST_F(EraseTest, ReceiptsAreKept) {
    erase();
    auto receipts = ask({{"receipts", true}});
    ASSERT_TRUE(receipts);
    ASSERT_EQ((*receipts)["receipts"].size(), 1U);
    EXPECT_EQ((*receipts)["receipts"][0]["by"], "officer");
}

/// A field that no rule reads.
WorldOptions with_unmapped_field() {
    WorldOptions options = in_file();
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        for (ObjectInfo& object : catalogs.crm.objects) {
            if (object.name != "Contact") continue;
            FieldInfo diary;
            diary.name = "Diary__c";
            object.fields.push_back(std::move(diary));
        }
    };
    return options;
}

TEST(MappedFieldsOnly, AreEverAskedForAndStored) {
    World world(with_unmapped_field());
    Fields fields;
    fields.set("Email", text("ada@example.com"));
    fields.set("LastName", text("Lovelace"));
    fields.set("Diary__c", text("DEAR-DIARY"));
    const std::string key = world.crm().add("Contact", std::move(fields));
    world.run_until_quiet();
    world.crm().edit({"Contact", key}, "Diary__c", text("DEAR-DIARY-2"));
    world.crm().edit({"Contact", key}, "LastName", text("Byron"));
    world.settings.stale_after = 0s;  // and by key, before a write
    world.run_until_quiet();
    EXPECT_NE(world.stored_bytes().find("Byron"), std::string::npos);
    EXPECT_EQ(world.stored_bytes().find("DEAR-DIARY"), std::string::npos);
    const auto& asked = world.crm().asked();
    EXPECT_TRUE(asked.contains("Contact.LastName"));
    EXPECT_FALSE(asked.contains("Contact.Diary__c"));
    EXPECT_FALSE(world.marketing().asked().contains("prospect.score"));
}

TEST_F(EraseTest, ACauseThatOthersShareQuotesThemNoMore) {
    const RecordId bob{"Contact", world.add_contact(kBob, "Babbage")};
    world.run_until_quiet();
    world.marketing().rejects_field("phone", "154");
    world.crm().edit(bob, "Phone", text("555-BOB"));
    world.run_cycle();
    world.crm().edit(contact, "Phone", text("555-ADA"));
    world.run_cycle();
    auto causes = *world.store().causes("acme");
    ASSERT_EQ(causes.size(), 1U);
    const std::string of_bob = causes[0].message;
    // What a trigger of the vendor's could say.
    const std::string quoted = "ada@example.com has no number like that";
    causes[0].message = quoted;
    ASSERT_TRUE(world.store().put_cause("acme", causes[0]));
    const auto aside = *world.store().quarantine("acme", 10);
    ASSERT_EQ(aside.size(), 2U);
    for (store::Quarantined row : aside) {
        if (row.record != prospect) continue;
        row.message = quoted;
        ASSERT_TRUE(world.store().put_quarantine("acme", row));
    }
    erase();
    EXPECT_EQ(held("ada@example.com"), "");
    causes = *world.store().causes("acme");
    ASSERT_EQ(causes.size(), 1U);
    EXPECT_EQ(causes[0].message, of_bob);
}

}  // namespace
}  // namespace duet::world
