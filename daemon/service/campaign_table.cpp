#include "daemon/service/campaign_table.h"

#include <functional>
#include <utility>

#include "daemon/service/qualified.h"
#include "daemon/sync/campaign_member.h"
#include "mappings/document/conventions.h"

namespace duet::service {
namespace {

using store::SeenRow;

/// Live rows of an object that is pulled; none where it is not.
Status each(sync::Org& org, std::string_view object,
            const std::function<void(const SeenRow&)>& visit) {
    const sync::ObjectModel* pulled = org.model.find(Side::Crm, object);
    if (pulled == nullptr) return Done{};
    return org.store.each_seen(org.name, Side::Crm, pulled->info->name, [&](const SeenRow& row) {
        if (!row.deleted) visit(row);
        return true;
    });
}

Status read_campaigns(sync::Org& org, const document::MoneyWords& words, CampaignTable& table) {
    return each(org, words.campaign, [&](const SeenRow& row) {
        const auto* cost = std::get_if<Decimal>(&row.record.fields.get(words.cost));
        table.facts.campaigns.push_back(
            {row.record.id.key, text_in(row.record, words.name), "",
             text_in(row.record, words.parent),
             cost == nullptr ? std::nullopt : std::optional(cost->to_double()),
             text_in(row.record, words.currency)});
    });
}

Status read_currency(sync::Org& org, const document::MoneyWords& words, CampaignTable& table) {
    return each(org, words.rates, [&](const SeenRow& row) {
        if (row.record.fields.get(words.is_corporate) == Value{true})
            table.currency = text_in(row.record, words.rate_code);
    });
}

/// Where the documents read whether members responded; those that Duet made did nothing.
Status read_members(sync::Org& org, const document::CampaignWords& words, CampaignTable& table) {
    return each(org, words.member, [&](const SeenRow& row) {
        const bool has_responded = row.record.fields.get(words.responded) == Value{true};
        if (!has_responded || sync::is_own_member(org.model, Side::Crm, row)) return;
        attribution::MemberFacts member;
        member.id = row.record.id.key;
        member.campaign = text_in(row.record, words.of);
        member.has_responded = true;
        table.facts.members.push_back(std::move(member));
    });
}

}  // namespace

Result<CampaignTable> campaign_table(sync::Org& org) {
    CampaignTable table;
    const std::string& crm = org.model.documents().names.crm;
    if (const auto* money = document::money_words(crm)) {
        if (auto read = read_campaigns(org, *money, table); !read) return std::move(read).error();
        if (auto read = read_currency(org, *money, table); !read) return std::move(read).error();
    }
    if (const auto* words = document::campaign_words(crm)) {
        if (auto read = read_members(org, *words, table); !read) return std::move(read).error();
    }
    auto read =
        each_qualified(org, [&](const lifecycle::Row& row) { ++table.qualified[row.campaign]; });
    if (!read) return std::move(read).error();
    return table;
}

}  // namespace duet::service
