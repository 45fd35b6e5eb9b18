"""Names the history of a report.

A point of the history is comparable only with those of the same document, target and
sync, so that each has a file of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

#: The folder of the histories, beside the folder of the results.
HISTORIES = "history"

#: The circumstances that a history has in common.
_COMMON = ("document", "target", "sync")
#: A name of a file is no longer than this, without the digest.
_LONGEST = 60


def name_history(circumstances: Mapping[str, str]) -> str:
    """Return a name that differs for each document, target and sync."""
    texts = [circumstances.get(name, "") for name in _COMMON]
    slug = "-".join(re.findall(r"[a-z0-9]+", " ".join(texts).lower()))[:_LONGEST]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]
    return f"{slug}-{digest}"


def find_history(results: Path) -> Path:
    """Return the history of a folder of results; its own folder is created."""
    text = (results / "environment.properties").read_text("utf-8")
    pairs = (line.partition("=") for line in text.splitlines())
    folder = results.parent / HISTORIES
    folder.mkdir(exist_ok=True)
    return folder / f"{name_history({k: v for k, _, v in pairs})}.jsonl"
