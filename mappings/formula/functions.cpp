#include "mappings/formula/functions.h"

#include <algorithm>

namespace duet::formula {
namespace {

constexpr TypeSet N = set_of(Type::Number);
constexpr TypeSet T = set_of(Type::Text);
constexpr TypeSet B = set_of(Type::Boolean);
constexpr TypeSet D = set_of(Type::Date);
constexpr TypeSet DT = set_of(Type::DateTime);
constexpr TypeSet TM = set_of(Type::Time);
constexpr TypeSet P = set_of(Type::Picklist);
constexpr TypeSet MP = set_of(Type::MultiPicklist);
constexpr TypeSet L = set_of(Type::Location);
constexpr TypeSet kAny = kAnyType;
constexpr auto kOwn = Nulls::Own;
constexpr auto kPass = Nulls::Propagate;

constexpr Function special(std::string_view name, Form form, std::uint16_t min, std::uint16_t max,
                           std::array<TypeSet, 4> params, Type result = Type::Unknown) {
    return {name, min, max, params, result, nullptr, kOwn, Motion::Lost, form};
}

/// `what` completes "needs ..., which only a Salesforce org has".
constexpr Function needs_org(std::string_view name, const char* what) {
    Function made = special(name, Form::NeedsOrg, 0, kUnlimited, {kAny});
    made.reason = what;
    return made;
}

// Sorted by name. Columns: name, least and most arguments, what each may be, result, function,
// nulls, motion, form.
constexpr Function kFunctions[] = {
    {"ABS", 1, 1, {N}, Type::Number, native::abs},
    {"ACOS", 1, 1, {N}, Type::Number, native::acos},
    {"ADDMONTHS", 2, 2, {D | DT, N}, Type::Unknown, native::addmonths, kPass, Motion::First},
    special("AND", Form::And, 1, kUnlimited, {B}, Type::Boolean),
    {"ASCII", 1, 1, {T}, Type::Number, native::ascii},
    {"ASIN", 1, 1, {N}, Type::Number, native::asin},
    {"ATAN", 1, 1, {N}, Type::Number, native::atan},
    {"ATAN2", 2, 2, {N, N}, Type::Number, native::atan2},
    {"BEGINS", 2, 2, {T, T}, Type::Boolean, native::begins, kOwn},
    special("BLANKVALUE", Form::BlankValue, 2, 2, {kAny, kAny}),
    {"BR", 0, 0, {}, Type::Text, native::br},
    special("CASE", Form::Case, 4, kUnlimited, {kAny}),
    {"CASESAFEID", 1, 1, {T}, Type::Text, native::casesafeid},
    {"CEILING", 1, 1, {N}, Type::Number, native::ceiling, kPass, Motion::First},
    {"CHR", 1, 1, {N}, Type::Text, native::chr},
    {"CONTAINS", 2, 2, {T, T}, Type::Boolean, native::contains, kOwn},
    needs_org("CONVERTCURRENCY", "exchange rates"),
    {"COS", 1, 1, {N}, Type::Number, native::cos},
    needs_org("CURRENCYRATE", "exchange rates"),
    {"DATE", 3, 3, {N, N, N}, Type::Date, native::date},
    {"DATETIMEVALUE",
     1,
     1,
     {T | D | DT},
     Type::DateTime,
     native::datetimevalue,
     kPass,
     Motion::First},
    {"DATEVALUE", 1, 1, {T | D | DT}, Type::Date, native::datevalue, kPass, Motion::First},
    {"DAY", 1, 1, {D}, Type::Number, native::day},
    {"DAYOFYEAR", 1, 1, {D | DT}, Type::Number, native::dayofyear},
    {"DISTANCE",
     3,
     3,
     {L, L, T},
     Type::Number,
     native::distance,
     kPass,
     Motion::Lost,
     Form::Distance},
    {"EXP", 1, 1, {N}, Type::Number, native::exp},
    {"FIND", 2, 3, {T, T, N}, Type::Number, native::find, kOwn},
    {"FLOOR", 1, 1, {N}, Type::Number, native::floor, kPass, Motion::First},
    {"FORMAT", 1, kUnlimited, {kAny}, Type::Text, native::format, kOwn},
    {"FORMATCURRENCY", 2, 2, {T, N}, Type::Text, native::formatcurrency, kOwn},
    {"FORMATDURATION", 1, 2, {N | TM | DT, B | TM | DT}, Type::Text, native::formatduration},
    {"FROMUNIXTIME", 1, 1, {N}, Type::DateTime, native::fromunixtime, kPass, Motion::First},
    {"GEOLOCATION", 2, 2, {N, N}, Type::Location, native::geolocation, kOwn},
    needs_org("GETRECORDIDS", "the records chosen in a list view"),
    needs_org("GETSESSIONID", "a user's session"),
    {"HOUR", 1, 1, {TM}, Type::Number, native::hour},
    {"HTMLENCODE", 1, 1, {T}, Type::Text, native::htmlencode},
    {"HYPERLINK", 2, 3, {T, T, T}, Type::Text, native::hyperlink, kOwn},
    special("IF", Form::If, 3, 3, {B, kAny, kAny}),
    special("IFERROR", Form::IfError, 2, 2, {kAny, kAny}),
    special("IFS", Form::Ifs, 3, kUnlimited, {kAny}),
    {"IMAGE", 2, 4, {T, T, N, N}, Type::Text, native::image, kOwn},
    needs_org("IMAGEPROXYURL", "an image proxy"),
    {"IN", 2, kUnlimited, {kAny}, Type::Boolean, native::in, kOwn, Motion::Lost, Form::In},
    needs_org("INCLUDE", "its own pages and snippets"),
    {"INCLUDES",
     2,
     2,
     {MP, T},
     Type::Boolean,
     native::includes,
     kOwn,
     Motion::Lost,
     Form::OptionText},
    {"INITCAP", 1, 1, {T}, Type::Text, native::initcap},
    special("ISBLANK", Form::IsBlank, 1, 1, {kAny}, Type::Boolean),
    needs_org("ISCHANGED", "the record's earlier values"),
    {"ISCLONE", 0, 0, {}, Type::Boolean, native::never},
    {"ISNEW", 0, 0, {}, Type::Boolean, native::never},
    special("ISNULL", Form::IsNull, 1, 1, {kAny}, Type::Boolean),
    {"ISNUMBER", 1, 1, {T}, Type::Boolean, native::isnumber, kOwn},
    {"ISOWEEK", 1, 1, {D | DT}, Type::Number, native::isoweek},
    {"ISOYEAR", 1, 1, {D | DT}, Type::Number, native::isoyear, kPass, Motion::First},
    {"ISPICKVAL",
     2,
     2,
     {P, T},
     Type::Boolean,
     native::ispickval,
     kOwn,
     Motion::Lost,
     Form::OptionText},
    {"JSENCODE", 1, 1, {T}, Type::Text, native::jsencode},
    {"JSINHTMLENCODE", 1, 1, {T}, Type::Text, native::jsinhtmlencode},
    {"JSONPATHVALUE", 2, 2, {T, T}, Type::Text, native::jsonpathvalue},
    {"JSONVALUE", 2, 2, {T, T}, Type::Text, native::jsonvalue},
    needs_org("LABEL", "custom labels"),
    {"LEFT", 2, 2, {T, N}, Type::Text, native::left},
    {"LEN", 1, 1, {T}, Type::Number, native::len, kOwn},
    {"LIKE", 2, 2, {T, T}, Type::Boolean, native::like},
    needs_org("LINKTO", "its own pages"),
    {"LN", 1, 1, {N}, Type::Number, native::ln},
    {"LOG", 1, 1, {N}, Type::Number, native::log},
    {"LOWER", 1, 2, {T, T}, Type::Text, native::lower, kOwn},
    {"LPAD", 2, 3, {T, N, T}, Type::Text, native::lpad},
    {"MAX", 1, 255, {N}, Type::Number, native::max, kPass, Motion::All},
    {"MCEILING", 1, 1, {N}, Type::Number, native::mceiling, kPass, Motion::First},
    {"MFLOOR", 1, 1, {N}, Type::Number, native::mfloor, kPass, Motion::First},
    {"MID", 3, 3, {T, N, N}, Type::Text, native::mid},
    {"MILLISECOND", 1, 1, {TM}, Type::Number, native::millisecond},
    {"MIN", 1, 255, {N}, Type::Number, native::min, kPass, Motion::All},
    {"MINUTE", 1, 1, {TM}, Type::Number, native::minute},
    {"MOD", 2, 2, {N, N}, Type::Number, native::mod},
    {"MONTH", 1, 1, {D}, Type::Number, native::month},
    special("NOT", Form::Not, 1, 1, {B}, Type::Boolean),
    special("NOW", Form::Now, 0, 0, {}, Type::DateTime),
    special("NULLVALUE", Form::NullValue, 2, 2, {kAny, kAny}),
    special("OR", Form::Or, 1, kUnlimited, {B}, Type::Boolean),
    needs_org("PARENTGROUPVAL", "the groups of a report"),
    {"PI", 0, 0, {}, Type::Number, native::pi},
    {"PICKLISTCOUNT", 1, 1, {MP}, Type::Number, native::picklistcount, kOwn},
    needs_org("PREDICT", "its prediction models"),
    needs_org("PREVGROUPVAL", "the groups of a report"),
    needs_org("PRIORVALUE", "the record's earlier values"),
    {"REGEX", 2, 2, {T, T}, Type::Boolean, native::regex, kOwn, Motion::Lost, Form::Regex},
    needs_org("REQUIRESCRIPT", "its own pages"),
    {"REVERSE", 1, 1, {T}, Type::Text, native::reverse},
    {"RIGHT", 2, 2, {T, N}, Type::Text, native::right},
    {"ROUND", 2, 2, {N, N}, Type::Number, native::round, kPass, Motion::First},
    {"RPAD", 2, 3, {T, N, T}, Type::Text, native::rpad},
    {"SECOND", 1, 1, {TM}, Type::Number, native::second},
    {"SIN", 1, 1, {N}, Type::Number, native::sin},
    {"SQRT", 1, 1, {N}, Type::Number, native::sqrt, kPass, Motion::First},
    {"SUBSTITUTE", 3, 3, {T, T, T}, Type::Text, native::substitute, kOwn},
    {"SUBSTR", 2, 3, {T, N, N}, Type::Text, native::substr},
    {"TAN", 1, 1, {N}, Type::Number, native::tan},
    {"TEXT",
     1,
     1,
     {N | D | DT | TM | P},
     Type::Text,
     native::text,
     kPass,
     Motion::Lost,
     Form::Text},
    special("TIMENOW", Form::TimeNow, 0, 0, {}, Type::Time),
    {"TIMEVALUE", 1, 1, {T | TM | DT}, Type::Time, native::timevalue},
    special("TODAY", Form::Today, 0, 0, {}, Type::Date),
    {"TRIM", 1, 1, {T}, Type::Text, native::trim},
    {"TRUNC", 1, 2, {N, N}, Type::Number, native::trunc, kPass, Motion::First},
    {"UNIXTIMESTAMP",
     1,
     1,
     {D | DT | TM},
     Type::Number,
     native::unixtimestamp,
     kPass,
     Motion::First},
    {"UPPER", 1, 2, {T, T}, Type::Text, native::upper, kOwn},
    {"URLENCODE", 1, 1, {T}, Type::Text, native::urlencode},
    needs_org("URLFOR", "its own pages"),
    {"VALUE", 1, 1, {T}, Type::Number, native::value},
    needs_org("VLOOKUP", "all other records"),
    {"WEEKDAY", 1, 1, {D}, Type::Number, native::weekday},
    {"YEAR", 1, 1, {D}, Type::Number, native::year, kPass, Motion::First},
};

static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions),
                             [](const Function& a, const Function& b) { return a.name < b.name; }));

}  // namespace

TypeSet Function::param(std::size_t index) const noexcept {
    index = std::min(index, params.size() - 1);
    while (index > 0 && params[index] == 0) --index;
    return params[index];
}

std::span<const Function> functions() noexcept { return kFunctions; }

const Function* find_function(std::string_view name) noexcept {
    const auto row = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                  [&](const Function& f) { return same_name(f.name, name); });
    return row == std::end(kFunctions) ? nullptr : &*row;
}

std::vector<std::string> function_names() {
    std::vector<std::string> names;
    for (const Function& function : kFunctions) {
        if (function.form != Form::NeedsOrg) names.emplace_back(function.name);
    }
    return names;
}

}  // namespace duet::formula
