#!/usr/bin/python3
"""Plants each fault of faults.py in the model in turn, and says after how many of the histories it is
noticed: a fault that no history notices is a rule that nobody compares.

    daypass-model FIRST COUNT > FILE
    python3 mutants.py FILE [FAULT...]

Ends with 1 where one goes unnoticed.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

import faults

COMPARE = pathlib.Path(__file__).with_name("compare.py")


def tried(name, file):
    """The histories read, and whether the fault was noticed in them."""
    with open(file, "rb") as questions:
        done = subprocess.run(
            [sys.executable, "-B", COMPARE, name], stdin=questions, capture_output=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    return said["histories"], said["differences"] > 0


def main():
    file, names = sys.argv[1], sys.argv[2:] or list(faults.FAULTS)
    unnoticed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (count, noticed) in zip(names, pool.map(lambda n: tried(n, file), names)):
            unnoticed += not noticed
            print(f"{name}: {'noticed after' if noticed else 'NOT NOTICED in'} {count}", flush=True)
    print(f"{len(names) - unnoticed} of {len(names)} noticed")
    sys.exit(unnoticed > 0)


if __name__ == "__main__":
    main()
