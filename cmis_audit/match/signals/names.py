"""What the two names say about each other."""

from collections.abc import Iterator

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.match.table_names import NameRelation, shared_length
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
_ENDING = 4  # letters that two run-together words share
_RARE = 3  # tables with the word
_SERIES = 3  # numbered tables of one name
_MODULE = 5  # tables whose names begin with the word


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
        case _ if _opposed(pair):
            words = f"{_text(relation.left_only)} and {_text(relation.right_only)}"
            return pair.weight("name.opposed"), f"two sides of one thing: {words}"
        case _ if _formats(relation, pair.database):
            words = f"{_text(relation.left_only)} and {_text(relation.right_only)}"
            return pair.weight("name.format"), f"one noun in two formats: {words}"
        case Relation.MARKED if _numbered(pair):
            return pair.weight("name.numbered"), "parts of a numbered series"
        case Relation.MARKED if _lone_part(pair):
            word = relation.markers[0].word
            return pair.weight("name.lone_part"), f"named after the other, for its {word}"
        case Relation.MARKED if _rows_of(pair):
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
        case Relation.NONE if _sides(pair) != (relation.left_only, relation.right_only):
            return _sibling(pair)
        case Relation.NONE:
            return pair.weight("name.none"), "names have no word in common"


def at_most(relation: NameRelation, database: Database) -> float:
    """Return the most that `evidence` says of names of one meaning, or one within the other.

    Unless their parents were found to be one.
    """
    of_relation: tuple[str, ...] = {
        Relation.SYNONYM: ("synonym",),
        Relation.QUALIFIED: ("qualified", "qualified_by_state", "qualified_by_parent"),
        Relation.PART: ("extension", "satellite", "sibling_new_word"),
    }[relation.relation]
    if relation.relation == Relation.QUALIFIED and not database.lexicon.state_words.isdisjoint(
        relation.left_only or relation.right_only
    ):
        of_relation = ("qualified_by_state",)
    formats = ("format",) if _formats(relation, database) else ()
    return max(database.weights[f"name.{name}"] for name in (*of_relation, *formats))


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


def _opposed(pair: Pair) -> bool:
    """Tell whether one word makes the difference, and the two are opposites: `in` and `out`."""
    left, right = pair.relation.left_only, pair.relation.right_only
    if len(left) != 1 or len(right) != 1:
        return False
    return any({*left, *right} == set(sides) for sides in pair.database.lexicon.opposites)


def _formats(relation: NameRelation, database: Database) -> bool:
    """Tell whether only the words for the format differ in which the same rows are kept."""
    formats = database.lexicon.format_words
    sides = (relation.left_only, relation.right_only)
    return bool(relation.shared) and all(side and formats.issuperset(side) for side in sides)


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


def _rows_of(pair: Pair) -> bool:
    """Tell whether a word that says little marks the table with many rows for one of the other.

    `price_lists` beside `prices` that point at it, with a column that is no key there.
    """
    if {affix.marker for affix in pair.relation.markers} != {Marker.NEUTRAL}:
        return False
    for child, parent in ((pair.left, pair.right), (pair.right, pair.left)):
        keys = [key.columns for key in child.table.uniques]
        keys += [child.table.primary_key.columns] if child.table.primary_key else []
        declared = {key.columns for key in child.table.foreign_keys}
        if any(
            columns in declared and columns not in keys for columns in pair.pointers(child, parent)
        ):
            return True
    return False


def _extension(pair: Pair) -> tuple[float, str]:
    """Return more against the pair when the word behind says that rows of another sort are kept."""
    relation = pair.relation
    extra = _text(relation.left_only or relation.right_only)
    longer = pair.left if relation.left_only else pair.right
    shorter = pair.right if relation.left_only else pair.left
    if any(affix.marker == Marker.PART for affix in shorter.traits.affixes):
        return pair.weight("name.sibling_new_word"), f"the other has {extra} for a part of the same"
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
    sides = _sides(pair)
    detail = f"one pattern, {_text(sides[0])} against {_text(sides[1])}"
    counts = pair.database.word_tables
    known = [all(counts[word] > 1 for word in side) and bool(side) for side in sides]
    if _two_modules(pair):
        return pair.weight("name.modules"), f"{detail}: one name and one parent in two modules"
    if pair.left.traits.satellite and pair.left.traits.satellite == pair.right.traits.satellite:
        return pair.weight("name.sibling"), f"{detail}, each with its {pair.left.traits.satellite}"
    if all(pair.database.with_stem(side) for side in sides):
        return pair.weight("name.sibling_of_tables"), f"{detail}, each after a table of that name"
    name = "name.sibling" if all(known) else "name.sibling_new_word"
    return pair.weight(name), detail


def _sides(pair: Pair) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the differing words; of `hostchecks` and `servicechecks` what stands before `checks`.

    Of names written without separators the longest common ending is a word of its own when what is
    left before it are words of the database on both sides.
    """
    left, right = pair.relation.left_only, pair.relation.right_only
    if len(left) == len(right) == 1:
        ending = shared_length(left[0][::-1], right[0][::-1])
        cut = (left[0][: len(left[0]) - ending],), (right[0][: len(right[0]) - ending],)
        if ending >= _ENDING and all(side[0] in pair.database.word_tables for side in cut):
            return cut
    return left, right


def _two_modules(pair: Pair) -> bool:
    """Tell whether the names differ by the module they begin with, and the parents not at all.

    A module's word begins many names and is no table's own: then it says who made the table, not
    what its rows belong to.
    """
    left, right = pair.left.traits, pair.right.traits
    if left.stem[1:] != right.stem[1:] or not left.parents or left.parents != right.parents:
        return False
    database = pair.database
    return all(
        database.first_words[stem[0]] >= _MODULE and not database.with_stem(stem[:1])
        for stem in (left.stem, right.stem)
    )


def _text(words: tuple[str, ...]) -> str:
    return "_".join(words) or "nothing"
