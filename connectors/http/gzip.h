#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace duet::http {

enum class Inflated {
    Whole,      // every member unpacked and its checksum right
    TooLarge,   // more than the cap would come out; what was unpacked is dropped
    Truncated,  // the input ends inside a member
    Corrupt,    // no gzip, or a wrong checksum
};

/// Unpacks gzip (one or several members) into `output`, at most `bytes_max` of it. Memory stays
/// below twice `bytes_max` whatever the input claims. `output` is empty unless Whole.
[[nodiscard]] Inflated inflate_gzip(std::string_view input, std::size_t bytes_max,
                                    std::string& output);

}  // namespace duet::http
