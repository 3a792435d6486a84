#include "daemon/cli/commands.h"

int main(int argc, char** argv) { return duet::cli::run(argc, argv); }
