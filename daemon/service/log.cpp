#include "daemon/service/log.h"

#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <fmt/format.h>
#include <re2/re2.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-journal.h>

namespace duet::log {
namespace {

int journal_priority(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::debug:
            return 7;
        case spdlog::level::info:
            return 6;
        case spdlog::level::warn:
            return 4;
        default:
            return 3;
    }
}

/// systemd's journal, with each key as a field of its own (spdlog's sink sends the text alone).
class Journal {
public:
    void send(spdlog::level::level_enum level, const std::string& line,
              std::initializer_list<Field> fields) {
        std::vector<std::string> parts{"MESSAGE=" + line,
                                       "PRIORITY=" + std::to_string(journal_priority(level)),
                                       "SYSLOG_IDENTIFIER=duetd"};
        for (const auto& [key, value] : fields) {
            std::string name = "DUET_";
            for (const char c : key)
                name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            parts.push_back(name + "=" + redact(value));
        }
        std::vector<iovec> vectors;
        vectors.reserve(parts.size());
        for (std::string& part : parts) vectors.push_back({part.data(), part.size()});
        sd_journal_sendv(vectors.data(), static_cast<int>(vectors.size()));
    }
};

struct State {
    std::shared_ptr<spdlog::logger> logger;
    std::function<void(std::string_view)> take;
    bool to_journal = false;
    Journal journal;
};

State& state() {
    static State held;
    return held;
}

spdlog::level::level_enum level_of(std::string_view name) {
    if (name == "debug") return spdlog::level::debug;
    if (name == "warn") return spdlog::level::warn;
    if (name == "error") return spdlog::level::err;
    return spdlog::level::info;
}

std::string quoted_if_needed(const std::string& value) {
    if (!value.empty() && value.find_first_of(" \"=") == std::string::npos) return value;
    std::string quoted = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

void write(spdlog::level::level_enum level, std::string_view sentence,
           std::initializer_list<Field> fields) {
    State& held = state();
    const bool is_logged = held.logger && held.logger->should_log(level);
    if (!is_logged && !held.take) return;
    std::string line(sentence);
    for (const auto& [key, value] : fields)
        line += fmt::format(" {}={}", key, quoted_if_needed(value));
    if (held.take) return held.take(line);
    line = redact(line);
    if (held.to_journal) {
        held.journal.send(level, line, fields);
    } else {
        held.logger->log(level, "{}", line);
    }
}

}  // namespace

std::string redact(std::string_view text) {
    static const RE2 kBearer(R"((?i)(bearer|oauth)\s+[A-Za-z0-9!._~+/=-]{8,})");
    static const RE2 kJwt(R"(eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*)");
    static const RE2 kSession(R"(00D[A-Za-z0-9]{9,15}![A-Za-z0-9._]+)");
    static const RE2 kSecret(
        R"((?i)(client_secret|password|refresh_token|access_token|assertion|session_id|sid)(["']?\s*[=:]\s*["']?)[^\s&"',;]+)");
    static const RE2 kAddress(
        R"([\p{L}\p{N}.!#$%&'*+/?^_`{|}~-]+(@|%40)([\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+))");
    std::string clean(text);
    RE2::GlobalReplace(&clean, kBearer, R"(\1 [struck])");
    RE2::GlobalReplace(&clean, kJwt, "[struck]");
    RE2::GlobalReplace(&clean, kSession, "[struck]");
    RE2::GlobalReplace(&clean, kSecret, R"(\1\2[struck])");
    RE2::GlobalReplace(&clean, kAddress, R"([struck]\1\2)");
    std::string printable;
    printable.reserve(clean.size());
    for (const char c : clean) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            printable += fmt::format("\\x{:02x}", byte);
        } else {
            printable += c;
        }
    }
    return printable;
}

void start(std::string_view level) {
    State& held = state();
    held.to_journal = std::getenv("JOURNAL_STREAM") != nullptr;
    held.logger =
        std::make_shared<spdlog::logger>("duet", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    held.logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %-5l %v");
    held.logger->flush_on(spdlog::level::info);
    set_level(level);
}

void set_level(std::string_view level) {
    if (state().logger) state().logger->set_level(level_of(level));
}

void divert(std::function<void(std::string_view line)> take) { state().take = std::move(take); }

void debug(std::string_view sentence, std::initializer_list<Field> fields) {
    write(spdlog::level::debug, sentence, fields);
}
void info(std::string_view sentence, std::initializer_list<Field> fields) {
    write(spdlog::level::info, sentence, fields);
}
void warn(std::string_view sentence, std::initializer_list<Field> fields) {
    write(spdlog::level::warn, sentence, fields);
}
void error(std::string_view sentence, std::initializer_list<Field> fields) {
    write(spdlog::level::err, sentence, fields);
}

}  // namespace duet::log
