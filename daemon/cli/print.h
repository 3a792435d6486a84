#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

/// The answers of the daemon as text for a person. Each ends in a newline.
namespace duet::cli {

[[nodiscard]] std::string print_status(const nlohmann::json& status);
[[nodiscard]] std::string print_plan(const nlohmann::json& plan);
[[nodiscard]] std::string print_applied(const nlohmann::json& answer);
[[nodiscard]] std::string print_mode(const nlohmann::json& answer);
[[nodiscard]] std::string print_pauses(const nlohmann::json& answer);
[[nodiscard]] std::string print_brake(const nlohmann::json& answer);
/// How far a cycle is, by the `progress` of a status: one line, without its end.
[[nodiscard]] std::string progress_line(const nlohmann::json& progress);
/// Parts of a status: lines added to `out`.
void print_pause_rows(const nlohmann::json& rows, std::string& out);
void print_alarms(const nlohmann::json& rows, std::string& out);
[[nodiscard]] std::string print_documents_plan(const nlohmann::json& plan);
[[nodiscard]] std::string print_preview(const nlohmann::json& preview);
[[nodiscard]] std::string print_report(const nlohmann::json& report);
[[nodiscard]] std::string print_explanation(const nlohmann::json& explanation);

}  // namespace duet::cli
