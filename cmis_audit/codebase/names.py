"""Which tables a name in code may mean."""

from collections import defaultdict
from collections.abc import Iterable

from cmis_audit.codebase.mention import Name
from cmis_audit.model.names import TableRef


class Names:
    """The tables of a catalog by what code may call them."""

    def __init__(self, tables: Iterable[TableRef], path: tuple[str, ...] = ()) -> None:
        self._tables = sorted(set(tables))
        self._known = set(self._tables)
        self._path = path
        """The schemas in which a bare name is looked up, where the code sets one such list."""
        self._by_name: dict[str, list[TableRef]] = defaultdict(list)
        for ref in self._tables:
            self._by_name[ref.name].append(ref)

    def words(self) -> frozenset[bytes]:
        """Return a word for each table without which no text can name it, in lower case."""
        return frozenset(
            max(folded(name.encode()).split(), key=len, default=b"") for name in self._by_name
        )

    def schemas(self) -> frozenset[str]:
        return frozenset(ref.schema for ref in self._tables)

    def meant(self, names: Iterable[Name]) -> tuple[TableRef, ...]:
        """Return the tables that the first name with a meaning may mean."""
        return next((found for name in names if (found := self._meant(name))), ())

    def _meant(self, name: Name) -> tuple[TableRef, ...]:
        if name.schema:
            ref = TableRef(schema=name.schema, name=name.name)
            return (ref,) if ref in self._known else ()
        found = self._by_name.get(name.name, ())
        for schema in self._path if len(found) > 1 else ():
            ref = TableRef(schema=schema, name=name.name)
            if ref in self._known:
                return (ref,)
        return tuple(found)


_WORD_BYTES = bytes(
    byte if chr(byte).isalnum() or byte in b"_" or byte >= 0x80 else 0x20 for byte in range(256)
)
_FOLDING = _WORD_BYTES.lower()


def folded(text: bytes) -> bytes:
    """Return the text in lower case, with blanks for all that is no letter, digit or underscore."""
    return text.translate(_FOLDING)
