#include "daemon/cli/demo_script.h"

#include <nlohmann/json.hpp>

#include "daemon/cli/demo_org.h"
#include "daemon/cli/print.h"

namespace duet::cli {

bool play_demo(DemoOrg& org, const DemoPrinter& print, nlohmann::json& figures) {
    auto status = org.ask("status", nlohmann::json::object());
    if (!status) return false;
    print.line(print_status(*status));
    figures["status"] = *status;
    return true;
}

}  // namespace duet::cli
