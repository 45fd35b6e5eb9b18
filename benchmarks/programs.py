"""How long a sync that does nothing takes: `.venv/bin/python benchmarks/programs.py`.

A program that imports both vendors' SDKs, and one that imports nothing, each started in
two ways, in one run, turn by turn: as any program is (`--sync "command: ..."`), and as
a Python file (`--sync "python: ..."`). Medians over the rounds, in milliseconds.
"""

from __future__ import annotations

import shlex
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dataflow.harness.syncs.program import CommandSync, ProgramSync
from dataflow.harness.syncs.python import PythonSync

ROUNDS = 15
PROGRAMS = {"both SDKs": "import chargebee, invoiced", "nothing": ""}
WAYS = ("command", "python")


def sync_of(way: str, program: str, folder: Path) -> ProgramSync:
    """Return the program as a sync under test that is started in this way."""
    name = f"{'_'.join(program.split())}.py"
    (folder / name).write_text(PROGRAMS[program])
    if way == "python":
        return PythonSync(name, folder)
    return CommandSync(f"{shlex.quote(sys.executable)} {name}", folder)


def milliseconds(sync: ProgramSync) -> float:
    """Return the time of one run, from its start to its end."""
    start = time.perf_counter()
    sync.run({})
    return (time.perf_counter() - start) * 1000


def table_of(medians: dict[tuple[str, str], float]) -> Table:
    """Return a row a way, and beneath how many times faster the second one is."""
    table = Table(
        title=f"ms a run, median of {ROUNDS} rounds",
        caption="above: what the program imports",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("--sync")
    for program in PROGRAMS:
        table.add_column(program, justify="right")
    for way in WAYS:
        table.add_row(way, *(f"{medians[way, program]:.0f}" for program in PROGRAMS))
    ratios = (medians["command", each] / medians["python", each] for each in PROGRAMS)
    table.add_row("ratio", *(f"{ratio:.1f}" for ratio in ratios))
    return table


def main() -> None:
    """Measure all, turn by turn, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        cells = [(way, program) for way in WAYS for program in PROGRAMS]
        syncs = {cell: sync_of(*cell, Path(folder)) for cell in cells}
        times: dict[tuple[str, str], list[float]] = {cell: [] for cell in cells}
        for sync in syncs.values():
            milliseconds(sync)  # What is compiled or started once is not counted.
        turns = [cell for _ in range(ROUNDS) for cell in cells]
        for cell in track(turns, "measuring", transient=True):
            times[cell].append(milliseconds(syncs[cell]))
    Console().print(table_of({cell: statistics.median(times[cell]) for cell in cells}))


if __name__ == "__main__":
    main()
