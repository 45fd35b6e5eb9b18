"""Pictures of the last run's reports: `python -m dataflow.report.pictures FOLDER`.

They show the start of the summary and of the sign-off sheet, and the first check in
Allure's report.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from dataflow.errors import DataflowError, FileError
from dataflow.harness.reports_folder import REPORTS
from dataflow.harness.run_record import RUN_RECORD, read_run_record
from dataflow.project import get_project
from dataflow.report.sheet_builder import SHEET, read_sheet
from dataflow.report.sheet_command import PAGE
from dataflow.report.terminal import render

_WIDTH, _LINES = 100, 24
#: In pixels.
_SIZE = "1000,760"
#: Without the fonts that rich would load from elsewhere.
_FORMAT = re.sub(
    r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL
).replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def draw_summary(reports: Path) -> str:
    """Return the start of the summary as SVG."""
    record = read_run_record(reports / RUN_RECORD.name)
    text = render(record, width=_WIDTH, colour=True)
    console = Console(file=io.StringIO(), record=True, width=_WIDTH)
    console.print(Text.from_ansi("\n".join(text.splitlines()[:_LINES])))
    return console.export_svg(
        title="make checklist", unique_id="summary", code_format=_FORMAT
    )


def photograph(reports: Path, link: str, picture: Path) -> None:
    """Write what a browser shows of a page of the reports, or raise `FileError`."""
    page = reports / link.partition("#")[0]
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None or not page.is_file():
        raise FileError(
            f"There is no picture of {page}: run `make checklist` and `make report`,"
            " and install Chromium."
        )
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 - a list of words, without a shell
            [
                *(browser, "--headless", "--no-sandbox", "--disable-gpu"),
                *(f"--user-data-dir={profile}", f"--window-size={_SIZE}"),
                *("--hide-scrollbars", "--virtual-time-budget=10000"),
                *(
                    f"--screenshot={picture.resolve()}",
                    f"{reports.resolve().as_uri()}/{link}",
                ),
            ],
            check=True,
            capture_output=True,
        )


def main(folder: Path) -> int:
    """Write all pictures into a folder; return 1 if one cannot be made."""
    try:
        reports = get_project() / REPORTS
        (folder / "summary.svg").write_text(draw_summary(reports), "utf-8")
        first = read_sheet(reports / SHEET).list_checks()[0]
        photograph(reports, PAGE.name, folder / "sign-off.png")
        photograph(reports, first.link, folder / "allure.png")
    except (DataflowError, OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
