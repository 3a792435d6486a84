#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "mappings/value.h"

namespace duet {

/// The text of a cursor: one JSON object with the version of its form and what a connector keeps
/// in it, so that a person can read it. Members that say nothing are left out.
class CursorWriter {
public:
    CursorWriter();
    ~CursorWriter();
    CursorWriter(const CursorWriter&) = delete;
    CursorWriter& operator=(const CursorWriter&) = delete;

    void text(const char* name, const std::string& value);  // "" is left out
    void number(const char* name, std::uint64_t value);     // 0 is left out
    void flag(const char* name, bool value);                // false is left out
    void instant(const char* name, const std::optional<DateTime>& value);
    [[nodiscard]] Cursor cursor() const;

private:
    std::unique_ptr<nlohmann::ordered_json> object_;
};

/// Reads such a text. A member that is missing gives the fallback; one of the wrong type, a
/// broken text or another version make the reader unsound, and what it gives is then worth
/// nothing.
class CursorReader {
public:
    explicit CursorReader(const Cursor& cursor);
    ~CursorReader();
    CursorReader(const CursorReader&) = delete;
    CursorReader& operator=(const CursorReader&) = delete;

    [[nodiscard]] std::string text(const char* name);
    [[nodiscard]] std::uint64_t number(const char* name);
    [[nodiscard]] bool flag(const char* name);
    [[nodiscard]] std::optional<DateTime> instant(const char* name);
    [[nodiscard]] bool sound() const noexcept { return sound_; }

private:
    std::unique_ptr<nlohmann::json> object_;
    bool sound_ = true;
};

/// Broken DUET-3117: the text is not a cursor of the connector that was given it.
[[nodiscard]] Error broken_cursor();

}  // namespace duet
