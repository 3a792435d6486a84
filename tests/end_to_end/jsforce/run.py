#!/usr/bin/env python3
"""Runs jsforce, a client that others wrote, against the sandbox, and Duet between both sides.

usage: run.py PROGRAMS SOURCE WORK

PROGRAMS holds `duet` and `duetd`, SOURCE is the source tree, WORK a folder that may be changed.
npm installs what package-lock.json names into WORK and keeps it there for the next run; an
install that fails is a failure of the test.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]
import npm_packages  # noqa: E402
import rehearsal  # noqa: E402

FIRST_CYCLE_LIMIT_SECONDS = 300


def main():
    programs, source, work = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    npm_packages.install(HERE, work)
    # Not in the build folder: a Unix socket's path holds 107 bytes, and a build may lie deep.
    with tempfile.TemporaryDirectory(prefix="duet-jsforce-") as folder, rehearsal.Rehearsal(
            programs, folder, source / "packaging/demo/seed",
            source / "mappings/presets/default") as org:
        org.start_daemon()
        org.wait_for_first_cycle(FIRST_CYCLE_LIMIT_SECONDS)
        environment = {
            **os.environ, "SANDBOX_URL": org.url, "CLIENT_ID": org.client_id,
            "CLIENT_SECRET": org.client_secret, "BUSINESS_UNIT_ID": rehearsal.BUSINESS_UNIT_ID,
            "DUET": str(programs / "duet"), "DUET_CONFIG": str(org.config)}
        result = subprocess.run(["node", "run.mjs"], cwd=work, env=environment, check=False,
                                stdin=subprocess.DEVNULL).returncode
        if result != 0:
            print(f"duetd said:\n{org.log('duetd')}\nthe sandbox said:\n{org.log('duet')}")
        code = org.stop()
        if code != 0:
            print(f"duetd ended with {code} when it was asked to stop")
            result = result or 1
    return result


if __name__ == "__main__":
    sys.exit(main())
