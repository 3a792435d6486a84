// What libFuzzer calls; DUET_FUZZ_TARGET names one of the targets.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    duet::fuzz::DUET_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    return 0;
}
