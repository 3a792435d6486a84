#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/attribution/attribution.h"
#include "mappings/attribution/facts.h"
#include "mappings/attribution/settings.h"
#include "mappings/attribution/weights.h"

namespace duet::attribution {

/// Which touches of a deal count: until it was closed (or until now), or until it was created.
enum class View : std::uint8_t { Revenue, Pipeline };

/// Why a deal has no touch. The first that holds, in this order.
enum class Untouched : std::uint8_t {
    No,             // it has one
    NoCreation,     // the opportunity has no CreatedDate to count back from
    NoContactRole,  // nobody has a role in it
    NoContact,      // nobody is at its account
    NoTouch,        // its people are in no campaign and did nothing
    NoneQualifies,  // none responded, and no activity is of a type that counts
    OutsideWindow,  // what qualifies came before the window or after it
    NoCampaign,     // of the model `primary` alone: people named no campaign in the opportunity
};
/// "no_contact_role" and so on; "" for `No`.
[[nodiscard]] std::string_view to_string(Untouched why) noexcept;

/// An opportunity as the models see it.
struct Deal {
    std::vector<Touch> touches;  // in order; each (campaign, person) once
    std::vector<double> ages;    // of each touch: whole days to the day of the close (or now, or
                                 // the creation)
    std::vector<double> importance;
    Milestones milestones;
    Untouched untouched = Untouched::No;

    [[nodiscard]] Course course() const { return {touches.size(), ages, milestones, importance}; }
};

/// Which of the touches, in order and at least one, the milestones are. `lead`: when the first of
/// the deal's people became worth selling to; a moment that is not known is the first touch.
[[nodiscard]] Milestones milestones_at(std::span<const Touch> touches,
                                       const std::optional<DateTime>& lead,
                                       const std::optional<DateTime>& created);

/// The number of the touch at `index` of `touches` in all by the model `custom`. An empty type or
/// role is not known.
[[nodiscard]] double importance_at(const Importance& numbers, std::size_t index,
                                   std::size_t touches, std::string_view campaign_type,
                                   std::string_view role);

/// Finds the touches of opportunities. Days are days of UTC. Refers to the facts and settings.
class Deals {
public:
    /// `now`: for opportunities that are open. O(facts).
    Deals(const OrgFacts& facts, const TouchSettings& settings, const Importance& importance,
          DateTime now);

    [[nodiscard]] Deal deal(const OpportunityFacts& opportunity, View view) const;
    /// Contacts with a role in it, in order, each once.
    [[nodiscard]] std::vector<std::string_view> role_holders(
        const OpportunityFacts& opportunity) const;
    /// Every member of a campaign that is the contact, or was its lead.
    [[nodiscard]] const std::vector<const MemberFacts*>& members_of(std::string_view contact) const;
    /// The campaign of the contact's last touch before it became a marketing qualified lead, in the
    /// window before that; empty where there is none.
    [[nodiscard]] std::string qualified_by(const ContactFacts& contact) const;
    /// When a member responded: the date has no time of day, so where it is the day of the creation
    /// the creation tells the time. Nothing for those who did not (unless they count) or have no
    /// date.
    [[nodiscard]] std::optional<DateTime> response_time(const MemberFacts& member) const;

private:
    [[nodiscard]] std::vector<std::string_view> people_of(
        const OpportunityFacts& opportunity) const;
    /// What the people did that qualifies; `any` tells whether they did anything.
    [[nodiscard]] std::vector<Touch> gather(const std::vector<std::string_view>& people,
                                            bool& any) const;
    [[nodiscard]] Milestones milestones_of(const Deal& deal, DateTime created,
                                           const std::vector<std::string_view>& people) const;
    [[nodiscard]] std::vector<double> importance_of(const Deal& deal,
                                                    const OpportunityFacts& opportunity) const;

    template <class T>
    using ByKey = std::map<std::string_view, T>;

    const OrgFacts& facts_;
    const TouchSettings& settings_;
    const Importance& importance_;
    DateTime now_;
    ByKey<const ContactFacts*> contacts_;
    ByKey<std::vector<std::string_view>> contacts_of_account_;
    ByKey<std::vector<const RoleFacts*>> roles_;  // by opportunity
    ByKey<std::vector<const MemberFacts*>> members_;
    ByKey<std::vector<const ActivityFacts*>> activities_;
    ByKey<const CampaignFacts*> campaigns_;
};

}  // namespace duet::attribution
