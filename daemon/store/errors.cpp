#include "daemon/store/errors.h"

#include <cerrno>

#include <sqlite3.h>

namespace duet::store {
namespace {

Error broken(std::string message, const char* code) {
    return Error{ErrorKind::Broken, std::move(message), code, {}, {}};
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

constexpr int primary(int result_code) noexcept { return result_code & 0xff; }

}  // namespace

Error cannot_open(const std::string& path, std::string_view reason) {
    return broken("Cannot open " + path + ": " + std::string(reason) +
                      ". Its folder must exist and belong to the user that runs Duet.",
                  "DUET-4001");
}

Error no_room(const std::string& path) {
    return broken("No room is left to write " + path +
                      ". Nothing of the unfinished step was kept. Free disk space; work goes on "
                      "by itself then.",
                  "DUET-4006");
}

Error damaged(const std::string& path, std::string_view reason) {
    return broken(
        "The state file " + path + " is damaged: " + std::string(reason) +
            ". Move it away, then put back the last copy, or start with none: all is read anew.",
        "DUET-4005");
}

Error misuse(std::string_view what) {
    return broken("The store was asked for what cannot be: " + std::string(what) + '.',
                  "DUET-4009");
}

Error unreadable(std::string_view where) {
    return broken(
        "The state file holds a value in " + std::string(where) +
            " that this version of Duet cannot read. Check it with sqlite3's integrity_check.",
        "DUET-4010");
}

Error unknown_org(std::string_view org) {
    return broken("The state file knows no org " + in_quotes(org) +
                      ". Check the name; an org is added when the daemon first opens it.",
                  "DUET-4011");
}

Error sqlite_error(const std::string& path, int result_code, std::string_view detail) {
    Error error;
    switch (primary(result_code)) {
        case SQLITE_FULL:
            error = no_room(path);
            break;
        case SQLITE_IOERR:
            error = broken("The disk failed to read or write " + path +
                               ". Restart Duet, so that it reads the file again; check the disk "
                               "(`dmesg`) if it happens again.",
                           "DUET-4007");
            break;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            error = damaged(path, detail);
            break;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            error = broken("Another program holds a lock on " + path +
                               ". Close it (a `sqlite3` shell, a backup tool) and start again.",
                           "DUET-4008");
            break;
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY:
            error = cannot_open(path, detail);
            break;
        default:
            error = misuse(detail);
    }
    error.remote_code = "SQLite " + std::to_string(result_code);
    return error;
}

bool is_no_room(int result_code, int system_error) noexcept {
    // Not of a sync: what the kernel could not write then is lost to it, room or none.
    const bool is_growth = result_code == SQLITE_IOERR_WRITE || result_code == SQLITE_IOERR_SHMSIZE;
    return is_growth && is_no_room(system_error);
}

bool is_no_room(int system_error) noexcept {
    return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

bool is_fatal(int result_code) noexcept {
    const int code = primary(result_code);
    return code == SQLITE_IOERR || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

}  // namespace duet::store
