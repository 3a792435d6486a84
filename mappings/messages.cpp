#include "mappings/messages.h"

#include <algorithm>
#include <array>

namespace duet {
namespace {

// Sorted by code. A code is never reused for another meaning.
constexpr auto kMessages = std::to_array<Message>({
    {"DUET-1001", "The configuration file cannot be read.",
     "It is missing, or the user that runs Duet may not read it.",
     "Check the path and its permissions; `duet validate` names both."},
    {"DUET-3001", "A request was not sent.",
     "The server, the proxy or the name service could not be reached.",
     "Duet tries again by itself. Check the network, the proxy setting and the host's name."},
    {"DUET-3002", "A request was sent, but no complete answer came.",
     "The connection broke, the answer was cut off, or the deadline or a stop came first.",
     "Duet looks at the record before it repeats a write. When it persists, check the network."},
    {"DUET-3003", "No safe connection could be made.",
     "The server's certificate was refused, or server and Duet share no safe version of TLS.",
     "Read the reason in the message; name the issuer's certificate in `ca_file` if it is "
     "private."},
    {"DUET-3004", "An answer was larger than allowed.",
     "The server sent, or packed, more than the limit of that request.",
     "Check what answers at that address; a proxy's page or a wrong host is the usual reason."},
    {"DUET-3005", "A request was given up before it was sent.",
     "Its deadline passed, or Duet was stopped, while it waited.",
     "Nothing was sent and nothing is lost. When it persists, look for slow answers of that host."},
    {"DUET-3006", "A request was refused by Duet itself.",
     "Its address or headers are unsafe: plain http beyond loopback, a bad port, a line break.",
     "Check the addresses in the configuration; they must begin with https."},
    {"DUET-3007", "An answer came in an encoding that Duet did not ask for.",
     "The server or something between packed it by other means than gzip.",
     "Check the proxy or gateway between Duet and the server."},
    {"DUET-4001", "The state file cannot be opened.",
     "Its folder is missing, or the user that runs Duet may not write there.",
     "Make the folder, or give it to that user; the message names the path and the reason."},
    {"DUET-4002", "The state file is in use by another process.",
     "A daemon or a command already has it; only one process may write it at a time.",
     "Talk to the running daemon (`duet status`), or stop the process whose number is named."},
    {"DUET-4003", "The state file was written by a newer Duet.",
     "An older version was installed after an upgrade had changed the file's schema.",
     "Install the named version or a newer one, or `duet restore` a backup from before."},
    {"DUET-4004", "The file is a database of another program.",
     "The path of the state file names something that Duet did not make.",
     "Name another path in the configuration; the file was left as it is."},
    {"DUET-4005", "The state file is damaged.",
     "A failing disk, a copy made while Duet ran, or another program wrote into it.",
     "Move it away and `duet restore` the last backup; check the disk."},
    {"DUET-4006", "No room is left for the state file.",
     "The disk or the quota is full. Nothing of the unfinished step was kept.",
     "Free space; work goes on by itself then."},
    {"DUET-4007", "The disk failed to read or write the state file.",
     "A read, a write or a sync failed, so that memory and disk may differ.",
     "Restart Duet, so that it reads the file again; look for disk errors with `dmesg`."},
    {"DUET-4008", "Another program holds a lock on the state file.",
     "A `sqlite3` shell or a backup tool has it open for writing.",
     "Close that program. For a copy of the file use `duet backup`."},
    {"DUET-4009", "The store was asked for what cannot be.", "A fault in Duet itself.",
     "Report it with the message; the file is sound."},
    {"DUET-4010", "The state file holds a value that cannot be read.",
     "It was edited by hand, or written by a version with another spelling.",
     "Run `duet store check`; `duet restore` a backup if it finds more."},
    {"DUET-4011", "The state file knows no such org.",
     "The name is misspelled, or the daemon has not opened this org yet.",
     "Compare it with the orgs in the configuration."},
});

}  // namespace

std::span<const Message> messages() noexcept { return kMessages; }

const Message* find_message(std::string_view code) noexcept {
    const auto found =
        std::lower_bound(kMessages.begin(), kMessages.end(), code,
                         [](const Message& m, std::string_view c) { return m.code < c; });
    return found != kMessages.end() && found->code == code ? &*found : nullptr;
}

}  // namespace duet
