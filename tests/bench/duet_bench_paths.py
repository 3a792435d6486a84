#!/usr/bin/env python3
"""Times `duet attribution --paths` as people run it: a file of generated journeys, one process a row.

usage: duet_bench_paths.py DUET [--journeys N] [--channels N] [--keep FILE]
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

NAMES = ["Email", "Webinar", "Paid Search", "Organic Search", "Partner", "Direct", "Social",
         "Event", "Display", "Referral", "Outbound Call", "Content Syndication"]
SEPARATOR = " > "
CONVERTS_ONE_IN = 10
TOUCHES_MAX = 19  # 1 to 19: 10 on average

# What is run together, and the seconds within which one core should be done with it.
RUNS = [
    ("first, last, linear, u, decay:7", ["first", "last", "linear", "u", "decay:7"], 5),
    ("markov:2", ["markov:2"], 10),
    ("shapley-rate, exact", ["shapley-rate"], 10),
    ("shapley, shapley-ordered", ["shapley", "shapley-ordered"], None),
    ("markov:1 and counterfactual", ["markov:1", "counterfactual"], None),
]
PEAK_MEGABYTES_WANTED = 1000


def channel_names(count):
    return NAMES[:count] + [f"Channel {number}" for number in range(len(NAMES), count)]


def write_journeys(path, journeys, channels):
    """Always the same file for the same sizes; low channels are common. Returns touches, conversions."""
    numbers = random.Random(1)
    names = channel_names(channels)
    shares = [1 / (1 + number) for number in range(channels)]
    # Drawing from a pool is faster than drawing from the shares.
    pool = numbers.choices(names, shares, k=1 << 16)
    touches = conversions = 0
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("path,total_conversions,total_conversion_value,total_null\n")
        for _ in range(journeys):
            length = numbers.randrange(TOUCHES_MAX) + 1
            start = numbers.randrange(len(pool) - TOUCHES_MAX)
            touches += length
            way = SEPARATOR.join(pool[start:start + length])
            if numbers.randrange(CONVERTS_ONE_IN) == 0:
                conversions += 1
                file.write(f"{way},1,{numbers.randrange(100_000) / 100},0\n")
            else:
                file.write(f"{way},0,0,1\n")
    return touches, conversions


def run(duet, path, models):
    """Wall seconds, processor seconds, peak memory in MB, and what it said."""
    command = [duet, "attribution", "--paths", path, "--json"]
    for model in models:
        command += ["--model", model]
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        out.seek(0)
        answer = json.load(out)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, answer


def check(answer, touches, conversions):
    """A figure that is not right is not worth timing."""
    if answer["journeys"]["touches"] != touches:
        raise RuntimeError(f"{answer['journeys']['touches']} touches were read, not {touches}")
    for model in answer["models"]:
        credited = sum(channel["conversions"] for channel in model["channels"])
        if model.get("sampled"):
            raise RuntimeError(f"{model['model']} was sampled, not exact")
        if abs(credited - conversions) > 1e-6 * conversions:
            raise RuntimeError(f"{model['model']} credits {credited} of {conversions} conversions")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("duet", type=lambda word: str(pathlib.Path(word).resolve()))
    parser.add_argument("--journeys", type=int, default=1_000_000)
    parser.add_argument("--channels", type=int, default=12)
    parser.add_argument("--keep", help="write the journeys to this file, and leave it there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duet-bench-") as folder:
        path = arguments.keep or os.path.join(folder, "journeys.csv")
        touches, conversions = write_journeys(path, arguments.journeys, arguments.channels)
        print(f"# {arguments.journeys:,} journeys, {touches:,} touches of {arguments.channels} channels, "
              f"{os.path.getsize(path) / 1e6:,.0f} MB", flush=True)
        print("| models | seconds | computed | peak MB | wanted |\n| --- | --- | --- | --- | --- |")
        for name, models, wanted in RUNS:
            seconds, computed, peak, answer = run(arguments.duet, path, models)
            check(answer, touches, conversions)
            limit = f"{wanted} s, {PEAK_MEGABYTES_WANTED:,} MB" if wanted else ""
            print(f"| {name} | {seconds:.2f} | {computed:.2f} | {peak:,.0f} | {limit} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
