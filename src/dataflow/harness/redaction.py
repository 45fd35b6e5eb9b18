"""The redaction of a run: it knows the keys of the accounts and of the twins."""

from __future__ import annotations

import pytest

from dataflow.harness.options import OPTIONS
from dataflow.harness.targets.twin import twin_secrets
from dataflow.redact import Redactor, find_machine_paths

_REDACTOR = pytest.StashKey[Redactor]()


def get_redactor(config: pytest.Config) -> Redactor:
    """Return what redacts the texts of a run, whichever plugins are blocked."""
    return config.stash.setdefault(
        _REDACTOR,
        Redactor(lambda: _get_secrets(config), find_machine_paths(config.rootpath)),
    )


def get_terminal_redactor(config: pytest.Config) -> Redactor:
    """Return what redacts the terminal: a user of the twins needs their keys."""
    shown = twin_secrets()
    return Redactor(lambda: _get_secrets(config) - shown, {}, shown)


def _get_secrets(config: pytest.Config) -> frozenset[str]:
    options = config.stash.get(OPTIONS, None)
    return frozenset() if options is None else options.secrets
