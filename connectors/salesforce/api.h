#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "connectors/connector.h"
#include "connectors/http/oauth.h"
#include "connectors/http/transport.h"
#include "connectors/salesforce/config.h"

namespace duet::salesforce {

/// Calls of the REST family: signs in, adds the headers that sync traffic wants, turns every
/// answer that is not 2xx into an Error, and keeps the allowance that answers tell. One thread.
class Api {
public:
    /// The references must outlive this object.
    Api(const Config& config, http::Transport& transport, const Clock& clock);

    /// `path` follows "/services/data/vXX.0": "/query?q=...".
    Result<http::Response> get(std::string_view path, std::stop_token stop);
    /// A path that the vendor gave: "/services/data/v62.0/query/01g...-2000".
    Result<http::Response> get_given(std::string_view absolute_path, std::stop_token stop);
    Result<http::Response> get_csv(std::string_view path, std::stop_token stop);
    /// A POST that changes no record (collections retrieve, a query job).
    Result<http::Response> ask(std::string_view path, std::string body, std::stop_token stop);
    Result<http::Response> write(std::string_view method, std::string_view path, std::string body,
                                 bool repeatable, std::stop_token stop);

    /// How long the address of `path` is with everything before it.
    Result<std::size_t> url_bytes(std::string_view path, std::stop_token stop);

    [[nodiscard]] Budget budget() const;

private:
    Result<std::string> origin(std::stop_token stop);
    Result<http::Response> send(http::Request request, std::string_view absolute_path,
                                http::Effect effect, std::stop_token stop);
    void note_allowance(const http::Response& answer);

    const Config& config_;
    const Clock& clock_;
    http::OAuth oauth_;
    http::Session session_;
    std::string data_path_;  // "/services/data/v62.0"
    std::string origin_;     // empty until it is known
    Budget budget_;
};

}  // namespace duet::salesforce
