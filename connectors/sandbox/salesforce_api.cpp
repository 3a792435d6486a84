#include "connectors/sandbox/salesforce_api.h"

namespace duet::sandbox {

void prepare_salesforce(SandboxState&, const std::string&) {}

ApiResponse handle_salesforce(SandboxState&, const ApiRequest&) {
    return {
        .status = 404,
        .body = R"([{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}])"};
}

}  // namespace duet::sandbox
