"""Compare the external behaviour with a stored copy: temporary, for the restructuring.

.venv/bin/python .ci/promises.py            # compare; status 1 if it differs
.venv/bin/python .ci/promises.py --write    # store
.venv/bin/python .ci/promises.py --prove    # also `prove --json` (minutes)
"""


from __future__ import annotations

import difflib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / ".ci" / "promises.json"
BIN = ROOT / ".venv" / "bin"

DOCUMENT = """\
==============================
Invoiced to Chargebee Dataflow
==============================

Generated: 2024-01-01 00:00:00

Invoiced Items to Chargebee Item
--------------------------------
Every Invoiced Items will be synchronized with a Chargebee Item.

Once a link between a Invoiced Items and a Chargebee Item is established, it will \
keep in sync between the two systems, regardless of where it is edited.

The following properties are synchronized between a Invoiced Items and a Chargebee Item:

.. list-table::
   :header-rows: 1

   * - Invoiced Items Property
     - Chargebee Item Property
     - Chargebee Data Type
   * - name
     - name
     - "string"
"""

COMMANDS = (
    "checklist",
    "transcribe",
    "sync",
    "twin",
    "prove",
    "acquit",
    "doctor",
    "summary",
    "sweep",
    "news",
)
STATUSES = {
    "dataflow": ["dataflow"],
    "unknown command": ["dataflow", "nothing"],
    "no document": ["dataflow", "checklist", "missing.rst"],
    "transcribe check": ["dataflow", "transcribe", "DOCUMENT", "--check"],
    "sync without variables": ["dataflow", "sync"],
    "prove unknown": ["dataflow", "prove", "--only", "nothing"],
    "acquit unknown": ["dataflow", "acquit", "--only", "nothing"],
    "doctor without keys": ["dataflow", "doctor"],
    "sweep without keys": ["dataflow", "sweep"],
    "one check": ["pytest", "-q", "-m", "items-item.every.new-record"],
    "no test": ["pytest", "-q", "-k", "no_such_test"],
    "unknown sync": ["pytest", "-q", "--sync", "nothing"],
    "sync on recordings": ["pytest", "-q", "--sync", "none"],
    "sandbox without keys": ["pytest", "-q", "--target", "sandbox"],
    "no sync": ["pytest", "-q", "--target", "twin", "--sync", "none", "features/items-item.feature", "-x"],
    "missing program": ["pytest", "-q", "--target", "twin", "--sync", "command: nowhere"],
    "missing node": ["pytest", "-q", "--target", "twin", "--sync", "sesam"],
    "weather": ["pytest", "-q", "--weather", "foul"],
}  # fmt: skip


def run(words: list[str], folder: str) -> subprocess.CompletedProcess[str]:
    document = Path(folder, "document.rst")
    document.write_text(DOCUMENT, "utf-8")
    program, *rest = [str(document) if word == "DOCUMENT" else word for word in words]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATAFLOW_", "INVOICED_", "CHARGEBEE_"))
    }
    return subprocess.run(
        [BIN / program, *rest],
        cwd=ROOT,
        env={**environment, "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def observe(*, prove: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        pytest_help = run(["pytest", "--help"], folder).stdout
        lines = pytest_help.splitlines()
        ours = [
            n
            for n, line in enumerate(lines)
            if line.rstrip(":") in {"checklist", "contract", "Checklist"}
        ]
        found: dict[str, Any] = {
            "features": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(ROOT.glob("features/*"))
            },
            "cassettes": hashlib.sha256(
                b"".join(
                    path.read_bytes()
                    for path in sorted(ROOT.glob("cassettes/**/*.yaml"))
                    + sorted(ROOT.glob("cassettes/**/*.json"))
                )
            ).hexdigest(),
            "checks": sorted(
                run(
                    ["pytest", "--collect-only", "-q", "features"], folder
                ).stdout.splitlines()[:-1]
            ),
            "help": {
                "dataflow": run(["dataflow", "--help"], folder).stdout,
                **{
                    name: run(["dataflow", name, "--help"], folder).stdout
                    for name in COMMANDS
                },
                "pytest": {lines[n]: block(lines[n + 1 :]) for n in ours},
            },
            "checklist": json.loads(
                run(["dataflow", "checklist", "DOCUMENT", "--json"], folder).stdout
            ),
            "statuses": {
                name: run(words, folder).returncode for name, words in STATUSES.items()
            },
        }
        if prove:
            matrix = json.loads(run(["dataflow", "prove", "--json"], folder).stdout)
            matrix.pop("ok", None)
            found["prove"] = without_seconds(matrix)
        return found


def block(lines: list[str]) -> list[str]:
    """Return the lines of one group of options: up to the next header or empty line."""
    return list(
        lines[
            : next(
                (
                    n
                    for n, line in enumerate(lines)
                    if line and not line.startswith(" ")
                ),
                None,
            )
        ]
    )


def without_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_seconds(v) for k, v in value.items() if k != "seconds"}
    return [without_seconds(v) for v in value] if isinstance(value, list) else value


def main() -> int:
    found = observe(prove="--prove" in sys.argv)
    if "--write" in sys.argv:
        STORED.write_text(
            json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        return 0
    stored = json.loads(STORED.read_text("utf-8"))
    if "--prove" not in sys.argv:
        stored.pop("prove", None)
    before, after = (
        json.dumps(each, indent=1, ensure_ascii=False).splitlines()
        for each in (stored, found)
    )
    difference = list(
        difflib.unified_diff(before, after, "stored", "now", lineterm="", n=2)
    )
    print("\n".join(difference) or "The external behaviour is as stored.")
    return int(bool(difference))


if __name__ == "__main__":
    sys.exit(main())
