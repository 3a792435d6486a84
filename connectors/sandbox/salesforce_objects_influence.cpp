#include "connectors/sandbox/salesforce_schema.h"

namespace duet::sandbox {

// Which ids begin with 03V and 08s no primary source says.
const std::string_view kInfluenceObjects = R"(
object CampaignInfluenceModel 03V CampaignInfluenceModels readonly
child CampaignInfluence ModelId CampaignInfluences
DeveloperName string(80) -
Language picklist(40) N =en_US [en_US]
MasterLabel string(80) -
ModelType picklist(40) - [PrimaryCampaignSource|FirstTouch|LastTouch|EvenDistribution|Custom]
ModelDescription string(255) N
IsActive boolean D
IsDefaultModel boolean D
IsModelLocked boolean D
RecordPreference picklist(40) N =AllRecords [AllRecords|RecordsWithAttribution]

object CampaignInfluence 08s CampaignInfluences deletable
OpportunityId reference C >Opportunity Opportunity
CampaignId reference C >Campaign Campaign
ContactId reference CN >Contact Contact
ModelId reference C >CampaignInfluenceModel Model
CampaignMemberId reference N >CampaignMember CampaignMember
Influence percent(5,2) CUD =0
RevenueShare currency(18,2) N
)";

// CurrencyType is never deleted, only made inactive.
const std::string_view kCurrencyObjects = R"(
object CurrencyType 01L CurrencyTypes
IsoCode picklist(3) C
ConversionRate double(18,6) CU
DecimalPlaces int(1) CUD =2
IsActive boolean CUD
IsCorporate boolean D

object DatedConversionRate 04w DatedConversionRates deletable
IsoCode picklist(3) C
ConversionRate double(18,6) CU
StartDate date C
NextStartDate date N
)";

}  // namespace duet::sandbox
