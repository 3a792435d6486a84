#pragma once

#include <stdexcept>
#include <utility>

#include "mappings/result.h"

namespace duet::world {

/// What a step of a test's world made; a step that fails ends the test by an exception that says
/// why.
template <class T>
T good(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
    return *std::move(result);
}

}  // namespace duet::world
