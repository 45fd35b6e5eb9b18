"""Shows each text on a terminal whose encoding lacks some of its characters."""

from __future__ import annotations

import codecs
import io
from typing import TextIO

_NAME = "dataflow.plain"
#: The characters of tables, and what replaces them.
_PLAIN = {"─": "-", "━": "=", "│": "|", "…": "...", "→": "->"}


def replace_missing(stream: TextIO) -> None:
    """Let a stream replace characters that it cannot encode, where it would fail."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_NAME)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    texts = (_PLAIN.get(each) or ascii(each)[1:-1] for each in missing)
    return "".join(texts), error.end


codecs.register_error(_NAME, _replace)
