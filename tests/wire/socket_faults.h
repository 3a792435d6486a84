#pragma once

#include <cstdint>

/// Counts, and breaks on demand, what this process does on sockets that it connects to one port of
/// 127.0.0.1: connect, and send and receive as far as they carry bytes. (A read that finds nothing
/// yet is none: how often that happens is chance.) The program's own connect(), send(), recv() and
/// the like stand before those of libc, for the shared libraries too. One broken call fails as it
/// would when the peer has gone, and the connection with it. Thread-safe.
namespace duet::wire::sockets {

/// Watches connections to that port from now on.
void watch(std::uint16_t port);
/// The call number `n` from now, counted from 1, fails; 0: none does.
void breaks(int n);
/// Ends the connections that are open, as when the peer has closed them.
void ends_all();
/// Whether it has come to that since.
[[nodiscard]] bool broke();
/// Calls since `watch` or the last `breaks`.
[[nodiscard]] int calls();

}  // namespace duet::wire::sockets
