"""What the names of schemas say: which is marked as a version or a copy, and of which other."""

from collections.abc import Iterable

from cmis_audit.match.table_names import COPIES, NameReader
from cmis_audit.match.words import is_version
from cmis_audit.model.traits import Affix, Marker, SchemaTraits

_DATE = 8  # digits of a year, a month and a day; a time may follow
_CENTURIES = ("19", "20")


class SchemaNames:
    """The schemas of a database by name."""

    def __init__(self, names: Iterable[str], reader: NameReader) -> None:
        self.traits = {name: _traits(name, reader) for name in sorted(set(names))}
        self._neutral = {
            word for word, marker in reader.markers.items() if marker == Marker.NEUTRAL
        }
        self._plain = {one.base for one in self.traits.values() if not one.markers}

    def is_copy(self, name: str) -> bool:
        """Tell whether the name is another's, marked as a version, a copy or as put away.

        A date alone marks a copy only beside the schema without it: else it is one of a series.
        A name that is nothing but a marker may be anything.
        """
        one = self.traits[name]
        dated = all(affix.word.isdigit() for affix in one.markers)
        return bool(one.markers and one.base) and (not dated or one.base in self._plain)

    def copies_of(self, schemas: Iterable[str]) -> dict[str, str]:
        """Return the copies, by their names, of those schemas, each with the one it is made of."""
        by_base = {self.traits[name].base: name for name in sorted(schemas, reverse=True)}
        return {
            name: by_base[one.base]
            for name, one in self.traits.items()
            if one.base in by_base and self.is_copy(name)
        }

    def is_bare_marker(self, name: str) -> bool:
        """Tell whether the name says nothing but that it holds copies: `archive`."""
        return not self.traits[name].base

    def are_related(self, left: str, right: str) -> bool:
        """Tell whether a name says that the one schema is made from the other.

        The one bears a marker that the other lacks, is the other's with words added to it, or says
        nothing of its own: `app`.
        """
        one, other = self.traits[left], self.traits[right]
        short, long = sorted((set(one.base), set(other.base)), key=len)
        empty = any(self._neutral.issuperset(each.base) for each in (one, other))
        return one.markers != other.markers or short <= long or empty


def _traits(name: str, reader: NameReader) -> SchemaTraits:
    """Take a name apart; a number that is no date belongs to it: `shop2`, `region_10`."""
    base: list[str] = []
    markers: list[Affix] = []
    words = reader.words(name)
    date = _date(words)
    for word in words:
        if is_version(word):
            markers.append(Affix(word=word, marker=Marker.VERSION))
        elif reader.markers.get(word) in COPIES:
            markers.append(Affix(word=word, marker=reader.markers[word]))
        elif not (date and word.isdigit()):
            base.append(word)
    if date:
        markers.append(Affix(word=date, marker=Marker.COPY))
    return SchemaTraits(name=name, base=tuple(base), markers=tuple(markers))


def _date(words: tuple[str, ...]) -> str | None:
    """Return the digits of the name where they are a date: `app_2024_01_15`, `app_20240115`."""
    digits = "".join(word for word in words if word.isdigit())
    if len(digits) < _DATE or not digits.startswith(_CENTURIES):
        return None
    month, day = int(digits[4:6]), int(digits[6:8])
    return digits if 1 <= month <= 12 and 1 <= day <= 31 else None
