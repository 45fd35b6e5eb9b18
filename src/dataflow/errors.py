"""The root of every error that a person can cause or mend.

One class a cause. Its text is one clear sentence that shows the offending value
and says what to do; the command line prints it and ends with the class's status,
without a traceback.
"""

from __future__ import annotations

from typing import ClassVar


class DataflowError(Exception):
    """Something that the person at the keyboard can put right."""

    #: What the `dataflow` command ends with when this error stops it.
    status: ClassVar[int] = 1


class SettingsError(DataflowError):
    """An option, an environment variable or `dataflow.toml` has a wrong value."""


class FileError(DataflowError):
    """A file cannot be read, or its content is not what it has to be."""


class TryAgainError(DataflowError):
    """Something that may well go right by itself a little later."""

    #: `EX_TEMPFAIL`: asks whoever started the command for another try.
    status: ClassVar[int] = 75
