"""The files of the source tree, as the checks see them."""

import os
import subprocess

ROOMS = ("mappings", "connectors", "daemon")
CODE = (".h", ".cpp")


def tracked_files(root):
    """Paths below `root` that git tracks and that exist, sorted; without git, all but build/."""
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={os.path.abspath(root)}", "-C", root, "ls-files", "-z"],
            check=True, capture_output=True).stdout.decode().split("\0")
        paths = [path for path in listed if path]
    except (OSError, subprocess.CalledProcessError):  # an archive of the sources
        paths = []
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in ("build", ".git", "node_modules")]
            paths += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return sorted(path for path in paths if os.path.isfile(os.path.join(root, path)))


def read_tree(root):
    """Path -> text of every tracked file that is text."""
    texts = {}
    for path in tracked_files(root):
        with open(os.path.join(root, path), "rb") as file:
            data = file.read()
        if b"\0" not in data[:4096]:
            texts[path] = data.decode("utf-8", errors="replace")
    return texts


def code_lines(text):
    """(line number, line without a // comment) of C++ text. A // within quotes is kept."""
    for number, line in enumerate(text.splitlines(), 1):
        quoted = False
        end = len(line)
        at = 0
        while at < len(line):
            if line[at] == "\\" and quoted:
                at += 1
            elif line[at] == '"':
                quoted = not quoted
            elif not quoted and line.startswith("//", at):
                end = at
                break
            at += 1
        yield number, line[:end]
