"""Redacts what a run writes to its terminal, before it is written."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

import pytest

from dataflow.redact import Redactor


class RedactedStream:
    """A stream that redacts each text, and otherwise is the stream that it replaces."""

    def __init__(self, stream: TextIO, redact: Redactor) -> None:
        self._stream = stream
        self._redact = redact

    def write(self, text: str) -> int:
        """Write a text without secrets, and without what controls a terminal."""
        self._stream.write(self._redact.line(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of any stream
        """Return an attribute of the stream."""
        return getattr(self._stream, name)


def redact_terminal(config: pytest.Config, redact: Redactor) -> None:
    """Redact the output of pytest, and that of tests where it is not captured."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        _replace(config, reporter._tw, "_file", redact)  # noqa: SLF001 - pytest has no other way
    manager = config.pluginmanager.get_plugin("capturemanager")
    capture = getattr(manager, "_global_capturing", None)
    for name, stream in (("out", "stdout"), ("err", "stderr")):
        captured = getattr(capture, name, None)
        # A suspended capture restores this stream: a tear-down after Ctrl-C has it.
        holder = getattr(captured, "syscapture", captured)
        if holder is None:
            _replace(config, sys, stream, redact)
        else:
            is_suspended = getattr(sys, stream) is holder._old  # noqa: SLF001 - as above
            _replace(config, holder, "_old", redact)
            if is_suspended:
                _replace(config, sys, stream, redact)
            _redact_leftovers(captured, redact)
    # It stays: such an exception is shown after the end of the run.
    sys.excepthook = _print_redacted(redact)


def _replace(config: pytest.Config, owner: object, name: str, redact: Redactor) -> None:
    before = getattr(owner, name)
    setattr(owner, name, RedactedStream(before, redact))
    config.add_cleanup(lambda: setattr(owner, name, before))


def _redact_leftovers(captured: Any, redact: Redactor) -> None:  # noqa: ANN401 - of pytest
    """Redact what pytest has captured and not read when a run is interrupted."""
    captured.writeorg = partial(_write_redacted, captured.writeorg, redact)


def _write_redacted(write: Callable[[str], None], redact: Redactor, text: str) -> None:
    write(redact.line(text))


def _print_redacted(redact: Redactor) -> Callable[..., None]:
    """Return a hook for an exception that ends the interpreter, as a hook may raise."""

    def show(*error: Any) -> None:  # noqa: ANN401 - as traceback takes it
        sys.stderr.write(redact.line("".join(traceback.format_exception(*error))))

    return show
