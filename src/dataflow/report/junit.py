"""Gives pytest's JUnit file its place in the folder `reports`, and redacts its text."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from _pytest.junitxml import LogXML, xml_key

from dataflow.files import write_whole
from dataflow.harness.recorder import explain_unwritable
from dataflow.harness.redaction import get_redactor
from dataflow.harness.reports_folder import (
    get_reports_folder,
    is_worker,
    uses_reports_folder,
)
from dataflow.redact import Redactor

#: How pytest writes a control character, which the redaction has to see.
_CONTROL = re.compile(r"#x([01][0-9A-F]|[789][0-9A-F])(?![0-9A-F])")

#: The place of the file below the folder of the run.
JUNIT = Path("junit.xml")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name the file if no option does, before pytest's own plugin reads the option."""
    if uses_reports_folder(config) and not getattr(config.option, "xmlpath", True):
        config.option.xmlpath = str(get_reports_folder(config) / JUNIT)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Remove the file of an earlier run: a run that is stopped leaves none."""
    if uses_reports_folder(session.config) and not is_worker(session.config):
        (get_reports_folder(session.config) / JUNIT).unlink(missing_ok=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Omit tests that were interrupted; pytest writes the file through a buffer."""
    _drop_unfinished(session.config.stash.get(xml_key, None))
    redact = get_redactor(session.config)

    def open_buffer(path: str, *_: object, **__: object) -> io.StringIO:
        return _Buffer(Path(path), redact)

    # pytest has no other way: the name is looked up in its module before the builtin.
    with mock.patch("_pytest.junitxml.open", open_buffer, create=True):
        return (yield)


class _Buffer(io.StringIO):
    """Holds what pytest writes, and writes it to a file when it is complete."""

    def __init__(self, path: Path, redact: Redactor) -> None:
        super().__init__()
        self._path = path
        self._redact = redact

    def __exit__(self, kind: object, *error: object) -> None:
        """Write the file; after an error there is none."""
        if kind is None:
            try:
                write_whole(self._path, _redact(self.getvalue(), self._redact))
            except OSError as problem:
                pytest.exit(explain_unwritable(self._path, problem), returncode=1)


def _drop_unfinished(xml: LogXML | None) -> None:
    """Drop the cases of tests that have no outcome: they would count as passed."""
    if xml is None:
        return
    for case in xml.node_reporters.values():
        if not case.nodes:
            xml.node_reporters_ordered.remove(case)


def _redact(text: str, redact: Redactor) -> str:
    tree = ET.fromstring(text.encode())  # noqa: S314 - pytest's own
    for element in tree.iter():
        element.text = element.text and redact(_unescape(element.text))
        for name in element.attrib:
            element.set(name, redact(_unescape(element.attrib[name])))
        element.attrib.pop("hostname", None)
    return ET.tostring(tree, encoding="unicode", xml_declaration=True)


def _unescape(text: str) -> str:
    return _CONTROL.sub(lambda found: chr(int(found[1], 16)), text)
