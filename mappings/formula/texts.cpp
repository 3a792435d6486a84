// The functions on texts that change or measure them.
#include <algorithm>
#include <cstring>
#include <string>

#include "mappings/formula/calendar.h"
#include "mappings/formula/functions.h"
#include "mappings/formula/unicode.h"

namespace duet::formula::native {
namespace {

/// Null is the empty text.
std::string_view text_at(const Cell& cell) {
    const auto* text = std::get_if<std::string_view>(&cell);
    return text == nullptr ? std::string_view{} : *text;
}

std::string_view text_at(const Call& call, std::size_t index) { return text_at(call.args[index]); }

/// A whole number of characters: at least 0, at most more than any text has.
std::size_t count_of(const Call& call, std::size_t index) {
    const Decimal& number = std::get<Decimal>(call.args[index]);
    if (number.is_negative()) return 0;
    const auto whole = number.to_int64();
    constexpr std::int64_t kMost = 1LL << 40;
    return static_cast<std::size_t>(std::min(whole.value_or(kMost), kMost));
}

/// A part of an argument needs no copy: arguments live as long as the arena.
Fault part(Call& call, std::string_view text) {
    if (text.empty()) {
        call.result = Blank{};
    } else {
        call.result = text;
    }
    return nullptr;
}

Fault number(Call& call, std::size_t value) {
    call.result = Decimal{static_cast<std::int64_t>(value)};
    return nullptr;
}

Fault flag(Call& call, bool value) {
    call.result = value;
    return nullptr;
}

/// Where `wanted` begins at or after `from`, in a time that grows with the lengths' sum only:
/// std::string_view::find takes their product.
std::size_t find_in(std::string_view text, std::string_view wanted, std::size_t from) {
    const std::string_view rest = text.substr(from);
    if (rest.size() < wanted.size()) return std::string_view::npos;  // memmem takes no null pointer
    if (wanted.empty()) return from;
    const void* hit = memmem(rest.data(), rest.size(), wanted.data(), wanted.size());
    if (hit == nullptr) return std::string_view::npos;
    return from + static_cast<std::size_t>(static_cast<const char*>(hit) - rest.data());
}

enum class Side : std::uint8_t { Left, Right };

Fault pad(Call& call, Side side) {
    const std::string_view text = text_at(call, 0);
    const std::size_t wanted = count_of(call, 1);
    const std::size_t have = utf16_length(text);
    if (wanted <= have) return part(call, text.substr(0, byte_of_unit(text, wanted)));
    if (wanted > kLongestText) return kTextTooLong;
    const std::string_view filler = call.args.size() > 2 ? text_at(call, 2) : " ";
    const std::size_t width = utf16_length(filler);
    std::string padding;
    std::size_t missing = wanted - have;
    for (; width > 0 && missing >= width; missing -= width) padding += filler;
    padding += filler.substr(0, byte_of_unit(filler, missing));
    return give_text(
        call, side == Side::Left ? padding + std::string(text) : std::string(text) + padding);
}

std::string locale_of(const Call& call) {
    return call.args.size() > 1 ? std::string(text_at(call, 1)) : std::string();
}

}  // namespace

Fault len(Call& call) { return number(call, utf16_length(text_at(call, 0))); }

Fault left(Call& call) {
    const std::string_view text = text_at(call, 0);
    return part(call, text.substr(0, byte_of_unit(text, count_of(call, 1))));
}

Fault right(Call& call) {
    const std::string_view text = text_at(call, 0);
    const std::size_t have = utf16_length(text);
    return part(call, text.substr(byte_of_unit(text, have - std::min(have, count_of(call, 1)))));
}

Fault mid(Call& call) {
    std::string_view text = text_at(call, 0);
    const std::size_t start = std::max<std::size_t>(1, count_of(call, 1));
    text.remove_prefix(byte_of_unit(text, start - 1));
    return part(call, text.substr(0, byte_of_unit(text, count_of(call, 2))));
}

/// As MID, but a start below 0 counts from the end, and there is none before the first character.
Fault substr(Call& call) {
    const std::string_view text = text_at(call, 0);
    const Decimal& start = std::get<Decimal>(call.args[1]);
    const std::size_t have = utf16_length(text);
    std::size_t skipped = std::max<std::size_t>(1, count_of(call, 1)) - 1;
    if (start.is_negative()) {
        const auto back = start.negated().to_int64();
        if (!back || static_cast<std::uint64_t>(*back) > have) return nullptr;
        skipped = have - static_cast<std::size_t>(*back);
    }
    const std::string_view rest = text.substr(byte_of_unit(text, skipped));
    if (call.args.size() < 3) return part(call, rest);
    return part(call, rest.substr(0, byte_of_unit(rest, count_of(call, 2))));
}

Fault lpad(Call& call) { return pad(call, Side::Left); }
Fault rpad(Call& call) { return pad(call, Side::Right); }
Fault trim(Call& call) { return part(call, without_outer_controls(text_at(call, 0))); }
Fault upper(Call& call) { return give_text(call, to_upper(text_at(call, 0), locale_of(call))); }
Fault lower(Call& call) { return give_text(call, to_lower(text_at(call, 0), locale_of(call))); }
Fault initcap(Call& call) { return give_text(call, to_title(text_at(call, 0))); }

Fault reverse(Call& call) {
    const std::string_view text = text_at(call, 0);
    std::string out;
    out.reserve(text.size());
    std::size_t end = text.size();
    while (end > 0) {
        std::size_t start = end - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
        out += text.substr(start, end - start);
        end = start;
    }
    return give_text(call, out);
}

Fault substitute(Call& call) {
    const std::string_view text = text_at(call, 0), old = text_at(call, 1),
                           fresh = text_at(call, 2);
    if (old.empty()) return part(call, text);
    std::string out;
    for (std::size_t position = 0;;) {
        const std::size_t hit = find_in(text, old, position);
        out += text.substr(position, hit - position);
        if (hit == std::string_view::npos) return give_text(call, out);
        out += fresh;
        if (out.size() > kLongestText) return kTextTooLong;
        position = hit + old.size();
    }
}

Fault contains(Call& call) {
    const std::string_view text = text_at(call, 0), part_wanted = text_at(call, 1);
    if (part_wanted.empty()) return flag(call, true);
    if (text.empty()) return nullptr;
    return flag(call, find_in(text, part_wanted, 0) != std::string_view::npos);
}

Fault begins(Call& call) {
    const std::string_view text = text_at(call, 0), start = text_at(call, 1);
    if (start.empty()) return flag(call, true);
    if (text.empty()) return nullptr;
    return flag(call, text.starts_with(start));
}

Fault find(Call& call) {
    const std::string_view wanted = text_at(call, 0), text = text_at(call, 1);
    std::size_t start = 1;
    if (call.args.size() > 2) {
        if (is_blank(call.args[2])) return nullptr;
        start = count_of(call, 2);
    }
    if (wanted.empty() || start == 0) return number(call, 0);
    const std::size_t hit = find_in(text, wanted, byte_of_unit(text, start - 1));
    if (hit == std::string_view::npos) return number(call, 0);
    return number(call, utf16_length(text.substr(0, hit)) + 1);
}

Fault value(Call& call) {
    const auto found = Decimal::parse(without_outer_controls(text_at(call, 0)));
    if (!found) return "the text is not a number";
    call.result = *found;
    return nullptr;
}

Fault isnumber(Call& call) {
    return flag(call, Decimal::parse(without_outer_controls(text_at(call, 0))).has_value());
}

Fault text(Call& call) {
    const Cell& cell = call.args[0];
    if (std::holds_alternative<std::string_view>(cell)) {
        call.result = cell;
        return nullptr;
    }
    std::string out = display(to_value(cell));
    if (std::holds_alternative<Decimal>(cell)) {
        // The product prints ".45" and "-.25".
        if (out.starts_with("0.")) out.erase(0, 1);
        if (out.starts_with("-0.")) out.erase(1, 1);
    } else if (const DateTime* time = std::get_if<DateTime>(&cell)) {
        out = format_instant(*time);
        out[10] = ' ';
        out.erase(19, 4);  // the milliseconds
    }
    return give_text(call, out);
}

/// Null is in no list.
Fault in(Call& call) {
    bool found = false;
    for (std::size_t i = 1; i < call.args.size(); ++i) {
        if (is_blank(call.args[0]) || is_blank(call.args[i])) continue;
        if (call.args[i].index() != call.args[0].index()) return "values of different types";
        found = found || call.args[i] == call.args[0];
    }
    return flag(call, found);
}

Fault never(Call& call) { return flag(call, false); }

Fault ispickval(Call& call) { return flag(call, text_at(call, 0) == text_at(call, 1)); }

Fault includes(Call& call) {
    std::string_view chosen = text_at(call, 0);
    const std::string_view wanted = text_at(call, 1);
    while (!chosen.empty()) {
        const std::size_t end = std::min(chosen.find(';'), chosen.size());
        if (without_outer_controls(chosen.substr(0, end)) == wanted) return flag(call, true);
        chosen.remove_prefix(std::min(end + 1, chosen.size()));
    }
    return flag(call, false);
}

Fault picklistcount(Call& call) {
    const std::string_view chosen = text_at(call, 0);
    if (chosen.empty()) return number(call, 0);
    return number(call,
                  1 + static_cast<std::size_t>(std::count(chosen.begin(), chosen.end(), ';')));
}

Fault ascii(Call& call) { return number(call, first_code_point(text_at(call, 0))); }

Fault chr(Call& call) {
    const std::size_t code = count_of(call, 0);
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return "there is no such character";
    if (code == 0) return nullptr;
    return give_text(call, encode_code_point(static_cast<std::uint32_t>(code)));
}

Fault casesafeid(Call& call) {
    const std::string_view id = text_at(call, 0);
    if (id.size() != 15) return part(call, id);
    std::string out(id);
    for (std::size_t block = 0; block < 15; block += 5) {
        std::size_t bits = 0;
        for (std::size_t i = 0; i < 5; ++i) {
            if (id[block + i] >= 'A' && id[block + i] <= 'Z') bits |= std::size_t{1} << i;
        }
        out += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits];
    }
    return give_text(call, out);
}

}  // namespace duet::formula::native
