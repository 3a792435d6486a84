#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/formula/formula.h"
#include "mappings/result.h"

namespace duet::cli {

/// What `duet formula` was given cannot be used.
[[nodiscard]] Error unusable(std::string message);

/// The record that `duet formula` evaluates on: fields as a file, `--set` and `--type` give them.
///
/// A field that nobody gives a type has that of its value: a JSON boolean or number, a text that
/// is a date, an instant or a time of day, else text. A blank is of unknown type.
class FormulaRecord : public formula::Scope {
public:
    /// A JSON object: names to values, parents as objects within ({"Account": {"Name": "Acme"}}),
    /// as Salesforce's REST API gives a record; or {"inputs": [...]}, as a vector gives one.
    Status read(std::string_view json);
    /// "Account.Name=Acme". Quotes make it a text whatever it looks like; nothing makes it blank.
    Status set(std::string_view assignment);
    /// "CloseDate=date". The names are those of the vectors, and id, email, phone, url, textarea.
    Status declare(std::string_view declaration);
    /// Makes values of what was given; after it the record can be used.
    Status settle();

    std::optional<formula::Binding> resolve(std::string_view path) const override;
    std::vector<std::string> names() const override;
    /// The values that `formula` reads, in its order. Borrowed from this record.
    std::vector<const Value*> inputs(const formula::Formula& formula) const;

    // What a vector's record says beside its fields.
    std::optional<formula::BlankMode> blanks{};
    std::optional<std::string> time_zone{};

private:
    struct Field {
        std::string name;
        std::optional<FieldType> type{};
        std::optional<std::string> written{};  // nothing: null
        bool is_text = false;                  // it stood in quotes
        Value value{};
        std::vector<std::string> options{};
    };

    friend class RecordReader;
    Field& field(std::string_view name);
    const Field* find(std::string_view path) const;
    Status read_inputs(std::string_view json);

    std::vector<Field> fields_;
};

}  // namespace duet::cli
