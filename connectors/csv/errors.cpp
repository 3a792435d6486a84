#include "connectors/csv/errors.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace duet::csv {
namespace {

// A busy or full system, not a wrong set-up.
constexpr std::array kPassing{EAGAIN, EBUSY,  EDQUOT, EINTR,  EMFILE,
                              ENFILE, ENOMEM, ENOSPC, ESTALE, ETXTBSY};

}  // namespace

Error file_error(std::string_view action, const std::string& path, int error_number) {
    const bool passes = std::find(kPassing.begin(), kPassing.end(), error_number) != kPassing.end();
    return Error{passes ? ErrorKind::Transient : ErrorKind::Broken,
                 "Cannot " + std::string(action) + " " + path + ": " +
                     std::generic_category().message(error_number) + ".",
                 "DUET-3131",
                 {},
                 {}};
}

Error table_error(std::span<const std::string> findings) {
    std::string all;
    for (const std::string& finding : findings) all += (all.empty() ? "" : "; ") + finding;
    return Error{ErrorKind::Broken, all + ".", "DUET-3130", {}, {}};
}

Error refused(std::string_view word, const std::string& why) {
    return Error{ErrorKind::Rejected, why + ".", "DUET-3132", std::string(word), {}};
}

Error missing(const std::string& what) {
    return Error{
        ErrorKind::Broken, "Missing in the csv folder: " + what + ".", "DUET-3114", {}, {}};
}

Error stopped() {
    return Error{ErrorKind::Transient, "Stopped before the file was read.", "DUET-3116", {}, {}};
}

Error always_changing(const std::string& path) {
    return Error{ErrorKind::Transient,
                 path + " was changed by another program each time Duet wanted to replace it.",
                 "DUET-3133",
                 {},
                 std::chrono::seconds{10}};
}

}  // namespace duet::csv
