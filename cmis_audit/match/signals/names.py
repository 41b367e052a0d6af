"""What the two names say about each other."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.match.table_names import Relation
from cmis_audit.model.match import Evidence
from cmis_audit.model.traits import Marker

_MARKERS = {
    Marker.VERSION: ("name.version", "a version of the other's name"),
    Marker.COPY: ("name.copy", "the other's name marked as a copy"),
    Marker.ARCHIVE: ("name.archive", "the other's name marked as put away"),
    Marker.NEUTRAL: ("name.neutral", "the other's name and a word that says nothing"),
    Marker.PART: ("name.part", "the other's name and a word for a part of it"),
}


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield one piece: the bits of the way in which the names are related."""
    relation = pair.relation
    bits, detail = _judge(pair)
    if relation.relation in {Relation.QUALIFIED, Relation.SIBLING, Relation.KIN}:
        rare = sum(1 for word in relation.shared if pair.database.word_tables[word] <= 3)
        bits += min(rare, 2) * pair.weight("name.shared_word")
    yield Evidence(signal="name", bits=round(bits, 2), detail=detail)


def _judge(pair: Pair) -> tuple[float, str]:
    relation = pair.relation
    left, right = pair.left.traits.ref, pair.right.traits.ref
    match relation.relation:
        case Relation.MARKED:
            strongest = max(
                (_MARKERS[affix.marker] for affix in relation.markers),
                key=lambda entry: pair.weight(entry[0]),
                default=_MARKERS[Marker.VERSION],
            )
            words = ", ".join(sorted({affix.word for affix in relation.markers}))
            return pair.weight(strongest[0]), f"{strongest[1]} ({words})"
        case Relation.SAME:
            where = "in two schemas" if left.schema != right.schema else "but for the writing"
            return pair.weight("name.same"), f"the same name {where}"
        case Relation.SYNONYM:
            words = f"{_text(relation.left_only)} for {_text(relation.right_only)}"
            return pair.weight("name.synonym"), f"names of one meaning: {words}"
        case Relation.QUALIFIED:
            extra = _text(relation.left_only or relation.right_only)
            return pair.weight("name.qualified"), f"the same noun, qualified by {extra}"
        case Relation.PART:
            extra = _text(relation.left_only or relation.right_only)
            return pair.weight("name.extension"), f"named after the other, for its {extra}"
        case Relation.SIBLING:
            return _sibling(pair)
        case Relation.KIN:
            return pair.weight("name.kin"), f"names share only {_text(relation.shared)}"
        case Relation.NONE:
            return pair.weight("name.none"), "names have no word in common"


def _sibling(pair: Pair) -> tuple[float, str]:
    """Return less against the pair when one of the differing words stands nowhere else.

    `artist_alias` and `label_alias` are siblings because artists and labels are known things; a
    word that no other table knows may be a new name for an old thing.
    """
    relation = pair.relation
    detail = f"one pattern, {_text(relation.left_only)} against {_text(relation.right_only)}"
    counts = pair.database.word_tables
    known = [
        all(counts[word] > 1 for word in side) and bool(side)
        for side in (relation.left_only, relation.right_only)
    ]
    name = "name.sibling" if all(known) else "name.sibling_new_word"
    return pair.weight(name), detail


def _text(words: tuple[str, ...]) -> str:
    return "_".join(words) or "nothing"
