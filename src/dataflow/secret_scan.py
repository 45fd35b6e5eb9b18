"""Stop a commit of files that contain a secret, by its form: names on standard input.

`make propose` runs this file with any Python, before the project is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).parents[1])

from dataflow.redact import hidden_in


def find_secrets(names: list[str]) -> list[str]:
    """Return the files whose text would be redacted."""
    texts = ((name, Path(name).read_text("utf-8")) for name in names)
    return [name for name, text in texts if hidden_in(text) != text]


def main() -> int:
    """Return 1 if one of the files contains a secret, and name it."""
    names = [name for name in sys.stdin.read().split("\0") if name]
    found = find_secrets([name for name in names if Path(name).is_file()])
    for name in found:
        sys.stderr.write(f"{name} contains a secret: remove it before the proposal.\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
