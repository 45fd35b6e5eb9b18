"""The command of the plain sync: run it once, or list its broken variants."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from broken.api import (
    Chargebee,
    Connection,
    Invoiced,
    Record,
    RefusedError,
    TryAgainError,
)
from broken.catalogue import as_json, find_sync
from broken.plain import PlainSync

DONE, FAILED, TRY_AGAIN = 0, 1, 75

VARIABLES = (
    "DATAFLOW_INVOICED_URL",
    "DATAFLOW_INVOICED_KEY",
    "DATAFLOW_CHARGEBEE_URL",
    "DATAFLOW_CHARGEBEE_KEY",
    "DATAFLOW_STATE_DIR",
    "DATAFLOW_SINCE",
)


def main() -> int:
    """Run the command and return the exit status."""
    asked = parse_arguments()
    if asked.list:
        sys.stdout.write(json.dumps(as_json(), indent=2) + "\n")
        return DONE
    if asked.list_mutants:
        from broken.mutants import list_mutants  # noqa: PLC0415

        every = {each.name: each.description for each in list_mutants().values()}
        sys.stdout.write(json.dumps(every, indent=2) + "\n")
        return DONE
    if asked.compare:
        sys.stdout.write(json.dumps(compare(asked.broken, asked.compare)) + "\n")
        return DONE
    return run_once(asked.broken, asked.record)


def compare(kind: type[PlainSync], recording: Path) -> list[bool]:
    """Return whether a sync makes other calls than recorded, for each check."""
    from broken.recording import differs, read_recording  # noqa: PLC0415

    return [differs(kind, runs) for runs in read_recording(recording)]


def run_once(kind: type[PlainSync], recording: Path | None = None) -> int:
    """Run a sync of this kind once and return the exit status."""
    missing = [name for name in VARIABLES if name not in os.environ]
    if missing:
        return report(f"{missing[0]} is not set", FAILED)
    try:
        complaints = run(kind, recording)
    except TryAgainError as trouble:
        return report(f"try again later: {trouble}", TRY_AGAIN)
    except (RefusedError, OSError, ValueError) as error:
        return report(str(error), FAILED)
    except (LookupError, TypeError) as surprise:
        return report(f"an answer of another form than expected: {surprise!r}", FAILED)
    return report("; ".join(complaints), FAILED) if complaints else DONE


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description="A plain sync from Invoiced to Chargebee and back."
    )
    parser.add_argument(
        "--broken",
        type=find_sync,
        default=PlainSync,
        metavar="NAME",
        help="be wrong on purpose",
    )
    parser.add_argument("--list", action="store_true", help="show the names, as JSON")
    parser.add_argument("--list-mutants", action="store_true", help="show mutants")
    for option, use in (
        ("--record", "add the calls of this run to a recording"),
        ("--compare", "show in which checks of a recording its calls differ"),
    ):
        parser.add_argument(option, type=Path, metavar="FILE", help=use)
    return parser.parse_args()


def run(kind: type[PlainSync], recording: Path | None) -> list[str]:
    """Run a sync of this kind, save its state, and return its complaints."""
    path = Path(os.environ["DATAFLOW_STATE_DIR"]) / "plain.json"
    memory = load_state(path)
    since = int(os.environ["DATAFLOW_SINCE"])
    invoiced, chargebee = connect("INVOICED"), connect("CHARGEBEE")
    sync = kind(Invoiced(invoiced), Chargebee(chargebee), memory, since)
    try:
        if recording:
            from broken.recording import record_run  # noqa: PLC0415

            record_run(sync, invoiced, chargebee, recording)
        else:
            sync.run()
    finally:
        save_state(path, json.dumps(memory))
    return sync.complaints


def connect(vendor: str) -> Connection:
    """Return a connection to the vendor `INVOICED` or `CHARGEBEE`."""
    url = os.environ[f"DATAFLOW_{vendor}_URL"]
    return Connection(url, os.environ[f"DATAFLOW_{vendor}_KEY"])


def load_state(path: Path) -> Record:
    """Return the state of the last run; raises `ValueError` if the file is damaged."""
    if not path.exists():
        return {}
    try:
        memory: Record = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    return memory


def save_state(path: Path, text: str) -> None:
    """Replace a file as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def report(sentence: str, status: int) -> int:
    """Print a message in one line, and return the status."""
    sys.stderr.write(f"plain sync: {' '.join(sentence.split())}\n")
    return status
