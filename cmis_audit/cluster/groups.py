"""Pairs joined into groups that hold together."""

from itertools import pairwise

from cmis_audit.model.match import Match, Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack
from cmis_audit.model.traits import Traits
from cmis_audit.model.value import Value

HARD_SIGNALS = frozenset({"own-parent", "value-type-split", "grain", "layers"})
"""Counter-evidence that no chain through a third table may get around."""

REFUTING = HARD_SIGNALS | {"other-parents", "foreign-key-between", "natural-key"}
"""Counter-evidence that says how two look-alikes differ: nothing is left to ask a person."""


class Thresholds(Value, frozen=True, kw_only=True):
    """The bits at which a pair's evidence leads to something; from the pack's weights."""

    consolidate_from: float
    review_from: float
    refuted_by: float
    related_from: float
    join_from: float
    apart_below: float


def thresholds_of(pack: RulePack) -> Thresholds:
    weights = {weight.name: weight.value for weight in pack.weights}
    return Thresholds(**{name: weights[name] for name in Thresholds.__struct_fields__})


class Links:
    """The matches of a catalog, by pair."""

    def __init__(self, matches: Matches) -> None:
        self._by_pair = {(match.left, match.right): match for match in matches.matches}
        self._passed_over = matches.passed_over

    def between(self, one: TableRef, other: TableRef) -> Match | None:
        left, right = (one, other) if one < other else (other, one)
        return self._by_pair.get((left, right)) or self._passed_over(left, right)

    def among(self, refs: tuple[TableRef, ...]) -> tuple[Match, ...]:
        """Return the matches between any two of the tables, the strongest first."""
        ordered = sorted(refs)
        found = [
            match
            for place, left in enumerate(ordered)
            for right in ordered[place + 1 :]
            if (match := self.between(left, right))
        ]
        return tuple(sorted(found, key=strongest_first))


def strongest_first(match: Match) -> tuple[float, TableRef, TableRef]:
    return -match.bits, match.left, match.right


def cohesive_groups(
    links: list[Match],
    among: Links,
    traits: dict[TableRef, Traits],
    thresholds: Thresholds,
) -> list[tuple[TableRef, ...]]:
    """Return groups of tables joined by the links, the strongest first, none through a weak chain.

    Two groups become one only when no pair across them has hard counter-evidence, and when either
    all their tables name the same noun, or every table of the smaller one has a link of at least
    `join_from` bits into the other while no pair across falls below `apart_below`.
    """
    group_of: dict[TableRef, list[TableRef]] = {}
    for link in sorted(links, key=strongest_first):
        left = group_of.get(link.left, [link.left])
        right = group_of.get(link.right, [link.right])
        if left is right or not _hold_together(left, right, among, traits, thresholds):
            continue
        joined = left + right
        for ref in joined:
            group_of[ref] = joined
    groups = {id(group): tuple(sorted(group)) for group in group_of.values()}
    return sorted(groups.values())


def _hold_together(
    left: list[TableRef],
    right: list[TableRef],
    among: Links,
    traits: dict[TableRef, Traits],
    thresholds: Thresholds,
) -> bool:
    if kept_apart(left, right, among):
        return False
    across = [among.between(one, other) for one in left for other in right]
    if len(left) == len(right) == 1:
        return True
    if same_noun([*left, *right], traits):
        return True
    if any(match and match.bits < thresholds.apart_below for match in across):
        return False
    small, large = sorted((left, right), key=lambda group: (len(group), group))
    return all(
        any(
            match and match.bits >= thresholds.join_from
            for match in (among.between(ref, other) for other in large)
        )
        for ref in small
    )


def kept_apart(left: list[TableRef], right: list[TableRef], among: Links) -> bool:
    """Tell whether a pair across two groups has counter-evidence that no third table outweighs."""
    return any(
        piece.signal in HARD_SIGNALS
        for one in left
        for other in right
        if (match := among.between(one, other))
        for piece in match.counter_evidence
    )


def same_noun(refs: list[TableRef], traits: dict[TableRef, Traits]) -> bool:
    """Tell whether the names are one noun with other words before it or markers around it.

    `posts`, `social_posts_v2` and `scheduled_social_posts` are; `build_configs` and `job_configs`
    are not, for neither name lies within the other.
    """
    stems = sorted({traits[ref].stem for ref in refs}, key=len)
    return all(longer[-len(shorter) :] == shorter for shorter, longer in pairwise(stems))
