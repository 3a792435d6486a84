#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace duet::wire {

/// How the proxy hands on the bodies of answers.
enum class Framing : std::uint8_t { Length, Chunks };

/// Where an exchange ends: the client's connection is closed after that many bytes of the request
/// have arrived, or of the answer have left. Beyond its end means: after all of it.
struct Cut {
    enum class In : std::uint8_t { Request, Answer };
    In in = In::Request;
    std::size_t after_bytes = 0;
};

/// One exchange as it passed: bytes as the client sent and received them.
struct Passed {
    std::string request;
    std::string answer;
};

/// Carries HTTP/1.1 exchanges from clients to a server on 127.0.0.1, whole ones, until it is told
/// to cut one. A request that is cut reaches the server only as far as it came, so nothing is done,
/// unless all of it came: then the server answers in full first. An answer that is cut has been
/// given in full by the server. Knows requests and answers with a Content-Length or none; 204 and
/// 304 have no body. Threads of its own; all calls may come from any thread.
class CutProxy {
public:
    explicit CutProxy(std::uint16_t server_port);
    ~CutProxy();
    CutProxy(const CutProxy&) = delete;
    CutProxy& operator=(const CutProxy&) = delete;

    [[nodiscard]] std::string url() const;

    /// The exchange number `n` from now, counted from 1, is cut there.
    void cuts(int n, Cut cut);
    /// Whether it has come to that since.
    [[nodiscard]] bool has_cut() const;
    /// From the next answer on.
    void frames(Framing framing);
    /// Closes the clients' connections, as a server does with those that nobody uses; they have
    /// been told when it returns.
    void closes_kept_connections();

    /// Exchanges so far, the cut ones included.
    [[nodiscard]] int exchanges() const;
    /// Connections accepted so far.
    [[nodiscard]] int connections() const;
    /// What passed whole since the last call of this function.
    std::vector<Passed> take_passed();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Places where a message is most likely to be misread: its ends, the end of its first line, both
/// sides of the end of its header, and both sides of each chunk's edges. In order, each once.
[[nodiscard]] std::vector<std::size_t> frame_edges(std::string_view message);

}  // namespace duet::wire
