#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/value.h"

namespace duet::formula {

/// What a rule does with a blank number field: Salesforce's two settings of a formula field.
enum class BlankMode : std::uint8_t { AsBlank, AsZero };

/// A field that a formula may name.
struct Binding {
    /// Nothing: not known (documents checked without an org); any use of it is accepted.
    std::optional<FieldType> type;
    std::vector<std::string> options{};  // picklist values; empty: unknown or free
};

/// The names a formula may use. Asked at compile time only.
class Scope {
public:
    virtual ~Scope() = default;
    /// `path` as written ("Account.Industry", "Prospect.score"). Names compare without case.
    [[nodiscard]] virtual std::optional<Binding> resolve(std::string_view path) const = 0;
    /// All names, for "did you mean".
    [[nodiscard]] virtual std::vector<std::string> names() const = 0;
};

/// What is wrong with a formula's text, and where: 0-based offset and length in bytes.
struct CompileError {
    std::size_t offset = 0;
    std::size_t length = 1;
    std::string message;  // one sentence: what was found, what was expected, nearest name
};

/// Why an evaluation has no value. A rule that fails changes nothing.
struct EvalError {
    std::string message;  // names the function and the reason, never a field's value
};

/// What a part of a formula (a field, a literal, an operator or a function) came to.
struct PartResult {
    std::size_t offset = 0;  // of `text` in the formula, in bytes
    std::string text;        // as written: "Amount", "<", "IF"
    std::size_t depth = 0;   // 0: the whole formula
    bool reached = false;    // false: the result did not need it
    /// Nothing when it was not reached, or failed, or something in it failed. Texts are cut to
    /// 1,000 UTF-16 units.
    std::optional<Value> value{};
    std::string failure{};  // the reason, when it failed by itself
};

/// A business time zone at other times than now: how far local time is ahead of UTC then.
struct Zone {
    const void* data = nullptr;  // outlives the moment; handed to the function
    std::chrono::minutes (*offset_at)(const void* data, DateTime time) = nullptr;
};

/// What an evaluation may look at beside the record.
struct Moment {
    DateTime now{};  // NOW(); TODAY() is its date in the document's zone
    Date today{};
    std::chrono::minutes zone_offset{0};  // local time minus UTC in the document's zone, now
    const char* locale = "en_US";         // how FORMAT and merge texts write numbers and dates
    Zone zone{};                          // without a function: `zone_offset` at all times

    [[nodiscard]] std::chrono::minutes offset_at(DateTime time) const {
        return zone.offset_at == nullptr ? zone_offset : zone.offset_at(zone.data, time);
    }
    /// The same zone and locale at another time.
    [[nodiscard]] Moment at(DateTime time) const {
        const auto offset = offset_at(time);
        return {time, std::chrono::floor<std::chrono::days>(time + offset), offset, locale, zone};
    }
};

struct Options {
    BlankMode blanks = BlankMode::AsBlank;
    std::size_t max_length = 20'000;  // bytes of text; longer is a compile error
    int max_depth = 200;              // nesting
};

/// A compiled formula. Immutable: share it between threads, evaluate it as often as you like.
class Formula {
public:
    [[nodiscard]] static std::variant<Formula, std::vector<CompileError>> compile(
        std::string_view text, const Scope& scope, const Options& options = {});

    Formula(const Formula&) noexcept;
    Formula(Formula&&) noexcept;
    Formula& operator=(const Formula&) noexcept;
    Formula& operator=(Formula&&) noexcept;
    ~Formula();

    [[nodiscard]] const std::string& text() const noexcept;
    /// The result's type (numbers of all kinds are Number, texts of all kinds Text); nothing when
    /// it depends on fields of unknown type.
    [[nodiscard]] std::optional<FieldType> type() const noexcept;
    /// The field paths it reads, each once, spelled as first written. Their order is the order of
    /// `inputs` below.
    [[nodiscard]] const std::vector<std::string>& fields() const noexcept;
    /// True when it reads TODAY(), NOW() or TIMENOW().
    [[nodiscard]] bool reads_clock() const noexcept;
    /// True when a clock is read where it cannot be followed, so that `next_change` may have to say
    /// the next midnight.
    [[nodiscard]] bool may_ask_at_midnight() const noexcept;

    /// `inputs[i]` is the value of `fields()[i]`; a percent field's value 50 is seen as 0.5, a
    /// geolocation is the text "latitude,longitude". A null pointer: the field cannot be read, and
    /// to need it is an error. A number is rounded half up to 32 digits after the point. Blank is
    /// null; ask `holds` about conditions. No heap is touched unless the result is a text.
    [[nodiscard]] std::variant<Value, EvalError> evaluate(std::span<const Value* const> inputs,
                                                          const Moment& moment) const;

    /// The first instant after `moment.now` at which the result may differ although no input does.
    /// Nothing: never. Exact for comparisons of dates that move with today or now, however they are
    /// joined, for ten years ahead at least; else next midnight.
    /// Midnights are those of the moment's zone.
    [[nodiscard]] std::optional<DateTime> next_change(std::span<const Value* const> inputs,
                                                      const Moment& moment) const;

    /// What each part came to in an evaluation: a part stands before the parts it is made of.
    /// Compiles anew: for people's questions, not for records by the thousand.
    [[nodiscard]] std::vector<PartResult> explain(std::span<const Value* const> inputs,
                                                  const Moment& moment) const;

    /// The tree as an S-expression.
    [[nodiscard]] std::string tree() const;

private:
    struct Compiled;
    explicit Formula(std::shared_ptr<const Compiled> compiled) noexcept;
    std::shared_ptr<const Compiled> compiled_;
};

/// A result in the form that a field of type `field` holds: a percent field holds 50 for 0.5.
/// Formulas see percent fields as fractions and give fractions; only this turns them back. A date
/// field holds the day of an instant, in the zone that is `zone_offset` ahead of UTC. Blank when
/// the number does not fit. Everything else is returned as it is.
[[nodiscard]] Value as_stored(Value result, FieldType field,
                              std::chrono::minutes zone_offset = std::chrono::minutes{0});

/// What a condition's result means: a null condition is false.
[[nodiscard]] inline bool holds(const Value& result) noexcept {
    const bool* flag = std::get_if<bool>(&result);
    return flag != nullptr && *flag;
}

}  // namespace duet::formula
