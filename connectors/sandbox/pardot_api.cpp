#include "connectors/sandbox/pardot_api.h"

namespace duet::sandbox {

void create_pardot_tables(SandboxState&) {}

void seed_pardot(SandboxState&, const std::string&) {}

ApiResponse handle_pardot(SandboxState&, const ApiRequest&) {
    return {.status = 404, .body = R"({"code":1,"message":"Not served"})"};
}

}  // namespace duet::sandbox
