"""A slow good sync that keeps its marks outside the ids: `python right/elsewhere.py`.

The id in Invoiced is in a customer's `meta_data`, in an item's `metadata` and in an
order's `reference_id`. A run plans all tasks, performs those of the first kind
(customers, items, orders), and leaves the others for the next run. It has no state, and
creates again what was deleted in Chargebee.

Exit status: 0 done, 75 run me again, 1 error (one line).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from broken.api import Chargebee, Connection, Invoiced, RefusedError, TryAgainError
from right.elsewhere_plan import Task, plan, read_both

DONE, FAILED, TRY_AGAIN = 0, 1, 75

#: After this many failed calls, the other tasks are left for the next run.
_MOST_FAILURES = 3


def main() -> int:
    """Run once and return the exit status."""
    try:
        invoiced, chargebee = Invoiced(_wire("INVOICED")), Chargebee(_wire("CHARGEBEE"))
        since = int(os.environ["DATAFLOW_SINCE"])
        return work(plan(read_both(invoiced, chargebee, since)), chargebee)
    except TryAgainError as trouble:
        return report(f"try again later: {trouble}", TRY_AGAIN)
    except KeyError as name:
        return report(f"{name} is missing", FAILED)
    except (RefusedError, ValueError) as error:
        return report(str(error), FAILED)


def work(tasks: list[Task], chargebee: Chargebee) -> int:
    """Perform the tasks of the first kind, and return the exit status."""
    now = [task for task in tasks if task.kind == tasks[0].kind]
    refusals: list[str] = []
    troubles: list[str] = []
    for task in now:
        try:
            task.perform(chargebee)
        except RefusedError as refusal:
            refusals.append(f"{task.kind} of {task.key}: {refusal}")
        except TryAgainError as trouble:
            troubles.append(str(trouble))
        if len(troubles) == _MOST_FAILURES:
            break
    if troubles:
        return report(f"try again later: {'; '.join(troubles)}", TRY_AGAIN)
    if refusals:
        return report("; ".join(refusals), FAILED)
    left = len(tasks) - len(now)
    return report(f"{left} left for the next run", TRY_AGAIN) if left else DONE


def _wire(vendor: str) -> Connection:
    url = os.environ[f"DATAFLOW_{vendor}_URL"]
    return Connection(url, os.environ[f"DATAFLOW_{vendor}_KEY"])


def report(sentence: str, status: int) -> int:
    """Print a message in one line, and return the status."""
    sys.stderr.write(f"elsewhere: {' '.join(sentence.split())}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
