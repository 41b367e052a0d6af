"""What was left out of an SQL file or put in by way of a stand-in, folded by reason."""

from operator import itemgetter

from cmis_audit.model.catalog import Skipped
from cmis_audit.sqlfile.statements import Statement

EXCERPT_CHARACTERS = 60
WHY_CHARACTERS = 300


def one_line(text: str, characters: int) -> str:
    """Return text on one line of at most that length, safe to print: the file chose its bytes."""
    # Cut before the work: a statement may have a hundred megabytes.
    words = " ".join(text[: 20 * characters].split())
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in words)
    return shown if len(shown) <= characters else shown[: characters - 1].rstrip() + "…"


def excerpt(statement: Statement) -> str:
    """Return the beginning of a statement, to find it by."""
    return one_line(statement.text, EXCERPT_CHARACTERS)


class Notes:
    """The list in the making."""

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[int, str]]] = {}
        self._names: dict[str, dict[str, set[str]]] = {}
        self._plain: set[tuple[str, str]] = set()
        self._failures: list[tuple[int, str, str]] = []

    def failed(self, line: int, what: str, why: str) -> None:
        """Note a statement that the server refused."""
        self._failures.append((line, what, one_line(why, WHY_CHARACTERS)))
        self.at(line, what, why)

    def at(self, line: int, what: str, why: str) -> None:
        """Note something in a line of the file; several with one reason become one entry."""
        self._places.setdefault(one_line(why, WHY_CHARACTERS), []).append((line, what))

    def named(self, kind: str, name: str, why: str) -> None:
        """Note a thing by name; several of a kind with one reason become one entry."""
        shown = one_line(name, EXCERPT_CHARACTERS)
        self._names.setdefault(why, {}).setdefault(kind, set()).add(shown)

    def plain(self, what: str, why: str) -> None:
        """Note something about the whole file."""
        self._plain.add((what, one_line(why, WHY_CHARACTERS)))

    def first_failure(self) -> str | None:
        """Return the first statement of the file that was refused, with the reason."""
        if not self._failures:
            return None
        line, what, why = min(self._failures, key=itemgetter(0))
        return f"line {line}: {what}: {why}"

    def skipped(self) -> tuple[Skipped, ...]:
        """Return the folded entries, sorted."""
        entries = [Skipped(what=what, why=why) for what, why in self._plain]
        for why, places in self._places.items():
            line, what = min(places, key=itemgetter(0))
            others = len(places) - 1
            more = f" (and {others} more)" if others else ""
            entries.append(Skipped(what=f"line {line}: {what}{more}", why=why))
        for why, kinds in self._names.items():
            for kind, names in kinds.items():
                listed = sorted(names)
                more = f" and {len(listed) - 10} more" if len(listed) > 10 else ""
                entries.append(Skipped(what=f"{kind} {', '.join(listed[:10])}{more}", why=why))
        return tuple(sorted(entries))
