#!/usr/bin/env python3
"""Measures the whole road: sandbox, daemon, sandbox, as processes; see README.md beside this.

usage: duet_bench_road.py PROGRAMS SOURCE [--people N ...] [--changed N] [--perf FOLDER]
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "end_to_end")]
import rehearsal  # noqa: E402
import road_seed  # noqa: E402

FIRST_CYCLE_LIMIT_SECONDS = 3600
SETTLE_CYCLES = 4  # the newest rows of a backfill are read again until their stamp has settled
COLLECTION_ROWS = 200


def cpu_seconds(pid):
    """What the process has used of the processors so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Phase:
    """One measured span: seconds, those that duetd and the sandbox computed, duetd's peak memory."""

    rows = []

    def __init__(self, org, people, name, perf):
        self.org, self.people, self.name, self.perf = org, people, name, perf
        self.note = ""

    def __enter__(self):
        pid = self.org.daemon.pid
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # VmHWM starts anew
        self.profiler = None
        if self.perf:
            path = pathlib.Path(self.perf) / f"{self.people}-{self.name.replace(' ', '-')}.perf"
            self.profiler = subprocess.Popen(
                ["perf", "record", "-q", "-g", "-F", "499", "-p", str(pid), "-o", path])
        self.cpu = [cpu_seconds(pid), cpu_seconds(self.org.sandbox.pid)]
        self.began = time.monotonic()
        return self

    def __exit__(self, kind, *_):
        seconds = time.monotonic() - self.began
        own = cpu_seconds(self.org.daemon.pid) - self.cpu[0]
        sandbox = cpu_seconds(self.org.sandbox.pid) - self.cpu[1]
        if self.profiler:
            self.profiler.send_signal(2)
            self.profiler.wait()
        if kind is not None:
            return
        status = pathlib.Path(f"/proc/{self.org.daemon.pid}/status").read_text()
        peak_kb = int(status.split("VmHWM:")[1].split()[0])
        Phase.rows.append((self.people, self.name, seconds, own, sandbox, peak_kb / 1024, self.note))
        print(f"{self.people:>8,}  {self.name:<22} {seconds:8.2f} s (duetd {own:6.2f}, "
              f"sandbox {sandbox:6.2f}), {peak_kb / 1024:6.0f} MB  "
              f"{self.note}", flush=True)


def wait_for_load(org, phase):
    cycle = org.wait_for_first_cycle(FIRST_CYCLE_LIMIT_SECONDS)
    seconds = time.monotonic() - phase.began
    phase.note = f"{cycle['pulled']:,} rows, {cycle['pulled'] / seconds:,.0f} rows/s"


def change_people(org, count):
    for start in range(0, count, COLLECTION_ROWS):
        rows = [{"attributes": {"type": "Contact"}, "id": road_seed.record_id("003", 1 + index),
                 "Phone": f"+44 20 {index:08d}"}
                for index in range(start, min(start + COLLECTION_ROWS, count))]
        answers = org.call("PATCH", "/services/data/v62.0/composite/sobjects",
                           {"allOrNone": False, "records": rows})
        if not all(answer["success"] for answer in answers):
            raise RuntimeError("the sandbox refused an edit")


def arrived(org, count):
    """The first and the last of the edits, as Pardot holds them."""
    return all(
        org.call("GET", f"/api/v5/objects/prospects/{60_000_000 + index}?fields=phone")["phone"] ==
        f"+44 20 {index:08d}" for index in (0, count - 1))


def measure(arguments, people, folder):
    seed = folder / "seed"
    rows = road_seed.make_seed(seed, people, arguments.source / "packaging/demo/seed")
    began = time.monotonic()
    with rehearsal.Rehearsal(arguments.programs, folder / "run", seed,
                             arguments.source / "mappings/presets/default") as org:
        print(f"# {people:,} people: {rows[0]:,} rows in Salesforce, {rows[1]:,} in Pardot; the "
              f"sandbox took {time.monotonic() - began:.1f} s to load them", flush=True)
        org.start_daemon(mode="observe")
        with Phase(org, people, "first load", arguments.perf) as phase:
            wait_for_load(org, phase)
        org.configure("apply")
        with Phase(org, people, "first decision", arguments.perf) as phase:
            report = org.duet("sync")
            seconds = time.monotonic() - phase.began
            decided = people + rows[0] - people - people // 2
            phase.note = f"{decided / seconds:,.0f} entities/s, {report['written']} writes"
        for _ in range(SETTLE_CYCLES):
            org.call("POST", "/sandbox/clock", {"advance_seconds": 600})
            org.duet("sync")
        with Phase(org, people, "nothing changed", arguments.perf) as phase:
            report = org.duet("sync")
            phase.note = f"{report['pulled']} rows pulled, {report['written']} writes"
        org.call("POST", "/sandbox/clock", {"advance_seconds": 600})
        change_people(org, arguments.changed)
        with Phase(org, people, f"{arguments.changed:,} people changed", arguments.perf) as phase:
            report = org.duet("sync")
            phase.note = f"{report['pulled']} rows pulled, {report['written']} writes"
        if report["written"] != arguments.changed or not arrived(org, arguments.changed):
            raise RuntimeError(f"the edits did not all arrive: {report}")
        size = sum(path.stat().st_size for path in (folder / "run/state").glob("duet.db*"))
        print(f"# the state files hold {size / 1e6:,.0f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=lambda word: pathlib.Path(word).resolve())
    parser.add_argument("source", type=lambda word: pathlib.Path(word).resolve())
    parser.add_argument("--people", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--changed", type=int, default=1_000)
    parser.add_argument("--perf", help="record each phase of duetd with perf into this folder")
    arguments = parser.parse_args()
    if arguments.perf:
        pathlib.Path(arguments.perf).mkdir(parents=True, exist_ok=True)
    for people in arguments.people:
        with tempfile.TemporaryDirectory(prefix="duet-bench-") as folder:
            measure(arguments, people, pathlib.Path(folder))
    print("\n| people | phase | seconds | duetd computed | sandbox computed | peak of duetd, MB "
          "| |\n| --- | --- | --- | --- | --- | --- | --- |")
    for people, name, seconds, own, sandbox, peak, note in Phase.rows:
        print(f"| {people:,} | {name} | {seconds:.2f} | {own:.2f} | {sandbox:.2f} | {peak:.0f} | "
              f"{note} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
