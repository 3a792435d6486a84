#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/value.h"

namespace duet::lifecycle {

/// Some fifty values by name, made for each person and asked for a few of them: kept as they come,
/// and a name is spelled only when somebody asks.
class Values {
public:
    /// As `head` and `name`; what is no letter or digit in `name` is an underscore. `head` is a
    /// literal. What is set later goes before what was set under the same name.
    void set(std::string_view head, std::string_view name, Value value) {
        entries_.push_back({head, std::string(name), std::move(value)});
    }
    void set(std::string_view name, Value value) { set({}, name, std::move(value)); }
    void reserve(std::size_t count) { entries_.reserve(count); }

    /// The value under the name, whatever its case, or nullptr. Valid until the next set().
    [[nodiscard]] const Value* find(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        std::string_view head;
        std::string name;
        Value value;
    };
    std::vector<Entry> entries_;
};

}  // namespace duet::lifecycle
