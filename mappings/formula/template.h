#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/formula/formula.h"

namespace duet::formula {

/// The most that one merge text may have.
constexpr std::size_t kLongestTemplate = 100'000;  // bytes
constexpr std::size_t kMostMergeFields = 200;

/// A merge text, compiled: "Close {!Name} by {!TEXT(CloseDate)}." Between {! and } stands any
/// formula; everything else is taken as it is. What stands alone is written as people of the
/// moment's locale write it, a percent field with its sign. Immutable: share it between threads,
/// render it as often as you like.
class Template {
public:
    /// Errors have their place in the whole text, and all of them are told.
    [[nodiscard]] static std::variant<Template, std::vector<CompileError>> compile(
        std::string_view text, const Scope& scope, const Options& options = {});

    Template(const Template&) noexcept;
    Template(Template&&) noexcept;
    Template& operator=(const Template&) noexcept;
    Template& operator=(Template&&) noexcept;
    ~Template();

    [[nodiscard]] const std::string& text() const noexcept;  // as written
    /// The field paths it reads, each once; the order of `inputs` below.
    [[nodiscard]] const std::vector<std::string>& fields() const noexcept;

    /// `inputs[i]` is the value of `fields()[i]`, never null. The text, or why there is none: a
    /// merge field that fails, or more than 1,000,000 bytes.
    [[nodiscard]] std::variant<std::string, EvalError> render(std::span<const Value* const> inputs,
                                                              const Moment& moment) const;

private:
    struct Compiled;
    explicit Template(std::shared_ptr<const Compiled> compiled) noexcept;
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace duet::formula
