#pragma once

#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "connectors/connector.h"

namespace duet::test {

/// A system with people in it, and a connector that reads and writes them: what the contract suite
/// is run on. Its time stands still until `pass`.
class Subject {
public:
    virtual ~Subject() = default;

    virtual Connector& connector() = 0;
    /// As a new process would make it on the same system.
    virtual Connector& another_connector() = 0;

    // What people do there, past the connector.
    virtual std::string add(const std::string& email, const std::string& name) = 0;
    virtual void rename(const std::string& key, const std::string& name) = 0;
    virtual void remove(const std::string& key) = 0;
    virtual void pass(std::chrono::seconds time) = 0;
    /// How many live people have that address.
    virtual std::size_t with_email(const std::string& email) = 0;

    std::string object;
    std::string email_field;
    std::string name_field;
    std::string key_field;     // of creates: a unique field
    bool key_is_email = true;  // else a key of Duet's own
    bool upserts = true;       // a create that is sent twice makes one record
    bool calls_cost = true;    // whether calls are counted
    std::vector<std::pair<std::string, std::string>> required{};  // further fields of a create

    [[nodiscard]] Selection selection() const { return {object, {email_field, name_field}}; }
    [[nodiscard]] Write create(const std::string& email, const std::string& name) const;
    [[nodiscard]] Write update(const std::string& key, const std::string& name) const;
    [[nodiscard]] Write removal(const std::string& key) const;
};

/// One row of the table of subjects.
struct SubjectKind {
    const char* name;
    std::unique_ptr<Subject> (*make)();
};
void PrintTo(const SubjectKind& kind, std::ostream* out);

/// Both doubles, csv and both vendors over the sandbox's handlers.
[[nodiscard]] const std::vector<SubjectKind>& subject_kinds();

}  // namespace duet::test
