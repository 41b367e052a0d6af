"""What is said of packs beside the main one over time, the same in every format for people."""

from collections.abc import Iterable, Sequence

from cmis_audit.model.history import Past, PastPack, PastRule
from cmis_audit.model.value import Value
from cmis_audit.render.trend_words import REMARK, signed_change


class PackStep(Value, frozen=True, kw_only=True):
    """A pack in one audit."""

    day: str
    past: PastPack
    change: str
    """Of its score; `*` where the rules are others than before, empty for the first."""
    moved: str
    """`GOV001 +2 −1`: the findings of each rule that came and went."""


class PackTrend(Value, frozen=True, kw_only=True):
    """A pack over time: of the audits that it judged, oldest first."""

    pack: str
    title: str
    steps: tuple[PackStep, ...]

    @property
    def remark(self) -> str:
        return REMARK if any(step.change == "*" for step in self.steps) else ""


def pack_trends(pasts: Sequence[Past]) -> list[PackTrend]:
    """Return the packs beside, by name; each has a score of its own, and no part of another's."""
    names = sorted({one.pack for past in pasts for one in past.beside})
    return [_trend(name, pasts) for name in names]


def _trend(name: str, pasts: Iterable[Past]) -> PackTrend:
    steps: list[PackStep] = []
    for past in pasts:
        for one in past.beside:
            if one.pack == name:
                steps.append(_step(past.read_at[:10], one, steps[-1].past if steps else None))
    return PackTrend(pack=name, title=steps[-1].past.title, steps=tuple(steps))


def _step(day: str, past: PastPack, before: PastPack | None) -> PackStep:
    if before is None:
        change = ""
    elif before.pack_fingerprint != past.pack_fingerprint:
        change = "*"
    else:
        change = signed_change(past.score - before.score)
    return PackStep(day=day, past=past, change=change, moved=", ".join(map(_moved, past.rules)))


def _moved(one: PastRule) -> str:
    signs = [f"+{one.came}"] if one.came else []
    return " ".join([one.rule, *signs, *([f"−{one.gone}"] if one.gone else [])])
