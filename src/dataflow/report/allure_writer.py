"""Writes Allure's results: clean, without noise, and one example of a property.

allure-pytest hands all that it has found to one object; this one takes that place.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from allure_commons.model2 import Status
from allure_commons.reporter import AllureReporter

#: What tells about the machine and not about the test.
_LABELS_LEFT_OUT = {"host"}


class AllureWriter(AllureReporter):  # type: ignore[misc] # it ships no types
    """Cleans whatever goes into `folder`, by a function from text to text.

    Fixtures are left out but for those that failed or have something attached. Of the
    examples that Hypothesis tries, the last is kept: in a failure the shrunk one.
    """

    def __init__(self, folder: Path, clean: Callable[[str], str]) -> None:
        super().__init__()
        self._folder = folder
        self._clean = clean
        self._example: object = None
        self._before: tuple[int, int] = (0, 0)

    def close_test(self, uuid: str) -> None:
        """Write a result."""
        test = self.get_test(uuid)
        test.labels[:] = sorted(
            (label for label in test.labels if label.name not in _LABELS_LEFT_OUT),
            key=lambda label: (label.name, label.value),
        )
        self._example = None
        self._clean_item(test)
        super().close_test(uuid)

    def stop_group(self, uuid: str, **changes: Any) -> None:  # noqa: ANN401 - Allure's
        """Write what a fixture did, if that tells anything."""
        group = self.get_item(uuid)
        group.befores[:] = filter(_tells, group.befores)
        group.afters[:] = filter(_tells, group.afters)
        if not group.befores and not group.afters:
            self.drop_test(uuid)
            return
        for fixture in (*group.befores, *group.afters):
            self._clean_item(fixture)
        super().stop_group(uuid, **changes)

    def start_step(self, parent_uuid: str | None, uuid: str, step: Any) -> None:  # noqa: ANN401 - Allure's
        """Begin a step of the running test."""
        self._keep_one_example()
        super().start_step(parent_uuid, uuid, step)

    def attach_data(self, uuid: str, body: str | bytes, **named: Any) -> None:  # noqa: ANN401 - Allure's
        """Attach a text, cleaned, or bytes, cleaned if they are a text."""
        self._keep_one_example()
        super().attach_data(uuid, _cleaned(body, self._clean), **named)

    def attach_file(self, uuid: str, source: str, **named: Any) -> None:  # noqa: ANN401 - Allure's
        """Attach what a file holds."""
        self.attach_data(uuid, Path(source).read_bytes(), **named)

    def global_attach_data(self, uuid: str, body: str | bytes, **named: Any) -> None:  # noqa: ANN401 - Allure's
        """Attach to the report as a whole, cleaned like the rest."""
        super().global_attach_data(uuid, _cleaned(body, self._clean), **named)

    def _clean_item(self, item: Any) -> None:  # noqa: ANN401 - Allure's
        """Clean an item and its steps; labels and ids hold nothing of the kind."""
        item.name = item.name and self._clean(item.name)
        item.description = item.description and self._clean(item.description)
        details = item.statusDetails
        if details is not None:
            details.message = details.message and self._clean(details.message)
            details.trace = details.trace and self._clean(details.trace)
        for parameter in item.parameters:
            parameter.value = self._clean(parameter.value)
        for step in item.steps:
            self._clean_item(step)

    def _keep_one_example(self) -> None:
        """Forget what the examples before this one have left."""
        example = _running_example()
        test = self.get_test(None)
        if example is None or test is None or example is self._example:
            return
        if self._example is None:
            self._before = len(test.steps), len(test.attachments)
        self._example = example
        steps, attachments = self._before
        for name in _attached(test.steps[steps:], test.attachments[attachments:]):
            (self._folder / name).unlink(missing_ok=True)
        del test.steps[steps:], test.attachments[attachments:]


def _tells(fixture: Any) -> bool:  # noqa: ANN401 - Allure's
    # What tears a fixture down has no status unless it failed.
    quiet = fixture.status in {None, Status.PASSED}
    return bool(not quiet or fixture.steps or fixture.attachments)


def _cleaned(body: str | bytes, clean: Callable[[str], str]) -> str | bytes:
    if isinstance(body, str):
        return clean(body)
    try:
        return clean(body.decode()).encode()
    except UnicodeDecodeError:
        return body


def _running_example() -> object:
    """Return the example that Hypothesis is at, if it is at one.

    It is asked only where a test has imported it: that takes a quarter of a second.
    """
    control: Any = sys.modules.get("hypothesis.control")
    if control is None or not control.currently_in_test_context():
        return None
    return control.current_build_context()


def _attached(steps: Any, attachments: Any) -> Iterator[str]:  # noqa: ANN401 - Allure's
    yield from (attachment.source for attachment in attachments)
    for step in steps:
        yield from _attached(step.steps, step.attachments)
