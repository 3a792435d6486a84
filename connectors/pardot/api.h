#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "connectors/connector.h"
#include "connectors/http/oauth.h"
#include "connectors/http/transport.h"
#include "connectors/pardot/config.h"

namespace duet::pardot {

/// Calls of API v5: signs in, adds the headers each call needs, turns every answer that is not
/// 2xx into an Error, hands bodies over in UTF-8 and keeps the allowance that answers tell.
/// One thread.
class Api {
public:
    /// The references must outlive this object.
    Api(const Config& config, http::Transport& transport, const Clock& clock);

    /// `path` follows "/api/v5/objects": "/prospects?fields=id".
    Result<http::Response> get(std::string_view path, std::stop_token stop);
    Result<http::Response> write(std::string_view method, std::string_view path, std::string body,
                                 bool repeatable, std::stop_token stop);

    [[nodiscard]] Budget budget() const;

private:
    Result<http::Response> send(http::Request request, std::string_view path, http::Effect effect,
                                std::stop_token stop);
    void note_allowance(const http::Response& answer);

    const Config& config_;
    const Clock& clock_;
    http::OAuth oauth_;
    http::Session session_;
    Budget budget_;
};

}  // namespace duet::pardot
