#include "connectors/sandbox/salesforce_schema.h"

namespace duet::sandbox {

const std::string_view kSalesObjects = R"(
object Opportunity 006 Opportunities deletable undeletable
child OpportunityContactRole OpportunityId OpportunityContactRoles cascade
child OpportunityLineItem OpportunityId OpportunityLineItems cascade
child OpportunityHistory OpportunityId OpportunityHistories cascade
child CampaignInfluence OpportunityId CampaignInfluences cascade
child Task WhatId Tasks cascade
child Event WhatId Events cascade
AccountId reference CUN >Account Account
IsPrivate boolean CUD
Name string(120) CUI
Description textarea(32000) CUNX
StageName picklist(255) CUR
Amount currency(18,2) CUN
Probability percent(3,0) CUND
ExpectedRevenue currency(18,2) N
TotalOpportunityQuantity double(18,2) CUN
CloseDate date CU
Type picklist(255) CUN [Existing Customer - Upgrade|Existing Customer - Replacement|Existing Customer - Downgrade|New Customer]
NextStep string(255) CUN
LeadSource picklist(255) CUN [Web|Phone Inquiry|Partner Referral|Purchased List|Other]
IsClosed boolean D
IsWon boolean D
ForecastCategory picklist(40) D [Omitted|Pipeline|BestCase|MostLikely|Forecast|Closed]
ForecastCategoryName picklist(255) CUND [Omitted|Pipeline|Best Case|Commit|Closed]
CampaignId reference CUN >Campaign Campaign
HasOpportunityLineItem boolean D
Pricebook2Id reference CUN >Pricebook2 Pricebook2
OwnerId reference CUD >User Owner
FiscalQuarter int(9) N
FiscalYear int(9) N
Fiscal string(6) N
ContactId reference CN >Contact Contact
LastStageChangeDate datetime N
LastAmountChangedHistoryId reference N >OpportunityHistory LastAmountChangedHistory
LastCloseDateChangedHistoryId reference N >OpportunityHistory LastCloseDateChangedHistory
LastActivityDate date N
LastViewedDate datetime N
LastReferencedDate datetime N

object OpportunityHistory 008 OpportunityHistories readonly history
OpportunityId reference - >Opportunity Opportunity
StageName picklist(255) -
Amount currency(18,2) N
ExpectedRevenue currency(18,2) N
CloseDate date N
Probability percent(3,0) N
ForecastCategory picklist(40) - [Omitted|Pipeline|BestCase|MostLikely|Forecast|Closed]

object OpportunityContactRole 00K OpportunityContactRoles deletable
OpportunityId reference C >Opportunity Opportunity
ContactId reference CU >Contact Contact
Role picklist(40) CUN [Business User|Decision Maker|Economic Buyer|Economic Decision Maker|Evaluator|Executive Sponsor|Influencer|Technical Buyer|Other]
IsPrimary boolean CUD

object OpportunityLineItem 00k OpportunityLineItems deletable
OpportunityId reference C >Opportunity Opportunity
SortOrder int(9) N
PricebookEntryId reference CN >PricebookEntry PricebookEntry
Product2Id reference CN >Product2 Product2
ProductCode string(255) N
Name string(376) N
Quantity double(10,2) CU
TotalPrice currency(16,2) CUN
UnitPrice currency(16,2) CUN
ListPrice currency(16,2) N
Discount percent(3,2) CUN
ServiceDate date CUN
Description string(255) CUN

object OpportunityStage 01J OpportunityStages
MasterLabel string(255) CN
ApiName string(255) CN
IsActive boolean CD
SortOrder int(9) CN
IsClosed boolean CD
IsWon boolean CD
ForecastCategory picklist(40) CN [Omitted|Pipeline|BestCase|MostLikely|Forecast|Closed]
ForecastCategoryName picklist(255) CN [Omitted|Pipeline|Best Case|Commit|Closed]
DefaultProbability percent(3,0) CN
Description string(255) CN

object Product2 01t Products deletable undeletable
child PricebookEntry Product2Id PricebookEntries
Name string(255) CU
ProductCode string(255) CUN
Description textarea(4000) CUNX
IsActive boolean CUD
Family picklist(255) CUN [None]
StockKeepingUnit string(180) CUN
QuantityUnitOfMeasure picklist(255) CUN [Each]

object Pricebook2 01s Pricebooks deletable undeletable
child PricebookEntry Pricebook2Id PricebookEntries
Name string(255) CU
IsActive boolean CUD
Description string(255) CUN
IsStandard boolean D

object PricebookEntry 01u PricebookEntries deletable
Name string(255) N
Pricebook2Id reference C >Pricebook2 Pricebook2
Product2Id reference C >Product2 Product2
UnitPrice currency(16,2) CU
IsActive boolean CUD
UseStandardPrice boolean CUD
ProductCode string(255) N

object Campaign 701 Campaigns deletable undeletable
child CampaignMember CampaignId CampaignMembers cascade
child CampaignMemberStatus CampaignId CampaignMemberStatuses cascade
child CampaignInfluence CampaignId CampaignInfluences cascade
child Campaign ParentId ChildCampaigns
child Opportunity CampaignId Opportunities
child Task WhatId Tasks cascade
child Event WhatId Events cascade
Name string(80) CUI
ParentId reference CUN >Campaign Parent
Type picklist(40) CUN [Conference|Webinar|Trade Show|Public Relations|Partners|Referral Program|Advertisement|Banner Ads|Direct Mail|Email|Telemarketing|Other]
Status picklist(40) CUND =Planned [Planned|In Progress|Completed|Aborted]
StartDate date CUN
EndDate date CUN
ExpectedRevenue currency(18,0) CUN
BudgetedCost currency(18,0) CUN
ActualCost currency(18,0) CUN
ExpectedResponse percent(10,2) CUND =0
NumberSent double(18,0) CUND =0
IsActive boolean CUD
Description textarea(32000) CUNX
NumberOfLeads int(9) D =0
NumberOfConvertedLeads int(9) D =0
NumberOfContacts int(9) D =0
NumberOfResponses int(9) D =0
NumberOfOpportunities int(9) D =0
NumberOfWonOpportunities int(9) D =0
AmountAllOpportunities currency(18,0) D =0
AmountWonOpportunities currency(18,0) D =0
OwnerId reference CUD >User Owner
LastActivityDate date N
LastViewedDate datetime N
LastReferencedDate datetime N

object CampaignMember 00v CampaignMembers deletable
child CampaignInfluence CampaignMemberId -
CampaignId reference C >Campaign Campaign
LeadId reference CN >Lead Lead
ContactId reference CN >Contact Contact
Status picklist(40) CUND
HasResponded boolean D
FirstRespondedDate date N
LeadOrContactId reference N
Type string(40) N
CompanyOrAccount string(255) N
FirstName string(40) N
LastName string(80) N
Name string(121) N
Email email(80) N

object CampaignMemberStatus 01Y CampaignMemberStatuses deletable
CampaignId reference C >Campaign Campaign
Label string(255) CU
SortOrder int(9) CUN
IsDefault boolean CUD
HasResponded boolean CUD
)";

}  // namespace duet::sandbox
