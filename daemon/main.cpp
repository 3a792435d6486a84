#include <cstdio>
#include <string>
#include <string_view>

#include "daemon/service/service.h"
#include "daemon/version.h"

namespace {

constexpr const char* kUsage =
    "usage: duetd [--config FILE]\n"
    "\n"
    "The Duet service: keeps Salesforce orgs and Pardot business units in step.\n"
    "Stops on SIGTERM, reloads its configuration on SIGHUP.\n"
    "\n"
    "  --config FILE   the configuration (default: /etc/duet/duet.yaml)\n"
    "  --version       print the version and exit\n"
    "  --help          print this and exit\n"
    "\n"
    "exit codes: 0 asked to stop, 64 wrong usage, 70 a fault of Duet's own, 75 try again later,\n"
    "            78 the configuration is wrong\n";

}  // namespace

int main(int argc, char** argv) {
    duet::service::ServiceOptions options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--version") {
            std::printf("duetd %s\n", std::string(duet::version()).c_str());
            return 0;
        }
        if (argument == "--help") {
            std::fputs(kUsage, stdout);
            return 0;
        }
        if (argument == "--config" && i + 1 < argc) {
            options.config_path = argv[++i];
        } else {
            std::fprintf(stderr, "duetd: what is \"%s\"?\n%s", argv[i], kUsage);
            return 64;
        }
    }
    return duet::service::run_service(options);
}
