"""Work in two halves, the second in a process of its own where there is much to do."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import msgspec

MUCH = 20_000
"""Tables from which on a second process saves seconds; it takes as much memory once more."""

_T = TypeVar("_T")


def in_halves(half: Callable[[int], list[_T]], kind: type[list[_T]], tables: int) -> list[_T]:
    """Return what `half(0)` and `half(1)` make: the same in two processes as in one.

    The child is forked: it has all that was made so far, touches neither files nor terminals, and
    sends what it made, of a `kind` that msgspec knows. Where it fails this process does its half as
    well.
    """
    if tables < MUCH or not _has_two_processors():
        return half(0) + half(1)
    reader, writer = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    child = os.fork()
    if child == 0:
        _send(half, writer)  # where Ctrl-C stays blocked: its parent ends it
    os.close(writer)
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        with os.fdopen(reader, "rb") as pipe:
            own, sent = half(0), pipe.read()
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
    return own + (half(1) if status else msgspec.msgpack.decode(sent, type=kind))


def _has_two_processors() -> bool:
    # Elsewhere than on Linux a forked process may not use all that its parent has loaded.
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def _send(half: Callable[[int], list[_T]], writer: int) -> None:
    """Make the second half, send it, and end."""
    status = 1
    with suppress(BaseException):
        made = msgspec.msgpack.encode(half(1))
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(made)
        status = 0
    os._exit(status)
