#include "daemon/cli/print_person.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/json_words.h"

namespace duet::cli {
namespace {

using nlohmann::json;

std::string counts(const json& removed) {
    std::string all;
    if (!removed.is_object()) return all;
    for (const auto& [table, rows] : removed.items())
        all += fmt::format("{}{} {}", all.empty() ? "" : ", ", table, rows.get<std::int64_t>());
    return all;
}

}  // namespace

std::string print_undo(const json& answer) {
    std::string out;
    const json writes = list_of(answer, "writes");
    for (const json& write : writes) {
        out += write.value("text", "");
        const std::string outcome = write.value("outcome", "");
        const std::string why = write.value("why", "");
        if (!outcome.empty())
            out += fmt::format("  -> {}{}\n", outcome, why.empty() ? "" : ": " + why);
    }
    const json kept = list_of(answer, "kept");
    if (!kept.empty()) out += "Not undone:\n";
    for (const json& row : kept) {
        out += fmt::format("  {}\n    {}\n", row.value("sentence", ""), row.value("why", ""));
    }
    if (answer.contains("cycle")) {
        out += fmt::format("{} of {} writes undone, in cycle {}.\n",
                           answer.value("done", std::int64_t{0}), writes.size(),
                           answer.value("cycle", std::int64_t{0}));
    } else {
        out += fmt::format("{} writes can be undone, {} cannot.\n", writes.size(), kept.size());
    }
    return out;
}

std::string print_pins(const json& answer) {
    const bool released = answer.contains("released");
    const json pins = list_of(answer, released ? "released" : "pins");
    std::string out;
    for (const json& pin : pins) {
        out += fmt::format("{} {}: {} keeps \"{}\" since {} (cycle {}); refused: \"{}\"\n",
                           pin.value("entity", ""), pin.value("rule", ""), pin.value("system", ""),
                           pin.value("held", ""), pin.value("since", ""),
                           pin.value("cycle", std::int64_t{0}), pin.value("refused", ""));
    }
    if (released) return out + "Released; the next cycle lets what was refused go its way.\n";
    return out.empty() ? "Nothing is pinned.\n" : out;
}

std::string print_erase(const json& answer) {
    std::string out;
    if (answer.contains("receipts")) {
        for (const json& receipt : list_of(answer, "receipts"))
            out += fmt::format("receipt {}: {} by {}; removed: {}\n",
                               receipt.value("receipt", std::int64_t{0}), receipt.value("at", ""),
                               receipt.value("by", ""), counts(receipt["removed"]));
        return out.empty() ? "Nobody was erased.\n" : out;
    }
    if (answer.contains("readmitted"))
        return "They may come again: the next cycle reads the people of both sides anew.\n";
    if (answer.contains("records")) {
        for (const json& record : list_of(answer, "records"))
            out += fmt::format("{} {} {}\n", record.value("system", ""), record.value("object", ""),
                               record.value("record", ""));
        return out;
    }
    out = fmt::format(
        "Erased. Receipt {} of {}: removed {}; {} digests keep them from coming again.\n",
        answer.value("receipt", std::int64_t{0}), answer.value("at", ""),
        counts(answer.value("removed", json::object())), answer.value("names", std::int64_t{0}));
    if (answer.value("bytes_gone", false))
        return out + "The state file was written anew; no byte of them is left in it.\n";
    return out +
           "The state file could not be written anew yet, so bytes of them may be left in it: " +
           answer.value("warning", "") + " Duet tries again after each cycle.\n";
}

}  // namespace duet::cli
