"""Each header compiles alone, and twice: headers_test.py ROOT COMPILE_COMMANDS

A header is read by the compiler that the build uses, with the flags of a source file near it, but
without the header that every test file is given, which would hide a missing include. Only syntax is
checked. What a header itself includes may have been read before: some headers that many others
include are precompiled, and each header is given at most one of those that it includes anyhow, so
that nothing becomes visible to it that is not visible alone.
"""

import concurrent.futures
import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

import tree

BASES = 14  # more of them save less than they cost


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


class Includes:
    """What each header includes, itself and through others: ours by path, others in <>."""

    def __init__(self, root, headers):
        self.direct = {}
        for header in headers:
            with open(os.path.join(root, header), encoding="utf-8") as file:
                self.direct[header] = re.findall(r'^#include ["<]([^">]+)', file.read(), re.M)
        self.of = functools.lru_cache(maxsize=None)(self._of)

    def _of(self, header):
        found = set()
        for name in self.direct.get(header, []):
            found.add(name)
            found |= self.of(name)
        return frozenset(found)

    def bases(self):
        """The headers, ours and libraries', by which most is saved: read once for all that include them."""
        def cost(name):
            return 20 if "/" in name and name not in self.direct else 1
        names = set(self.direct) | {name for names in self.direct.values() for name in names if "/" in name}
        weight = {name: cost(name) + sum(map(cost, self.of(name))) for name in names}
        chosen = []
        saved = dict.fromkeys(self.direct, 0)  # by the best of those chosen
        def gain(base):
            return sum(max(0, weight[base] - saved[header]) for header in self.direct if base in self.of(header))
        for _ in range(BASES):
            best = max(sorted(names), key=gain)
            if gain(best) <= 0:
                break
            chosen.append(best)
            for header in self.direct:
                if best in self.of(header):
                    saved[header] = max(saved[header], weight[best])
        return sorted(chosen, key=lambda base: -weight[base])


def precompile(root, folder, base, flags):
    """The file to give the compiler first, beside what it was precompiled into."""
    path = os.path.join(folder, base.replace("/", "_"))
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'#include "{base}"\n')
    # One that does not compile is told of as every header is, and saves nothing.
    subprocess.run(flags + ["-I", root, "-x", "c++-header", path, "-o", path + ".gch"],
                   capture_output=True, cwd=root, check=False)
    return path


def compile_alone(root, header, flags, given):
    include = f'#include "{header}"\n'
    run = subprocess.run(flags + ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", root]
                         + (["-include", given] if given else []) + ["-x", "c++", "-"],
                         input=include + include, capture_output=True, text=True, cwd=root, check=False)
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
    includes = Includes(root, headers)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        bases = includes.bases()
        given = dict(zip(bases, pool.map(
            lambda base: precompile(root, folder, base, nearest(base, commands)), bases)))

        def check(header):
            base = next((base for base in bases if base in includes.of(header)), None)
            return compile_alone(root, header, nearest(header, commands), given.get(base))
        failures = [text for text in pool.map(check, headers) if text]
    print("\n".join(failures) if failures else f"{len(headers)} headers compile alone")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
