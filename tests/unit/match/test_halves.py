"""Two processes find what one does, and none is left behind."""

import os
import sys
from pathlib import Path

import pytest

from cmis_audit.match.halves import MUCH, in_halves

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="one processor"
)
WANTED = [(0, 1), (0, 2), (1, 1), (1, 2)]


def no_child_is_left() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


@pytest.mark.parametrize(("tables", "processes"), [(MUCH - 1, 1), (MUCH, 2)])
def test_many_tables_take_two_processes_and_give_the_same(
    tables: int, processes: int, tmp_path: Path
) -> None:
    def half(number: int) -> list[tuple[int, int]]:
        (tmp_path / str(os.getpid())).touch()
        return [(number, 1), (number, 2)]

    assert in_halves(half, tables) == WANTED
    assert len([*tmp_path.iterdir()]) == processes
    assert no_child_is_left()


def test_more_than_a_pipe_holds_comes_through() -> None:
    assert len(in_halves(lambda number: [(number, 1)] * 300_000, MUCH)) == 600_000


def test_the_half_of_a_child_that_fails_is_done_here() -> None:
    own = os.getpid()

    def half(number: int) -> list[tuple[int, int]]:
        if os.getpid() != own:
            raise MemoryError
        return [(number, 1), (number, 2)]

    assert in_halves(half, MUCH) == WANTED
    assert no_child_is_left()


def test_an_interrupted_parent_ends_its_child() -> None:
    own = os.getpid()

    def half(number: int) -> list[tuple[int, int]]:
        while os.getpid() != own:
            pass
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_halves(half, MUCH)
    assert no_child_is_left()
