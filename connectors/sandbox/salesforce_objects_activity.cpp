#include "connectors/sandbox/salesforce_schema.h"

namespace duet::sandbox {

const std::string_view kActivityObjects = R"(
object Task 00T Tasks deletable undeletable
WhoId reference CUN >Contact,Lead Who
WhatId reference CUN >Account,Campaign,Case,Contract,Opportunity,Product2 What
Subject string(255) CUN
ActivityDate date CUN
Status picklist(255) CUD =Not Started [Not Started|In Progress|Completed|Waiting on someone else|Deferred]
Priority picklist(255) CUD =Normal [High|Normal|Low]
IsHighPriority boolean D
OwnerId reference CUD >User,Group Owner
Description textarea(32000) CUNX
AccountId reference N >Account Account
IsClosed boolean D
CallDurationInSeconds int(8) CUN
CallType picklist(40) CUN [Internal|Inbound|Outbound]
CallDisposition string(255) CUN
TaskSubtype picklist(40) CND =Task [Task|Email|ListEmail|Cadence|Call|LinkedIn]
CompletedDateTime datetime N
IsArchived boolean D
IsRecurrence boolean D

object Event 00U Events deletable undeletable
WhoId reference CUN >Contact,Lead Who
WhatId reference CUN >Account,Campaign,Case,Contract,Opportunity,Product2 What
Subject string(255) CUN
Location string(255) CUN
IsAllDayEvent boolean CUD
ActivityDateTime datetime CUN
ActivityDate date CUN
DurationInMinutes int(8) CUN
StartDateTime datetime CUN
EndDateTime datetime CUN
Description textarea(32000) CUNX
AccountId reference N >Account Account
OwnerId reference CUD >User,Calendar Owner
IsPrivate boolean CUD
ShowAs picklist(40) CUND =Busy [Busy|OutOfOffice|Free]
EventSubtype picklist(40) CND =Event [Event]
IsChild boolean D
IsGroupEvent boolean D
IsArchived boolean D
)";

}  // namespace duet::sandbox
