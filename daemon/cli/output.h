#pragma once

#include <string>

#include "mappings/result.h"

namespace duet::cli {

/// Writes the whole text or nothing: beside the file first, to the disk, then renamed. `mode`: the
/// file's rights. Rejected (DUET-6065) when its folder is missing or closed, or the disk is full;
/// what stood there before is still there then.
Status write_whole(const std::string& path, const std::string& text, unsigned mode);

/// To standard output where `path` is empty. A pipe that was closed, or a full disk behind it, is
/// an error as well.
Status put_out(const std::string& path, const std::string& text);

}  // namespace duet::cli
