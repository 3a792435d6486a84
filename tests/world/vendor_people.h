#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/apis.h"
#include "mappings/record.h"
#include "mappings/seams.h"

namespace duet::world {

/// A row as people see it: field -> value as text, "" where it holds nothing.
using VendorRow = std::map<std::string, std::string>;

/// What people do in both vendors' pages, and what they see there. It asks the sandbox's handlers
/// past every transport; faults that wait there for a request are met by these requests too.
/// Whatever is refused throws std::runtime_error with the vendor's words. One thread.
class VendorPeople {
public:
    /// Both must outlive it.
    VendorPeople(sandbox::Apis& apis, const Clock& clock) : apis_(apis), clock_(clock) {}

    /// Makes a record ("Contact", "Lead", "prospect", "list", "list-membership"); its key.
    std::string add(const std::string& object, const nlohmann::json& fields);
    void edit(const RecordId& id, const nlohmann::json& fields);
    void remove(const RecordId& id);
    void undelete(const RecordId& id);
    /// `loser` goes into `survivor`.
    void merge(const RecordId& loser, const RecordId& survivor);
    /// The lead becomes a contact; its key.
    std::string convert(const std::string& lead_key);
    /// The lead becomes part of a contact of that account.
    void convert_into(const std::string& lead_key, const std::string& contact_key,
                      const std::string& account_key);

    /// Live rows by key, with the fields asked for; reads do not lag.
    [[nodiscard]] std::map<std::string, VendorRow> rows(const std::string& object,
                                                        const std::vector<std::string>& fields);
    /// Keys of the live rows whose `field` holds `value`; texts compare without case.
    [[nodiscard]] std::vector<std::string> keys_with(const std::string& object,
                                                     const std::string& field,
                                                     const std::string& value);

    /// POST below /sandbox: faults, limits, settings.
    void control(std::string_view path, const nlohmann::json& body);
    void clear_faults();
    /// Sets the vendors' clock; every call here does so first.
    void set_clock();

private:
    nlohmann::json call(const std::string& method, const std::string& target,
                        const nlohmann::json& body);
    std::string soap(const std::string& operation);
    std::string soap_convert(const std::string& target, const std::string& lead_key);
    void sign_in();
    std::map<std::string, VendorRow> rows_where(const std::string& object,
                                                const std::vector<std::string>& fields,
                                                const std::string& condition,
                                                const std::string& value);

    sandbox::Apis& apis_;
    const Clock& clock_;
    std::string token_;
};

}  // namespace duet::world
