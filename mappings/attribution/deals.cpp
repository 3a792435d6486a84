#include "mappings/attribution/deals.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace duet::attribution {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;

constexpr int kResponse = 0;  // at a tie before activities
constexpr int kActivity = 1;

double product(double factor, const std::map<std::string, double, std::less<>>& numbers,
               std::string_view key) {
    const auto found = numbers.find(key);
    return found == numbers.end() ? factor : factor * found->second;
}

std::vector<std::string_view> once_each(std::vector<std::string_view> names) {
    std::set<std::string_view> seen;
    std::erase_if(names, [&](std::string_view name) { return !seen.insert(name).second; });
    return names;
}

}  // namespace

std::string_view to_string(Untouched why) noexcept {
    switch (why) {
        case Untouched::No:
            return "";
        case Untouched::NoCreation:
            return "no_creation_date";
        case Untouched::NoContactRole:
            return "no_contact_role";
        case Untouched::NoContact:
            return "no_contact";
        case Untouched::NoTouch:
            return "no_touch";
        case Untouched::NoneQualifies:
            return "none_qualifies";
        case Untouched::OutsideWindow:
            return "outside_window";
        case Untouched::NoCampaign:
            return "no_campaign";
    }
    return "";
}

Milestones milestones_at(std::span<const Touch> touches, const std::optional<DateTime>& lead,
                         const std::optional<DateTime>& created) {
    const auto last_until = [&](const std::optional<DateTime>& moment) -> std::size_t {
        std::size_t index = 0;
        for (std::size_t i = 0; moment && i < touches.size(); ++i)
            if (touches[i].time <= *moment) index = i;
        return index;
    };
    return {0, last_until(lead), last_until(created), touches.size() - 1};
}

double importance_at(const Importance& numbers, std::size_t index, std::size_t touches,
                     std::string_view campaign_type, std::string_view role) {
    const bool is_last = index + 1 == touches;
    double number = product(1, numbers.of_campaign_type, campaign_type);
    number = product(number, numbers.of_role, role);
    if (index == 0) number = product(number, numbers.of_position, "first");
    if (is_last) number = product(number, numbers.of_position, "last");
    if (index > 0 && !is_last) number = product(number, numbers.of_position, "middle");
    return product(number, numbers.of_position, std::to_string(index + 1));
}

Deals::Deals(const OrgFacts& facts, const TouchSettings& settings, const Importance& importance,
             DateTime now)
    : facts_(facts), settings_(settings), importance_(importance), now_(now) {
    ByKey<std::string_view> contact_of_lead;
    for (const ContactFacts& contact : facts_.contacts) {
        contacts_.emplace(contact.id, &contact);
        if (!contact.account.empty()) contacts_of_account_[contact.account].push_back(contact.id);
        if (!contact.lead.empty()) contact_of_lead.emplace(contact.lead, contact.id);
    }
    for (const RoleFacts& role : facts_.roles) {
        if (!role.contact.empty()) roles_[role.opportunity].push_back(&role);
    }
    for (const MemberFacts& member : facts_.members) {
        if (member.campaign.empty()) continue;
        std::string_view contact = member.contact;
        if (const auto lead = contact_of_lead.find(member.lead);
            contact.empty() && lead != contact_of_lead.end()) {
            contact = lead->second;
        }
        if (!contact.empty()) members_[contact].push_back(&member);
    }
    for (const ActivityFacts& activity : facts_.activities) {
        if (!activity.contact.empty() && !activity.campaign.empty())
            activities_[activity.contact].push_back(&activity);
    }
    for (const CampaignFacts& campaign : facts_.campaigns)
        campaigns_.emplace(campaign.id, &campaign);
}

std::vector<std::string_view> Deals::role_holders(const OpportunityFacts& opportunity) const {
    std::vector<std::string_view> holders;
    const auto found = roles_.find(opportunity.id);
    if (found == roles_.end()) return holders;
    for (const RoleFacts* role : found->second) holders.emplace_back(role->contact);
    return once_each(std::move(holders));
}

const std::vector<const MemberFacts*>& Deals::members_of(std::string_view contact) const {
    static const std::vector<const MemberFacts*> kNone;
    const auto found = members_.find(contact);
    return found == members_.end() ? kNone : found->second;
}

std::vector<std::string_view> Deals::people_of(const OpportunityFacts& opportunity) const {
    std::vector<std::string_view> people;
    if (settings_.mode != PeopleMode::Account) people = role_holders(opportunity);
    if (settings_.mode == PeopleMode::ContactRole || !people.empty()) return people;
    const auto found = contacts_of_account_.find(opportunity.account);
    return found == contacts_of_account_.end() ? people : once_each(found->second);
}

std::optional<DateTime> Deals::response_time(const MemberFacts& member) const {
    if (!member.has_responded)
        return settings_.include_nonresponders ? member.created : std::nullopt;
    if (!member.first_responded) return member.created;
    if (member.created && floor<days>(*member.created) == *member.first_responded)
        return member.created;
    return DateTime{*member.first_responded};
}

std::vector<Touch> Deals::gather(const std::vector<std::string_view>& people, bool& any) const {
    std::vector<Touch> touches;
    for (const std::string_view person : people) {
        for (const MemberFacts* member : members_of(person)) {
            any = true;
            if (const auto time = response_time(*member))
                touches.push_back({*time, kResponse, member->campaign, std::string(person)});
        }
        const auto found = activities_.find(person);
        if (found == activities_.end()) continue;
        const auto& types = settings_.activity_types;
        for (const ActivityFacts* activity : found->second) {
            any = true;
            if (activity->created && std::ranges::find(types, activity->type) != types.end()) {
                touches.push_back(
                    {*activity->created, kActivity, activity->campaign, std::string(person)});
            }
        }
    }
    return touches;
}

Milestones Deals::milestones_of(const Deal& deal, DateTime created,
                                const std::vector<std::string_view>& people) const {
    std::optional<DateTime> qualified;
    std::optional<DateTime> known;
    const auto keep_earliest = [](std::optional<DateTime>& kept,
                                  const std::optional<DateTime>& at) {
        if (at && (!kept || *at < *kept)) kept = at;
    };
    for (const std::string_view person : people) {
        const auto found = contacts_.find(person);
        if (found == contacts_.end()) continue;
        const ContactFacts& contact = *found->second;
        keep_earliest(qualified, contact.mql);
        keep_earliest(known, contact.lead_created ? contact.lead_created : contact.created);
    }
    return milestones_at(deal.touches, qualified ? qualified : known, created);
}

std::vector<double> Deals::importance_of(const Deal& deal,
                                         const OpportunityFacts& opportunity) const {
    ByKey<std::string_view> role_of;
    if (const auto found = roles_.find(opportunity.id); found != roles_.end()) {
        for (const RoleFacts* role : found->second)
            if (!role->role.empty()) role_of.emplace(role->contact, role->role);
    }
    std::vector<double> numbers;
    for (std::size_t i = 0; i < deal.touches.size(); ++i) {
        const auto campaign = campaigns_.find(deal.touches[i].campaign);
        const auto role = role_of.find(deal.touches[i].person);
        numbers.push_back(importance_at(
            importance_, i, deal.touches.size(),
            campaign == campaigns_.end() ? std::string_view{} : campaign->second->type,
            role == role_of.end() ? std::string_view{} : role->second));
    }
    return numbers;
}

std::string Deals::qualified_by(const ContactFacts& contact) const {
    if (!contact.mql) return {};
    const auto window = window_of(*contact.mql, *contact.mql, settings_.window_days, minutes{0});
    bool any = false;
    const auto touches = gather({contact.id}, any);
    std::string campaign;
    // Every touch, also of a campaign that was met before: the last is the one that told.
    std::optional<DateTime> last;
    for (const Touch& touch : touches) {
        if (!window || touch.time < window->first || touch.time >= window->end) continue;
        if (last && (touch.time < *last || (touch.time == *last && touch.campaign >= campaign)))
            continue;
        last = touch.time;
        campaign = touch.campaign;
    }
    return campaign;
}

Deal Deals::deal(const OpportunityFacts& opportunity, View view) const {
    Deal deal;
    if (!opportunity.created) {
        deal.untouched = Untouched::NoCreation;
        return deal;
    }
    const auto people = people_of(opportunity);
    if (people.empty()) {
        deal.untouched = settings_.mode == PeopleMode::ContactRole ? Untouched::NoContactRole
                                                                   : Untouched::NoContact;
        return deal;
    }
    const DateTime created = *opportunity.created;
    const Date today = floor<days>(now_);
    const Date last_day = opportunity.is_closed ? opportunity.close.value_or(today) : today;
    const bool is_pipeline = view == View::Pipeline;
    const auto window = window_of(created, is_pipeline ? Value{created} : Value{last_day},
                                  settings_.window_days, minutes{0});
    bool any = false;
    const auto touches = gather(people, any);
    if (window) {
        for (const Touch* touch : eligible(touches, *window)) deal.touches.push_back(*touch);
    }
    if (deal.touches.empty()) {
        deal.untouched = !any              ? Untouched::NoTouch
                         : touches.empty() ? Untouched::NoneQualifies
                                           : Untouched::OutsideWindow;
        return deal;
    }
    const Date anchor = is_pipeline ? floor<days>(created) : last_day;
    for (const Touch& touch : deal.touches)
        deal.ages.push_back(static_cast<double>((anchor - floor<days>(touch.time)).count()));
    deal.milestones = milestones_of(deal, created, people);
    deal.importance = importance_of(deal, opportunity);
    return deal;
}

}  // namespace duet::attribution
