#include "connectors/sandbox/salesforce_schema.h"

namespace duet::sandbox {

// Their fields by the object reference; no answer of a live org was seen. There, ListView and
// PermissionSet have no IsDeleted, and what a user may see of them depends on sharing and on the
// permission to view the set-up.
const std::string_view kSetupObjects = R"(
object Group 00G Groups deletable
Name string(40) CU
DeveloperName string(80) CUN
RelatedId reference N >User Related
Type picklist(40) CD =Regular [Regular|Role|RoleAndSubordinates|Organization|Queue|Manager]
Email email(128) CUN
DoesSendEmailToMembers boolean CUD
DoesIncludeBosses boolean CUD =true

object ListView 00B ListViews readonly
Name string(40) -
DeveloperName string(80) -
NamespacePrefix string(15) N
SobjectType picklist(40) N
IsSoqlCompatible boolean D =true
LastViewedDate datetime N
LastReferencedDate datetime N

object PermissionSet 0PS PermissionSets deletable
child PermissionSetAssignment PermissionSetId Assignments cascade
Name string(80) CU
Label string(80) CU
Description string(255) CUN
IsCustom boolean D =true
IsOwnedByProfile boolean D
NamespacePrefix string(15) N
HasActivationRequired boolean CUD
Type picklist(40) D =Regular [Regular|Standard|Session|Group|Profile]

object PermissionSetAssignment 0Pa PermissionSetAssignments deletable
PermissionSetId reference C >PermissionSet PermissionSet
AssigneeId reference C >User Assignee
IsActive boolean D =true
)";

}  // namespace duet::sandbox
