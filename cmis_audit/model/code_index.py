"""What a search of code found, by table."""

from collections import defaultdict
from collections.abc import Iterable

from cmis_audit.model.code import CodeReference, CodeSurvey, CodeUse
from cmis_audit.model.names import TableRef

_USING = frozenset({CodeUse.MODEL, CodeUse.QUERY})
_NO_STAMP = "~"
_STAMP_DIGITS = 30


class CodeIndex:
    """Answers what creates and what uses a table."""

    def __init__(self, survey: CodeSurvey) -> None:
        self.survey = survey
        self._of: dict[TableRef, list[CodeReference]] = defaultdict(list)
        for one in survey.references:
            self._of[one.table].append(one)

    def of(self, table: TableRef) -> tuple[CodeReference, ...]:
        return tuple(self._of.get(table, ()))

    def origin(self, table: TableRef) -> CodeReference | None:
        """Return where the table was created: in a migration if there is one, the first of them."""
        made = [one for one in self.of(table) if one.use is CodeUse.CREATES]
        return min(made, key=_age, default=None)

    def models(self, table: TableRef) -> tuple[CodeReference, ...]:
        return tuple(one for one in self.of(table) if one.use is CodeUse.MODEL)

    def uses(self, table: TableRef) -> tuple[CodeReference, ...]:
        """Return models and queries; what a migration does once is no use."""
        return tuple(one for one in self.of(table) if one.use in _USING and not one.migration)

    def files_using(self, table: TableRef) -> int:
        """Return how many files use the table and no other of its name."""
        return len(files(one for one in self.uses(table) if one.candidates == 1))

    def place(self, reference: CodeReference) -> str:
        """Return file and line, as seen from where the search was started."""
        return f"{self.survey.path(reference)}:{reference.line}"


def files(references: Iterable[CodeReference]) -> set[tuple[int, str]]:
    """Return the files in which references stand."""
    return {(one.root, one.file) for one in references}


def _age(one: CodeReference) -> tuple[bool, int, str, int, str, int]:
    return (
        not one.migration,
        one.candidates,
        one.stamp.zfill(_STAMP_DIGITS) if one.stamp else _NO_STAMP,
        one.root,
        one.file,
        one.line,
    )
