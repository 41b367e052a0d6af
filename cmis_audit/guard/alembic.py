"""Alembic's migrations: what `upgrade()` says in literals, as SQL. Nothing is executed."""

import ast
import warnings
from collections.abc import Iterator
from typing import Final

from cmis_audit.guard.alembic_tables import Operations
from cmis_audit.guard.alembic_types import last_name
from cmis_audit.guard.said import BY_CODE, Missed, Said

MOST_STATEMENTS: Final = 20_000
_MOST_TURNS: Final = 200  # of a loop over what is written out
_DEEPEST: Final = 5  # function that calls a function
_BLOCKS: Final = (ast.If, ast.With, ast.Try, ast.While, ast.For)


def read_alembic(text: str) -> Iterator[Said]:
    """Yield what a module's `upgrade` does to tables, and what of it could not be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string of somebody's
            module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield Missed(getattr(error, "lineno", None) or 1, "the file", "it is no Python 3")
        return
    yield from _Reader(module).read()


class _Reader:
    def __init__(self, module: ast.Module) -> None:
        self._functions = {
            node.name: node for node in module.body if isinstance(node, ast.FunctionDef)
        }
        self._module = module
        self._left = MOST_STATEMENTS
        self._operations = Operations()

    def read(self) -> Iterator[Said]:
        upgrade = self._functions.get("upgrade")
        if upgrade is None:
            return
        for node in self._module.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                self._operations.remember(node)
        yield from self._body(upgrade.body, 0)

    def _body(self, body: list[ast.stmt], depth: int) -> Iterator[Said]:
        for node in body:
            self._left -= 1
            if self._left < 0:
                yield Missed(node.lineno, "the rest", f"it has more than {MOST_STATEMENTS:,} steps")
                return
            if isinstance(node, ast.Assign | ast.AnnAssign):
                self._operations.remember(node)
            if isinstance(node, ast.For):
                yield from self._loop(node, depth)
            elif isinstance(node, _BLOCKS):
                yield from self._block(node, depth)
            elif not isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield from self._calls(node, depth)

    def _block(self, node: ast.stmt, depth: int) -> Iterator[Said]:
        """Yield what every branch does: which one runs is known to the database alone."""
        before = None
        if isinstance(node, ast.With):
            before = self._operations.batch
            for item in node.items:
                yield from self._operations.enter(item)
        for name in ("body", "orelse", "finalbody"):
            yield from self._body(getattr(node, name, []), depth)
        for handler in getattr(node, "handlers", []):
            yield from self._body(handler.body, depth)
        if isinstance(node, ast.With):
            self._operations.batch = before

    def _loop(self, node: ast.For, depth: int) -> Iterator[Said]:
        try:
            turns = self._operations.literal(node.iter)
        except ValueError:
            turns = None
        if not isinstance(turns, list | tuple) or len(turns) > _MOST_TURNS:
            self._operations.forget(node.target)
            yield from self._body(node.body, depth)
            return
        for turn in turns:
            self._operations.bind(node.target, turn)
            yield from self._body(node.body, depth)

    def _calls(self, statement: ast.stmt, depth: int) -> Iterator[Said]:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called in self._functions:
                if depth >= _DEEPEST:
                    yield Missed(node.lineno, f"{called}()", BY_CODE)
                    continue
                function = self._functions[called]
                self._operations.bind_arguments(function, node)
                yield from self._body(function.body, depth + 1)
            elif last_name(node.func) == "create_all":
                yield Missed(node.lineno, "create_all()", "the tables stand in models")
            else:
                yield from self._operations.call(node)
