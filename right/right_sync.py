"""Run a reading of the plain sync once: `python right/right_sync.py --be NAME`.

`--list` prints all good syncs as JSON: name, description, and arguments of Python that
start it. Settings and exit status are those of `broken/plain_sync.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from broken.program import DONE, run_once
from right.catalogue import catalogue, readings


def main() -> int:
    """Run the command and return the exit status."""
    asked = parse_arguments()
    if asked.list:
        entries = [asdict(each) for each in catalogue()]
        sys.stdout.write(json.dumps(entries, indent=2) + "\n")
        return DONE
    return run_once(readings()[asked.be])


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description="Right syncs that read an open document in different ways."
    )
    one = parser.add_mutually_exclusive_group(required=True)
    one.add_argument("--be", choices=readings(), metavar="NAME", help="run this one")
    one.add_argument("--list", action="store_true", help="show all, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
