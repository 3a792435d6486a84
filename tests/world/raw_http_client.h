#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duet::world {

struct RawResponse {
    int status = 0;  // 0: the connection ended without an answer
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    [[nodiscard]] std::string header(std::string_view name) const;  // without case; "" when absent
};

/// The plainest HTTP/1.1 client: one connection to 127.0.0.1, kept open, opened anew when it was
/// closed. Follows nothing, repeats nothing, unpacks nothing. One thread.
class RawHttpClient {
public:
    explicit RawHttpClient(std::uint16_t port);
    ~RawHttpClient();

    using Headers = std::vector<std::pair<std::string, std::string>>;
    RawResponse send(const std::string& method, const std::string& target,
                     const Headers& headers = {}, const std::string& body = "");
    /// Sends `bytes` on a fresh connection and returns all that comes back until it is closed, or
    /// for 2 s.
    std::string exchange(const std::string& bytes);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace duet::world
