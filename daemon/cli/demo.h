#pragma once

#include <string>

namespace duet::cli {

struct DemoOptions {
    std::string seed_folder;  // empty: the one that ships
    std::string directory;    // working folder, kept; empty: a temporary one, removed at the end
    std::string report;       // file of the page; empty: in `directory`, or a temporary one, kept
    bool stay = false;        // keep sandbox and daemon running until Ctrl-C
    bool json = false;        // print the figures as one JSON object at the end instead of text
};

/// Shows the whole of Duet on real data: starts a sandbox and a daemon as processes of their own,
/// loads, shows what came of it, changes things on both sides through the vendors' own APIs, and
/// moves the days. 0 when everything arrived as it should; else 1, with what did not.
int run_demo(const DemoOptions& options);

}  // namespace duet::cli
