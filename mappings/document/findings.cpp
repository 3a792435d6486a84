#include "mappings/document/findings.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "mappings/catalog.h"
#include "mappings/document/codes.h"

namespace duet::document {
namespace {

constexpr int kMaxFindings = 200;             // a file
constexpr std::size_t kMaxQuotedBytes = 500;  // longer lines are not quoted

}  // namespace

void Findings::add(const Place& place, int length, std::string_view code, std::string message,
                   std::string hint) {
    if (!about_.empty()) message = fmt::format("\"{}\": {}", about_, message);
    if (is_known(place, code, message)) return;
    const int count = ++counts_[place.file];
    if (count > kMaxFindings + 1) return;
    Finding finding{place, std::string(code), std::move(message), std::move(hint), {}, length};
    if (count == kMaxFindings + 1) {
        finding.code = kTooMany;
        finding.message = "more than 200 findings in this file; the rest is not listed";
        finding.hint.clear();
    }
    if (const auto source = sources_.find(place.file); source != sources_.end()) {
        const std::string_view line = source->second->line(place.line);
        if (line.size() <= kMaxQuotedBytes) finding.line = line;
    }
    found_.push_back(std::move(finding));
}

bool Findings::is_known(const Place& place, std::string_view code, std::string_view message) const {
    // A name may be unknown on several objects, each with a mend of its own.
    if (code == kUnknownName || code == kFormula) return false;
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& finding) {
        return finding.code == code && finding.place.file == place.file &&
               finding.place.line == place.line && finding.place.column == place.column &&
               // One map may lack two keys, and one place may stand for several things.
               ((code != kMissing && about_.empty()) || finding.message == message);
    });
}

std::vector<Finding> Findings::take(const std::vector<std::string>& files) {
    const auto rank = [&](const Finding& finding) {
        const auto at = std::find(files.begin(), files.end(), finding.place.file);
        return std::tuple(at - files.begin(), finding.place.line, finding.place.column);
    };
    std::stable_sort(found_.begin(), found_.end(),
                     [&](const Finding& a, const Finding& b) { return rank(a) < rank(b); });
    return std::move(found_);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& names,
                         std::string otherwise) {
    const std::string near = nearest_name(name, names);
    return near.empty() ? std::move(otherwise) : fmt::format("did you mean \"{}\"?", near);
}

std::string one_of(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
        text += names[i];
    }
    return text;
}

std::string at_line(const Place& place) { return fmt::format("{}:{}", place.file, place.line); }

}  // namespace duet::document
