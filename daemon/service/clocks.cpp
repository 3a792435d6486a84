#include "daemon/service/clocks.h"

#include <random>

namespace duet::service {

SystemRandom::SystemRandom() {
    std::random_device entropy;
    state_ = (static_cast<std::uint64_t>(entropy()) << 32u) | entropy();
}

std::uint64_t SystemRandom::next() {
    // SplitMix64 (Steele, Lea, Flood 2014): enough for jitter.
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30u)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27u)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31u);
}

}  // namespace duet::service
