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
    {"DUET-2001", "A mapping document is not valid YAML.",
     "The file is no UTF-8 text, breaks YAML's rules, or uses anchors, aliases, tags or several "
     "documents.",
     "Mend the named line; put texts with \": \" or \" #\" in them in single quotes."},
    {"DUET-2002", "A mapping document is too large.",
     "It is over 1 MiB, nested over 40 levels deep, or one of its lists holds over 2,000 items.",
     "Split the file: an org may have any number of them."},
    {"DUET-2003", "A mapping document has a key that Duet does not know.",
     "The key is misspelt, or stands at the wrong level.",
     "Use the suggested key, or look it up in mappings/document/README.md."},
    {"DUET-2004", "A mapping document has a key twice.",
     "The same key stands on two lines of one map; only one of them could count.",
     "Remove one of the two lines that the message names."},
    {"DUET-2005", "A value in a mapping document is of the wrong kind.",
     "A list, a map, a text or a number stands where another is expected.",
     "Write the kind of value that the message names."},
    {"DUET-2006", "A value in a mapping document is not one of those allowed.",
     "The word is misspelt, or meant for another key.",
     "Use one of the words that the message lists."},
    {"DUET-2007", "A mapping document lacks something.",
     "A key that this place needs is absent or empty, or a part of the document is in no file.",
     "Add what the message names."},
    {"DUET-2008", "Two settings of a mapping document contradict each other.",
     "One of them can have no effect.", "Remove the one that is not meant."},
    {"DUET-2009", "A name in a mapping document is an unquoted word like no, on or y.",
     "YAML 1.1 programs read it as true or false, and editors may rewrite it.",
     "Put it in quotes."},
    {"DUET-2010", "A name in the mapping documents is defined twice.",
     "An entity, rollup, validation, stage or attribution has one definition.",
     "Rename or remove one of the two places that the message names."},
    {"DUET-2011", "A formula in a mapping document cannot be compiled.",
     "It breaks the formula language's rules, or names a field, rollup or function that is not "
     "there.",
     "Mend the formula at the named column; `duet formula` tries one alone."},
    {"DUET-2012", "A rule or field in a mapping document has the wrong type.",
     "The value that would be written or asked for does not fit where it goes.",
     "Convert it in the formula (TEXT, VALUE, DATEVALUE), or use another field."},
    {"DUET-2013",
     "A mapping document names an object, field or relationship that the org does not have.",
     "It is misspelt, was deleted, or the user that Duet signs in as may not see it.",
     "Use the suggested name, or give the user read access."},
    {"DUET-2014", "A mapping document writes a field that cannot be written.",
     "It is read-only on that side, or belongs to a parent record.",
     "Turn the rule's direction, or give the user edit access."},
    {"DUET-2015", "Two rules of the mapping documents own the same field or list.",
     "They would overwrite each other in every cycle.",
     "Remove one, turn its direction, or join both into one formula."},
    {"DUET-2016", "Rules of a mapping document feed each other in a circle.",
     "Each reads what another writes, so they might never settle.",
     "Let one of them read something that Duet does not write."},
    {"DUET-2017", "A mapping document has more than 200 findings.",
     "The first faults often cause the others.", "Mend the listed ones and check again."},
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
