"""The folder `reports`: what a plain run leaves there, for Allure and other tools."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dataflow.files import write_whole
from dataflow.harness.options import OPTIONS
from dataflow.harness.targets.base import EVIDENCE
from dataflow.report.clean import Cleaner, places_of

#: Where the results of a run stand, seen from the root.
ALLURE = Path("reports", "allure-results")
JUNIT = Path("reports", "junit.xml")

#: Where a run keeps what cleans its texts.
CLEANER = pytest.StashKey[Cleaner]()
_OURS = pytest.StashKey[frozenset[Path]]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name the folder where nobody else did, before anything writes there.

    A run that a test of another run has started leaves that one's results alone.
    """
    config.stash[CLEANER] = Cleaner(
        lambda: config.stash[OPTIONS].secrets, places_of(config.rootpath)
    )
    config.stash[_OURS] = frozenset()
    if config.option.collectonly or "PYTEST_CURRENT_TEST" in os.environ:
        return
    for option, place in (("allure_report_dir", ALLURE), ("xmlpath", JUNIT)):
        if not getattr(config.option, option, None):
            setattr(config.option, option, str(config.rootpath / place))
            config.stash[_OURS] |= {place}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Empty the folder once: workers, which come and go, leave it alone."""
    config = session.config
    if ALLURE not in config.stash[_OURS] or _is_worker(config):
        return
    try:
        _empty(config.rootpath / ALLURE)
        (config.rootpath / JUNIT).unlink(missing_ok=True)
    except OSError as error:
        raise pytest.UsageError(
            f"{ALLURE} cannot be written ({error.strerror}): see that the disk has"
            " room, and that the folder may be written."
        ) from error


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Say what the run was about, and clean what pytest has written itself."""
    config = session.config
    yield
    if _is_worker(config):
        return
    folder = getattr(config.option, "allure_report_dir", None)
    if folder and config.pluginmanager.hasplugin("allure_listener"):
        write_whole(Path(folder) / "environment.properties", _properties(config))
    xml = config.option.xmlpath and Path(config.option.xmlpath)
    if xml and xml.is_file():
        write_whole(xml, _cleaned(xml, config.stash[CLEANER]))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Complain where a test has left no result: a crashed worker takes its own away."""
    if ALLURE not in config.stash[_OURS] or not config.pluginmanager.hasplugin(
        "allure_listener"
    ):
        return
    ran = {
        report.nodeid
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport)
    }
    found = len(list((config.rootpath / ALLURE).glob("*-result.json")))
    if found != len(ran):
        terminalreporter.write_line(
            f"{ALLURE} holds {found} results of {len(ran)} tests that ran: do not sign"
            " it off, and run again.",
            red=True,
        )


def circumstances(config: pytest.Config) -> Mapping[str, str]:
    """Return where the checklist runs, and which sync it looks at."""
    sync: str = config.getoption("--sync")
    return {
        "target": config.getoption("--target"),
        "sync": config.stash[CLEANER](" ".join(sync.split())),
    }


def _empty(folder: Path) -> None:
    """Make a folder that is there, empty, and can be written."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    tempfile.TemporaryFile(dir=folder).close()


def _properties(config: pytest.Config) -> str:
    """Return the circumstances as Java properties, which want no space in a key."""
    versions = {
        name: importlib.metadata.version(name)
        for name in ("dataflow", "invoiced", "chargebee")
    }
    values = {
        **circumstances(config),
        "evidence": EVIDENCE[config.getoption("--target")],
        "python": platform.python_version(),
        **versions,
    }
    return "".join(f"{name}={_escaped(value)}\n" for name, value in values.items())


def _cleaned(xml: Path, clean: Cleaner) -> str:
    tree = ET.fromstring(xml.read_bytes())  # noqa: S314 - pytest's own
    for element in tree.iter():
        element.text = element.text and clean(element.text)
        for name in element.attrib:
            element.set(name, clean(element.attrib[name]))
        element.attrib.pop("hostname", None)
    return ET.tostring(tree, encoding="unicode", xml_declaration=True)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
