#pragma once

#include <string_view>

/// The codes of findings in documents; each is a row of mappings/messages.cpp.
namespace duet::document {

inline constexpr std::string_view kUnknownZone = "DUET-1019";
inline constexpr std::string_view kNotYaml = "DUET-2001";
inline constexpr std::string_view kTooBig = "DUET-2002";
inline constexpr std::string_view kUnknownKey = "DUET-2003";
inline constexpr std::string_view kDuplicateKey = "DUET-2004";
inline constexpr std::string_view kWrongType = "DUET-2005";
inline constexpr std::string_view kNotAllowed = "DUET-2006";
inline constexpr std::string_view kMissing = "DUET-2007";
inline constexpr std::string_view kContradiction = "DUET-2008";
inline constexpr std::string_view kAmbiguousWord = "DUET-2009";
inline constexpr std::string_view kDefinedTwice = "DUET-2010";
inline constexpr std::string_view kFormula = "DUET-2011";
inline constexpr std::string_view kRuleType = "DUET-2012";
inline constexpr std::string_view kUnknownName = "DUET-2013";
inline constexpr std::string_view kNotWritable = "DUET-2014";
inline constexpr std::string_view kTwoWriters = "DUET-2015";
inline constexpr std::string_view kCycle = "DUET-2016";
inline constexpr std::string_view kTooMany = "DUET-2017";
inline constexpr std::string_view kAbsent = "DUET-2018";
inline constexpr std::string_view kCannotInclude = "DUET-2019";
inline constexpr std::string_view kNoOption = "DUET-2020";
inline constexpr std::string_view kTooLong = "DUET-2021";
inline constexpr std::string_view kMalformed = "DUET-2022";

}  // namespace duet::document
