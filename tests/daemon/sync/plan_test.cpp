// A plan has one text and one JSON form, and says all that would and would not happen.
#include <nlohmann/json.hpp>

#include "daemon/sync/rejections.h"
#include "tests/daemon/sync/plan_world.h"

namespace duet::world {
namespace {

using nlohmann::json;

class Plans : public PlanWorld {
protected:
    /// A new person, a conflict that salesforce wins, a change of list, one who is left alone.
    void disturb() {
        world.add_contact("grace@example.com", "Hopper");
        world.crm().edit(contact, "FirstName", text("Augusta"));
        world.marketing().edit(prospect, "firstName", text("Adah"));
        world.crm().edit(contact, "Title", text("Buyer"));
        world.add_contact("twin@example.com");
        world.add_contact("twin@example.com");
        world.clock.pass(90s);  // until reads of the marketing side see it
    }
    static std::string text_form(const sync::Plan& plan) { return sync::plan_json(plan).dump(2); }
    static const sync::LeftAside* left(const sync::Plan& plan, const std::string& reason) {
        for (const sync::LeftAside& one : plan.left_aside) {
            if (one.reason == reason) return &one;
        }
        return nullptr;
    }
    static bool has(const std::string& all, const std::string& part) {
        return all.find(part) != std::string::npos;
    }
};

TEST_F(Plans, AreTheSameToTheByteHoweverOftenAndByWhomTheyAreMade) {
    disturb();
    const sync::Plan plan = new_plan();
    ASSERT_GE(plan.lines.size(), 3u);
    const std::string text = sync::plan_text(plan);
    const std::string form = text_form(plan);
    world.clock.pass(std::chrono::hours{1});
    EXPECT_EQ(sync::plan_text(stored_plan()), text);
    EXPECT_EQ(text_form(stored_plan()), form);
    world.restart();
    EXPECT_EQ(sync::plan_text(stored_plan()), text);
    EXPECT_EQ(text_form(stored_plan()), form);
    world.run_cycle();
    EXPECT_EQ(sync::plan_text(stored_plan()), text) << "a look at both sides that finds nothing";
}

TEST_F(Plans, NameTheFirstFiveOfWhatIsLeftAsideForOneReasonAndCountAll) {
    for (int i = 0; i < 4; ++i) {
        const std::string email = "twin" + std::to_string(i) + "@example.com";
        world.add_contact(email);
        world.add_contact(email);
    }
    new_plan();
    ASSERT_TRUE(world.store().mark_all_dirty("acme", "a test"));
    const sync::Plan plan = stored_plan();
    ASSERT_NE(left(plan, "ambiguous"), nullptr) << sync::plan_text(plan);
    EXPECT_EQ(left(plan, "ambiguous")->count, 8);
    EXPECT_EQ(left(plan, "ambiguous")->samples.size(), 5u);
}

TEST_F(Plans, ComeBackFromTheirJsonAsTheyWere) {
    disturb();
    const sync::Plan plan = new_plan();
    const auto read = sync::parse_plan(text_form(plan));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(sync::plan_text(*read), sync::plan_text(plan));
    EXPECT_EQ(text_form(*read), text_form(plan));
    ASSERT_EQ(read->lines.size(), plan.lines.size());
    for (std::size_t i = 0; i < plan.lines.size(); ++i) {
        const store::InFlight& before = plan.lines[i].write.in_flight;
        const store::InFlight& after = read->lines[i].write.in_flight;
        EXPECT_EQ(after.write.fields, before.write.fields);
        EXPECT_EQ(after.before, before.before);
        EXPECT_EQ(sync::fingerprint_of(after.write), sync::fingerprint_of(before.write));
    }
}

TEST_F(Plans, TellOldAndNewRuleWinnerAndWhy) {
    disturb();
    const std::string text = sync::plan_text(new_plan());
    EXPECT_TRUE(has(text, "  firstName: Adah -> Augusta  [rule firstName; winner salesforce; "))
        << text;
    EXPECT_TRUE(has(text, "lost Adah]")) << text;
    EXPECT_TRUE(has(text, "create pardot prospect email=grace@example.com (duet-")) << text;
    EXPECT_TRUE(has(text, "Nothing was written.\n")) << text;
}

TEST_F(Plans, CountWhatTheyLeaveAloneByReasonWithSamples) {
    disturb();
    world.settings.brake["create"] = {0, 0};
    const sync::Plan plan = new_plan();
    ASSERT_NE(left(plan, "braked"), nullptr);
    EXPECT_EQ(left(plan, "braked")->count, 1);
    ASSERT_EQ(left(plan, "braked")->samples.size(), 1u);
    EXPECT_TRUE(has(left(plan, "braked")->samples[0].second, "kind create"));
    EXPECT_TRUE(has(sync::plan_text(plan), "  waits: the brake holds writes of kind create\n"));
    EXPECT_EQ(plan.cost.marketing.writes, 2) << "Ada's and her list: the create waits";

    set_mode(store::Mode::Apply);
    world.settings.brake["create"] = {1000, 0};
    world.run_until_quiet();
    const sync::Plan quiet = stored_plan();
    EXPECT_EQ(quiet.not_looked,
              (std::map<std::string, std::int64_t>{{"clean", 2}, {"waiting", 2}}));
    EXPECT_TRUE(quiet.lines.empty());
}

TEST_F(Plans, NameTheReasonsOfEveryKindOfEntityLeftAside) {
    world.add_contact("twin@example.com");
    world.add_contact("twin@example.com");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().loses_next_answer();
    world.run_cycle();
    ASSERT_TRUE(world.store().mark_all_dirty("acme", "a test"));
    const sync::Plan plan = stored_plan();
    ASSERT_NE(left(plan, "in doubt"), nullptr) << sync::plan_text(plan);
    EXPECT_EQ(left(plan, "in doubt")->count, 1);
    ASSERT_NE(left(plan, "ambiguous"), nullptr) << sync::plan_text(plan);
    EXPECT_EQ(left(plan, "ambiguous")->count, 2);
    EXPECT_NE(left(plan, "ambiguous")->samples[0].second, "");
}

TEST_F(Plans, CostAsManyCallsAsTheConnectorWouldMake) {
    for (int i = 0; i < 12; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    const sync::Plan plan = new_plan();
    EXPECT_EQ(plan.cost.marketing.writes, 12);
    EXPECT_EQ(plan.cost.marketing.calls, 3) << "the double takes five writes a call";
    EXPECT_EQ(plan.cost.crm.writes, 12);
    EXPECT_EQ(plan.cost.crm.calls, 3);
}

constexpr const char* kTasks = R"(tasks:
  - name: hot
    when: Prospect.score >= 100
    rearm_when: Prospect.score <= 80
    subject: Call {!LastName}
    due_in_days: 1
)";

WorldOptions with_tasks() {
    WorldOptions options;
    options.documents.push_back({"tasks.yaml", kTasks});
    return options;
}

class PlansOfActions : public PlanWorld {
protected:
    PlansOfActions() : PlanWorld(with_tasks()) {}

    /// The one line of JSON that is of the object; null when there is none, or several.
    static json line_of(const json& form, const std::string& object) {
        json found;
        for (const json& line : form["writes"]) {
            if (line["object"] != object) continue;
            if (!found.is_null()) return json();
            found = line;
        }
        return found;
    }
};

TEST_F(PlansOfActions, TellTasksAndMembershipsInTextAndJson) {
    world.crm().edit(contact, "OwnerId", text("005000000000001AAA"));
    world.run_until_quiet();
    world.crm().edit(contact, "Title", text("Buyer"));
    world.marketing().edit(prospect, "score", Value{Decimal{120}});
    world.clock.pass(120s);
    const sync::Plan plan = new_plan();
    const std::string told = sync::plan_text(plan);
    const std::string who = "duet-" + std::to_string(world.entity_of(kCrm, contact).id);
    const json form = sync::plan_json(plan);

    const json task = line_of(form, "Task");
    ASSERT_TRUE(task.is_object()) << form.dump(2);
    EXPECT_EQ(task["what"], "create");
    EXPECT_EQ(task["brake_kinds"], json::array({"create"}));
    EXPECT_NE(told.find("create salesforce Task "), std::string::npos) << told;
    EXPECT_NE(told.find("  Subject: (blank) -> Call Lovelace"), std::string::npos) << told;
    EXPECT_NE(told.find("task hot"), std::string::npos) << "the rule that wants it\n" << told;

    const json member = line_of(form, "list-membership");
    ASSERT_TRUE(member.is_object()) << form.dump(2);
    EXPECT_EQ(member["what"], "create");
    EXPECT_EQ(member["list"], "Buyers");
    EXPECT_NE(told.find("create pardot list-membership "), std::string::npos) << told;
    EXPECT_NE(told.find("(" + who + ", list \"Buyers\")\n"), std::string::npos) << told;
    EXPECT_NE(told.find("list Buyers"), std::string::npos) << "its rule\n" << told;

    const auto read = sync::parse_plan(form.dump());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(sync::plan_text(*read), told);
    set_mode(store::Mode::Apply);
    EXPECT_EQ(applied(*read).count(sync::Fate::Done), std::int64_t(plan.lines.size()));
    EXPECT_EQ(world.crm().records("Task").size(), 1U);
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1U);
    // A leave is told as one.
    world.run_until_quiet();
    world.crm().edit(contact, "Title", text("Countess"));
    const sync::Plan leaving = new_plan();
    const json leave = line_of(sync::plan_json(leaving), "list-membership");
    ASSERT_TRUE(leave.is_object());
    EXPECT_EQ(leave["what"], "delete");
    EXPECT_EQ(leave["brake_kinds"], json::array({"leave_list"}));
    EXPECT_NE(sync::plan_text(leaving).find("delete pardot list-membership "), std::string::npos);
}

TEST_F(Plans, ThatWereDamagedEditedOrOfAnotherVersionAreRefused) {
    disturb();
    const json good = sync::plan_json(new_plan());
    const auto code = [](const json& form) {
        const auto read = sync::read_plan(form);
        return read ? std::string{} : read.error().code;
    };
    EXPECT_EQ(code(good), "");
    json edited = good;
    edited["writes"][0]["fields"][0]["after_value"] = "sMallory";
    EXPECT_EQ(code(edited), "DUET-6062");
    json shorter = good;
    shorter["writes"].erase(0);
    EXPECT_EQ(code(shorter), "DUET-6062");
    json newer = good;
    newer["version"] = 2;
    EXPECT_EQ(code(newer), "DUET-6061");
    EXPECT_EQ(code(json::object()), "DUET-6060");
    EXPECT_EQ(code(json::array()), "DUET-6060");
    const std::string text = good.dump();
    EXPECT_EQ(sync::parse_plan(text.substr(0, text.size() / 2)).error().code, "DUET-6060");
    EXPECT_EQ(sync::parse_plan("").error().code, "DUET-6060");
}

class ForeseenRejections : public testing::Test {
protected:
    ForeseenRejections() {
        object.name = "Lead";
        add("LastName").required = true;
        add("Name").length = 5;
        FieldInfo& pick = add("Rating");
        pick.type = FieldType::Picklist;
        pick.restricted = true;
        pick.options = {"Hot", "Cold"};
        add("Age").type = FieldType::Number;
        FieldInfo& fixed = add("CreatedById");
        fixed.creatable = fixed.updatable = false;
        write.kind = WriteKind::Create;
        write.id.object = "Lead";
        write.fields.set("LastName", text("Doe"));
    }
    FieldInfo& add(const char* name) {
        FieldInfo field;
        field.name = name;
        object.fields.push_back(field);
        return object.fields.back();
    }
    std::string foreseen() const {
        std::string all;
        for (const sync::Rejection& one : sync::foresee(write, &object))
            all += one.kind + " " + one.field + "\n";
        return all;
    }
    ObjectInfo object;
    Write write;
};

TEST_F(ForeseenRejections, AreNoneOfWhatFits) {
    write.fields.set("Name", text("Short"));
    write.fields.set("Rating", text("Hot"));
    EXPECT_EQ(foreseen(), "");
}

TEST_F(ForeseenRejections, AreOfLengthPicklistTypeAndRights) {
    write.fields.set("Name", text("Too long"));
    write.fields.set("Rating", text("Mild"));
    write.fields.set("Age", text("old"));
    write.fields.set("CreatedById", text("005"));
    write.fields.set("Nowhere", text("x"));
    EXPECT_EQ(foreseen(),
              "type Age\nnot writable CreatedById\nlength Name\nnot writable Nowhere\n"
              "picklist Rating\n");
    for (const sync::Rejection& one : sync::foresee(write, &object))
        EXPECT_EQ(one.message.find("Mild"), std::string::npos) << "values are people's";
}

TEST_F(ForeseenRejections, AreOfRequiredFieldsThatAreMissingOrCleared) {
    write.fields.erase("LastName");
    EXPECT_EQ(foreseen(), "required LastName\n");
    write.kind = WriteKind::Update;
    EXPECT_EQ(foreseen(), "");
    write.fields.set("LastName", Value{});
    EXPECT_EQ(foreseen(), "required LastName\n");
    EXPECT_EQ(sync::foresee(write, nullptr)[0].kind, "not writable");
}

TEST(PlannedRejections, OfAValidationAreInThePlan) {
    WorldOptions options;
    options.documents[0].text +=
        "validations:\n  - { name: no_gone, object: Contact, error_when: 'Title = \"Gone\"', "
        "message: He left. }\n";
    World world(std::move(options));
    const RecordId contact{"Contact", world.add_contact("ada@example.com")};
    world.crm().edit(contact, "Title", text("Gone"));
    ASSERT_TRUE(world.store().set_mode("acme", store::Mode::Plan));
    world.run_cycle();
    ASSERT_TRUE(world.store().mark_all_dirty("acme", "a test"));
    sync::PlanMaker maker(world.org(), {});
    ASSERT_TRUE(
        sync::plan_only(world.org(), [&](const sync::EntityPlan& plan) { maker.add(plan); }, {}));
    const auto plan = maker.finish();
    ASSERT_EQ(plan->rejections.size(), 1u);
    EXPECT_EQ(plan->rejections[0].rejection.kind, "validation");
    EXPECT_NE(plan->rejections[0].rejection.message.find("no_gone"), std::string::npos);
    ASSERT_EQ(plan->left_aside.size(), 1u);
    EXPECT_EQ(plan->left_aside[0].reason, "quarantined");
}

}  // namespace
}  // namespace duet::world
