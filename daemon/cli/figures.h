#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace duet::cli {

/// A number for `--json`: 15 significant digits, so that 0.1 + 0.2 is 0.3; null when there is none.
[[nodiscard]] nlohmann::json figure(double value);
[[nodiscard]] nlohmann::json figure(const std::optional<double>& value);

/// A number of such an answer with 6 decimals; "" for null, or `absent`.
[[nodiscard]] std::string six(const nlohmann::json& number);
[[nodiscard]] std::string six_or(const nlohmann::json& number, std::string_view absent);
/// A whole number of such an answer.
[[nodiscard]] std::string whole(const nlohmann::json& number);
/// 0.94 as "94.0 %"; a dash for null.
[[nodiscard]] std::string percent(const nlohmann::json& share);

/// Rows of texts under headings, for people (columns in line, all but the first to the right) or
/// as CSV.
class Grid {
public:
    explicit Grid(std::vector<std::string> header) : rows_{std::move(header)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string csv() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace duet::cli
