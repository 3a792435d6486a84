#pragma once

#include <string>
#include <vector>

#include "tests/mappings/attribution/tables.h"

/// The sample org of tests/payloads/attribution as the sandbox's seed: three currencies, thirty
/// deals, their people and what touched them.
namespace duet::world {

/// An id of the sample, made long: the sample's share their first 15 characters, these do not, and
/// stand in the same order. Of an empty one: empty.
[[nodiscard]] std::string sample_id(const std::string& of_sample);

/// Rows of one of the sample's tables.
[[nodiscard]] std::vector<attribution::TableRow> sample(const std::string& name);

/// Writes the seed to `folder`, with fields of Duet's on people, deals and campaigns; gives back
/// the folder.
std::string write_sample(const std::string& folder);

}  // namespace duet::world
