"""Two processes find what one does, and none is left behind."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cmis_audit.match.halves import MUCH, in_halves

pytestmark = [
    pytest.mark.usefixtures("_no_child_is_left"),
    pytest.mark.skipif(
        sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="one processor"
    ),
]
PAIRS = list[tuple[int, int]]
WANTED = [(0, 1), (0, 2), (1, 1), (1, 2)]


def children() -> set[int]:
    """The processes whose parent this one is, dead ones that nobody waited for among them."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # After the name, which stands in parentheses: state, parent.
            _, parent = stat.read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid():
                found.add(int(stat.parent.name))
    return found


@pytest.fixture
def _no_child_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


@pytest.mark.parametrize(("tables", "processes"), [(MUCH - 1, 1), (MUCH, 2)])
def test_many_tables_take_two_processes_and_give_the_same(
    tables: int, processes: int, tmp_path: Path
) -> None:
    def half(number: int) -> list[tuple[int, int]]:
        (tmp_path / str(os.getpid())).touch()
        return [(number, 1), (number, 2)]

    assert in_halves(half, PAIRS, tables) == WANTED
    assert len([*tmp_path.iterdir()]) == processes


def test_more_than_a_pipe_holds_comes_through() -> None:
    assert len(in_halves(lambda number: [(number, 1)] * 300_000, PAIRS, MUCH)) == 600_000


def test_the_half_of_a_child_that_fails_is_done_here() -> None:
    own = os.getpid()

    def half(number: int) -> list[tuple[int, int]]:
        if os.getpid() != own:
            raise MemoryError
        return [(number, 1), (number, 2)]

    assert in_halves(half, PAIRS, MUCH) == WANTED


def test_an_interrupted_parent_ends_its_child() -> None:
    own = os.getpid()

    def half(number: int) -> list[tuple[int, int]]:
        while os.getpid() != own:
            pass
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_halves(half, PAIRS, MUCH)
