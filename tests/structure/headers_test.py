"""Each header compiles alone, and twice: headers_test.py ROOT COMPILE_COMMANDS

A header is read by the compiler that the build uses, with the flags of a source file near it, but
without the header that every test file is given, which would hide a missing include. Only syntax is
checked: about 0.4 s a header on one core, 2026-11.
"""

import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

import tree


def own_flags(entry):
    """Compiler and flags of one compile command that decide what a header sees."""
    words = shlex.split(entry["command"])
    # ccache, with its settings, may stand before the compiler.
    start = next(at for at, word in enumerate(words) if os.path.basename(word).startswith(("c++", "g++", "clang++")))
    kept = [words[start]]
    rest = iter(words[start + 1:])
    for word in rest:
        if word == "-isystem":
            kept += [word, next(rest)]
        elif word.startswith(("-I", "-D", "-std=")):
            kept.append(word)
    return kept


def source_path(path, root, build):
    """Where a source lies in the tree; of one that holds several, where its target lies."""
    within = os.path.relpath(path, build)
    return os.path.relpath(path, root) if within.startswith("..") else within


def nearest(header, commands):
    """The flags of the source file that shares the longest path with `header`."""
    def shared(path):
        return len(os.path.commonprefix([header.rsplit(".", 1)[0], path]))
    return commands[max(sorted(commands), key=shared)]


def compile_alone(root, header, flags):
    include = f'#include "{header}"\n'
    run = subprocess.run(flags + ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", root, "-x", "c++", "-"],
                         input=include + include, capture_output=True, text=True, cwd=root)
    return f"{header}: does not compile alone\n{run.stderr}" if run.returncode else ""


def main(root, commands_path):
    root = os.path.abspath(root)
    with open(commands_path, encoding="utf-8") as file:
        commands = {source_path(entry["file"], root, os.path.dirname(commands_path)): own_flags(entry)
                    for entry in json.load(file)}
    headers = [path for path in tree.tracked_files(root) if path.endswith(".h")]
    if not headers:
        print("no header found")
        return 1
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = [text for text in pool.map(
            lambda header: compile_alone(root, header, nearest(header, commands)), headers) if text]
    print("\n".join(failures) if failures else f"{len(headers)} headers compile alone")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
