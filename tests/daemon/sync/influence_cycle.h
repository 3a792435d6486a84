#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/crm_test.h"
#include "tests/world/influence_world.h"

namespace duet::world {

/// Documents with one attribution of deals, "Ours", that keeps rows of the model "Ours_Model".
inline std::string influence_document(const std::string& model, const std::string& more = "") {
    return R"(entity: opportunity
objects: { salesforce: Opportunity, pardot: opportunity }
match: [crm_id]
fields:
  - salesforce: Credited__c
    value: Attribution.Ours_Id
attribution:
  - name: Ours
    model: )" +
           model + R"(
    when: IsWon
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: CloseDate
    influence_model: Ours_Model
    touches:
      - object: CampaignMember
        where: HasResponded
        time: CreatedDate
        campaign: CampaignId
)" + more;
}

inline WorldOptions influence_options(const std::string& text) {
    WorldOptions options;
    options.adjust_catalogs = add_influence_objects;
    options.documents = acme_documents();
    options.documents.push_back({"opportunities.yaml", text});
    return options;
}

/// One won deal of Ada's with two campaigns; the daemon has not run yet.
class InfluenceCycle : public CrmTest {
protected:
    explicit InfluenceCycle(const std::string& text = influence_document("linear"))
        : CrmTest(influence_options(text)) {
        world.settings.brake["create"] = {1000, 1};
        model = add("CampaignInfluenceModel",
                    {{"DeveloperName", text_("Ours_Model")}, {"ModelType", text_("Custom")}});
        ada = world.add_contact("ada@example.com");
        bo = world.add_contact("bo@example.com");
        spring = campaign("Spring");
        fair = campaign("Fair");
        deal = won_deal();
        role(deal, ada);
        touch(spring, ada, "2017-10-01");
        touch(fair, ada, "2017-10-02");
    }

    static DateTime noon(const char* day) {
        return *parse_instant(std::string(day) + "T12:00:00Z");
    }
    static Value text_(const std::string& words) { return text(words); }
    std::string campaign(const std::string& name) {
        return add("Campaign", {{"Name", text(name)}, {"Type", text("Email")}});
    }
    std::string won_deal(bool is_won = true) {
        return add("Opportunity", {{"Name", text("Deal")},
                                   {"IsWon", Value{is_won}},
                                   {"IsClosed", Value{true}},
                                   {"Lapsed__c", Value{false}},
                                   {"CreatedDate", Value{noon("2017-11-01")}},
                                   {"CloseDate", Value{*parse_date("2017-12-01")}}});
    }
    std::string role(const std::string& opportunity, const std::string& contact) {
        return add("OpportunityContactRole",
                   {{"OpportunityId", text(opportunity)}, {"ContactId", text(contact)}});
    }
    std::string touch(const std::string& campaign, const std::string& contact, const char* day) {
        return add("CampaignMember", {{"CampaignId", text(campaign)},
                                      {"ContactId", text(contact)},
                                      {"HasResponded", Value{true}},
                                      {"CreatedDate", Value{noon(day)}}});
    }
    std::string row(const std::string& campaign, const std::string& contact, const char* percent,
                    const std::string& of_model) {
        return add("CampaignInfluence", {{"OpportunityId", text(deal)},
                                         {"CampaignId", text(campaign)},
                                         {"ContactId", text(contact)},
                                         {"ModelId", text(of_model)},
                                         {"Influence", Value{*Decimal::parse(percent)}}});
    }
    void settle() {
        world.clock.pass(std::chrono::seconds{90});
        world.run_until_quiet();
    }
    /// "campaign contact" -> percent, of one deal and our model.
    std::map<std::string, double> rows(const std::string& of_deal) {
        std::map<std::string, double> found;
        for (const auto& [key, fields] : world.crm().records("CampaignInfluence")) {
            if (fields.get("OpportunityId") != text(of_deal) ||
                fields.get("ModelId") != text(model)) {
                continue;
            }
            const std::string name =
                display(fields.get("CampaignId")) + " " + display(fields.get("ContactId"));
            EXPECT_EQ(found.count(name), 0U) << "one row a key";
            found[name] = std::get<Decimal>(fields.get("Influence")).to_double();
        }
        return found;
    }
    std::map<std::string, double> rows() { return rows(deal); }
    [[nodiscard]] std::string by(const std::string& campaign, const std::string& contact) const {
        return campaign + " " + contact;
    }
    static double sum(const std::map<std::string, double>& rows) {
        double total = 0;
        for (const auto& [name, percent] : rows) total += percent;
        return total;
    }
    std::size_t writes() { return world.crm().writes().size(); }

    std::string model, ada, bo, spring, fair, deal;
};

}  // namespace duet::world
