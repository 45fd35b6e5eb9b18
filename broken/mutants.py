"""Mutants of the plain sync: each differs from it in one place.

There are two sorts. One changes one node of the source of `plain.py`: an operator, a
number, a branch, an entry, a statement. The other serves no record in which a certain
property has a value, or has none: no tool for mutations knows the vendors' fields.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from broken.api import Record
from broken.plain import PlainSync

_SOURCE = Path(__file__).with_name("plain.py")
_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
}
#: Properties of records that are mistaken for each other.
_MISTAKEN = {
    "created_at": "updated_at",
    "id": "number",
    "number": "id",
    "customer": "id",
    "name": "number",
    "total": "balance",
    "date": "due_date",
    "currency": "name",
    "currency_code": "base_currency_code",
    "customer_id": "id",
    "carrier": "id",
    "draft": "closed",
    "status": "name",
}
#: The properties of the vendor's documentation, by kind.
_PROPERTIES = {
    "customers": (
        "active address1 address2 attention_to autopay bill_to_parent chase city"
        " consolidated credit_hold credit_limit currency email language metadata notes"
        " number owner parent_customer payment_terms phone postal_code state tax_id"
        " taxable taxes"
    ),
    "orders": (
        "autopay chase closed discounts due_date items metadata name"
        " next_payment_attempt notes number paid payment_plan payment_terms"
        " purchase_order ship_to subscription subtotal taxes total balance url"
    ),
    "items": (
        "currency description discountable gl_account metadata taxable taxes type"
        " unit_cost"
    ),
}


#: What is changed, and a function that does it.
Change = tuple[str, Callable[[], None]]


class Mutant(NamedTuple):
    """One mutant: its name, what differs, and a function that returns it."""

    name: str
    description: str
    make: Callable[[], type[PlainSync]]


@cache
def list_mutants() -> dict[str, Mutant]:
    """Return all mutants by name, in the same order in each run."""
    every = [*_of_source(), *_of_records()]
    named = (
        Mutant(f"mutant-{number}", what, make)
        for number, (what, make) in enumerate(every, 1)
    )
    return {mutant.name: mutant for mutant in named}


# Of the records


def _of_records() -> Iterator[tuple[str, Callable[[], type[PlainSync]]]]:
    for kind, names in _PROPERTIES.items():
        for name in names.split():
            for value in (True, False):
                word = "a" if value else "no"
                what = f"leaves out {kind} that have {word} value in {name}"
                yield what, partial(_leave_out, kind, name, value=value)


def _leave_out(kind: str, name: str, *, value: bool) -> type[PlainSync]:
    class LeavesOut(PlainSync):
        """Serves no record of this kind in which a property has a value, or none."""

        def serve(self, served: str, one: Callable[[str, Record], None]) -> None:
            def unless(key: str, record: Record) -> None:
                if served != kind or bool(record.get(name)) is not value:
                    one(key, record)

            super().serve(served, unless)

    return LeavesOut


# Of the source


def _of_source() -> Iterator[tuple[str, Callable[[], type[PlainSync]]]]:
    tree = ast.parse(_SOURCE.read_text("utf-8"))
    for place, node in enumerate(ast.walk(tree)):
        for number, (what, _) in enumerate(_mutations(node)):
            line = getattr(node, "lineno", 0)
            yield f"line {line}: {what}", partial(_mutate, tree, place, number)


def _mutate(tree: ast.Module, place: int, number: int) -> type[PlainSync]:
    mutated = copy.deepcopy(tree)
    node = list(ast.walk(mutated))[place]
    list(_mutations(node))[number][1]()
    names: dict[str, Any] = {"__name__": "broken.mutant"}
    code = compile(ast.fix_missing_locations(mutated), str(_SOURCE), "exec")
    exec(code, names)  # noqa: S102 - a change of a file of this project
    found: type[PlainSync] = names["PlainSync"]
    return found


def _mutations(node: ast.AST) -> Iterator[Change]:
    """Yield what can be changed in a node, and a function that does it."""
    rule = _RULES.get(type(node))
    if rule is not None:
        yield from rule(node)


def _compare(node: ast.Compare) -> Iterator[Change]:
    if type(node.ops[0]) in _OPERATORS:
        yield "another comparison", partial(_put, node.ops, 0, _swap(node.ops[0]))


def _operate(node: ast.BoolOp | ast.BinOp) -> Iterator[Change]:
    if type(node.op) in _OPERATORS:
        yield "another operator", partial(setattr, node, "op", _swap(node.op))


def _branch(node: ast.If | ast.IfExp) -> Iterator[Change]:
    for word, value in (("never", False), ("always", True)):
        yield word, partial(setattr, node, "test", ast.Constant(value=value))


def _count(node: ast.Constant) -> Iterator[Change]:
    if type(node.value) is int:
        for value in (node.value + 1, node.value - 1):
            yield f"{node.value} is {value}", partial(setattr, node, "value", value)


def _swap(operator: ast.AST) -> ast.AST:
    return _OPERATORS[type(operator)]()


def _put(values: list[Any], place: int, value: object) -> None:
    values[place] = value


def _mistake(node: ast.Subscript) -> Iterator[Change]:
    name = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if isinstance(name, str) and name in _MISTAKEN:
        other = _MISTAKEN[name]
        yield f"{other} for {name}", partial(setattr, node.slice, "value", other)


def _mutate_entries(node: ast.Dict) -> Iterator[Change]:
    for place, key in enumerate(node.keys):
        name = ast.unparse(key) if key else "the entries of another"
        yield f"without {name}", partial(_drop_entry, node, place)
        if place:
            yield f"the value of {name} swapped", partial(_swap_entries, node, place)


def _drop_entry(node: ast.Dict, place: int) -> None:
    del node.keys[place], node.values[place]


def _swap_entries(node: ast.Dict, place: int) -> None:
    values = node.values
    values[place - 1], values[place] = values[place], values[place - 1]


def _drop_statements(node: ast.FunctionDef) -> Iterator[Change]:
    for place, statement in enumerate(node.body):
        kinds = ast.Expr, ast.AugAssign, ast.If, ast.For, ast.While
        is_text = isinstance(statement, ast.Expr) and not isinstance(
            statement.value, ast.Call
        )
        if isinstance(statement, kinds) and not is_text:
            what = ast.unparse(statement).partition("\n")[0]
            yield f"without `{what}`", partial(_put, node.body, place, ast.Pass())


#: What can be changed, by the type of a node.
_RULES: dict[type[ast.AST], Callable[[Any], Iterator[Change]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _operate,
    ast.BinOp: _operate,
    ast.If: _branch,
    ast.IfExp: _branch,
    ast.Constant: _count,
    ast.Subscript: _mistake,
    ast.Dict: _mutate_entries,
    ast.FunctionDef: _drop_statements,
}
