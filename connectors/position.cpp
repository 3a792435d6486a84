#include "connectors/position.h"

#include <nlohmann/json.hpp>

namespace duet {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

}  // namespace

CursorWriter::CursorWriter()
    : object_(std::make_unique<nlohmann::ordered_json>(nlohmann::ordered_json{{"v", kVersion}})) {}
CursorWriter::~CursorWriter() = default;

void CursorWriter::text(const char* name, const std::string& value) {
    if (!value.empty()) (*object_)[name] = value;
}

void CursorWriter::number(const char* name, std::uint64_t value) {
    if (value != 0) (*object_)[name] = value;
}

void CursorWriter::flag(const char* name, bool value) {
    if (value) (*object_)[name] = true;
}

void CursorWriter::instant(const char* name, const std::optional<DateTime>& value) {
    if (value) (*object_)[name] = format_instant(*value);
}

Cursor CursorWriter::cursor() const {
    return {object_->dump(-1, ' ', false, json::error_handler_t::replace)};
}

CursorReader::CursorReader(const Cursor& cursor)
    : object_(std::make_unique<json>(json::parse(cursor.text, nullptr, false))) {
    sound_ = object_->is_object() && object_->value("v", json()) == json(kVersion);
    if (!sound_) *object_ = json::object();
}
CursorReader::~CursorReader() = default;

std::string CursorReader::text(const char* name) {
    const auto found = object_->find(name);
    if (found == object_->end()) return {};
    if (found->is_string()) return found->get<std::string>();
    sound_ = false;
    return {};
}

std::uint64_t CursorReader::number(const char* name) {
    const auto found = object_->find(name);
    if (found == object_->end()) return 0;
    if (found->is_number_unsigned()) return found->get<std::uint64_t>();
    sound_ = false;
    return 0;
}

bool CursorReader::flag(const char* name) {
    const auto found = object_->find(name);
    if (found == object_->end()) return false;
    if (found->is_boolean()) return found->get<bool>();
    sound_ = false;
    return false;
}

std::optional<DateTime> CursorReader::instant(const char* name) {
    if (object_->find(name) == object_->end()) return std::nullopt;
    const auto time = parse_instant(text(name));
    sound_ = sound_ && time.has_value();
    return time;
}

Error broken_cursor() {
    return Error{
        ErrorKind::Broken, "The stored cursor is not one of this connector.", "DUET-3117", {}, {}};
}

}  // namespace duet
