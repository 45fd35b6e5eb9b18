"""The two records of a failed comparison, side by side."""

from __future__ import annotations

import pytest

from dataflow.harness.categories import Compared, MismatchError
from dataflow.harness.scenario.expectations import find_mismatches, require_none
from dataflow.report.side_by_side import render_compared
from tests.harness.worlds import ORDER_7, a_world
from tests.project import NEW_ITEM, Project

COMPARED = Compared(
    (
        (
            "invoice 7",
            {"id": 7, "name": "A <b>", "lines": [{"amount": 4}], "memo": "secret"},
        ),
        ("order o-7", {"id": "o-7", "note": None, "name": "A"}),
    ),
    "name",
)


def test_each_property_is_a_row_and_the_differing_one_is_marked() -> None:
    """The row that differs is the first one; texts are escaped."""
    page = render_compared(COMPARED, lambda text: text.replace("secret", "[hidden]"))
    _, _, rows = page.partition("<th>order o-7</th></tr>")

    assert (
        '<tr class="differs"><td>name</td>'
        "<td>&quot;A &lt;b&gt;&quot;</td><td>&quot;A&quot;</td></tr>"
        "<tr><td>id</td><td>7</td><td>&quot;o-7&quot;</td></tr>"
        "<tr><td>lines[0].amount</td><td>4</td><td></td></tr>"
        "<tr><td>memo</td><td>&quot;[hidden]&quot;</td><td></td></tr>"
        "</table>\n"
    ) == rows


def test_a_wrong_value_leaves_both_records() -> None:
    """The error of an expectation has the record and its counterpart."""
    table = [["record", "Chargebee currency_code"], ["the invoice", "USD"]]
    with pytest.raises(MismatchError) as error:
        require_none(find_mismatches(a_world(ORDER_7), table, "order"))
    compared = error.value.compared

    assert compared is not None
    assert ("currency_code", ["invoice 7", "order o-7"]) == (
        compared.name,
        [title for title, _ in compared.records],
    )


_FAILING = """
from dataflow.harness.categories import Category, Compared, Finding, MismatchError

def pytest_bdd_before_step_call():
    records = ("invoice 7", {"name": "A"}), ("order 7", {"name": "B"})
    found = Finding("name is 'B'", Category.LOST, Compared(records, "name"))
    raise MismatchError(found)
"""


def test_a_failed_comparison_is_attached(project: Project) -> None:
    """The report of Allure has the two records at the step that failed."""
    project.append("conftest.py", _FAILING)
    done = project.run(NEW_ITEM, has_reports=True)
    step = done.result("items-item.every.new-record")["steps"][0]

    assert '<tr class="differs"><td>name</td>' in done.attached(
        step, "Compared records"
    )
