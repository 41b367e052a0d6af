"""What is going on, on stderr: a spinner on a terminal once it takes a second, lines with -v."""

import os
import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.status import Status

DELAY_SECONDS = 1.0


def colorful(*, wanted: bool, stream_is_terminal: bool) -> bool:
    """Return whether to colour: https://no-color.org, and no terminal that cannot."""
    return (
        wanted
        and stream_is_terminal
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


class Progress:
    """A context that is called with the name of each stage as it begins."""

    def __init__(self, *, quiet: bool, verbose: bool, color: bool) -> None:
        terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._verbose = verbose and not quiet
        self._spins = terminal and not quiet and not self._verbose
        self._color = colorful(wanted=color, stream_is_terminal=terminal)
        self._lock = threading.Lock()
        self._stage = ""
        self._began = time.monotonic()
        self._status: Status | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        if self._spins:
            self._timer = threading.Timer(DELAY_SECONDS, self._start)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __call__(self, stage: str) -> None:
        """Say that a stage begins."""
        if self._verbose:
            elapsed = time.monotonic() - self._began
            sys.stderr.write(f"cmis-audit: {elapsed:6.2f} s  {stage}\n")
        with self._lock:
            self._stage = stage
            if self._status is not None:
                self._status.update(self._line())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the spinner away, so that other lines can be written or a password asked for."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._spins = False
            if self._status is not None:
                self._status.stop()
                self._status = None

    def _start(self) -> None:
        from rich.console import Console
        from rich.status import Status

        with self._lock:
            if self._spins:
                console = Console(stderr=True, no_color=not self._color)
                self._status = Status(self._line(), console=console)
                self._status.start()

    def _line(self) -> str:
        from rich.markup import escape

        return escape(self._stage)
