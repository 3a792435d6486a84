#include <string>

#include "mappings/document/behaviour.h"
#include "mappings/document/conventions.h"
#include "mappings/document/hygiene.h"
#include "mappings/document/needs_book.h"
#include "mappings/document/queue.h"
#include "mappings/document/rfm.h"
#include "mappings/document/scoring.h"
#include "mappings/document/shares.h"

namespace duet::document {
namespace {

/// What is told of people, customers and deals in numbers.
class FigureNeeds {
public:
    explicit FigureNeeds(NeedsBook& book) : book_(book) {}

    void add() {
        add_behaviour();
        add_hygiene();
        add_shares();
        add_rfm();
        const EntityDocument* person = documents().find(EntityKind::Person);
        if (person == nullptr) return;
        if (documents().queue != nullptr) {
            for (const Rule* rule : rules_of(*documents().queue)) book_.add_rule(*rule, *person);
        }
        if (documents().scoring == nullptr) return;
        const ScoringRule& scoring = *documents().scoring;
        for (const PointsRule& line : scoring.points) {
            for (const Rule* rule : rules_of(line))
                book_.add_object_rule(*rule, line.side, line.object);
            book_.add_member_key(line.side, line.object);
            book_.add_references_to(line.side, line.object, *person);
        }
        for (const CriterionRule& criterion : scoring.criteria) {
            book_.add_rule(criterion.when, *person);
            if (criterion.unknown_when) book_.add_rule(*criterion.unknown_when, *person);
        }
        if (scoring.role) {
            book_.add_object_rule(scoring.role->role, Side::Crm, scoring.role->object);
            book_.add_references_to(Side::Crm, scoring.role->object, *person);
        }
        if (scoring.of_accounts) book_.add_people_of_accounts(*person);
        if (scoring.leads) book_.add_leads(*scoring.leads);
    }

private:
    /// An account's deals are found by the deals' reference to it.
    void add_behaviour() {
        const EntityDocument* deal = documents().find(EntityKind::Opportunity);
        if (deal == nullptr || documents().behaviour == nullptr) return;
        for (const Rule* rule : rules_of(*documents().behaviour)) book_.add_rule(*rule, *deal);
    }

    void add_hygiene() {
        const EntityDocument* deal = documents().find(EntityKind::Opportunity);
        if (deal == nullptr || documents().hygiene == nullptr) return;
        for (const Rule* rule : rules_of(*documents().hygiene)) book_.add_rule(*rule, *deal);
    }

    void add_shares() {
        if (documents().shares == nullptr) return;
        for (const ShareRule& share : *documents().shares) {
            book_.add_path(Side::Crm, share.object, {});
            for (const Rule* rule : rules_of(share))
                book_.add_object_rule(*rule, Side::Crm, share.object);
        }
    }

    void add_rfm() {
        if (documents().rfm == nullptr) return;
        const EntityDocument* customer = documents().find(documents().rfm->of);
        for (const PurchaseRule& purchase : documents().rfm->purchases) {
            for (const Rule* rule : rules_of(purchase))
                book_.add_object_rule(*rule, Side::Crm, purchase.object);
            if (customer != nullptr) book_.add_references_to(Side::Crm, purchase.object, *customer);
            if (const InfluenceWords* words = influence_words(documents().names.crm))
                book_.add_path(Side::Crm, purchase.object, words->currency);
        }
        book_.add_currencies();
    }

    [[nodiscard]] const Documents& documents() const { return book_.documents(); }

    NeedsBook& book_;
};

}  // namespace

void add_figure_needs(NeedsBook& book) { FigureNeeds(book).add(); }

}  // namespace duet::document
