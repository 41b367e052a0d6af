"""What the two names say about each other."""

from collections.abc import Iterator

from cmis_audit.match.forms import TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation
from cmis_audit.model.traits import Marker

_MARKERS = {
    Marker.VERSION: ("name.version", "a version of the other's name"),
    Marker.COPY: ("name.copy", "the other's name marked as a copy"),
    Marker.ARCHIVE: ("name.archive", "the other's name marked as put away"),
    Marker.NEUTRAL: ("name.neutral", "the other's name and a word that says nothing"),
    Marker.PART: ("name.part", "the other's name and a word for a part of it"),
}

_PROTOCOLS = frozenset({"v4", "v6"})  # of the Internet Protocol
_RARE = 3  # tables with the word
_SERIES = 3  # numbered tables of one name


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield one piece: the bits of the way in which the names are related."""
    relation = pair.relation
    bits, detail = _judge(pair)
    if relation.relation == Relation.KIN:
        rare = sum(1 for word in relation.shared if pair.database.word_tables[word] <= _RARE)
        bits += min(rare, 2) * pair.weight("name.shared_word")
    yield Evidence(signal="name", bits=round(bits, 2), detail=detail)


def _judge(pair: Pair) -> tuple[float, str]:
    relation = pair.relation
    left, right = pair.left.traits.ref, pair.right.traits.ref
    if _named_after_twins(pair):
        mine, theirs = pair.twin_parents or (left, right)
        return pair.weight("name.of_twins"), f"named alike after {mine} and {theirs}, which are one"
    match relation.relation:
        case Relation.MARKED if _numbered(pair):
            return pair.weight("name.numbered"), "parts of a numbered series"
        case Relation.MARKED if _lone_part(pair):
            word = relation.markers[0].word
            return pair.weight("name.lone_part"), f"named after the other, for its {word}"
        case Relation.MARKED:
            strongest = max(
                (_MARKERS[affix.marker] for affix in relation.markers),
                key=lambda entry: pair.weight(entry[0]),
                default=_MARKERS[Marker.VERSION],
            )
            marks = sorted({affix.word for affix in relation.markers})
            detail = f"{strongest[1]} ({', '.join(marks)})"
            if strongest[0] == "name.version" and all(mark.isdigit() for mark in marks):
                return pair.weight("name.version_number"), detail
            return pair.weight(strongest[0]), detail
        case Relation.SAME:
            where = "in two schemas" if left.schema != right.schema else "but for the writing"
            return pair.weight("name.same"), f"the same name {where}"
        case Relation.SYNONYM:
            words = f"{_text(relation.left_only)} for {_text(relation.right_only)}"
            return pair.weight("name.synonym"), f"names of one meaning: {words}"
        case Relation.QUALIFIED:
            return _qualified(pair)
        case Relation.PART:
            return _extension(pair)
        case Relation.SIBLING:
            return _sibling(pair)
        case Relation.KIN:
            return pair.weight("name.kin"), f"names share only {_text(relation.shared)}"
        case Relation.NONE:
            return pair.weight("name.none"), "names have no word in common"


def _named_after_twins(pair: Pair) -> bool:
    """Tell whether the names differ only by the names of parents that were found to be one."""
    if not pair.twin_parents or pair.relation.relation in {Relation.MARKED, Relation.SAME}:
        return False
    stems = [
        set(pair.database.by_ref[ref].traits.stem) if ref in pair.database.by_ref else {ref.name}
        for ref in pair.twin_parents
    ]
    own = [set(form.traits.stem) for form in (pair.left, pair.right)]
    rest = [words - stem for words, stem in zip(own, stems, strict=True)]
    return bool(rest[0]) and rest[0] == rest[1]


def _numbered(pair: Pair) -> bool:
    """Tell whether the names are of a series: numbered both, or one of several dated parts.

    `events_2024` and `events_2025` are, and `events` beside both; `orders` and a single
    `orders_20240301` are an original and its copy.
    """
    if {affix.word for affix in pair.relation.markers} == _PROTOCOLS:
        return True
    numbered = [_is_numbered(form) for form in (pair.left, pair.right)]
    if all(numbered):
        return True
    series = [form for form in pair.database.with_stem(pair.left.traits.stem) if _is_numbered(form)]
    return any(numbered) and len(series) >= _SERIES


def _is_numbered(form: TableForm) -> bool:
    return bool(form.traits.affixes) and form.traits.affixes[0].word.isdigit()


def _lone_part(pair: Pair) -> bool:
    """Tell whether a word for a part is all the difference and no other part stands beside it.

    `orders_extension` adds to `orders`; `orders_base` and `orders_extra` may repeat it in two.
    """
    markers = {affix.marker for affix in pair.relation.markers}
    if markers != {Marker.PART}:
        return False
    parts = {
        affix.word
        for form in pair.database.with_stem(pair.left.traits.stem)
        for affix in form.traits.affixes
        if affix.marker == Marker.PART
    }
    return len(parts) < 2


def _extension(pair: Pair) -> tuple[float, str]:
    """Return more against the pair when the word behind says that rows of another sort are kept."""
    relation = pair.relation
    extra = _text(relation.left_only or relation.right_only)
    longer = pair.left if relation.left_only else pair.right
    purpose = longer.traits.satellite
    if purpose:
        detail = f"named after the other, for its {extra} ({purpose})"
        return pair.weight("name.satellite"), detail
    return pair.weight("name.extension"), f"named after the other, for its {extra}"


def _qualified(pair: Pair) -> tuple[float, str]:
    """Return more against the pair when the qualifier tells of a state or of another entity.

    `current_nodes` beside `nodes` is a split by design; `room_data` beside `data` belongs to rooms.
    """
    words = pair.relation.left_only or pair.relation.right_only
    long = pair.left if pair.relation.left_only else pair.right
    detail = f"the same noun, qualified by {_text(words)}"
    if not pair.database.lexicon.state_words.isdisjoint(words):
        return pair.weight("name.qualified_by_state"), detail + ", a state"
    forms = pair.database.by_ref
    for ref in long.traits.parents:
        stem = forms[ref].traits.stem if ref in forms else (ref.name,)
        if stem[-1] in words:
            return pair.weight("name.qualified_by_parent"), f"{detail}, after {ref}"
    return pair.weight("name.qualified"), detail


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
    if pair.left.traits.satellite and pair.left.traits.satellite == pair.right.traits.satellite:
        return pair.weight("name.sibling"), f"{detail}, each with its {pair.left.traits.satellite}"
    name = "name.sibling" if all(known) else "name.sibling_new_word"
    return pair.weight(name), detail


def _text(words: tuple[str, ...]) -> str:
    return "_".join(words) or "nothing"
