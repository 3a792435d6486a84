#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// One event, one line: a fixed sentence, then key=value. Ids yes, names and addresses never.
/// Safe from any thread. Goes to the journal with fields when systemd gave one, else to stderr.
namespace duet::log {

using Field = std::pair<std::string_view, std::string>;

/// Call once, before the first line. `level`: debug, info, warn, error.
void start(std::string_view level);
void set_level(std::string_view level);

/// For tests: each line goes there instead, of any level and with nothing struck out. Empty: ends
/// that.
void divert(std::function<void(std::string_view line)> take);

void debug(std::string_view sentence, std::initializer_list<Field> fields = {});
void info(std::string_view sentence, std::initializer_list<Field> fields = {});
void warn(std::string_view sentence, std::initializer_list<Field> fields = {});
void error(std::string_view sentence, std::initializer_list<Field> fields = {});

/// What a line may not carry is struck out: bearer tokens, JWTs, secrets in forms, and the local
/// part of addresses. Control characters are written as \xNN. A last net: callers keep such
/// things out in the first place.
[[nodiscard]] std::string redact(std::string_view text);

}  // namespace duet::log
