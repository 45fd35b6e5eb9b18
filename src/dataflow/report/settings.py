"""`[report]` of dataflow.toml: who owns the checks, and where the document is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from dataflow.settings import FILE_NAME, decode_table, read_settings


class ReportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`link` may contain {section} and {check}."""

    owner: Annotated[str, msgspec.Meta(description='"a name"')] = ""
    link: Annotated[
        str, msgspec.Meta(pattern="^(https?://|$)", description='"https://..."')
    ] = ""
    generated: Annotated[
        str, msgspec.Meta(description='"when the document was generated"')
    ] = ""
    sync_version: Annotated[
        str, msgspec.Meta(description='"the version of the sync under test"')
    ] = ""

    def link_to(self, check: str) -> str:
        """Return the address of a check's statement; empty without a link."""
        section = check.partition(".")[0]
        return self.link.replace("{section}", section).replace("{check}", check)


def read_report_settings(root: Path) -> ReportSettings:
    """Return the table of a project, or raise `SettingsError`."""
    path = root / FILE_NAME
    table = read_settings(path).get("report", {})
    return decode_table(table, ReportSettings, "[report]", str(path))
