"""Writes what Allure's configuration needs of a run: waivers, history, number of tests.

`python -m dataflow.report.allure_config REPORTS` writes REPORTS/allure.json, which
`allurerc.mjs` reads.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import msgspec

from dataflow.errors import DataflowError
from dataflow.files import write_whole
from dataflow.harness.categories import Category
from dataflow.harness.run_record import RUN_RECORD, RunRecord, read_run_record
from dataflow.harness.verdicts import Verdict
from dataflow.harness.waivers import describe_waiver
from dataflow.report.history import find_history

#: The number of runs in a history, of which each has about 200 KB.
_HISTORY_LIMIT = 30


def configure(record: RunRecord, history: Path) -> dict[str, Any]:
    """Return the settings of Allure that depend on a run."""
    checks = [each for each in record.checks if each.verdict is not Verdict.NOT_RUN]
    waived = [check for check in checks if check.waiver is not None]
    return {
        "history": str(history),
        "historyLimit": _HISTORY_LIMIT,
        "categories": list(Category),
        # The gate counts no failure that is accepted.
        "minTestsCount": len(checks) + len(record.tests) - len(waived),
        "waivers": [
            {"id": _name_case(check.id), "comment": describe_waiver(check.waiver)}
            for check in waived
            if check.waiver is not None
        ],
    }


def _name_case(check: str) -> str:
    """Return the id that the results of a check have in Allure."""
    return hashlib.md5(check.encode(), usedforsecurity=False).hexdigest()


def main(reports: Path) -> int:
    """Write the file of a run; return 1 for a run that has no results."""
    try:
        record = read_run_record(reports / RUN_RECORD.name)
        settings = configure(record, find_history(reports / "allure-results"))
        write_whole(reports / "allure.json", msgspec.json.encode(settings).decode())
    except (DataflowError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
