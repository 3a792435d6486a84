"""Includes point one way: daemon -> connectors -> mappings, and slow libraries stay where they are."""

import re

from tree import CODE, ROOMS, code_lines

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Whose headers each room may include, as prefixes. The longest key that fits a file counts.
MAY_INCLUDE = {
    "mappings/": ("mappings/",),
    "connectors/": ("mappings/", "connectors/"),
    # Both vendors' APIs: a mistake that it shared with a connector would be seen by nobody.
    "connectors/sandbox/": ("mappings/", "connectors/sandbox/"),
    "daemon/store/": ("mappings/", "connectors/connector.h", "daemon/store/", "daemon/version.h"),
    "daemon/sync/": ("mappings/", "connectors/", "daemon/store/", "daemon/sync/"),
    "daemon/trial/": ("mappings/", "connectors/connector.h", "daemon/store/", "daemon/sync/", "daemon/trial/"),
    "daemon/admin/": ("mappings/", "daemon/admin/"),
    "daemon/report/": ("mappings/", "daemon/report/"),
    "daemon/service/": ("mappings/", "connectors/", "daemon/store/", "daemon/sync/", "daemon/trial/",
                        "daemon/admin/", "daemon/report/", "daemon/service/", "daemon/version.h"),
    "daemon/": ("mappings/", "connectors/", "daemon/"),
}

# Beast costs ten seconds a file.
BEAST_FILES = {
    "connectors/sandbox/connection.cpp",
    "daemon/admin/client.cpp",
    "daemon/admin/server.cpp",
    "tests/world/raw_http_client.cpp",
}

# What reaches for the world, and so has no place in mappings/.
IMPURE = re.compile(r"^(thread|mutex|shared_mutex|condition_variable|future|atomic|fstream|iostream|filesystem|"
                    r"random|spdlog/.*|sqlite3\.h|boost/asio.*|boost/beast.*|sys/.*|unistd\.h|fcntl\.h|"
                    r"netdb\.h|cpprest/.*|systemd/.*)$")
CLOCK = re.compile(r"::now\(\)|\b(gettimeofday|clock_gettime|std::time)\s*\(")
SLOW_IN_HEADERS = re.compile(r"^(nlohmann/json\.hpp|spdlog/.*|cpprest/.*|pplx/.*|boost/beast.*|boost/asio.*|"
                             r"yaml-cpp/.*|simdjson\.h|CLI/.*)$")

# Headers that hold such a type by value, and that only a file or two include.
MAY_BE_SLOW = {"connectors/sandbox/connection.h", "daemon/service/requests.h"}


def may_include(path, target):
    rule = max((key for key in MAY_INCLUDE if path.startswith(key)), key=len, default=None)
    return rule is None or target.startswith(MAY_INCLUDE[rule])


def wrong_own(path, target):
    """What is wrong with an include of one of our own headers; None when nothing is."""
    if not target.startswith(tuple(room + "/" for room in ROOMS) + ("tests/",)):
        return "is not written from the root of the tree"
    if not may_include(path, target):
        return "points the wrong way"
    homes = ("connectors/sandbox/", "daemon/cli/", "tests/")
    if target.startswith("connectors/sandbox/") and not path.startswith(homes):
        return "brings in the sandbox; only daemon/cli and tests may start one"
    system = re.match(r"connectors/(salesforce|pardot|csv)/", path)
    other = re.match(r"connectors/(salesforce|pardot|csv)/", target)
    if system and other and system[1] != other[1]:
        return "makes one connector depend on another"
    return None


def wrong_library(path, target):
    """The same for a library's header."""
    if re.match(r"(cpprest|pplx)/", target) and not path.startswith("connectors/http/"):
        return "belongs in connectors/http only"
    if target.startswith("boost/beast") and path not in BEAST_FILES:
        return "belongs in the files of BEAST_FILES only"
    if path.startswith("mappings/") and IMPURE.match(target):
        return "has no place in mappings/, which is pure"
    # cpprest_connection.h is private to connectors/http, two files of which share its types.
    is_excused = path.startswith("connectors/http/") or path in MAY_BE_SLOW
    if path.startswith(ROOMS) and path.endswith(".h") and not is_excused and SLOW_IN_HEADERS.match(target):
        return "is slow to compile and belongs in a .cpp file"
    return None


def check(texts):
    findings = []
    for path, text in texts.items():
        if not path.endswith(CODE):
            continue
        for number, line in code_lines(text):
            if path.startswith("mappings/") and CLOCK.search(line):
                findings.append(f"{path}:{number}: mappings/ asks no clock; the time is given to it")
            found = INCLUDE.match(line)
            if found:
                wrong = (wrong_own if found[1] == '"' else wrong_library)(path, found[2])
                if wrong:
                    findings.append(f"{path}:{number}: {found[2]} {wrong}")
    return findings
