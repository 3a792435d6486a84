"""Every source file is named in a CMakeLists.txt, every Python test is run by one, every room has its page."""

import posixpath
import re

from tree import ROOMS

# Folders of tests that hold code of their own; those above them only lead there.
PAGES = ("packaging", "packaging/demo", "packaging/salesforce", "tests", "tests/world", "tests/structure")


def named_in_cmake(texts):
    """All .cpp and .py paths that the CMake lists name."""
    named = set()
    for path, text in texts.items():
        if posixpath.basename(path) != "CMakeLists.txt":
            continue
        text = re.sub(r"#.*", "", text)
        text = re.sub(r"\$\{CMAKE_CURRENT_(SOURCE|LIST)_DIR\}/", "", text)
        for word in re.findall(r"[\w./${}-]+\.(?:cpp|py|sh)\b", text):
            if word.startswith("${CMAKE_SOURCE_DIR}/"):
                named.add(posixpath.normpath(word[len("${CMAKE_SOURCE_DIR}/"):]))
            else:
                named.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), word)))
    return named


def check(texts):
    named = named_in_cmake(texts)
    findings = []
    for path in texts:
        is_source = path.endswith(".cpp") and path.startswith(ROOMS + ("tests/",))
        is_test = path.startswith("tests/") and path.endswith("_test.py")
        if (is_source or is_test) and path not in named:
            findings.append(f"{path}: no CMakeLists.txt names it, so nothing compiles or runs it")
    return findings


def check_readmes(texts):
    """Each room, each part of a room and each folder of PAGES says what it is for."""
    needed = set(PAGES)
    for path in texts:
        parts = path.split("/")
        if parts[0] in ROOMS and path.endswith((".h", ".cpp")):
            needed.add("/".join(parts[:min(2, len(parts) - 1)]))
    return [f"{folder}: has no README.md" for folder in sorted(needed) if folder + "/README.md" not in texts]
