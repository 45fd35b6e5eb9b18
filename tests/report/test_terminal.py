"""The summary in the terminal, rendered from a run record."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from dataflow.checklist.check import Basis
from dataflow.harness.run_record import (
    VERSION,
    CheckRecord,
    NotesRecord,
    RunRecord,
    SectionRecord,
    Wait,
)
from dataflow.harness.verdicts import Verdict
from dataflow.report.terminal import render, render_assumptions
from tests.cases import cases

_MOMENT = datetime(2026, 11, 29, tzinfo=UTC)
_QUIET = NotesRecord()


def check(
    name: str = "one",
    verdict: Verdict = Verdict.HOLDS,
    notes: NotesRecord = _QUIET,
    *,
    basis: Basis = Basis.STATED,
    section: str = "shop",
) -> CheckRecord:
    """Return a check of a section."""
    return CheckRecord(
        id=f"{section}.every.{name}",
        section=section,
        title=f"The {name} check, of which there are more",
        basis=basis,
        verdict=verdict,
        notes=notes,
    )


def section(number: int, name: str = "shop", *questions: str) -> SectionRecord:
    """Return a section with two checks."""
    return SectionRecord(
        id=name, number=number, name=name.title(), announced=2, questions=questions
    )


def run_of(*checks: CheckRecord, sections: tuple[SectionRecord, ...] = ()) -> RunRecord:
    """Return a run of these checks on the twins."""
    return RunRecord(
        version=VERSION,
        target="twin",
        sync="reference",
        weather="fair",
        start=_MOMENT,
        end=_MOMENT,
        status=0,
        is_whole=False,
        sections=sections or (section(1),),
        checks=checks,
    )


def lines(*checks: CheckRecord, sections: tuple[SectionRecord, ...] = ()) -> list[str]:
    """Return the lines of the summary below its table."""
    text = render(run_of(*checks, sections=sections), width=120)
    _, _, *lists = text.split("\n\n")
    return [line for part in lists for line in part.splitlines()]


def row(*checks: CheckRecord) -> list[str]:
    """Return the cells of the one row of the table, with the lines of the last cell."""
    text = render(run_of(*checks), width=120)
    _, _, *lines = text.split("\n\n")[1].splitlines()
    return re.split("  +", "  ".join(line.strip() for line in lines))


def test_the_first_lines_state_result_sync_and_evidence() -> None:
    """The first line counts the checks, the next ones state sync and evidence."""
    record = replace(run_of(check()), evidence=("twins", "accounts"))
    text = render(record, width=120).partition("\n\n")[0]

    assert [
        "Checklist: holds. 1 of 1 checks was run: 1 holds.",
        "Tested:   the reference sync",
        "Evidence: twins",
        "Evidence: accounts",
    ] == text.splitlines()


def test_a_number_stays_on_the_line_of_its_word() -> None:
    """A narrow terminal does not separate the number of a count from its verdict."""
    checks = [check(f"{n}", each) for n, each in enumerate(Verdict)]
    lines = render(run_of(*checks), width=80).splitlines()[:3]

    assert [] == [line for line in lines if line[-1].isdigit()]


@cases(
    "checks, expected",
    {
        "by basis": (
            [check(), check("two", basis=Basis.OBSERVED), check("three")],
            ["2/2", "-", "1/1", "-", "holds"],
        ),
        "refused": (
            [check(), check("two", Verdict.REFUSED)],
            ["1/2", "-", "-", "1", "holds"],
        ),
        "beside": (
            [check(), check("two", Verdict.NOT_EXERCISED)],
            ["1/2", "-", "-", "-", "holds", "1 not exercised"],
        ),
        "all alike": ([check(verdict=Verdict.FAILS)], ["0/1", "-", "-", "-", "fails"]),
        "mixed": (
            [check(str(n), verdict) for n, verdict in enumerate(Verdict)],
            [
                *("1/7", "-", "-", "1", "fails, partly run", "1 fails"),
                *("1 inconclusive", "1 waived", "1 not exercised", "1 not run"),
            ],
        ),
    },
)
def test_a_section_states_its_result(
    checks: list[CheckRecord], expected: list[str]
) -> None:
    """A row counts what holds by basis, and what is refused and all others beside."""
    assert expected == row(*checks)[1:]


def test_colours_are_an_option() -> None:
    """A verdict has a colour only where the caller asks for it."""
    record = run_of(check(verdict=Verdict.FAILS))
    plain, coloured = (render(record, width=80, colour=c) for c in (False, True))

    assert (False, True) == ("\x1b[1;31mfails" in plain, "\x1b[1;31mfails" in coloured)


@cases(
    "checks, title, shown",
    {
        "failed": (
            [check(verdict=Verdict.FAILS)],
            "Failed checks",
            "The one check, of which there are more  shop.every.one",
        ),
        "inconclusive": (
            [check(verdict=Verdict.INCONCLUSIVE)],
            "Inconclusive checks",
            "The one check, of which there are more  shop.every.one",
        ),
        "not exercised": (
            [replace(check(verdict=Verdict.NOT_EXERCISED), reason="it needs days")],
            "Checks that are not exercised",
            "1. The one check, of which there are more  it needs days",
        ),
        "not exercised together": (
            [
                replace(check(name, Verdict.NOT_EXERCISED), reason="no adapter")
                for name in ("one", "two")
            ],
            "Checks that are not exercised",
            "1. 2 checks  no adapter",
        ),
        "observed": (
            [check(notes=NotesRecord(observed=("It does.",)))],
            "Observed behaviour where the document leaves it open",
            "The one check  It does.",
        ),
        "unharmed": (
            [check(notes=NotesRecord(unharmed=("Kept.",)), basis=Basis.OBSERVED)],
            "Observed behaviour where the document leaves it open",
            "The one check  Kept.",
        ),
        "refused": (
            [check(notes=NotesRecord(refused=("Too long.",)))],
            "Edits that a vendor refused",
            "The one check, of which there are more  Too long.",
        ),
        "dropped": (
            [
                check(notes=NotesRecord(dropped=("Chargebee POST /orders/{id}: x",))),
                check(
                    "two",
                    notes=NotesRecord(dropped=("Chargebee POST /orders/{id}: x",)),
                ),
            ],
            "Parameters of the sync that a vendor ignores",
            "Chargebee POST /orders/{id}  x",
        ),
        "assumed": (
            [check(notes=NotesRecord(unconfirmed=("b: is", "a: was"))), check("two")],
            (
                "Assumptions about the vendors that no real account has confirmed"
                " (details: -v)"
            ),
            "a, b",
        ),
        "calls": (
            [
                check(notes=NotesRecord(calls={"Chargebee, by the checklist": 10})),
                check(notes=NotesRecord(calls={"Chargebee, by the checklist": 13})),
            ],
            "Calls of this run",
            "Chargebee, by the checklist  23 in 2 scenarios: mean 11.5, maximum 13",
        ),
        "waits": (
            [
                check(
                    notes=NotesRecord(
                        took=tuple(
                            Wait(what="one item", seconds=s) for s in (1.0, 2.0, 9.0)
                        )
                    )
                )
            ],
            "Seconds until the expected result",
            "one item  median 2.0, maximum 9.0",
        ),
        "litter": (
            [check(notes=NotesRecord(litter=("customer 7: it has invoices",)))],
            "Records that could not be removed",
            "shop.every.one  customer 7: it has invoices",
        ),
    },
)
def test_a_note_has_its_list(checks: list[CheckRecord], title: str, shown: str) -> None:
    """Each kind of note is listed below its title."""
    assert [title, f"  {shown}"] == lines(*checks)


@pytest.mark.parametrize(
    "notes", [_QUIET, NotesRecord(unharmed=("Kept.",)), NotesRecord(trouble=("lag",))]
)
def test_a_list_without_entries_has_no_title(notes: NotesRecord) -> None:
    """What the document states, and what nothing happened to, is not listed."""
    assert [] == lines(check(notes=notes))


def test_a_question_names_its_sections() -> None:
    """A question is listed once, with all sections that ask it."""
    sections = tuple(
        section(number, name, "Why?") for number, name in enumerate("abcd", 1)
    )

    found = lines(*(check(section=name) for name in "abc"), sections=sections)
    assert [
        "Open questions for the owner of the document",
        "  Sections 1, 2 and 3  Why?",
    ] == found[-2:]


def test_assumptions_are_listed_in_words() -> None:
    """Each assumption is shown once, with its sentence."""
    notes = NotesRecord(unconfirmed=("b: is so", "a: was so"))

    assert ["", "Assumptions", "  a  was so", "  b  is so"] == (
        render_assumptions(
            run_of(check(notes=notes), check("two", notes=notes)), width=80
        ).splitlines()
    )


@pytest.mark.parametrize("name", ["[/a]", "<script>", "[bold]x", ":smile:"])
def test_a_name_is_shown_as_it_is(name: str) -> None:
    """The name of a section is no markup: `[/a]` would end the run in an error."""
    one = SectionRecord(id="shop", number=1, name=name, announced=1, questions=(name,))

    text = render(run_of(check(), sections=(one,)), width=120)

    assert 2 == text.count(name)
