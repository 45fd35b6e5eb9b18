"""Looks at the code of steps and tests: what is empty, swallows, or asks nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

#: Whoever catches one of these catches what a Then has found, too.
_WIDE = {"", "AssertionError", "Exception", "BaseException"}
_ASSERTS = {"raises", "warns", "fail"}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield all functions, wherever they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def steps(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions that are decorated as steps."""
    for function in functions(tree):
        called = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
        if {_last(name) for name in called} & {"given", "when", "then", "step"}:
            yield function


def is_empty(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function does nothing: it passes, returns, drops its arguments."""
    return all(_is_idle(statement) for statement in function.body)


def _is_idle(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr | ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass | ast.Delete)


def swallowing(tree: ast.AST) -> Iterator[str]:
    """Yield line and names of each place where an error may vanish.

    An error that is caught must be raised again, or told: its text goes somewhere. What
    a Then may have found must be raised.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _swallows(node):
            yield f"{node.lineno}: {', '.join(sorted(_caught(node))) or 'everything'}"
        elif isinstance(node, ast.Call) and _last(node.func) == "suppress":
            yield f"{node.lineno}: {', '.join(map(ast.unparse, node.args))}"


def _swallows(handler: ast.ExceptHandler) -> bool:
    inside = list(ast.walk(ast.Module(handler.body, [])))
    if any(isinstance(node, ast.Raise) for node in inside):
        return False
    told = any(isinstance(n, ast.Name) and n.id == handler.name for n in inside)
    return not told or bool((_caught(handler) or {""}) & _WIDE)


def _caught(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return set()
    each = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {_last(node) for node in each}


def asking_nothing(trees: Mapping[str, ast.AST]) -> list[str]:
    """Return the tests that assert nothing and call nobody who does, by their place.

    Functions are followed by name, through all of these files.
    """
    known: dict[str, list[ast.AST]] = {}
    for tree in trees.values():
        for function in functions(tree):
            known.setdefault(function.name, []).append(function)
    return [
        f"{place}:{function.lineno} {function.name}"
        for place, tree in trees.items()
        for function in functions(tree)
        if function.name.startswith("test_") and not _asks([function], known)
    ]


def _asks(begin: Sequence[ast.AST], known: Mapping[str, list[ast.AST]]) -> bool:
    todo, seen = list(begin), set[str]()
    while todo:
        for node in ast.walk(todo.pop()):
            name = _last(node)
            if isinstance(node, ast.Assert | ast.Raise) or name in _ASSERTS:
                return True
            if name in known and name not in seen:
                seen.add(name)
                todo += known[name]
    return False


def _last(node: ast.AST) -> str:
    """Return the last part of a dotted name; nothing where it is none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
