#include "connectors/sandbox/salesforce_schema.h"

namespace duet::sandbox {

const std::string_view kPeopleObjects = R"(
object Account 001 Accounts deletable undeletable mergeable
child Contact AccountId Contacts cascade
child Opportunity AccountId Opportunities cascade
child Contract AccountId Contracts cascade restrict
child Case AccountId Cases restrict
child Account ParentId ChildAccounts
child Task WhatId Tasks cascade
child Event WhatId Events cascade
MasterRecordId reference N >Account MasterRecord
Name string(255) CUI
Type picklist(40) CUN [Prospect|Customer - Direct|Customer - Channel|Channel Partner / Reseller|Installation Partner|Technology Partner|Other]
ParentId reference CUN >Account Parent
BillingStreet textarea(255) CUN
BillingCity string(40) CUN
BillingState string(80) CUN
BillingPostalCode string(20) CUN
BillingCountry string(80) CUN
BillingLatitude double(18,15) CUN
BillingLongitude double(18,15) CUN
BillingGeocodeAccuracy picklist(40) CUN
BillingAddress address N
ShippingStreet textarea(255) CUN
ShippingCity string(40) CUN
ShippingState string(80) CUN
ShippingPostalCode string(20) CUN
ShippingCountry string(80) CUN
ShippingLatitude double(18,15) CUN
ShippingLongitude double(18,15) CUN
ShippingGeocodeAccuracy picklist(40) CUN
ShippingAddress address N
Phone phone(40) CUN
Fax phone(40) CUN
AccountNumber string(40) CUN
Website url(255) CUN
PhotoUrl url(255) N
Sic string(20) CUN
Industry picklist(40) CUN [Agriculture|Apparel|Banking|Biotechnology|Chemicals|Communications|Construction|Consulting|Education|Electronics|Energy|Engineering|Entertainment|Environmental|Finance|Food & Beverage|Government|Healthcare|Hospitality|Insurance|Machinery|Manufacturing|Media|Not For Profit|Recreation|Retail|Shipping|Technology|Telecommunications|Transportation|Utilities|Other]
AnnualRevenue currency(18,0) CUN
NumberOfEmployees int(8) CUN
Ownership picklist(40) CUN [Public|Private|Subsidiary|Other]
TickerSymbol string(20) CUN
Description textarea(32000) CUNX
Rating picklist(40) CUN [Hot|Warm|Cold]
Site string(80) CUN
AccountSource picklist(255) CUN [Web|Phone Inquiry|Partner Referral|Purchased List|Other]
OwnerId reference CUD >User Owner
LastActivityDate date N
LastViewedDate datetime N
LastReferencedDate datetime N

object Contact 003 Contacts deletable undeletable mergeable
child CampaignMember ContactId CampaignMembers cascade
child OpportunityContactRole ContactId OpportunityContactRoles cascade
child Opportunity ContactId Opportunities
child CampaignInfluence ContactId CampaignInfluences
child Case ContactId Cases restrict
child Contract CustomerSignedId ContractsSigned restrict
child Contact ReportsToId -
child Task WhoId Tasks cascade
child Event WhoId Events cascade
MasterRecordId reference N >Contact MasterRecord
AccountId reference CUN >Account Account
LastName string(80) CU
FirstName string(40) CUN
Salutation picklist(40) CUN [Mr.|Ms.|Mrs.|Dr.|Prof.|Mx.]
Name string(121) -
OtherStreet textarea(255) CUN
OtherCity string(40) CUN
OtherState string(80) CUN
OtherPostalCode string(20) CUN
OtherCountry string(80) CUN
OtherLatitude double(18,15) CUN
OtherLongitude double(18,15) CUN
OtherGeocodeAccuracy picklist(40) CUN
OtherAddress address N
MailingStreet textarea(255) CUN
MailingCity string(40) CUN
MailingState string(80) CUN
MailingPostalCode string(20) CUN
MailingCountry string(80) CUN
MailingLatitude double(18,15) CUN
MailingLongitude double(18,15) CUN
MailingGeocodeAccuracy picklist(40) CUN
MailingAddress address N
Phone phone(40) CUN
Fax phone(40) CUN
MobilePhone phone(40) CUN
HomePhone phone(40) CUN
OtherPhone phone(40) CUN
AssistantPhone phone(40) CUN
ReportsToId reference CUN >Contact ReportsTo
Email email(80) CUNI
Title string(128) CUN
Department string(80) CUN
AssistantName string(40) CUN
LeadSource picklist(255) CUN [Web|Phone Inquiry|Partner Referral|Purchased List|Other]
Birthdate date CUN
Description textarea(32000) CUNX
OwnerId reference CUD >User Owner
HasOptedOutOfEmail boolean CUD
HasOptedOutOfFax boolean CUD
DoNotCall boolean CUD
LastActivityDate date N
LastCURequestDate datetime N
LastCUUpdateDate datetime N
LastViewedDate datetime N
LastReferencedDate datetime N
EmailBouncedReason string(255) CUN
EmailBouncedDate datetime CUN
IsEmailBounced boolean D
PhotoUrl url(255) N

object Lead 00Q Leads deletable undeletable mergeable
child CampaignMember LeadId CampaignMembers cascade
child Task WhoId Tasks cascade
child Event WhoId Events cascade
MasterRecordId reference N >Lead MasterRecord
LastName string(80) CU
FirstName string(40) CUN
Salutation picklist(40) CUN [Mr.|Ms.|Mrs.|Dr.|Prof.|Mx.]
Name string(121) -
Title string(128) CUN
Company string(255) CU
Street textarea(255) CUN
City string(40) CUN
State string(80) CUN
PostalCode string(20) CUN
Country string(80) CUN
Latitude double(18,15) CUN
Longitude double(18,15) CUN
GeocodeAccuracy picklist(40) CUN
Address address N
Phone phone(40) CUN
MobilePhone phone(40) CUN
Fax phone(40) CUN
Email email(80) CUNI
Website url(255) CUN
PhotoUrl url(255) N
Description textarea(32000) CUNX
LeadSource picklist(255) CUN [Web|Phone Inquiry|Partner Referral|Purchased List|Other]
Status picklist(255) CUD =Open - Not Contacted [Open - Not Contacted|Working - Contacted|Closed - Converted|Closed - Not Converted]
Industry picklist(255) CUN [Agriculture|Apparel|Banking|Biotechnology|Chemicals|Communications|Construction|Consulting|Education|Electronics|Energy|Engineering|Entertainment|Environmental|Finance|Food & Beverage|Government|Healthcare|Hospitality|Insurance|Machinery|Manufacturing|Media|Not For Profit|Recreation|Retail|Shipping|Technology|Telecommunications|Transportation|Utilities|Other]
Rating picklist(40) CUN [Hot|Warm|Cold]
AnnualRevenue currency(18,0) CUN
NumberOfEmployees int(8) CUN
OwnerId reference CUD >User,Group Owner
HasOptedOutOfEmail boolean CUD
HasOptedOutOfFax boolean CUD
DoNotCall boolean CUD
IsConverted boolean CD
ConvertedDate date N
ConvertedAccountId reference N >Account ConvertedAccount
ConvertedContactId reference N >Contact ConvertedContact
ConvertedOpportunityId reference N >Opportunity ConvertedOpportunity
IsUnreadByOwner boolean CUD =true
LastActivityDate date N
LastViewedDate datetime N
LastReferencedDate datetime N
EmailBouncedReason string(255) UN
EmailBouncedDate datetime UN

object User 005 Users
Username string(80) CUI
LastName string(80) CU
FirstName string(40) CUN
Name string(121) -
CompanyName string(80) CUN
Division string(80) CUN
Department string(80) CUN
Title string(80) CUN
Email email(128) CUI
Phone phone(40) CUN
MobilePhone phone(40) CUN
Alias string(8) CU
CommunityNickname string(40) CUN
IsActive boolean CUD =true
TimeZoneSidKey picklist(40) CUD =Etc/UTC [Etc/UTC]
LocaleSidKey picklist(40) CUD =en_US [en_US]
LanguageLocaleKey picklist(40) CUD =en_US [en_US]
EmailEncodingKey picklist(40) CUD =UTF-8 [UTF-8]
UserRoleId reference CUN
ProfileId reference CUN
UserType picklist(40) D =Standard [Standard]
ManagerId reference CUN >User Manager
FederationIdentifier string(512) CUN
LastLoginDate datetime N

object Organization 00D Organizations
Name string(80) U
Division string(80) UN
Street textarea(255) UN
City string(40) UN
State string(80) UN
PostalCode string(20) UN
Country string(80) UN
Phone phone(40) UN
PrimaryContact string(80) UN
DefaultLocaleSidKey picklist(40) U =en_US [en_US]
TimeZoneSidKey picklist(40) U =Etc/UTC [Etc/UTC]
LanguageLocaleKey picklist(40) U =en_US [en_US]
FiscalYearStartMonth int(2) D
OrganizationType picklist(40) D [Developer Edition|Enterprise Edition]
NamespacePrefix string(15) N
InstanceName string(5) N
IsSandbox boolean D
TrialExpirationDate datetime N
)";

}  // namespace duet::sandbox
