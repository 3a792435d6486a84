#include "connectors/sandbox/salesforce_schema.h"

namespace duet::sandbox {

const std::string_view kServiceObjects = R"(
object Contract 800 Contracts deletable undeletable
child Task WhatId Tasks cascade
child Event WhatId Events cascade
AccountId reference CU >Account Account
Pricebook2Id reference CUN >Pricebook2 Pricebook2
OwnerExpirationNotice picklist(40) CUN [15|30|45|60|90|120]
StartDate date CUN
EndDate date N
ContractTerm int(9) CUN
OwnerId reference CUD >User Owner
Status picklist(40) CUD =Draft [Draft|In Approval Process|Activated]
StatusCode picklist(40) D [Draft|InApproval|Activated]
CompanySignedId reference CUN >User CompanySigned
CompanySignedDate date CUN
CustomerSignedId reference CUN >Contact CustomerSigned
CustomerSignedTitle string(40) CUN
CustomerSignedDate date CUN
SpecialTerms textarea(4000) CUNX
ActivatedById reference N >User ActivatedBy
ActivatedDate datetime N
Description textarea(32000) CUNX
ContractNumber string(30) I
LastApprovedDate datetime N
LastActivityDate date N
LastViewedDate datetime N
LastReferencedDate datetime N

object Case 500 Cases deletable undeletable
child Case ParentId Cases
child Task WhatId Tasks cascade
child Event WhatId Events cascade
CaseNumber string(30) I
ContactId reference CUN >Contact Contact
AccountId reference CUN >Account Account
ParentId reference CUN >Case Parent
SuppliedName string(80) CUN
SuppliedEmail email(80) CUN
SuppliedPhone string(40) CUN
SuppliedCompany string(80) CUN
Type picklist(255) CUN [Problem|Feature Request|Question]
Status picklist(255) CUD =New [New|Working|Escalated|Closed]
Reason picklist(255) CUN
Origin picklist(255) CUN [Email|Phone|Web]
Subject string(255) CUN
Priority picklist(255) CUD =Medium [High|Medium|Low]
Description textarea(32000) CUNX
IsClosed boolean D
ClosedDate datetime N
IsEscalated boolean CUD
OwnerId reference CUD >User,Group Owner
LastViewedDate datetime N
LastReferencedDate datetime N
)";

}  // namespace duet::sandbox
