"""Gives pytest's JUnit file its place in the folder `reports`, and redacts it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.junitxml import LogXML, xml_key

from dataflow.files import write_whole
from dataflow.harness.recorder import get_redactor
from dataflow.harness.reports_folder import (
    get_reports_folder,
    is_worker,
    uses_reports_folder,
)
from dataflow.redact import Redactor

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
    """Omit tests that were interrupted, and redact what pytest wrote."""
    _drop_unfinished(session.config.stash.get(xml_key, None))
    yield
    path = getattr(session.config.option, "xmlpath", None)
    if path and Path(path).is_file() and not is_worker(session.config):
        redact = get_redactor(session.config)
        write_whole(Path(path), _redact(Path(path), redact))


def _drop_unfinished(xml: LogXML | None) -> None:
    """Drop the cases of tests that have no outcome: they would count as passed."""
    if xml is None:
        return
    for case in xml.node_reporters.values():
        if not case.nodes:
            xml.node_reporters_ordered.remove(case)


def _redact(path: Path, redact: Redactor) -> str:
    tree = ET.fromstring(path.read_bytes())  # noqa: S314 - pytest's own
    for element in tree.iter():
        element.text = element.text and redact(element.text)
        for name in element.attrib:
            element.set(name, redact(element.attrib[name]))
        element.attrib.pop("hostname", None)
    return ET.tostring(tree, encoding="unicode", xml_declaration=True)
