"""Work without the garbage collector, where millions of new values hold no cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector out: it would walk every value made so far again and again.

    At 30,000 tables that is three fifths of the time it takes to put them into form. What was made
    meanwhile counts as old afterwards: all of it would be walked once more at the next occasion,
    which takes a seventh of the time of a read.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.unfreeze()  # into the oldest generation, whatever was frozen before
            gc.enable()
