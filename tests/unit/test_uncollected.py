"""What is made without the collector is not walked once more when it comes back."""

import gc

from cmis_audit.uncollected import uncollected

MANY = 50_000


def test_what_was_made_meanwhile_is_old_and_nothing_stays_frozen() -> None:
    with uncollected():
        assert not gc.isenabled()
        made = [[number] for number in range(MANY)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert gc.get_count()[0] < MANY
    assert len(made) == MANY


def test_a_caller_without_a_collector_stays_without() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_cycles_are_still_found_afterwards() -> None:
    class Node:
        other: "Node"

    with uncollected():
        one, other = Node(), Node()
        one.other, other.other = other, one
    mark = id(one)
    del one, other
    gc.collect()
    assert not any(id(each) == mark and isinstance(each, Node) for each in gc.get_objects())
