#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/service/config.h"
#include "mappings/result.h"

namespace CLI {
class App;
}

/// What the commands share: options, exit codes, how errors and answers are printed.
namespace duet::cli {

inline constexpr int kRefused = 1;
inline constexpr int kUsage = 64;
inline constexpr int kOwnFault = 70;
inline constexpr int kTryAgain = 75;
inline constexpr int kConfiguration = 78;

/// What most commands share.
struct Common {
    std::string config = "/etc/duet/duet.yaml";
    std::string org;
    bool json = false;
    std::string out{};  // file that an answer goes to; empty: it is printed
};

void add_common(CLI::App& command, Common& common, bool with_org);

void print(const std::string& text);
/// As `--json` prints it, with a line end.
[[nodiscard]] std::string dump(const nlohmann::json& value);

/// Who types this: the login name, and behind sudo the person's own.
[[nodiscard]] std::string who_asks();

/// Prints an error and gives the exit code: `exit_code`, or by the error's kind when it is 0.
int fail(const Error& error, const Common& common, int exit_code);
/// Findings as `--json` tells them.
[[nodiscard]] nlohmann::json to_json(const std::vector<document::Finding>& findings);
/// Prints findings; always kConfiguration. `ending`: a last line for people.
int fail(const std::vector<document::Finding>& findings, const Common& common,
         const std::string& ending);

/// The configuration, or nothing after it was told what is wrong with it.
std::optional<service::Config> load(const Common& common, int& exit_code);

/// Asks the daemon, or does it here when none runs. Nothing after it was told what is wrong;
/// `exit_code` says it then.
std::optional<nlohmann::json> ask_for_answer(const Common& common, const std::string& command,
                                             nlohmann::json body, bool start_here, int& exit_code);

/// The same, and prints the answer. `judge`: the exit code
/// that an answer stands for; without it every answer is 0.
int ask_and_print(const Common& common, const std::string& command, nlohmann::json body,
                  const std::function<std::string(const nlohmann::json&)>& text,
                  bool start_here = true,
                  const std::function<int(const nlohmann::json&)>& judge = {});

}  // namespace duet::cli
