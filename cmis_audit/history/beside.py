"""What became of the scores of packs beside the main one: each has a bridge of its own."""

from cmis_audit.history.bridge import bridge_of, waived_by_rule
from cmis_audit.model.comparison import NamedFinding, PackChange, PackSide
from cmis_audit.model.record import Record, RecordedPack


def packs_beside(old: Record, new: Record) -> tuple[PackChange, ...]:
    """Return the packs beside the main one of either audit, in the order of the new one.

    What was the main pack once and is beside it now is held against that.
    """
    names = [one.score.pack for one in (*new.beside, *old.beside)]
    mains = {old.score.pack} & {new.score.pack}
    return tuple(_change(name, old, new) for name in dict.fromkeys(names) if name not in mains)


def _change(name: str, old: Record, new: Record) -> PackChange:
    then, now = old.pack(name), new.pack(name)
    titles = [one.title for one in (*new.beside, *old.beside) if one.score.pack == name]
    both = then is not None and now is not None
    return PackChange(
        pack=name,
        title=titles[0],
        old=_side(then),
        new=_side(now),
        same_scale=then is not None
        and now is not None
        and then.score.pack_fingerprint == now.score.pack_fingerprint,
        bridge=bridge_of(then.score, now.score, waived_by_rule(old), waived_by_rule(new))
        if then is not None and now is not None
        else None,
        came=_named(now, _known(then, old), new) if both else (),
        gone=_named(then, _known(now, new), old) if both else (),
    )


def _side(pack: RecordedPack | None) -> PackSide | None:
    if pack is None:
        return None
    return PackSide(
        score=pack.score.value,
        grade=pack.score.grade,
        pack_fingerprint=pack.score.pack_fingerprint,
        findings=len(pack.findings),
    )


def _known(pack: RecordedPack | None, record: Record) -> frozenset[str]:
    """Return the ids of a pack's findings, and of all that a waiver keeps out of them."""
    found = pack.findings if pack else ()
    return frozenset(one.id for one in (*found, *record.waived_findings))


def _named(
    pack: RecordedPack | None, known: frozenset[str], record: Record
) -> tuple[NamedFinding, ...]:
    """Return the findings that the other audit has not and that the main pack has not either."""
    if pack is None:
        return ()
    main = record.findings if pack.score.pack != record.score.pack else ()
    told = known.union(one.id for one in main)
    found = [
        NamedFinding(id=one.id, rule=one.rule, severity=one.severity, message=one.message)
        for one in pack.findings
        if one.id not in told
    ]
    return tuple(sorted(found, key=lambda one: (one.rule, one.message, one.id)))
