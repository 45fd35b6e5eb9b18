"""Read the sections, statements and tables of a document."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, TypeAlias

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives

from dataflow.checklist.document import Document, Form, Section, Statement
from dataflow.errors import DocumentError

_FIRST_CELL = re.compile(r"\*\s+-\s?(.*)")
_NEXT_CELL = re.compile(r"\s+-\s?(.*)")


class table_source(nodes.General, nodes.Element):  # noqa: N801 - docutils style
    """A list-table in the tree; `rows` contains its cells."""


class ListTable(Directive):
    """The list-table directive, with the source text of every cell."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "header-rows": directives.nonnegative_int,
        "stub-columns": directives.nonnegative_int,
        "widths": directives.unchanged,
        "width": directives.unchanged,
        "align": directives.unchanged,
        "class": directives.unchanged,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return one node with the rows below the header."""
        rows = read_rows("\n".join(self.content))
        return [table_source(rows=rows[self.options.get("header-rows", 0) :])]


def read_rows(source: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells of a list-table's source, with white space folded."""
    rows: list[list[str]] = []
    for line in source.splitlines():
        if first := _FIRST_CELL.fullmatch(line):
            rows.append([first[1]])
        elif not rows:
            continue
        elif cell := _NEXT_CELL.fullmatch(line):
            rows[-1].append(cell[1])
        else:
            rows[-1][-1] += " " + line.strip()
    return tuple(tuple(" ".join(cell.split()) for cell in row) for row in rows)


#: The byte-order marks of other encodings; that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

#: Two systems or record types, the left one first.
_Pair: TypeAlias = tuple[str, str]

_TITLE = re.compile(r"(?P<left>\S.*?) to (?P<right>\S.*?) Dataflow")
_GENERATED = re.compile(r"Generated:\s*(\S.*)")

#: The text of each form about the section's two record types. A statement about other
#: types, or with an additional condition, has another form.
_FORMS = (
    (Form.EVERY, r"Every {left} will be synchronized with an? {right}\."),
    (
        Form.KEPT_IN_SYNC,
        (
            r"Once a link between an? {left} and an? {right} is established,"
            r" it will keep in sync[^,]*, regardless of where it is edited\."
        ),
    ),
    (
        Form.PROPERTIES,
        (
            r"The following properties are synchronized"
            r" between an? {left} and an? {right}:"
        ),
    ),
)

#: The characters of a document: a hundred times as many as the project's own has.
_LONGEST = 1_000_000
#: A substitution in a substitution: ten of them can stand for a thousand million words.
_NESTED = re.compile(
    r"^[ \t]*\.\.[ \t]+\|[^|\n]+\|(?:[^|\n]|\n(?=[ \t]))*\|", re.MULTILINE
)
#: They end a line in Python alone: in a cell, they would end the table.
_ODD_LINE_ENDS = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), " ")

#: docutils reads no other file and prints no warning.
_SETTINGS = {
    "_disable_config": True,
    "doctitle_xform": False,  # it would make a single section the subtitle
    "file_insertion_enabled": False,
    "halt_level": 5,
    "raw_enabled": False,
    "report_level": 5,
}


def read_document(path: Path) -> Document:
    """Read the document at `path`; raises `DocumentError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"There is no document to be read at {path}: name a reStructuredText"
            " file, as in `dataflow checklist document.rst`."
        ) from error
    return parse_document(_decode(content, path), name=str(path))


def _refuse_hostile(text: str, name: str) -> None:
    """Raise `DocumentError` for a text that docutils would not come to an end with."""
    if len(text) > _LONGEST:
        raise DocumentError(
            f"{name} has more than {_LONGEST:,} characters: split the document."
        )
    for found in _NESTED.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        raise DocumentError(
            f"{name}, line {line}: a substitution contains another one: write the text"
            " itself."
        )


def _decode(content: bytes, path: Path) -> str:
    """Return the text of a document in UTF-8, with or without a byte-order mark."""
    advice = "save it as UTF-8."
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            raise DocumentError(f"{path} is {encoding}: {advice}")
    if content.count(0) > len(content) // 3:
        raise DocumentError(f"{path} is UTF-16 without a byte-order mark: {advice}")
    if 0 in content:
        raise DocumentError(f"{path} is no text: name a reStructuredText file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"{path} is not UTF-8, but perhaps Latin-1 or Windows-1252 (line {line} has"
            f" the byte 0x{content[error.start]:02X}): {advice}"
        ) from error


def parse_document(source: str, *, name: str = "the document") -> Document:
    """Parse a document's text; `name` is for error messages. Raises `DocumentError`."""
    _refuse_hostile(source, name)
    try:
        return _parse(source.translate(_ODD_LINE_ENDS), name)
    except RecursionError as error:
        raise DocumentError(
            f"{name} is nested too deeply: use fewer levels of lists."
        ) from error


def _parse(source: str, name: str) -> Document:
    directives.register_directive("list-table", ListTable)
    tree = publish_doctree(source, settings_overrides=_SETTINGS)
    title = tree.next_node(nodes.title)
    systems = _TITLE.fullmatch(title.astext()) if title else None
    if title is None or systems is None:
        raise DocumentError(
            f"{name} is no dataflow document: its title must read"
            f" 'A to B Dataflow', not {title.astext() if title else '(none)'!r}."
        )
    names = (systems["left"], systems["right"])
    headings = [s for s in tree.findall(nodes.section) if s is not title.parent]
    sections = tuple(_sections(headings, names))
    if not sections:
        raise DocumentError(
            f"{name} has no section: a heading must read"
            f" '{names[0]} ... to {names[1]} ...'."
        )
    return Document(
        title=title.astext(),
        generated=_generated(tree),
        left_system=names[0],
        right_system=names[1],
        sections=sections,
        other_headings=tuple(
            text for text in map(_heading, headings) if not _parse_types(text, names)
        ),
    )


def _sections(headings: list[nodes.section], systems: _Pair) -> Iterator[Section]:
    ids: list[str] = []
    for heading in headings:
        types = _parse_types(_heading(heading), systems)
        if types is None:
            continue
        ids.append(_choose_id(f"{_slug(types[0])}-{_slug(types[1])}", ids))
        yield Section(
            number=len(ids),
            id=ids[-1],
            left=types[0],
            right=types[1],
            statements=tuple(_statements(heading, systems, types)),
        )


def _choose_id(base: str, taken: list[str]) -> str:
    """Return the id, with a number if another section has it already."""
    numbered = (f"{base}-{number}" for number in itertools.count(2))
    return next(i for i in itertools.chain([base], numbered) if i not in taken)


def _parse_types(heading: str, systems: _Pair) -> _Pair | None:
    left, right = map(re.escape, systems)
    found = re.fullmatch(rf"{left} (.+?) to {right} (.+)", heading)
    return (found[1], found[2]) if found else None


def _statements(
    section: nodes.section, systems: _Pair, types: _Pair
) -> Iterator[Statement]:
    """Yield each paragraph as a statement, with the tables that follow it."""
    text = ""
    table: tuple[tuple[str, ...], ...] = ()
    for node in section.findall(_is_content):
        if _find_section(node, systems) is not section:
            continue
        if isinstance(node, table_source):
            table += node["rows"]
            continue
        if text or table:
            yield Statement(_classify(text, systems, types), text, table)
        text, table = _read_source(node), ()
    if text or table:
        yield Statement(_classify(text, systems, types), text, table)


def _is_content(node: nodes.Node) -> bool:
    return isinstance(
        node, nodes.paragraph | nodes.literal_block | nodes.line_block | table_source
    )


def _find_section(node: nodes.Node | None, systems: _Pair) -> nodes.Node | None:
    """Return the section that contains a node; messages of docutils have none."""
    while node is not None and not isinstance(node, nodes.system_message):
        if isinstance(node, nodes.section) and _parse_types(_heading(node), systems):
            return node
        node = node.parent
    return None


def _read_source(node: nodes.Node) -> str:
    return " ".join((getattr(node, "rawsource", "") or node.astext()).split())


def _classify(text: str, systems: _Pair, types: _Pair) -> Form:
    left, right = (
        re.escape(f"{system} {kind}")
        for system, kind in zip(systems, types, strict=True)
    )
    for form, pattern in _FORMS:
        if re.fullmatch(pattern.format(left=left, right=right), text):
            return form
    return Form.UNRECOGNISED


def _heading(section: nodes.section) -> str:
    title = section.next_node(nodes.title)
    return title.astext() if title else ""


def _generated(tree: nodes.document) -> str:
    for paragraph in tree.findall(nodes.paragraph):
        if found := _GENERATED.fullmatch(paragraph.astext()):
            return found[1]
    return ""


def _slug(record_type: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", record_type.lower()).strip("-")
