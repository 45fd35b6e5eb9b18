"""Removes analytics from a report of Allure 3: `python -m dataflow.report.html FOLDER`.

Allure 3 writes a script of Google Analytics into every page, and has no setting against
it: a third party would see each reader.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from dataflow.files import write_whole

_ANALYTICS = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>'
    r"\s*<script>.*?</script>",
    re.DOTALL,
)
_THIRD_PARTY = "googletagmanager.com/gtag"


def remove_analytics(page: str) -> str:
    """Return a page without the script that calls a third party."""
    return _ANALYTICS.sub("", page)


def main(folder: Path) -> int:
    """Clean every page below a folder; return 1 if one still calls a third party."""
    status = 0
    for path in sorted(folder.rglob("*.html")):
        page = path.read_text("utf-8")
        cleaned = remove_analytics(page)
        if cleaned != page:
            write_whole(path, cleaned)
        if _THIRD_PARTY in cleaned:
            sys.stderr.write(
                f"{path} still calls Google Analytics, because Allure has changed the"
                " script: open the page without a network.\n"
            )
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
