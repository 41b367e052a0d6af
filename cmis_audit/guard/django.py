"""Django's migrations: what their `operations` say in literals, as SQL. Nothing is executed."""

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Final

from cmis_audit.guard import said
from cmis_audit.guard.alembic_types import last_name
from cmis_audit.guard.django_models import Models
from cmis_audit.guard.django_operations import OPERATIONS, WITHOUT_TABLES, Given
from cmis_audit.guard.said import Missed, Said
from cmis_audit.guard.state import State

_IS_DJANGO: Final = re.compile(r"^class Migration\([^)\n]*Migration\s*\)", re.MULTILINE)


def is_django(text: str) -> bool:
    return _IS_DJANGO.search(text) is not None


class Django:
    """The migrations of a project, one after the other."""

    def __init__(self, state: State) -> None:
        self._models = Models(state)
        self._functions: dict[str, ast.FunctionDef] = {}

    def read(self, text: str, path: str) -> Iterator[Said]:
        """Yield what a migration does to tables, and what of it could not be read."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an odd escape in a string of somebody's
                module = ast.parse(text)
        except (SyntaxError, ValueError, MemoryError) as error:
            yield Missed(getattr(error, "lineno", None) or 1, "the file", "it is no Python 3")
            return
        if not self._models.begin(path):
            yield Missed(1, "the file", "its path does not tell the app: APP/migrations/NAME.py")
            return
        self._functions = {
            node.name: node for node in module.body if isinstance(node, ast.FunctionDef)
        }
        for node in module.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                self._models.literals.remember(node)
            elif isinstance(node, ast.ClassDef) and node.name == "Migration":
                yield from self._migration(node)

    def _migration(self, migration: ast.ClassDef) -> Iterator[Said]:
        for node in migration.body:
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AugAssign | ast.AnnAssign):
                targets = [node.target]
            else:
                continue
            if any(last_name(one) == "operations" for one in targets):
                yield from self._operations(node.value, node.lineno)

    def _operations(self, node: ast.expr | None, line: int) -> Iterator[Said]:
        if not isinstance(node, ast.List | ast.Tuple):
            yield Missed(line, "operations", said.BY_CODE)
            return
        for one in node.elts:
            yield from self._operation(one)

    def _operation(self, node: ast.expr) -> Iterator[Said]:
        name = last_name(node.func) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or not name:
            yield Missed(node.lineno, "an operation", said.BY_CODE)
            return
        if name in WITHOUT_TABLES:
            return
        do = OPERATIONS.get(name)
        if do is None:
            yield Missed(node.lineno, name, "this operation is not read")
            return
        names, make = do
        given = dict(zip(names, node.args, strict=False))
        given |= {one.arg: one.value for one in node.keywords if one.arg}
        try:
            yield from make(
                Given(self._models, self._functions, self._operations, given, node.lineno)
            )
        except (ValueError, KeyError, IndexError, AttributeError):
            yield Missed(node.lineno, name, said.BY_CODE)
