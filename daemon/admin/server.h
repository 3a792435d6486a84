#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mappings/result.h"

namespace duet::admin {

/// What a request gets: an HTTP status and a JSON text.
struct Answer {
    int status = 200;
    std::string json;
};

/// Who is at the other end of the socket, by the kernel's word.
struct Peer {
    std::int64_t uid = -1;  // -1: not known
    std::string user;       // its name on this machine; empty: it has none
};

/// Handles one request. Called from the server's threads, several at a time; may block.
using Handler = std::function<Answer(const std::string& command, const std::string& body)>;
/// The same, for who wants to know who asks.
using PeerHandler =
    std::function<Answer(const std::string& command, const std::string& body, const Peer& peer)>;

/// The local admin API: HTTP over a Unix socket, so that `curl --unix-socket` works too.
/// `POST /v1/<command>` with a JSON object of at most 4 MiB (`apply`: 64 MiB), answered with JSON.
/// Only the user that runs the daemon, root, and members of the socket's group are let in (peer
/// credentials). At most 8 connections at a time; one that sends nothing for 10 seconds is closed.
class Server {
public:
    virtual ~Server() = default;

    /// Listens at `path` (mode 0660; a stale socket is replaced) and starts its threads.
    static Result<std::unique_ptr<Server>> listen(const std::string& path, PeerHandler handler);
    static Result<std::unique_ptr<Server>> listen(const std::string& path, Handler handler);
};

}  // namespace duet::admin
